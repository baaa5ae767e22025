// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cache/keytemplate.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QVersionNumber>

#include <optional>

namespace core::cache {

// yes, no or unknown: what the configuration says of caching, never a guess.
enum class Cached { Yes, No, Unknown };
QString cachedName(Cached cached);

// One endpoint of a LightAPI app, from lightapi.yaml, from --endpoint, or learned from keys.
struct Route {
    QByteArray className;
    QByteArray route; // "/books"; detail targets are route/[0-9]+
    Cached cached = Cached::Unknown;
    std::optional<qint64> ttlS;
    QList<QByteArray> varyOn; // honoured from LightAPI 0.3.0
    QString source; // "lightapi.yaml", "--endpoint", "profile", "learned" (learnedroutes.h)
    // Which scheme makes the keys: empty for LightAPI's own (Meta.cache), else a KeyScheme id such as "seed-v1", or the name of a key
    // template, for an endpoint that caches in its own code.
    QString scheme;
    QVersionNumber cachedSince; // the first release that honours the configuration; null: every one

    bool isLearned() const { return source == QStringLiteral("learned"); }
    bool isDetail(QByteArrayView path) const; // route + '/' + [0-9]+
    bool matches(QByteArrayView path) const; // the route itself or a detail of it; "{name}" and "{name:int}" as Starlette does
};

// The routes of one app, the templates of its own keys, and the release whose rules hold. A value; copy it freely between threads.
class RouteTable {
public:
    void add(Route route);
    const QList<Route>& routes() const { return m_routes; }
    bool isEmpty() const { return m_routes.isEmpty(); }
    // By route equality or route + '/' + [0-9]+ (LightAPI's {id:int}); path is percent-decoded. The first match wins.
    const Route* match(QByteArrayView path) const;
    const Route* byClass(QByteArrayView className) const;

    // In their order; those of hierarchicalTemplates() until one of that name is added.
    void add(const KeyTemplate& keyTemplate);
    const QList<KeyTemplate>& keyTemplates() const { return m_templates; }
    bool hasTemplate(const QString& name) const;
    bool isOwn(const KeyTemplate& keyTemplate) const; // added, not one of hierarchicalTemplates()

    // Newest known release by default (0.4.0); --lightapi-release and the profile set it.
    QVersionNumber release() const { return m_release; }
    void setRelease(QVersionNumber release) { m_release = std::move(release); }
    bool honoursVaryOn() const; // release >= 0.3.0
    bool hasAutomaticKeys() const; // release >= 0.1.13, the first with "lightapi:" keys
    bool hasHashedKeys() const; // releases 0.1.3 to 0.1.6, whose keys are MD5s
    // What this release makes of the route's configuration.
    Cached cachedOf(const Route& route, QByteArrayView method = "GET") const;

private:
    QList<Route> m_routes;
    QList<KeyTemplate> m_templates = hierarchicalTemplates();
    bool m_hasOwnHierarchy = false;
    QVersionNumber m_release {0, 4, 0};
};

// "/order-items" -> "OrderItemsEndpoint": LightAPI's yaml_loader.py, Python's str.title().
QByteArray classFromRoute(QByteArrayView route);

struct YamlRoutes {
    QList<Route> routes;
    QList<Error> warnings; // Reason::UnknownYamlKey with line, cache dropped by reflect, async apps …
    bool async = false;
};
// `name` for messages. Broken YAML: Reason::BadYaml with line and column.
Result<YamlRoutes> routesFromYaml(const QByteArray& yaml, const QString& name);
// CLASS=ROUTE[,ttl=S][,cached=no][,scheme=ID][,vary_on=NAME]…
Result<Route> routeFromArgument(const QString& argument);
QString argumentFromRoute(const Route& route);

}
