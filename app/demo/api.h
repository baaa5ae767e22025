// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/catalog.h"
#include "app/demo/redisclient.h"

#include "core/cache/routes.h"

#include <QByteArray>
#include <QHash>
#include <QStringList>

#include <condition_variable>
#include <mutex>

namespace demo {

struct ApiAnswer {
    int status = 200;
    QByteArray body;
    QList<std::pair<QByteArray, QByteArray>> headers;
};

// The LightAPI caching example as an HTTP application without its sockets. What caches, really caches in Redis:
//   /products[/ID]      ProductsEndpoint, LightAPI's own keys; POST and every other method but GET purge the class
//   /search             SearchEndpoint with vary_on (K2v: decoded, sorted, listed names only)
//   /flash              FlashEndpoint, 5 s
//   /orders             OrdersEndpoint, not cached
//   /catalog            CachedProduct: keys of its own with the envelope, and two tags
//   /reports/sales      SalesReport: expensive, guarded by a lock
//   /items/ID, /categories/ID/items   hand-made keys "item:1", "category:2:items"
//   /stock              lies: says HIT, stores nothing
// Thread-safe; each caller brings a connection of its own.
class Api final {
public:
    Api();

    // `target` as it came on the wire.
    ApiAnswer handle(RedisClient& redis, const QByteArray& method, const QByteArray& target, const QByteArray& body);
    // Ends waiting for the expensive report at once, now and later.
    void stop();

    // What a program must know to predict the keys, as --endpoint arguments.
    static QStringList routes();
    // A lock whose worker died before it set the expiry: something to release.
    static QByteArray abandonedLock() { return "lock:NightlyExport:/exports/nightly"; }
    static void leaveLock(RedisClient& redis);

private:
    ApiAnswer cached(RedisClient& redis, const QByteArray& target, const core::cache::Route& route);
    ApiAnswer handMade(RedisClient& redis, const QByteArray& key, qint64 ttlS, const catalog::Body& body);
    ApiAnswer report(RedisClient& redis, const QByteArray& key, const core::cache::Route& route);
    ApiAnswer write(RedisClient& redis, const QByteArray& method, const QByteArray& body, const core::cache::Route& route,
        bool isDetail);
    void purge(RedisClient& redis, const QByteArray& className);
    ApiAnswer computeAndStore(RedisClient& redis, const QByteArray& key, const core::cache::Route& route, const catalog::Body& body);
    void store(RedisClient& redis, const QByteArray& key, qint64 ttlS, const QByteArray& value);
    void addTags(RedisClient& redis, const QByteArray& key);
    ApiAnswer withCacheHeaders(ApiAnswer answer, const char* status, const QByteArray& key);
    bool waitStopped(int ms); // true: stopped

    core::cache::RouteTable m_routes;
    std::mutex m_mutex;
    std::condition_variable m_stop;
    bool m_stopped = false;
    QHash<QByteArray, qint64> m_ends; // key -> end of its life, ms; spares a TTL, which Redis would count as a lookup
};

}
