// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"

#include "core/base/async.h"
#include "core/cache/keyscheme.h"
#include "tests/support/runningserver.h"

#include <QDateTime>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <hiredis/hiredis.h>

#include <atomic>
#include <mutex>

using namespace core;

namespace {
struct ReplyDeleter {
    void operator()(void* reply) const { freeReplyObject(reply); }
};
using ReplyPtr = std::unique_ptr<redisReply, ReplyDeleter>;
}

class CachingApi::Private final {
public:
    RunningServer<> running;
    httplib::Server& server = running.server;
    std::mutex mutex; // guards redis
    redisContext* redis = nullptr;
    std::mutex tokensMutex; // guards the three below
    QHash<QByteArray, QByteArray> tokens; // header value to user
    int tokenSeconds = 3600;
    int logins = 0;
    std::atomic<int> requests = 0, atOnce = 0, most = 0, refused = 0, swamped = 0;

    ReplyPtr command(const QList<QByteArray>& words)
    {
        const std::scoped_lock lock(mutex);
        std::vector<const char*> texts;
        std::vector<std::size_t> sizes;
        for (const QByteArray& word : words) {
            texts.push_back(word.constData());
            sizes.push_back(std::size_t(word.size()));
        }
        return ReplyPtr(static_cast<redisReply*>(redisCommandArgv(redis, int(words.size()), texts.data(), sizes.data())));
    }

    void cached(const QByteArray& key, int ttlS, const std::string& fresh, httplib::Response& response)
    {
        const ReplyPtr hit = command({"GET", key});
        if (hit && hit->type == REDIS_REPLY_STRING) {
            response.set_content(std::string(hit->str, hit->len), "application/json");
            return;
        }
        command({"SETEX", key, QByteArray::number(ttlS), QByteArray::fromStdString(fresh)});
        response.set_content(fresh, "application/json");
    }

    static QByteArray keyOf(const httplib::Request& request)
    {
        const auto forecast = cache::forecast({"GET", QByteArray::fromStdString(request.target), {}}, CachingApi::routes());
        return forecast.predictions.isEmpty() ? QByteArray() : forecast.predictions.first().key;
    }

    QByteArray newToken(const QByteArray& user)
    {
        const std::scoped_lock lock(tokensMutex);
        const QByteArray claims = "{\"sub\":\"" + user + "\",\"exp\":" + QByteArray::number(QDateTime::currentSecsSinceEpoch() + tokenSeconds) + ",\"n\":" + QByteArray::number(++logins) + '}';
        const QByteArray token = "eyJhbGciOiJIUzI1NiJ9." + claims.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals) + ".c2ln";
        tokens.insert("Bearer " + token, user);
        return token;
    }

    void login(const httplib::Request& request, httplib::Response& response)
    {
        const QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(request.body)).object();
        const QByteArray user = body[QStringLiteral("username")].toString().toUtf8();
        const bool isKnown = user == "alice" || user == "bob" || user == "carol";
        if (!isKnown || body[QStringLiteral("password")].toString().toUtf8() != "right-" + user) {
            response.status = 401;
            response.set_content("{\"detail\": \"no " + request.body + "\"}", "application/json");
            return;
        }
        response.set_content("{\"token\": \"" + newToken(user).toStdString() + "\", \"user\": {\"token\": \"no\"}}", "application/json");
    }

    QByteArray userOf(const httplib::Request& request)
    {
        const std::scoped_lock lock(tokensMutex);
        const QByteArray sent = QByteArray::fromStdString(request.get_header_value("Authorization"));
        if (sent.startsWith("Basic "))
            return QByteArray::fromBase64(sent.sliced(6)).split(':').first();
        return tokens.value(sent);
    }

    void purge(const QByteArray& className)
    {
        const ReplyPtr keys = command({"KEYS", "lightapi:" + className + ":*"});
        for (std::size_t i = 0; keys && i < keys->elements; ++i)
            command({"DEL", QByteArray(keys->element[i]->str, qsizetype(keys->element[i]->len))});
    }

    void route(const char* path, std::function<void(const httplib::Request&, httplib::Response&)> answer)
    {
        server.Get(path, [this, answer = std::move(answer)](const httplib::Request& request, httplib::Response& response) {
            ++requests;
            const int now = ++atOnce;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) { }
            answer(request, response);
            --atOnce;
        });
    }
    void addRoutes();
};

void CachingApi::Private::addRoutes()
{
    const std::string body = "{\"id\": 1, \"title\": \"caf\\u00e9\"}";
    route(R"(/books(/\d+)?)", [this, body](const auto& request, auto& response) { cached(keyOf(request), 60, body, response); });
    route("/short", [this, body](const auto& request, auto& response) { cached(keyOf(request), 2, body, response); });
    route("/large", [this](const auto& request, auto& response) { cached(keyOf(request), 60, '"' + std::string(1'000'000, 'x') + '"', response); });
    route("/own", [body](const auto&, auto& response) { response.set_content(body, "application/json"); });
    route("/plain", [body](const auto&, auto& response) { response.set_content(body, "application/json"); });
    route("/lies", [body](const auto&, auto& response) {
        response.set_header("X-Cache-Status", "HIT");
        response.set_content(body, "application/json");
    });
    route("/other", [this, body](const auto&, auto& response) { cached("lightapi:Other:/other:lang=en", 60, body, response); });
    route("/fails", [](const auto&, auto& response) { response.status = 500; });
    route("/busy", [this, body](const auto& request, auto& response) {
        if (refused++ > 0)
            return cached(keyOf(request), 60, body, response);
        response.status = 429;
        response.set_header("Retry-After", "0");
    });
    route("/swamped", [this, body](const auto& request, auto& response) {
        if (swamped++ > 0)
            return cached(keyOf(request), 60, body, response);
        response.status = 503;
    });
    route("/mine", [this](const auto& request, auto& response) {
        const QByteArray user = userOf(request);
        if (user.isEmpty())
            response.status = 401;
        else
            cached(keyOf(request), 60, "{\"owner\": \"" + user.toStdString() + "\"}", response);
    });
    route("/listed", [this](const auto& request, auto& response) {
        const std::string next = "http://" + request.get_header_value("Host") + "/listed?page=2";
        cached(keyOf(request), 60, "{\"count\": 30, \"next\": \"" + next + "\", \"results\": [{\"site\": \"http://example.com/x\"}]}", response);
    });
    server.Post("/auth/login", [this](const httplib::Request& request, httplib::Response& response) { login(request, response); });
    server.Post("/moved/login", [](const httplib::Request&, httplib::Response& response) { response.set_redirect("/auth/login", 307); });
    server.Post("/basic/login", [](const httplib::Request&, httplib::Response& response) { response.set_content("{\"user\": {}}", "application/json"); });
    server.Post("/books", [this](const httplib::Request&, httplib::Response& response) {
        purge("Book");
        response.status = 422;
    });
}

CachingApi::CachingApi(const QString& redisSocket)
    : d(std::make_unique<Private>())
{
    d->redis = redisConnectUnix(redisSocket.toLocal8Bit().constData());
    if (!d->redis || d->redis->err)
        qFatal("the API cannot reach its Redis");
    d->addRoutes();
    // Without these an answer waits 40 ms for an acknowledgement, and connections beyond its eight threads wait for others to end.
    d->server.set_tcp_nodelay(true);
    d->server.set_keep_alive_max_count(1'000'000);
    d->server.new_task_queue = [] { return new httplib::ThreadPool(40); };
    d->running.start();
}

CachingApi::~CachingApi()
{
    d->running.stop();
    redisFree(d->redis);
}

QString CachingApi::url() const
{
    return d->running.url();
}

int CachingApi::requests() const
{
    return d->requests;
}

void CachingApi::setTokenSeconds(int seconds)
{
    const std::scoped_lock lock(d->tokensMutex);
    d->tokenSeconds = seconds;
}

void CachingApi::revokeTokens()
{
    const std::scoped_lock lock(d->tokensMutex);
    d->tokens.clear();
}

int CachingApi::logins() const
{
    const std::scoped_lock lock(d->tokensMutex);
    return d->logins;
}

int CachingApi::running() const
{
    return d->most;
}

cache::RouteTable CachingApi::routes()
{
    cache::RouteTable table;
    const auto add = [&table](const char* className, const char* route, int ttlS, cache::Cached cached = cache::Cached::Yes) {
        cache::Route r;
        r.className = className;
        r.route = route;
        r.cached = cached;
        if (ttlS > 0)
            r.ttlS = ttlS;
        table.add(r);
    };
    add("Book", "/books", 60);
    add("Short", "/short", 2);
    add("Large", "/large", 60);
    add("Own", "/own", 60);
    add("Plain", "/plain", 0, cache::Cached::No);
    add("Lies", "/lies", 60);
    add("Other", "/other", 60);
    add("Fails", "/fails", 60);
    add("Busy", "/busy", 60);
    add("Swamped", "/swamped", 60);
    add("Mine", "/mine", 60);
    add("Listed", "/listed", 60);
    return table;
}

Result<void> Stage::build()
{
    if (auto started = redis.startAndWait({}); !started)
        return started;
    session = std::make_unique<redis::Session>(redis.endpoint());
    const auto opened = session->open();
    if (!QTest::qWaitFor([&] { return session->state() == redis::Session::State::Connected; }))
        return fail(Code::Connect);
    api = std::make_unique<CachingApi>(redis.socketPath());
    client = std::make_unique<http::Client>(http::Client::Options {.baseUrl = api->url()});
    return {};
}

Result<redis::Reply> Stage::ask(redis::Command command)
{
    QObject context;
    std::optional<Result<redis::Reply>> out;
    onFinished(session->call(std::move(command)), &context, [&out](Result<redis::Reply> reply) { out = std::move(reply); });
    if (!QTest::qWaitFor([&out] { return out.has_value(); }))
        return fail(Code::Timeout);
    return *out;
}
