// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keyscheme.h"

#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"

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
        schemes.push_back(makeSeedV1Scheme());
        schemes.push_back(makeHierarchicalScheme());
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

const std::vector<std::unique_ptr<KeyScheme>>& allSchemes()
{
    static const std::vector<std::unique_ptr<KeyScheme>> schemes = makeSchemes();
    return schemes;
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
            others << scheme->id();
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
    best->alternatives = others;
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
    // LightAPI asks the cache for GET alone (cache_helper.py, endpoint_handler.py).
    out.cached = request.method == "GET" ? routes.cachedOf(*out.route) : Cached::No;
    for (const auto& scheme : allSchemes()) {
        out.predictions += scheme->predict(request, routes);
        out.effects += scheme->effects(request, routes);
    }
    if (out.cached == Cached::No && !out.predictions.isEmpty()) {
        out.wouldBeKey = out.predictions.first().key;
        out.predictions.clear();
    }
    return out;
}

}
