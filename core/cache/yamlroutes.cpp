// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/routes.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <initializer_list>

#include <yaml-cpp/yaml.h>

// lightapi.yaml as LightAPI 0.4.0 yaml_config.py reads it: what concerns the cache is taken, what it does not know is named.
namespace core::cache {

namespace {
    using Names = std::initializer_list<const char*>;

    QByteArray textOf(const YAML::Node& node)
    {
        return node.IsScalar() ? QByteArray::fromStdString(node.Scalar()) : QByteArray();
    }

    class Reader final {
    public:
        explicit Reader(QString name)
            : m_name(std::move(name))
        {
        }
        Result<YamlRoutes> read(const YAML::Node& root);

    private:
        Result<void> readEndpoints(const YAML::Node& endpoints);
        Result<Route> readEndpoint(const YAML::Node& endpoint);
        Result<void> readCaching(Route& route, const YAML::Node& endpoint);
        void checkDefaults(const YAML::Node& root);
        void checkMeta(const YAML::Node& meta, const QString& where);
        void checkNames(const YAML::Node& map, const QString& where, Names known);
        void warn(Reason reason, const QString& subject, const YAML::Mark& mark);
        void warnOfSharedClasses();
        QString place(const YAML::Mark& mark) const;
        tl::unexpected<Error> bad(const YAML::Node& node, const QString& detail) const;

        QString m_name;
        YamlRoutes m_out;
    };

    QString Reader::place(const YAML::Mark& mark) const
    {
        return QStringLiteral("%1, line %2").arg(m_name, QString::number(mark.line + 1));
    }

    tl::unexpected<Error> Reader::bad(const YAML::Node& node, const QString& detail) const
    {
        const YAML::Mark mark = node.Mark();
        return fail(Code::Input, Reason::BadYaml, m_name,
            QStringLiteral("line %1, column %2: %3").arg(mark.line + 1).arg(mark.column + 1).arg(detail));
    }

    void Reader::warn(Reason reason, const QString& subject, const YAML::Mark& mark)
    {
        m_out.warnings.append({Code::Input, reason, subject, place(mark)});
    }

    // "<<" merges another mapping; its names were checked, or not looked at, where that mapping stands.
    void Reader::checkNames(const YAML::Node& map, const QString& where, Names known)
    {
        if (!map.IsDefined() || !map.IsMap())
            return;
        for (const auto& entry : map) {
            const QByteArray name = textOf(entry.first);
            if (name == "<<" || std::ranges::any_of(known, [&name](const char* one) { return name == one; }))
                continue;
            const QString path = where.isEmpty() ? QString() : QString(where + u'.');
            warn(Reason::UnknownYamlKey, path + displayText(name), entry.first.Mark());
        }
    }

    // node[name], also from a mapping that is merged in. Undefined where there is none.
    YAML::Node child(const YAML::Node& node, const char* name)
    {
        if (!node.IsDefined() || !node.IsMap())
            return YAML::Node(YAML::NodeType::Undefined);
        if (const YAML::Node own = node[name])
            return own;
        const YAML::Node merged = node["<<"];
        return merged && merged.IsMap() ? merged[name] : YAML::Node(YAML::NodeType::Undefined);
    }

    bool isGiven(const YAML::Node& node)
    {
        return node.IsDefined() && !node.IsNull();
    }

    const Names authentication {"backend", "permission", "jwt_expiration", "jwt_extra_claims", "jwt_algorithm"};
    const Names pagination {"style", "page_size"};

    void Reader::checkDefaults(const YAML::Node& root)
    {
        checkNames(root, {}, {"database", "cors_origins", "defaults", "endpoints", "middleware", "auth", "mode"});
        checkNames(child(root, "database"), QStringLiteral("database"), {"url"});
        checkNames(child(root, "auth"), QStringLiteral("auth"), {"auth_path", "login_validator"});
        const YAML::Node defaults = child(root, "defaults");
        checkNames(defaults, QStringLiteral("defaults"), {"authentication", "pagination"});
        checkNames(child(defaults, "authentication"), QStringLiteral("defaults.authentication"), authentication);
        checkNames(child(defaults, "pagination"), QStringLiteral("defaults.pagination"), pagination);
    }

    void Reader::checkMeta(const YAML::Node& meta, const QString& where)
    {
        const auto check = [&](const char* name, Names known) {
            checkNames(child(meta, name), where + u'.' + QLatin1StringView(name), known);
        };
        checkNames(meta, where, {"methods", "authentication", "filtering", "pagination", "cache", "serializer", "table"});
        check("authentication", authentication);
        check("filtering", {"backends", "fields", "search", "ordering"});
        check("pagination", pagination);
        check("cache", {"ttl"});
        check("serializer", {"fields", "read", "write"});
    }

    // meta.cache: { ttl: 60 }, 60 where it is left out (constants.py DEFAULT_CACHE_TTL); at least 1 (config.py).
    Result<void> Reader::readCaching(Route& route, const YAML::Node& endpoint)
    {
        const YAML::Node cache = child(child(endpoint, "meta"), "cache");
        route.cached = Cached::No;
        if (!isGiven(cache))
            return {};
        if (!cache.IsMap())
            return bad(cache, QStringLiteral("\"cache\" is not a mapping"));
        bool isNumber = true;
        const YAML::Node ttl = child(cache, "ttl");
        route.ttlS = isGiven(ttl) ? textOf(ttl).toLongLong(&isNumber) : 60;
        if (!isNumber || *route.ttlS < 1)
            return bad(isGiven(ttl) ? ttl : cache, QStringLiteral("\"ttl\" is not a number of seconds from 1 on"));
        if (child(endpoint, "reflect").as<bool>(false)) {
            route.ttlS.reset();
            warn(Reason::CacheDropped, displayText(route.route), cache.Mark());
            return {};
        }
        route.cached = Cached::Yes;
        route.cachedSince = m_out.async ? QVersionNumber(0, 2, 1) : QVersionNumber(0, 1, 26);
        return {};
    }

    Result<Route> Reader::readEndpoint(const YAML::Node& endpoint)
    {
        if (!endpoint.IsMap())
            return bad(endpoint, QStringLiteral("an endpoint is a mapping with \"route\""));
        const YAML::Node written = child(endpoint, "route");
        Route route;
        route.source = m_name;
        route.route = isGiven(written) ? textOf(written).trimmed() : QByteArray();
        if (!route.route.startsWith('/'))
            return bad(isGiven(written) ? written : endpoint,
                QStringLiteral("an endpoint has a \"route\" that starts with a slash"));
        route.className = classFromRoute(route.route);
        const QString where = QStringLiteral("endpoints[%1]").arg(m_out.routes.size());
        checkNames(endpoint, where, {"route", "fields", "reflect", "meta"});
        checkMeta(child(endpoint, "meta"), where + QStringLiteral(".meta"));
        return readCaching(route, endpoint).map([&route] { return route; });
    }

    Result<void> Reader::readEndpoints(const YAML::Node& endpoints)
    {
        if (!isGiven(endpoints))
            return {};
        if (!endpoints.IsSequence())
            return bad(endpoints, QStringLiteral("\"endpoints\" is not a list"));
        for (const YAML::Node& endpoint : endpoints) {
            Result<Route> route = readEndpoint(endpoint);
            if (!route)
                return fail(route.error());
            m_out.routes.append(*std::move(route));
        }
        return {};
    }

    void Reader::warnOfSharedClasses()
    {
        QList<QByteArray> seen;
        QList<QByteArray> told;
        for (const Route& route : std::as_const(m_out.routes)) {
            if (seen.contains(route.className) && !told.contains(route.className)) {
                told << route.className;
                m_out.warnings.append({Code::Input, Reason::SharedClass, displayText(route.className), m_name});
            }
            seen << route.className;
        }
    }

    Result<YamlRoutes> Reader::read(const YAML::Node& root)
    {
        if (!isGiven(root))
            return m_out;
        if (!root.IsMap())
            return bad(root, QStringLiteral("the document is not a mapping"));
        const YAML::Node mode = child(root, "mode");
        m_out.async = mode.IsDefined() && textOf(mode) == "async";
        if (m_out.async)
            warn(Reason::AsyncUncached, m_name, mode.Mark());
        checkDefaults(root);
        if (const auto read = readEndpoints(child(root, "endpoints")); !read)
            return fail(read.error());
        warnOfSharedClasses();
        return m_out;
    }
}

Result<YamlRoutes> routesFromYaml(const QByteArray& yaml, const QString& name)
{
    // yaml-cpp throws: this is the edge where its exceptions become values.
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(yaml.toStdString());
        if (documents.size() > 1)
            return fail(Code::Input, Reason::BadYaml, name, QStringLiteral("the file holds more than one document"));
        return Reader(name).read(documents.empty() ? YAML::Node() : documents.front());
    } catch (const YAML::Exception& exception) {
        return fail(Code::Input, Reason::BadYaml, name,
            QStringLiteral("line %1, column %2: %3")
                .arg(exception.mark.line + 1)
                .arg(exception.mark.column + 1)
                .arg(displayText(QByteArray::fromStdString(exception.msg))));
    }
}

}
