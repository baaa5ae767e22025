// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/verdictstage.h"

#include "tests/support/redistest.h"

#include <hiredis/hiredis.h>

using core::replay::Exchange;
using core::replay::Replay;
using core::replay::ReplayResult;
using core::replay::Warm;
using core::replay::WarmResult;

namespace {
constexpr int replyTimeoutMs = 1'500; // of Redis, where it hangs
constexpr int pollMs = 10;
constexpr int polls = 1'000;

struct Freed {
    void operator()(redisContext* context) const { redisFree(context); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, Freed>;
using Context = std::unique_ptr<redisContext, Freed>;

Context connected(const QString& socket)
{
    Context context(redisConnectUnix(socket.toUtf8().constData()));
    if (!context || context->err != 0)
        qFatal("the test cannot reach its Redis");
    return context;
}

Reply command(const Context& context, const VerdictStage::Words& words)
{
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const QByteArray& word : words) {
        texts.push_back(word.constData());
        sizes.push_back(std::size_t(word.size()));
    }
    return Reply(static_cast<redisReply*>(redisCommandArgv(context.get(), int(words.size()), texts.data(), sizes.data())));
}

bool spin(const std::function<bool()>& done)
{
    return QTest::qWaitFor(done, redistest::patienceMs);
}
}

VerdictStage::VerdictStage(QString releaseName, Kind engine)
    : release(std::move(releaseName))
    , kind(engine)
{
}

core::Result<void> VerdictStage::build()
{
    if (const auto started = redis.startAndWait({}); !started)
        return started;
    if (const auto started = api.startAndWait(release, "unix://" + redis.socketPath().toUtf8(), redistest::patienceMs, kind); !started)
        return started;
    relay = std::make_unique<Relay>(api.port());
    core::Endpoint endpoint = redis.endpoint();
    endpoint.replyTimeoutMs = replyTimeoutMs;
    session = std::make_unique<core::redis::Session>(endpoint);
    if (const auto opened = redistest::wait(session->open()); !opened)
        return core::fail(opened.error());
    client = std::make_unique<core::http::Client>(core::http::Client::Options {.baseUrl = relay->url()});
    routes.setRelease(QVersionNumber::fromString(release));
    for (const char* argument : {"Book=/books,ttl=60", "Short=/short,ttl=2", "Varied=/varied,ttl=120,vary_on=page,vary_on=q", "Plain=/plain,cached=no",
             "Item=/api/v1/items,ttl=90", "Override=/override,ttl=60"})
        routes.add(core::cache::routeFromArgument(QString::fromLatin1(argument)).value());
    clear();
    return {};
}

bool VerdictStage::reconnect()
{
    const auto up = [this] { return session->state() == core::redis::Session::State::Connected && ask({"PING"}).bytes == "PONG"; };
    return spin([&] {
        session->retryNow();
        return up();
    });
}

void VerdictStage::clear()
{
    relay->doBeforeAsking({});
    relay->doBeforeAnswering({});
    other({"FLUSHALL"});
    seen = std::make_shared<core::replay::SeenKeys>();
}

void VerdictStage::other(const Words& words) const
{
    const Reply reply = command(connected(redis.socketPath()), words);
    if (!reply || reply->type == REDIS_REPLY_ERROR)
        qFatal("%s: %s", words.first().constData(), reply ? reply->str : "no reply");
}

void VerdictStage::prime(const QByteArray& target) const
{
    otherRequest("GET", target);
}

void VerdictStage::otherRequest(const QByteArray& method, const QByteArray& target, const QByteArray& body) const
{
    const QByteArray request = method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    if (Relay::exchange(api.port(), request).isEmpty())
        qFatal("no answer to somebody else's %s", method.constData());
}

// MEMORY USAGE is no lookup and touches nothing.
void VerdictStage::waitUntilGone(const QByteArray& key) const
{
    const Context context = connected(redis.socketPath());
    for (int i = 0; i < polls; ++i) {
        if (const Reply reply = command(context, {"MEMORY", "USAGE", key}); reply && reply->type == REDIS_REPLY_NIL)
            return;
        QThread::msleep(pollMs);
    }
}

core::redis::Reply VerdictStage::ask(const core::redis::Command& words)
{
    return redistest::ask(*session, words);
}

QList<ReplayResult> VerdictStage::replay(Replay::Options options)
{
    options.seen = seen;
    Replay job(session.get(), client.get(), routes, options);
    QList<ReplayResult> results;
    QObject::connect(&job, &Replay::resultReady, &job, [&results](const ReplayResult& result) { results << result; });
    job.start();
    if (!spin([&job] { return job.isFinished(); }) || !job.outcome())
        problem = job.isFinished() ? redistest::told(job.outcome().error()) : QStringLiteral("a replay did not end");
    return results;
}

ReplayResult VerdictStage::one(const QByteArray& target)
{
    const auto results = replay({.targets = {target}});
    return results.isEmpty() ? ReplayResult() : results.first();
}

ReplayResult VerdictStage::oneWithin(const QByteArray& target, int timeoutMs)
{
    core::replay::Place place {session.get(), client.get(), &routes, seen.get()};
    const auto witness = core::replay::beginWitness(place, {target});
    Exchange exchange(place, {.target = target, .timeoutMs = timeoutMs});
    bool done = false;
    QObject::connect(&exchange, &Exchange::finished, &exchange, [&done] { done = true; }, Qt::QueuedConnection);
    exchange.start();
    if (!spin([&done] { return done; }))
        problem = QStringLiteral("an exchange did not end");
    return exchange.result();
}

QList<WarmResult> VerdictStage::warm(Warm::Options options)
{
    options.seen = seen;
    Warm job(session.get(), client.get(), routes, options);
    job.start();
    if (!spin([&job] { return job.isFinished(); }) || !job.outcome())
        problem = job.isFinished() ? redistest::told(job.outcome().error()) : QStringLiteral("warming did not end");
    return job.results();
}

qint64 VerdictStage::serverLookups()
{
    return redistest::serverLookups(*session);
}
