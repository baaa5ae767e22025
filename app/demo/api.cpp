// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api.h"

#include "app/demo/pythonjson.h"

#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"

#include <QDateTime>
#include <QUuid>

#include <rapidjson/document.h>

#include <algorithm>
#include <chrono>

namespace demo {

namespace {
    using core::cache::Cached;
    using core::cache::Route;

    constexpr int reportMs = 1500;
    constexpr int reportWaitMs = 5000;
    constexpr int lockPollMs = 50;
    constexpr qsizetype maxRememberedEnds = 10'000;

    QByteArray detailOf(const char* text)
    {
        return QByteArray("{\"detail\":\"") + text + "\"}";
    }

    // The example's tag is a JSON list that is read, changed and written; done by the server, so that no key gets lost.
    const QByteArray appendTagScript = R"(
local list = redis.call('GET', KEYS[1])
local keys = list and cjson.decode(list) or {}
for _, key in ipairs(keys) do if key == ARGV[1] then return 0 end end
table.insert(keys, ARGV[1])
redis.call('SETEX', KEYS[1], 86400, cjson.encode(keys))
return 1)";
    const QByteArray releaseScript = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    // The number in "/items/12" or "/categories/3/items"; 0 where the path is another.
    int idIn(const QByteArray& path, const QByteArray& prefix, const QByteArray& suffix = {})
    {
        if (!path.startsWith(prefix) || !path.endsWith(suffix) || path.size() <= prefix.size() + suffix.size())
            return 0;
        return path.mid(prefix.size(), path.size() - prefix.size() - suffix.size()).toInt();
    }

    catalog::Body bodyOf(const Route& route, const QByteArray& path, const core::cache::QueryPairs& query)
    {
        if (route.isDetail(path))
            return route.className == "ProductsEndpoint" ? catalog::product(path.mid(route.route.size() + 1).toInt()) : std::nullopt;
        if (route.className == "SearchEndpoint")
            return catalog::search(query);
        if (route.className == "FlashEndpoint")
            return catalog::flashOffer();
        if (route.className == "OrdersEndpoint")
            return catalog::orders();
        return catalog::products(query);
    }

    bool isEnveloped(const Route& route)
    {
        return !route.scheme.isEmpty();
    }

    // The body inside what is stored, in the form of the wire; nullopt is a miss.
    std::optional<QByteArray> servable(const QByteArray& stored, bool enveloped)
    {
        if (!enveloped)
            return compactJson(stored);
        rapidjson::Document document;
        document.Parse<rapidjson::kParseIterativeFlag>(stored.constData(), static_cast<std::size_t>(stored.size()));
        if (document.HasParseError() || !document.IsObject() || !document.HasMember("data") || !document.HasMember("status_code"))
            return {};
        const auto compact = compactJson(stored);
        // Compact text is {"data":BODY,"status_code":N}: the writer keeps the order in which it was stored.
        const qsizetype end = compact ? compact->lastIndexOf(",\"status_code\":") : -1;
        return end > 8 && compact->startsWith("{\"data\":") ? std::optional(compact->mid(8, end - 8)) : std::nullopt;
    }

    bool isHeaderSafe(const QByteArray& text)
    {
        return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
    }
}

Api::Api()
{
    for (const QString& argument : routes())
        m_routes.add(core::cache::routeFromArgument(argument).value());
}

QStringList Api::routes()
{
    return {QStringLiteral("ProductsEndpoint=/products,ttl=120"), QStringLiteral("SearchEndpoint=/search,ttl=60,vary_on=q,vary_on=page"),
        QStringLiteral("FlashEndpoint=/flash,ttl=5"), QStringLiteral("OrdersEndpoint=/orders,cached=no"),
        QStringLiteral("StockEndpoint=/stock,ttl=300"), QStringLiteral("CachedProduct=/catalog,ttl=300,scheme=seed-v1"),
        QStringLiteral("SalesReport=/reports/sales,ttl=20,scheme=seed-v1")};
}

void Api::leaveLock(RedisClient& redis)
{
    redis.command({"SET", abandonedLock(), QUuid::createUuid().toByteArray(QUuid::WithoutBraces), "NX"});
}

void Api::stop()
{
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    m_stop.notify_all();
}

bool Api::waitStopped(int ms)
{
    std::unique_lock lock(m_mutex);
    return m_stop.wait_for(lock, std::chrono::milliseconds(ms), [this] { return m_stopped; });
}

ApiAnswer Api::handle(RedisClient& redis, const QByteArray& method, const QByteArray& target, const QByteArray& body)
{
    const QByteArray path = core::cache::splitTarget(target).path;
    const bool isGet = method == "GET";
    if (path == "/healthz" && (isGet || method == "HEAD"))
        return {200, R"({"status":"ok"})", {}};
    if (const int id = idIn(path, "/items/"); id && isGet)
        return handMade(redis, "item:" + QByteArray::number(id), 7200, catalog::item(id));
    if (const int id = idIn(path, "/categories/", "/items"); id && isGet)
        return handMade(redis, "category:" + QByteArray::number(id) + ":items", 1800, catalog::categoryItems(id));
    const Route* route = m_routes.match(path);
    if (!route)
        return {404, detailOf("Not Found"), {}};
    return isGet ? cached(redis, target, *route) : write(redis, method, body, *route, route->isDetail(path));
}

ApiAnswer Api::cached(RedisClient& redis, const QByteArray& target, const Route& route)
{
    const auto split = core::cache::splitTarget(target);
    const auto forecast = core::cache::forecast({"GET", target, {}}, m_routes);
    const QByteArray key = forecast.predictions.isEmpty() ? QByteArray() : forecast.predictions.first().key;
    if (route.className == "StockEndpoint")
        return {200, *catalog::stock(), {{"X-Cache-Status", "HIT"}, {"X-Cache-Key", key}, {"X-Cache-TTL", "245"}}};
    if (!key.isEmpty()) {
        const auto stored = redis.command({"GET", key});
        const auto body = stored && !stored->isNil ? servable(stored->text, isEnveloped(route)) : std::nullopt;
        if (body)
            return withCacheHeaders({200, *body, {}}, "HIT", key);
    }
    if (route.className == "SalesReport")
        return report(redis, key, route);
    return computeAndStore(redis, key, route, bodyOf(route, split.path, core::cache::parseQuery(split.rawQuery)));
}

ApiAnswer Api::computeAndStore(RedisClient& redis, const QByteArray& key, const Route& route, const catalog::Body& body)
{
    if (!body)
        return {404, detailOf("Not Found"), {}};
    if (key.isEmpty())
        return {200, *body, {}};
    const QByteArray json = pythonJson(*body);
    store(redis, key, route.ttlS.value_or(60), isEnveloped(route) ? "{\"data\": " + json + ", \"status_code\": 200}" : json);
    if (route.className == "CachedProduct")
        addTags(redis, key);
    return withCacheHeaders({200, *body, {}}, "MISS", key);
}

ApiAnswer Api::handMade(RedisClient& redis, const QByteArray& key, qint64 ttlS, const catalog::Body& body)
{
    const auto stored = redis.command({"GET", key});
    if (const auto known = stored && !stored->isNil ? compactJson(stored->text) : std::nullopt)
        return withCacheHeaders({200, *known, {}}, "HIT", key);
    if (!body)
        return {404, detailOf("Not Found"), {}};
    store(redis, key, ttlS, pythonJson(*body));
    return withCacheHeaders({200, *body, {}}, "MISS", key);
}

// The example's lock: one worker computes, the others wait for its entry and, if it takes too long, work without the lock.
ApiAnswer Api::report(RedisClient& redis, const QByteArray& key, const Route& route)
{
    const QByteArray lock = "lock:" + key;
    const QByteArray owner = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    const auto taken = redis.command({"SET", lock, owner, "NX", "EX", "30"});
    if (taken && taken->isNil) {
        for (int waited = 0; waited < reportWaitMs && !waitStopped(lockPollMs); waited += lockPollMs) {
            const auto stored = redis.command({"GET", key});
            if (const auto body = stored && !stored->isNil ? servable(stored->text, true) : std::nullopt)
                return withCacheHeaders({200, *body, {}}, "HIT", key);
        }
    }
    waitStopped(reportMs); // the expensive part
    ApiAnswer answer = computeAndStore(redis, key, route, catalog::salesReport());
    redis.command({"EVAL", releaseScript, "1", lock, owner});
    return answer;
}

// Whatever the answer, a method other than GET that reaches the handler purges the class (LightAPI 0.4.0 endpoint_handler.py).
ApiAnswer Api::write(RedisClient& redis, const QByteArray& method, const QByteArray& body, const Route& route, bool isDetail)
{
    ApiAnswer answer {405, detailOf("Method Not Allowed. Allowed: GET, POST"), {{"Allow", "GET, POST"}}};
    if (method == "POST" && !isDetail && route.className == "ProductsEndpoint") {
        rapidjson::Document document;
        document.Parse<rapidjson::kParseIterativeFlag>(body.constData(), static_cast<std::size_t>(body.size()));
        const bool valid = !document.HasParseError() && document.IsObject() && document.HasMember("name")
            && document["name"].IsString() && document["name"].GetStringLength() > 0;
        answer = valid ? ApiAnswer {201, catalog::productCreated(document["name"].GetString()), {}}
                       : ApiAnswer {422, detailOf("name: a text of at least 1 character"), {}};
    }
    if (route.scheme.isEmpty() && route.cached == Cached::Yes)
        purge(redis, route.className);
    return answer;
}

// SCAN without COUNT over the whole database, then one DEL: as LightAPI 0.4.0 cache.py does it.
void Api::purge(RedisClient& redis, const QByteArray& className)
{
    QByteArray cursor = "0";
    QByteArrayList found {"DEL"};
    do {
        auto page = redis.command({"SCAN", cursor, "MATCH", "lightapi:" + className + ":*"});
        if (!page || page->items.isEmpty())
            return;
        cursor = page->items.takeFirst();
        found += page->items;
    } while (cursor != "0");
    if (found.size() > 1)
        redis.command(found);
}

void Api::store(RedisClient& redis, const QByteArray& key, qint64 ttlS, const QByteArray& value)
{
    if (!redis.command({"SETEX", key, QByteArray::number(ttlS), value}))
        return;
    const std::lock_guard lock(m_mutex);
    if (m_ends.size() >= maxRememberedEnds)
        m_ends.clear();
    m_ends.insert(key, QDateTime::currentMSecsSinceEpoch() + ttlS * 1000);
}

void Api::addTags(RedisClient& redis, const QByteArray& key)
{
    redis.command({"EVAL", appendTagScript, "1", "tag:table:products", key});
    redis.command({"SADD", "tag:endpoint:CachedProduct", key});
}

// The headers that the example's middleware adds; the key only where it can stand in a header.
ApiAnswer Api::withCacheHeaders(ApiAnswer answer, const char* status, const QByteArray& key)
{
    answer.headers.emplace_back("X-Cache-Status", status);
    if (isHeaderSafe(key))
        answer.headers.emplace_back("X-Cache-Key", key);
    const std::lock_guard lock(m_mutex);
    const qint64 leftMs = m_ends.value(key) - QDateTime::currentMSecsSinceEpoch();
    if (leftMs > 0)
        answer.headers.emplace_back("X-Cache-TTL", QByteArray::number((leftMs + 500) / 1000));
    return answer;
}

}
