// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"
#include "core/cache/seedquery.h"
#include "core/cache/templateparts.h"

#include <algorithm>

// "Class:path[:user:sub][:name=value&…]" of LightAPI's caching example ("Cache Key Strategies", generate_smart_cache_key). Nothing in
// it is escaped.
namespace core::cache {

namespace {
    const QByteArrayView userMark("user:");
    constexpr qsizetype mostReadings = 8;

    class SmartScheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("smart"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const override;
        QList<ParsedKey> readings(const QByteArray& key, const RouteTable& routes) const override;
        QList<Prediction> predict(const Request& request, const RouteTable& routes) const override;

    private:
        static bool parseParts(ParsedKey& parsed, QByteArrayView parts);
        static bool parseQueryPart(ParsedKey& parsed, QByteArrayView query);
    };

    std::optional<ParsedKey> SmartScheme::parse(const QByteArray& key, const RouteTable& routes) const
    {
        const qsizetype end = key.indexOf(":/");
        if (end < 1 || !isClassName(QByteArrayView(key).first(end)))
            return {};
        const QByteArrayView tail = QByteArrayView(key).sliced(end + 1);
        const qsizetype colon = tail.indexOf(':');
        const QByteArrayView path = tail.first(colon < 0 ? tail.size() : colon);
        if (path.contains('?'))
            return {};
        ParsedKey parsed;
        parsed.raw = key;
        parsed.scheme = id();
        parsed.kind = Kind::Entry;
        parsed.className = key.first(end);
        parsed.path = path.toByteArray();
        const Route* route = routes.byClass(*parsed.className);
        parsed.confidence = route && route->scheme == id() ? Confidence::Exact : Confidence::Likely;
        if (path.startsWith("//") || (colon >= 0 && !parseParts(parsed, tail.sliced(colon + 1))))
            return {};
        return parsed;
    }

    // What follows the path: a user, a query, or both. A ':' in either of them cannot be told from the one between them.
    bool SmartScheme::parseParts(ParsedKey& parsed, QByteArrayView parts)
    {
        const bool hasUser = parts.startsWith(userMark);
        const qsizetype from = hasUser ? userMark.size() : 0;
        const qsizetype colon = parts.indexOf(':', from);
        if (!hasUser) {
            if (colon >= 0)
                parsed.confidence = Confidence::Ambiguous;
            return parseQueryPart(parsed, parts);
        }
        parsed.user = parts.sliced(from, (colon < 0 ? parts.size() : colon) - from).toByteArray();
        if (colon < 0)
            return !parsed.user->isEmpty();
        if (parts.indexOf(':', colon + 1) >= 0)
            parsed.confidence = Confidence::Ambiguous;
        return parseQueryPart(parsed, parts.sliced(colon + 1));
    }

    bool SmartScheme::parseQueryPart(ParsedKey& parsed, QByteArrayView query)
    {
        if (query.isEmpty())
            return false;
        if (!readSeedQuery(query, parsed.query) || !std::ranges::is_sorted(parsed.query))
            parsed.confidence = Confidence::Ambiguous;
        return true;
    }

    // The user may end at each ':' or reach to the end.
    QList<ParsedKey> SmartScheme::readings(const QByteArray& key, const RouteTable& routes) const
    {
        QList<ParsedKey> all = KeyScheme::readings(key, routes);
        if (all.isEmpty() || !all.first().user)
            return all;
        ParsedKey other = all.first();
        const qsizetype from = other.className->size() + 1 + other.path->size() + 1 + userMark.size();
        for (qsizetype end = from; end < key.size() && all.size() < mostReadings;) {
            const qsizetype colon = key.indexOf(':', end);
            end = colon < 0 ? key.size() : colon;
            other.user = key.sliced(from, end - from);
            other.query.clear();
            if (++end < key.size())
                readSeedQuery(QByteArrayView(key).sliced(end), other.query);
            if (*other.user != *all.first().user)
                all << other;
        }
        return all;
    }

    // A user is in the key where one is chosen, "None" for one without a name; query_params.items() is sorted by code point,
    // which is the order of UTF-8.
    QList<Prediction> SmartScheme::predict(const Request& request, const RouteTable& routes) const
    {
        const SplitTarget split = splitTarget(request.target);
        const Route* route = routes.match(split.path);
        if (request.method != "GET" || !route || route->scheme != id())
            return {};
        QueryPairs pairs = lastValues(parseQuery(split.rawQuery));
        std::ranges::sort(pairs);
        QByteArray key = route->className + ':' + urlPath(split.path);
        if (request.subject)
            key += ':' + userMark.toByteArray() + (request.subject->isEmpty() ? QByteArray("None") : *request.subject);
        if (!pairs.isEmpty())
            key += ':' + joinedPairs(pairs);
        return {{id(), key, route->className, Confidence::Exact, route->ttlS}};
    }
}

std::unique_ptr<KeyScheme> makeSmartScheme()
{
    return std::make_unique<SmartScheme>();
}

}
