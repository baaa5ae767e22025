// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"
#include "core/cache/seedquery.h"

#include <algorithm>

// lightapi:{Class}:{path}:{query} of LightAPI 0.1.13 to 0.4.0 (cache_helper.py, cache.py EndpointCache._key). The query is
// urlencoded; with vary_on, from 0.3.0 on, it is the listed parameters decoded and sorted, so that it may hold any byte.
namespace core::cache {

namespace {
    const QByteArrayView prefix("lightapi:");
    constexpr qsizetype mostReadings = 8;

    QueryPairs varied(QueryPairs pairs, const QList<QByteArray>& names)
    {
        pairs.removeIf([&names](const auto& pair) { return !names.contains(pair.first); });
        std::ranges::sort(pairs);
        return pairs;
    }

    // Where "name=" of a listed name starts a pair at `from`: its length, else 0.
    qsizetype listedNameAt(QByteArrayView query, qsizetype from, const QList<QByteArray>& names)
    {
        const QByteArrayView rest = query.sliced(from);
        for (const QByteArray& name : names) {
            if (rest.size() > name.size() && rest.startsWith(name) && rest[name.size()] == '=')
                return name.size() + 1;
        }
        return 0;
    }

    // The decoded query of a class with vary_on. A pair begins at '&' only where a listed name follows, so "q=a&b" is one pair.
    // Empty when the query is not of that form.
    std::optional<QueryPairs> splitVaried(QByteArrayView query, const QList<QByteArray>& names)
    {
        QueryPairs pairs;
        qsizetype from = 0;
        while (from < query.size()) {
            const qsizetype head = listedNameAt(query, from, names);
            if (head == 0)
                return {};
            qsizetype end = query.indexOf('&', from + head);
            while (end >= 0 && listedNameAt(query, end + 1, names) == 0)
                end = query.indexOf('&', end + 1);
            const qsizetype stop = end < 0 ? query.size() : end;
            const QByteArrayView value = query.sliced(from + head, stop - from - head);
            pairs.emplace_back(query.sliced(from, head - 1).toByteArray(), value.toByteArray());
            from = stop + 1;
        }
        return pairs;
    }

    // The length of the path at the start of `tail` by the known routes of the class; 0 when none fits. Paths hold few colons;
    // the bound keeps a key of nothing but colons from costing its length squared.
    qsizetype pathByRoute(QByteArrayView tail, QByteArrayView className, const RouteTable& routes)
    {
        int looked = 0;
        for (qsizetype colon = tail.indexOf(':'); colon >= 0 && ++looked <= 64; colon = tail.indexOf(':', colon + 1)) {
            const bool known = std::ranges::any_of(routes.routes(), [&](const Route& route) {
                return route.className == className && route.matches(tail.first(colon));
            });
            if (known)
                return colon;
        }
        return 0;
    }

    class LightApiV2Scheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("lightapi-v2"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const override;
        QList<ParsedKey> readings(const QByteArray& key, const RouteTable& routes) const override;
        QList<Prediction> predict(const Request& request, const RouteTable& routes) const override;
        QList<Effect> effects(const Request& request, const RouteTable& routes) const override;

    private:
        static bool parseVaried(ParsedKey& parsed, QByteArrayView tail, const Route& route, const RouteTable& routes);
        static bool parsePlain(ParsedKey& parsed, QByteArrayView tail, bool classIsKnown);
        static bool parseDecoded(ParsedKey& parsed, QByteArrayView tail);
    };

    // Class = up to the first ":/"; the rest starts with '/' and holds one more ':' at least.
    std::optional<ParsedKey> LightApiV2Scheme::parse(const QByteArray& key, const RouteTable& routes) const
    {
        if (!key.startsWith(prefix))
            return {};
        const QByteArrayView rest = QByteArrayView(key).sliced(prefix.size());
        const qsizetype end = rest.indexOf(":/");
        if (end < 1)
            return {};
        const QByteArrayView tail = rest.sliced(end + 1);
        if (!tail.contains(':'))
            return {};
        ParsedKey parsed;
        parsed.raw = key;
        parsed.scheme = id();
        parsed.kind = Kind::Entry;
        parsed.className = rest.first(end).toByteArray();
        const Route* route = routes.byClass(*parsed.className);
        const bool isVaried = route && !route->varyOn.isEmpty() && routes.honoursVaryOn();
        if ((isVaried && parseVaried(parsed, tail, *route, routes)) || parsePlain(parsed, tail, route)
            || parseDecoded(parsed, tail))
            return parsed;
        return {};
    }

    bool LightApiV2Scheme::parseVaried(ParsedKey& parsed, QByteArrayView tail, const Route& route, const RouteTable& routes)
    {
        const qsizetype known = pathByRoute(tail, route.className, routes);
        const qsizetype end = known > 0 ? known : tail.indexOf(':');
        const auto pairs = splitVaried(tail.sliced(end + 1), route.varyOn);
        if (!pairs)
            return false;
        parsed.path = tail.first(end).toByteArray();
        parsed.query = *pairs;
        parsed.confidence = Confidence::Exact;
        if (known == 0 && tail.indexOf(':', end + 1) >= 0)
            parsed.confidence = Confidence::Ambiguous;
        else if (pairs->size() > 1) {
            // ?page=1%26q%3D2 makes the same key as ?page=1&q=2 (A0 of the LightAPI facts).
            parsed.confidence = std::ranges::is_sorted(*pairs) ? Confidence::Likely : Confidence::Ambiguous;
            parsed.notes << QStringLiteral("a value that holds '&' makes the same key");
        }
        return true;
    }

    bool LightApiV2Scheme::parsePlain(ParsedKey& parsed, QByteArrayView tail, bool classIsKnown)
    {
        const qsizetype colon = tail.lastIndexOf(':');
        const QByteArrayView query = tail.sliced(colon + 1);
        if (!isEncodedQuery(query))
            return false;
        parsed.path = tail.first(colon).toByteArray();
        parsed.query = parseQuery(query);
        // A path of LightAPI seldom holds ':'; for a class we do not know, the part before it may belong to a vary_on query.
        const bool otherSplit = !classIsKnown && parsed.path->contains(':');
        parsed.confidence = otherSplit ? Confidence::Ambiguous : Confidence::Exact;
        return true;
    }

    // Not urlencoded: a vary_on query of a class whose names we do not know.
    bool LightApiV2Scheme::parseDecoded(ParsedKey& parsed, QByteArrayView tail)
    {
        const qsizetype colon = tail.indexOf(':');
        parsed.path = tail.first(colon).toByteArray();
        readSeedQuery(tail.sliced(colon + 1), parsed.query);
        const bool otherSplit = tail.indexOf(':', colon + 1) >= 0 || parsed.query.size() > 1;
        parsed.confidence = otherSplit ? Confidence::Ambiguous : Confidence::Likely;
        parsed.notes << QStringLiteral("the query is not urlencoded: made with vary_on, or not by LightAPI");
        return true;
    }

    // The path may end at each ':' that leaves a query behind it: urlencoded, or, with vary_on, decoded. A class whose routes are known is
    // cut where a route ends and nowhere else.
    QList<ParsedKey> LightApiV2Scheme::readings(const QByteArray& key, const RouteTable& routes) const
    {
        QList<ParsedKey> all = KeyScheme::readings(key, routes);
        if (all.isEmpty())
            return all;
        ParsedKey other = all.first();
        other.notes.clear();
        const QByteArrayView tail = QByteArrayView(key).sliced(prefix.size() + other.className->size() + 1);
        if (pathByRoute(tail, *other.className, routes) > 0)
            return all;
        for (qsizetype colon = tail.indexOf(':'); colon >= 0 && all.size() < mostReadings; colon = tail.indexOf(':', colon + 1)) {
            const QByteArrayView query = tail.sliced(colon + 1);
            other.path = tail.first(colon).toByteArray();
            other.query.clear();
            if (isEncodedQuery(query))
                other.query = parseQuery(query);
            else if (!routes.honoursVaryOn() || !query.contains('='))
                continue;
            else
                readSeedQuery(query, other.query);
            if (*other.path != *all.first().path)
                all << other;
        }
        return all;
    }

    QList<Prediction> LightApiV2Scheme::predict(const Request& request, const RouteTable& routes) const
    {
        if (request.method != "GET" || !routes.hasAutomaticKeys())
            return {};
        const SplitTarget split = splitTarget(request.target);
        const Route* route = routes.match(split.path);
        if (!route || (!route->scheme.isEmpty() && route->scheme != id()))
            return {};
        const QueryPairs pairs = parseQuery(split.rawQuery);
        const bool isVaried = !route->varyOn.isEmpty() && routes.honoursVaryOn();
        const QByteArray query = isVaried ? joinedPairs(varied(pairs, route->varyOn)) : encodeQuery(pairs);
        const QByteArray key = prefix.toByteArray() + route->className + ':' + urlPath(split.path) + ':' + query;
        return {{id(), key, route->className, Confidence::Exact, route->ttlS}};
    }

    // Every request but GET that reaches the handler purges the class, HEAD too; the router lets POST through to the
    // collection alone, PUT, PATCH and DELETE to a detail (route_builder.py, endpoint_handler.py).
    QList<Effect> LightApiV2Scheme::effects(const Request& request, const RouteTable& routes) const
    {
        const QByteArray path = splitTarget(request.target).path;
        const Route* route = routes.match(path);
        if (!route || !routes.hasAutomaticKeys() || !route->scheme.isEmpty() || routes.cachedOf(*route) == Cached::No)
            return {};
        const bool writesDetail = request.method == "PUT" || request.method == "PATCH" || request.method == "DELETE";
        const bool purges = request.method == "HEAD" || (route->isDetail(path) ? writesDetail : request.method == "POST");
        if (!purges)
            return {};
        return {{QStringLiteral("purge"), route->className, prefix.toByteArray() + route->className + ":*"}};
    }
}

std::unique_ptr<KeyScheme> makeLightApiV2Scheme()
{
    return std::make_unique<LightApiV2Scheme>();
}

}
