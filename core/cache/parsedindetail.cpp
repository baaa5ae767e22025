// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"

// What a key says, checked by asking for it again.
namespace core::cache {

namespace {
    // The table itself where it knows what the key is of; else one of the same release in which the key's own class and path are a
    // route.
    RouteTable tableFor(const ParsedKey& parsed, const RouteTable& routes)
    {
        const Route* known = routes.match(*parsed.path);
        if (known && known->className == *parsed.className)
            return routes;
        const Route* sibling = routes.byClass(*parsed.className);
        Route route = sibling ? *sibling : Route();
        route.className = *parsed.className;
        route.route = *parsed.path;
        if (!sibling)
            route.scheme = parsed.scheme;
        RouteTable table;
        table.setRelease(routes.release());
        table.add(route);
        return table;
    }

    void markUnmade(ParsedKey& parsed, const std::optional<QByteArray>& remade)
    {
        parsed.confidence = Confidence::Ambiguous;
        if (remade)
            parsed.notes << QStringLiteral("a request with these parts makes another key: %1").arg(displayText(*remade));
        else
            parsed.notes << (parsed.path ? QStringLiteral("by what is known of its class no request makes it")
                                     : QStringLiteral("which request made it is not in the key"));
    }
}

std::optional<QByteArray> KeyScheme::remade(const ParsedKey& parsed, const RouteTable& routes) const
{
    if (!parsed.path || !parsed.className)
        return {};
    const Request request {"GET", joinTarget(*parsed.path, parsed.query), parsed.user};
    const QList<Prediction> predictions = predict(request, tableFor(parsed, routes));
    return predictions.isEmpty() ? std::nullopt : std::optional(predictions.first().key);
}

ParsedKey parsedInDetail(const QByteArray& key, const RouteTable& routes)
{
    ParsedKey parsed = parseKey(key, routes);
    if (parsed.inner && parsed.inner->kind == Kind::Entry)
        parsed.inner = std::make_shared<const ParsedKey>(parsedInDetail(parsed.inner->raw, routes));
    const KeyScheme* scheme = parsed.kind == Kind::Entry ? schemeFor(parsed.scheme, routes) : nullptr;
    if (!scheme)
        return parsed;
    if (const auto remade = scheme->remade(parsed, routes); remade != key)
        markUnmade(parsed, remade);
    return parsed;
}

QList<ParsedKey> otherReadings(const ParsedKey& parsed, const RouteTable& routes)
{
    const auto isThis = [&parsed](const ParsedKey& other) {
        return other.scheme == parsed.scheme && other.className == parsed.className && other.path == parsed.path && other.query == parsed.query
            && other.user == parsed.user && other.id == parsed.id;
    };
    QList<ParsedKey> others;
    if (parsed.kind != Kind::Entry)
        return others;
    for (const auto& scheme : allSchemes())
        others += scheme->readings(parsed.raw, routes);
    others.removeIf(isThis);
    return others;
}

std::optional<qint64> policyTtlS(const ParsedKey& parsed, const RouteTable& routes)
{
    for (const KeyTemplate& one : routes.keyTemplates()) {
        if (one.name() == parsed.scheme && one.ttlS() && one.match(parsed.raw))
            return one.ttlS();
    }
    const Route* route = parsed.path ? routes.match(*parsed.path) : nullptr;
    const bool isItsOwn = route && parsed.kind == Kind::Entry && route->className == parsed.className;
    return isItsOwn ? route->ttlS : std::nullopt;
}

}
