// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/pythonjson.h"
#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"

#include <algorithm>

#include <QCryptographicHash>

// The MD5 of "{request.url}" and of the JSON body, of LightAPI 0.1.3 to 0.1.6 (core.py, LightApi._create_handler).
namespace core::cache {

namespace {
    constexpr qint64 defaultTtlS = 3600; // cache_timeout, where the class sets none

    bool isLowerHex(char c)
    {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    class Md5Scheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("md5-v1"); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const override;
        QList<Prediction> predict(const Request& request, const RouteTable& routes) const override;
        bool isFor(const Route& route, const RouteTable& routes) const
        {
            return route.scheme == id() || (route.scheme.isEmpty() && routes.hasHashedKeys());
        }
    };

    std::optional<ParsedKey> Md5Scheme::parse(const QByteArray& key, const RouteTable& routes) const
    {
        constexpr qsizetype size = 32;
        if (key.size() != size || !std::ranges::all_of(key, isLowerHex))
            return {};
        ParsedKey parsed;
        parsed.raw = key;
        parsed.scheme = id();
        parsed.kind = Kind::Entry;
        // Many programs name their keys by an MD5.
        const bool expected = routes.hasHashedKeys()
            || std::ranges::any_of(routes.routes(), [this](const Route& route) { return route.scheme == id(); });
        parsed.confidence = expected ? Confidence::Likely : Confidence::Ambiguous;
        return parsed;
    }

    // The body of POST, PUT and PATCH alone is read; what Python takes for false is left out. None for what is no strict JSON: Python reads
    // some of it (NaN, halves of surrogate pairs, numbers of any size), and the rest counts as {}.
    std::optional<QByteArray> bodyText(const Request& request)
    {
        const bool isRead = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
        if (!isRead || request.jsonBody.isEmpty())
            return QByteArray();
        const auto json = pythonJson(request.jsonBody);
        return json && isPythonFalse(*json) ? QByteArray() : json;
    }

    // Nothing is answered but the route itself: details were routes of their own then. The method is not in the key; which methods
    // are cached is the class's own choice (caching_method_names).
    QList<Prediction> Md5Scheme::predict(const Request& request, const RouteTable& routes) const
    {
        const SplitTarget split = splitTarget(request.target);
        const Route* route = routes.match(split.path);
        if (!route || !isFor(*route, routes) || route->isDetail(split.path))
            return {};
        QByteArray rest = split.path;
        if (!split.rawQuery.isEmpty())
            rest += '?' + split.rawQuery;
        const auto body = bodyText(request);
        if (!body)
            return {};
        rest += *body;
        QList<Prediction> out;
        for (const QByteArray& origin : request.origins) {
            const QByteArray key = QCryptographicHash::hash(QByteArray(origin + rest), QCryptographicHash::Md5).toHex();
            const Confidence confidence = request.method == "GET" ? Confidence::Exact : Confidence::Likely;
            out << Prediction {id(), key, route->className, confidence, route->ttlS.value_or(defaultTtlS)};
        }
        return out;
    }
}

std::unique_ptr<KeyScheme> makeMd5Scheme()
{
    return std::make_unique<Md5Scheme>();
}

}
