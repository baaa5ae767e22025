// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/cacheheaders.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <array>

namespace core::http {

namespace {
    struct Word {
        QByteArrayView text;
        Verdict verdict;
    };
    // nginx ngx_http_cache_status[], CloudFront, Apache mod_cache, Squid and Akamai (specification B2).
    constexpr std::array words {
        Word {"HIT", Verdict::Hit}, Word {"MISS", Verdict::Miss}, Word {"EXPIRED", Verdict::Expired}, Word {"STALE", Verdict::Stale},
        Word {"UPDATING", Verdict::Stale}, Word {"REVALIDATED", Verdict::Revalidated}, Word {"REVALIDATE", Verdict::Revalidated},
        Word {"REFRESHHIT", Verdict::Revalidated}, Word {"HITSTALE", Verdict::Stale}, Word {"BYPASS", Verdict::Bypass},
        Word {"DYNAMIC", Verdict::Bypass}, Word {"PASS", Verdict::Bypass}, Word {"TCP_HIT", Verdict::Hit},
        Word {"TCP_MEM_HIT", Verdict::Hit}, Word {"TCP_IMS_HIT", Verdict::Hit}, Word {"TCP_NEGATIVE_HIT", Verdict::Hit},
        Word {"TCP_MISS", Verdict::Miss}, Word {"TCP_REFRESH_HIT", Verdict::Revalidated}, Word {"TCP_REFRESH_MISS", Verdict::Expired},
        Word {"TCP_REFRESH_FAIL_HIT", Verdict::Stale},
    };

    Verdict verdictOf(QByteArrayView word)
    {
        const auto row = std::ranges::find_if(words, [word](const Word& w) { return w.text.compare(word, Qt::CaseInsensitive) == 0; });
        return row == words.end() ? Verdict::Unknown : row->verdict;
    }

    bool isField(QByteArrayView name, QByteArrayView wanted)
    {
        return name.compare(wanted, Qt::CaseInsensitive) == 0;
    }

    // Elements of a list field: commas inside quotes and parentheses do not separate.
    QList<QByteArray> listElements(const QByteArray& value)
    {
        QList<QByteArray> out;
        QByteArray element;
        int depth = 0;
        bool quoted = false;
        for (const char byte : value) {
            if (byte == '"')
                quoted = !quoted;
            else if (!quoted && byte == '(')
                ++depth;
            else if (!quoted && byte == ')')
                depth = std::max(0, depth - 1);
            if (byte == ',' && !quoted && depth == 0) {
                out << element.trimmed();
                element.clear();
            } else {
                element += byte;
            }
        }
        out << element.trimmed();
        out.removeIf([](const QByteArray& text) { return text.isEmpty(); });
        return out;
    }

    // "HIT from host (Squid/5.7)" -> verdict, the cache's name, the rest.
    CacheLayer layerFrom(const QByteArray& field, const QByteArray& element)
    {
        CacheLayer layer;
        layer.name = displayText(field);
        layer.raw = element;
        const qsizetype blank = element.indexOf(' ');
        layer.verdict = verdictOf(blank < 0 ? QByteArrayView(element) : QByteArrayView(element).first(blank));
        QByteArray rest = blank < 0 ? QByteArray() : element.mid(blank + 1).trimmed();
        if (rest.startsWith("from ")) {
            const qsizetype end = rest.indexOf(' ', 5);
            layer.name = displayText(rest.mid(5, end < 0 ? -1 : end - 5));
            rest = end < 0 ? QByteArray() : rest.mid(end + 1);
        }
        layer.detail = displayText(rest);
        return layer;
    }

    std::optional<qint64> seconds(const QByteArray& text)
    {
        bool ok = false;
        const qint64 number = text.trimmed().toLongLong(&ok);
        return ok ? std::optional(number) : std::nullopt;
    }

    std::optional<QByteArray> firstValue(const Headers& headers, QByteArrayView name)
    {
        for (const auto& [field, value] : headers) {
            if (isField(field, name))
                return value;
        }
        return std::nullopt;
    }

    bool isRead(const QByteArray& name)
    {
        constexpr const char* read[] {"X-Cache", "X-Cache-Status", "X-Cache-Key", "X-Cache-TTL", "Age"};
        return std::ranges::any_of(read, [&](const char* known) { return isField(name, known); });
    }

    // By the name: there are dozens (X-Proxy-Cache, X-Drupal-Cache, X-Vercel-Cache …). Cache-Control and its kin give orders to caches.
    bool isOfACache(const QByteArray& name)
    {
        const QByteArray lower = name.toLower();
        return (lower.contains("cache") && !lower.endsWith("cache-control") && !lower.endsWith("cache-tag") && !lower.endsWith("cache-tags"))
            || lower == "x-varnish";
    }

    QList<CacheLayer> layersWithVerdict(const Headers& headers)
    {
        QList<CacheLayer> layers;
        for (const auto& [name, value] : headers) {
            if (!isField(name, "X-Cache") && !isField(name, "X-Cache-Status"))
                continue;
            for (const QByteArray& element : listElements(value))
                layers << layerFrom(name, element);
        }
        return layers;
    }

    void addDetail(CacheLayer& layer, const QString& text)
    {
        layer.detail = layer.detail.isEmpty() ? text : QString(layer.detail + u"; " + text);
    }

    // X-Cache-Key and X-Cache-TTL are LightAPI's and describe the cache in the app: the one that X-Cache-Status speaks of, else the
    // one nearest the origin (LightAPI documentation, "Monitoring" and caching example).
    void addKeyAndTtl(QList<CacheLayer>& layers, const Headers& headers)
    {
        const auto key = firstValue(headers, "X-Cache-Key");
        const auto ttl = firstValue(headers, "X-Cache-TTL");
        if (!key && !ttl)
            return;
        if (layers.isEmpty())
            layers << CacheLayer {key ? QStringLiteral("X-Cache-Key") : QStringLiteral("X-Cache-TTL"), Verdict::Unknown, {}, {}, {}, key ? *key : *ttl};
        const auto named = std::ranges::find_if(layers, [](const CacheLayer& l) { return isField(l.name.toUtf8(), "X-Cache-Status"); });
        CacheLayer& layer = named == layers.end() ? layers.first() : *named;
        layer.key = key;
        if (ttl)
            layer.ttlS = seconds(*ttl);
        if (ttl && !layer.ttlS)
            addDetail(layer, QStringLiteral("X-Cache-TTL \"%1\" is no number").arg(displayText(*ttl)));
    }

    // RFC 9111, 5.1: not negative, of a list the first member, else ignored. What a cache adds on the way is its nearest to the user.
    void addAge(QList<CacheLayer>& layers, const Headers& headers)
    {
        const auto age = ageSeconds(headers);
        if (!age)
            return;
        if (layers.isEmpty())
            layers << CacheLayer {QStringLiteral("Age"), Verdict::Unknown, {}, {}, {}, QByteArray::number(*age)};
        addDetail(layers.last(), QStringLiteral("Age %1 s").arg(*age));
    }
}

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Hit: return QStringLiteral("HIT");
    case Verdict::Miss: return QStringLiteral("MISS");
    case Verdict::Expired: return QStringLiteral("EXPIRED");
    case Verdict::Stale: return QStringLiteral("STALE");
    case Verdict::Revalidated: return QStringLiteral("REVALIDATED");
    case Verdict::Bypass: return QStringLiteral("BYPASS");
    case Verdict::Unknown: break;
    }
    return QStringLiteral("UNKNOWN");
}

QStringList unreadCacheFields(const Headers& headers)
{
    QStringList names;
    for (const auto& [name, value] : headers) {
        const QString text = displayText(name);
        if (isOfACache(name) && !isRead(name) && !names.contains(text, Qt::CaseInsensitive))
            names << text;
    }
    return names;
}

std::optional<qint64> ageSeconds(const Headers& headers)
{
    const auto value = firstValue(headers, "Age");
    if (!value)
        return std::nullopt;
    const auto age = seconds(value->split(',').first());
    return age && *age >= 0 ? age : std::nullopt;
}

QList<CacheLayer> cacheLayers(const Headers& headers)
{
    QList<CacheLayer> layers = layersWithVerdict(headers);
    addKeyAndTtl(layers, headers);
    addAge(layers, headers);
    return layers;
}

namespace {
    void takeLine(Headers& headers, const QByteArray& line)
    {
        if ((line.startsWith(' ') || line.startsWith('\t')) && !headers.isEmpty()) {
            headers.last().second += ' ' + line.trimmed();
            return;
        }
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            headers.emplace_back(line.left(colon).trimmed(), line.mid(colon + 1).trimmed());
    }
}

Headers parseHead(const QByteArray& head)
{
    Headers headers;
    bool ended = false;
    for (QByteArray line : head.split('\n')) {
        if (line.endsWith('\r'))
            line.chop(1);
        const bool startsHead = line.startsWith("HTTP/");
        if (ended && !startsHead)
            break; // the body
        if (startsHead) { // of several heads (100 Continue, redirects) the last
            headers.clear();
            ended = false;
        } else if (line.isEmpty()) {
            ended = !headers.isEmpty();
        } else {
            takeLine(headers, line);
        }
    }
    return headers;
}

}
