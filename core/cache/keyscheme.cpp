// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keyscheme.h"

#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"

#include <algorithm>

namespace core::cache {

namespace {
    std::vector<std::unique_ptr<KeyScheme>> makeSchemes()
    {
        std::vector<std::unique_ptr<KeyScheme>> schemes;
        schemes.push_back(makeProbeScheme());
        schemes.push_back(makeLockScheme());
        schemes.push_back(makeTagScheme());
        schemes.push_back(makeHealthScheme());
        schemes.push_back(makeLightApiV2Scheme());
        schemes.push_back(makeMd5Scheme());
        schemes.push_back(makeSeedV1Scheme());
        schemes.push_back(makeSmartScheme());
        schemes.push_back(makeTemplateScheme());
        return schemes;
    }
}

QList<Prediction> KeyScheme::predict(const Request&, const RouteTable&) const
{
    return {};
}

QList<Effect> KeyScheme::effects(const Request&, const RouteTable&) const
{
    return {};
}

QList<ParsedKey> KeyScheme::readings(const QByteArray& key, const RouteTable& routes) const
{
    const std::optional<ParsedKey> parsed = parse(key, routes);
    return parsed ? QList<ParsedKey> {*parsed} : QList<ParsedKey>();
}

bool KeyScheme::makes(const QString& scheme, const RouteTable&) const
{
    return scheme == id();
}

const std::vector<std::unique_ptr<KeyScheme>>& allSchemes()
{
    static const std::vector<std::unique_ptr<KeyScheme>> schemes = makeSchemes();
    return schemes;
}

const KeyScheme* schemeFor(const QString& name, const RouteTable& routes)
{
    for (const auto& scheme : allSchemes()) {
        if (scheme->makes(name, routes))
            return scheme.get();
    }
    return nullptr;
}

Result<void> checkSchemes(const RouteTable& routes)
{
    for (const Route& route : routes.routes()) {
        if (!route.scheme.isEmpty() && !schemeFor(route.scheme, routes))
            return fail(Code::Input, Reason::BadEndpoint, argumentFromRoute(route),
                QStringLiteral("there is no scheme or key template \"%1\"").arg(route.scheme));
    }
    return {};
}

ParsedKey parseKey(const QByteArray& key, const RouteTable& routes)
{
    std::optional<ParsedKey> best;
    QStringList others;
    for (const auto& scheme : allSchemes()) {
        std::optional<ParsedKey> parsed = scheme->parse(key, routes);
        if (!parsed)
            continue;
        if (best && best->confidence <= parsed->confidence) {
            others << parsed->scheme;
            continue;
        }
        if (best)
            others << best->scheme;
        best = std::move(parsed);
    }
    if (!best) {
        ParsedKey unknown;
        unknown.raw = key;
        return unknown;
    }
    best->alternatives = others + best->alternatives;
    return *std::move(best);
}

RequestForecast forecast(const Request& request, const RouteTable& routes)
{
    RequestForecast out;
    if (!checkTarget(request.target))
        return out;
    out.route = routes.match(splitTarget(request.target).path);
    if (!out.route)
        return out;
    out.cached = routes.cachedOf(*out.route, request.method);
    for (const auto& scheme : allSchemes()) {
        out.predictions += scheme->predict(request, routes);
        out.effects += scheme->effects(request, routes);
    }
    // Keys that were seen say what the class is called, not that each of its requests is stored.
    if (out.route->isLearned()) {
        for (Prediction& prediction : out.predictions)
            prediction.confidence = std::max(prediction.confidence, Confidence::Likely);
    }
    if (out.cached == Cached::No && !out.predictions.isEmpty()) {
        out.wouldBeKey = out.predictions.first().key;
        out.predictions.clear();
    }
    return out;
}

}
