// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/health.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/redis/info.h"

#include <QElapsedTimer>
#include <QUuid>

#include <algorithm>
#include <functional>

namespace core::health {

namespace {
    using Status = Check::Status;
    using redis::Command;
    using redis::Reply;

    constexpr int pings = 5;
    constexpr double slowPingMs = 50;
    constexpr int probeTtlMs = 30'000; // removes the key if we cannot
    constexpr int healthzTimeoutMs = 5'000;

    // Calls `then(Result<T>, ms)`. The time is taken where the answer arrives: what the receiver's loop does meanwhile is not the
    // server's.
    template <typename T, typename Function>
    void timed(QFuture<Result<T>> future, QObject* context, Function then)
    {
        QElapsedTimer clock;
        clock.start();
        auto ms = std::make_shared<double>(0);
        const QFuture<Result<T>> stamped = future.then([clock, ms](Result<T> result) {
            *ms = double(clock.nsecsElapsed()) / 1e6;
            return result;
        });
        onFinished(stamped, context, [ms, then = std::move(then)](const Result<T>& result) mutable { then(result, *ms); });
    }

    Check named(const char* id, const char* name, Status status = Status::Ok)
    {
        Check check;
        check.id = QString::fromLatin1(id);
        check.name = QString::fromLatin1(name);
        check.status = status;
        return check;
    }

    void setError(Check& check, const Error& error)
    {
        const ErrorText text = describe(error);
        check.error = error;
        check.detail = text.what;
        check.advice = text.advice;
        // What this user may not do LightAPI's may: nothing is known to be wrong.
        check.status = error.reason == Reason::NoPermission ? Status::Warn : Status::Fail;
        if (error.reason == Reason::ProfileReadOnly)
            check.status = Status::Skipped;
    }
}

class HealthCheck::Private final {
public:
    HealthCheck* q;
    redis::Session* session;
    http::Client* client;
    QList<Check> checks;
    std::shared_ptr<redis::ExclusiveLine> fresh;
    QList<double> pingTimes;
    QByteArray probeKey, nonce;
    bool mayHaveWritten = false;
    bool mayHaveLeftProbe = false;
    bool writingSkipped = false;
    QFuture<Result<http::Response>> healthz;

    bool running() const { return q->state() == State::Running; }
    void add(Check check);
    void connectStep();
    void openSession();
    void awaitSession();
    void connected(double ms, const Result<void>& result, bool anew);
    void ping();
    void info();
    void write();
    void skipWriting();
    void read();
    void ttl();
    void remove();
    void absent();
    void cleanUp(std::function<void()> then);
    void giveUpRedis();
    void askHealthz();
    void judgeHealthz(const Result<http::Response>& response, double ms);
    // One command as one step; `judge` may lower the status. A failure ends the Redis steps.
    void step(Check check, Command command, std::function<void(Check&, const Reply&)> judge, std::function<void()> next);
};

HealthCheck::HealthCheck(redis::Session* session, http::Client* client, QObject* parent)
    : Job(QStringLiteral("health"), session ? endpointLabel(session->endpoint()) : QString(), parent)
    , d(std::make_unique<Private>())
{
    d->q = this;
    d->session = session;
    d->client = client;
}

HealthCheck::~HealthCheck() = default;

const QList<Check>& HealthCheck::checks() const
{
    return d->checks;
}

bool HealthCheck::mayHaveLeftProbe() const
{
    return d->mayHaveLeftProbe;
}

void HealthCheck::onStart()
{
    d->connectStep();
}

void HealthCheck::onCancel()
{
    d->healthz.cancel();
    d->cleanUp([this] { finish(fail(Code::Cancelled)); });
}

void HealthCheck::Private::add(Check check)
{
    checks << std::move(check);
    q->setProgress(checks.size(), -1);
    emit q->checkAdded(int(checks.size()) - 1);
}

void HealthCheck::Private::step(Check check, Command command, std::function<void(Check&, const Reply&)> judge, std::function<void()> next)
{
    timed(session->call(std::move(command)), q, [this, check = std::move(check), judge = std::move(judge), next = std::move(next)](const Result<Reply>& reply, double ms) mutable {
        if (!running())
            return;
        check.ms = ms;
        if (reply)
            judge(check, *reply);
        else
            setError(check, reply.error());
        const bool goesOn = check.status != Status::Fail && (reply || check.error->reason == Reason::NoPermission);
        add(std::move(check));
        if (running())
            goesOn ? next() : giveUpRedis();
    });
}

// A connection of its own measures what LightAPI pays for a new one: TCP, TLS, log-in.
void HealthCheck::Private::connectStep()
{
    switch (session->state()) {
    case redis::Session::State::Closed: return openSession();
    case redis::Session::State::Connecting: return awaitSession();
    case redis::Session::State::Reconnecting: return connected(-1, fail(session->lastError()), false); // it tries by itself
    case redis::Session::State::Connected: break;
    }
    fresh = session->exclusiveLine(QStringLiteral("health"));
    timed(fresh->send({Command {"PING"}}), q, [this](const Result<redis::Replies>& replies, double ms) {
        connected(ms, replies ? Result<void>() : fail(replies.error()), true);
    });
}

void HealthCheck::Private::openSession()
{
    timed(session->open(), q, [this](const Result<redis::ServerFacts>& facts, double ms) {
        connected(ms, facts ? Result<void>() : fail(facts.error()), false);
    });
}

// Somebody else has opened it; a session cannot be opened twice.
void HealthCheck::Private::awaitSession()
{
    const auto goOn = [this](redis::Session::State state) {
        if (!running())
            return;
        state == redis::Session::State::Connected ? connectStep() : connected(-1, fail(session->lastError()), false);
    };
    QObject::connect(session, &redis::Session::stateChanged, q, goOn, Qt::SingleShotConnection);
}

void HealthCheck::Private::connected(double ms, const Result<void>& result, bool anew)
{
    if (!running())
        return;
    fresh.reset();
    Check check = named("connect", "Connect");
    check.ms = ms;
    check.detail = anew ? QStringLiteral("A further connection was made") : QStringLiteral("Connected");
    if (!result)
        setError(check, result.error());
    add(std::move(check));
    if (running())
        result ? ping() : giveUpRedis();
}

void HealthCheck::Private::ping()
{
    timed(session->call({"PING"}), q, [this](const Result<Reply>& reply, double ms) {
        if (!running())
            return;
        pingTimes << ms;
        if (reply && pingTimes.size() < pings)
            return ping();
        std::ranges::sort(pingTimes);
        Check check = named("ping", "Round trip");
        check.ms = pingTimes[pingTimes.size() / 2];
        check.detail = QStringLiteral("Median of %1 PINGs").arg(pingTimes.size());
        if (!reply) {
            setError(check, reply.error());
        } else if (check.ms > slowPingMs) {
            check.status = Status::Warn;
            check.advice = QStringLiteral("Each cached answer waits at least this long: look at the network and at slow commands on the server.");
        }
        const bool goesOn = check.status != Status::Fail;
        add(std::move(check));
        if (running())
            goesOn ? info() : giveUpRedis();
    });
}

void HealthCheck::Private::info()
{
    auto fields = std::make_shared<QHash<QByteArray, QByteArray>>();
    step(named("info", "Server"), {"INFO"},
        [fields](Check& check, const Reply& reply) {
            *fields = redis::parseInfo(reply.bytes);
            check.detail = QStringLiteral("Redis %1, %2, up %3").arg(displayText(fields->value("redis_version")), displayText(fields->value("redis_mode")),
                formatDuration(fields->value("uptime_in_seconds").toLongLong() * 1000));
        },
        [this, fields] {
            for (Check& check : adviceFromInfo(*fields)) {
                add(std::move(check));
                if (!running())
                    return;
            }
            session->isReadOnly() ? skipWriting() : write();
        });
}

void HealthCheck::Private::skipWriting()
{
    writingSkipped = true;
    const std::pair<const char*, const char*> steps[] {
        {"write", "Write a probe key"}, {"read", "Read it back"}, {"ttl", "Its time to live"}, {"delete", "Remove it"}, {"absent", "It is gone"}};
    for (const auto& [id, name] : steps) {
        Check check = named(id, name, Status::Skipped);
        check.detail = QStringLiteral("Skipped: this connection is read-only");
        add(std::move(check));
        if (!running())
            return;
    }
    askHealthz();
}

void HealthCheck::Private::write()
{
    // A key nobody else uses: a fixed one would let concurrent checks read each other's (specification C7.29, A14.19).
    probeKey = "cachelight:probe:health:" + QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    nonce = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    mayHaveWritten = true; // also when the answer gets lost
    step(named("write", "Write a probe key"), {"SET", probeKey, nonce, "PX", QByteArray::number(probeTtlMs), "NX"},
        [](Check& check, const Reply& reply) {
            if (reply.isNil()) {
                check.status = Status::Fail;
                check.detail = QStringLiteral("The key was there already");
            }
        },
        [this] { checks.last().error ? askHealthz() : read(); });
}

void HealthCheck::Private::read()
{
    step(named("read", "Read it back"), {"GET", probeKey},
        [this](Check& check, const Reply& reply) {
            if (reply.bytes == nonce)
                return;
            check.status = Status::Fail;
            check.detail = reply.isNil() ? QStringLiteral("The key is not there") : QStringLiteral("Another value came back");
            check.advice = QStringLiteral("The server may evict at once (see Memory), or a proxy answers from another server.");
        },
        [this] { ttl(); });
}

void HealthCheck::Private::ttl()
{
    step(named("ttl", "Its time to live"), {"PTTL", probeKey},
        [](Check& check, const Reply& reply) {
            check.detail = QStringLiteral("%1 of %2 ms left").arg(formatCount(reply.integer), formatCount(probeTtlMs));
            if (reply.integer <= 0 || reply.integer > probeTtlMs)
                check.status = Status::Fail;
        },
        [this] { remove(); });
}

void HealthCheck::Private::remove()
{
    step(named("delete", "Remove it"), {"UNLINK", probeKey},
        [this](Check& check, const Reply& reply) {
            mayHaveWritten = false;
            if (reply.integer == 1)
                return;
            check.status = Status::Fail;
            check.detail = QStringLiteral("The key had gone before");
        },
        [this] { absent(); });
}

void HealthCheck::Private::absent()
{
    step(named("absent", "It is gone"), {"GET", probeKey},
        [](Check& check, const Reply& reply) {
            if (reply.isNil())
                return;
            check.status = Status::Fail;
            check.detail = QStringLiteral("The key is still there");
        },
        [this] { giveUpRedis(); });
}

// The end of the Redis steps, whether they went well or not.
void HealthCheck::Private::giveUpRedis()
{
    cleanUp([this] {
        if (running())
            askHealthz();
    });
}

void HealthCheck::Private::cleanUp(std::function<void()> then)
{
    if (!std::exchange(mayHaveWritten, false))
        return then();
    // Should it fail, the key ends by itself within 30 s.
    onFinished(session->call({"UNLINK", probeKey}), q, [this, then = std::move(then)](const Result<Reply>& reply) {
        mayHaveLeftProbe = !reply || reply->isError();
        then();
    });
}

void HealthCheck::Private::askHealthz()
{
    if (!client || client->options().baseUrl.isEmpty()) {
        Check check = named("healthz", "LightAPI /healthz", Status::Skipped);
        check.detail = QStringLiteral("Skipped: no LightAPI server is set");
        add(std::move(check));
        if (running())
            q->finish();
        return;
    }
    healthz = client->send({.target = "/healthz", .timeoutMs = healthzTimeoutMs, .maxBodyBytes = 64 * 1024});
    timed(healthz, q, [this](const Result<http::Response>& response, double ms) {
        if (running())
            judgeHealthz(response, ms);
    });
}

void HealthCheck::Private::judgeHealthz(const Result<http::Response>& response, double ms)
{
    Check check = named("healthz", "LightAPI /healthz");
    check.ms = ms;
    if (!response) {
        setError(check, response.error());
    } else if (response->status == 404) {
        check.status = Status::Warn;
        check.detail = QStringLiteral("Status 404: the server answers, but has no /healthz");
        check.advice = QStringLiteral("LightAPI has it from 0.1.28 on; a route of the app may cover it, or another program listens there.");
    } else if (response->status != 200) {
        check.status = Status::Fail;
        check.detail = QStringLiteral("Status %1").arg(response->status);
        check.advice = QStringLiteral("Look at the server's log.");
    } else {
        // It is static in LightAPI and touches neither database nor Redis.
        check.detail = QStringLiteral("Status 200; says nothing of LightAPI's own Redis connection");
    }
    add(std::move(check));
    if (running())
        q->finish();
}

QString statusName(Check::Status status)
{
    switch (status) {
    case Status::Ok: return QStringLiteral("ok");
    case Status::Warn: return QStringLiteral("warn");
    case Status::Fail: return QStringLiteral("fail");
    case Status::Skipped: break;
    }
    return QStringLiteral("skipped");
}

Check::Status HealthCheck::verdict() const
{
    Status worst = Status::Skipped;
    for (const Check& check : d->checks) {
        if (check.status == Status::Skipped)
            continue;
        worst = worst == Status::Skipped ? check.status : std::max(worst, check.status);
    }
    return worst;
}

QString HealthCheck::sentence() const
{
    const Status worst = verdict();
    const QString skipped = d->writingSkipped ? QStringLiteral(" The writing steps were skipped: this connection is read-only.") : QString();
    if (worst == Status::Skipped)
        return QStringLiteral("Nothing was checked.");
    if (worst == Status::Ok)
        return d->writingSkipped ? QString(QStringLiteral("Healthy as far as reading tells.") + skipped) : QStringLiteral("Healthy: every step succeeded.");
    const auto first = std::ranges::find(d->checks, worst, &Check::status);
    const auto count = std::ranges::count(d->checks, worst, &Check::status);
    const QString what = QString(first->name + u": " + first->detail + (first->detail.endsWith(u'.') ? u"" : u"."));
    const QString more = count > 1 ? QStringLiteral(" And %1 more.").arg(count - 1) : QString();
    return QString((worst == Status::Fail ? QStringLiteral("Unhealthy. ") : QStringLiteral("Works, with a warning. ")) + what + more + skipped);
}

}
