// SPDX-License-Identifier: GPL-3.0-or-later
// A template as --key-template takes it, a newline, a key: what is read of a key never exceeds it, what is predicted of a request is
// read again, and a collision is one.
#include "core/cache/collisions.h"
#include "core/cache/learnedroutes.h"
#include "core/cache/pythonjson.h"
#include "core/cache/querycodec.h"
#include "core/cache/releases.h"
#include "fuzz.h"

using namespace core;
using namespace core::cache;

namespace {

const RouteTable& knownRoutes()
{
    static const RouteTable routes = [] {
        RouteTable table;
        for (const char* text : {"Book=/books", "Varied=/varied,vary_on=page,vary_on=q", "Seed=/seed,scheme=seed-v1", "Smart=/smart,scheme=smart",
                 "Shelf=/shelves/{name}", "Own=/own,scheme=own", "Hashed=/hashed,scheme=md5-v1"})
            table.add(routeFromArgument(QString::fromLatin1(text)).value());
        return table;
    }();
    return routes;
}

void checkTemplate(const KeyTemplate& made, const QByteArray& key)
{
    const auto again = keyTemplateFromArgument(argumentFromKeyTemplate(made));
    fuzz::must(again && again->text() == made.text() && again->ttlS() == made.ttlS(), "the text of a template means the template");
    const auto match = made.match(key);
    const TemplateValues values = match ? match->values : TemplateValues();
    qsizetype read = 0;
    for (const auto* part : {&values.className, &values.path, &values.user, &values.id})
        read += part->value_or(QByteArray()).size();
    fuzz::must(read <= key.size(), "no more is read than there is");
    const auto filled = made.keyOf(values);
    if (filled && match && !made.isHashed() && values.query.isEmpty() && !made.text().contains(QStringLiteral("query}")))
        fuzz::must(*filled == key, "what was read makes the key again");
}

void checkParsed(const QByteArray& key, const RouteTable& routes)
{
    const ParsedKey parsed = parsedInDetail(key, routes);
    fuzz::must(parsed.raw == key, "a key keeps its bytes");
    fuzz::must(parsed.scheme.isEmpty() == (parsed.kind == Kind::Unknown), "what is known has a scheme");
    const KeyScheme* scheme = schemeFor(parsed.scheme, routes);
    fuzz::must(scheme || parsed.kind == Kind::Unknown, "a scheme that read a key is found by its name");
    if (parsed.kind == Kind::Entry && parsed.confidence != Confidence::Ambiguous)
        fuzz::must(scheme->remade(parsed, routes) == key, "a key that is not ambiguous is made again by its own parts");
    for (const Route& route : learnedRoutes({parsed}, routes))
        fuzz::must(route.isLearned() && route.matches(*parsed.path), "a learned route serves the path that it was learned from");
}

void checkRequest(const QByteArray& target, const RouteTable& routes)
{
    for (const std::optional<QByteArray>& subject : {std::optional<QByteArray>(), std::optional<QByteArray>("7")}) {
        const Request request {"GET", target, subject, {"http://localhost"}};
        for (const Prediction& prediction : forecast(request, routes).predictions) {
            const bool canBeRead = routes.hasTemplate(prediction.scheme) || parseKey(prediction.key, routes).kind != Kind::Unknown;
            fuzz::must(canBeRead, "a predicted key can be read");
            fuzz::must(otherReleasesFor(request, prediction.key, routes).isEmpty(), "a key of this release is no other's");
            for (const Collision& one : collisionsOf(request, prediction, routes)) {
                const Request other {"GET", one.target, one.anonymous ? std::nullopt : subject, request.origins};
                fuzz::must(forecast(other, routes).predictions.value(0).key == prediction.key, "a collision makes the same key");
            }
        }
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto [line, key] = fuzz::halves(data, size);
    RouteTable routes = knownRoutes();
    const auto made = keyTemplateFromArgument(QString::fromUtf8(line));
    fuzz::must(made || (made.error().reason == Reason::BadKeyTemplate && !made.error().detail.isEmpty()), "a mistake says what it is");
    if (made) {
        checkTemplate(*made, key);
        routes.add(*made);
    }
    checkParsed(key, routes);
    checkRequest(key, routes);
    if (const auto json = pythonJson(key))
        fuzz::must(json->contains("Infinity") || pythonJson(*json) == json, "written once is written for good");
    return 0;
}
