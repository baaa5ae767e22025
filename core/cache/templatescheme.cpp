// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"
#include "core/cache/schemes.h"

// Keys made by templates: those of the route table, and the hierarchical ones of LightAPI's caching example. What it reads and
// predicts bears the template's name as its scheme.
namespace core::cache {

namespace {
    class TemplateScheme final : public KeyScheme {
    public:
        QString id() const override { return QStringLiteral("template"); }
        bool makes(const QString& scheme, const RouteTable& routes) const override { return routes.hasTemplate(scheme); }
        std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const override;
        QList<ParsedKey> readings(const QByteArray& key, const RouteTable& routes) const override;
        QList<Prediction> predict(const Request& request, const RouteTable& routes) const override;
        std::optional<QByteArray> remade(const ParsedKey& parsed, const RouteTable& routes) const override;
    };

    ParsedKey parsedFrom(const QByteArray& key, const KeyTemplate& one, const KeyTemplate::Match& match, bool isOwn)
    {
        ParsedKey parsed;
        parsed.raw = key;
        parsed.scheme = one.name();
        parsed.kind = Kind::Entry;
        parsed.className = match.values.className;
        parsed.path = match.values.path;
        parsed.query = match.values.query;
        parsed.user = match.values.user;
        parsed.id = match.values.id;
        const bool isPlain = match.isOnly && !one.isHashed();
        parsed.confidence = !isPlain ? Confidence::Ambiguous : isOwn ? Confidence::Exact : Confidence::Likely;
        return parsed;
    }

    // The first template that fits; one that fits as well makes it ambiguous.
    std::optional<ParsedKey> TemplateScheme::parse(const QByteArray& key, const RouteTable& routes) const
    {
        std::optional<ParsedKey> first;
        for (const KeyTemplate& one : routes.keyTemplates()) {
            const auto match = one.match(key);
            if (!match)
                continue;
            if (!first) {
                first = parsedFrom(key, one, *match, routes.isOwn(one));
                continue;
            }
            first->confidence = Confidence::Ambiguous;
            first->alternatives << one.name();
        }
        return first;
    }

    QList<ParsedKey> TemplateScheme::readings(const QByteArray& key, const RouteTable& routes) const
    {
        QList<ParsedKey> all;
        for (const KeyTemplate& one : routes.keyTemplates()) {
            if (const auto match = one.match(key))
                all << parsedFrom(key, one, *match, routes.isOwn(one));
        }
        return all;
    }

    QByteArray idOf(const Route& route, const QByteArray& path)
    {
        return route.isDetail(path) ? path.sliced(path.lastIndexOf('/') + 1) : QByteArray();
    }

    // The first template of the route's name for which the request has every part.
    QList<Prediction> TemplateScheme::predict(const Request& request, const RouteTable& routes) const
    {
        const SplitTarget split = splitTarget(request.target);
        const Route* route = routes.match(split.path);
        if (request.method != "GET" || !route || route->scheme.isEmpty())
            return {};
        TemplateValues values {route->className, urlPath(split.path), request.subject, {}, parseQuery(split.rawQuery)};
        if (const QByteArray id = idOf(*route, split.path); !id.isEmpty())
            values.id = id;
        for (const KeyTemplate& one : routes.keyTemplates()) {
            if (one.name() != route->scheme)
                continue;
            if (const auto key = one.keyOf(values))
                return {{one.name(), *key, route->className, Confidence::Exact, one.ttlS() ? one.ttlS() : route->ttlS}};
        }
        return {};
    }

    // A template is filled from what was read; which request that was is not always in the key.
    std::optional<QByteArray> TemplateScheme::remade(const ParsedKey& parsed, const RouteTable& routes) const
    {
        const TemplateValues values {parsed.className, parsed.path, parsed.user, parsed.id, parsed.query};
        for (const KeyTemplate& one : routes.keyTemplates()) {
            if (one.name() != parsed.scheme || one.isHashed())
                continue;
            if (const auto key = one.keyOf(values); key && one.match(parsed.raw))
                return key;
        }
        return {};
    }
}

std::unique_ptr<KeyScheme> makeTemplateScheme()
{
    return std::make_unique<TemplateScheme>();
}

}
