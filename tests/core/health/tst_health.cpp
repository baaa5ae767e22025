// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/health/health.h"
#include "tests/support/runningserver.h"

#include <QSignalSpy>
#include <QTest>

using namespace core;
using namespace core::health;
using redis::Session;

namespace {
// One run and what is left behind.
struct Run {
    QList<Check> checks;
    Check::Status verdict = Check::Status::Skipped;
    QString sentence;
    Result<void> outcome;

    QString status(const char* id) const
    {
        for (const Check& check : checks) {
            if (check.id == QLatin1StringView(id))
                return statusName(check.status);
        }
        return QStringLiteral("none");
    }
    Reason reason(const char* id) const
    {
        for (const Check& check : checks) {
            if (check.id == QLatin1StringView(id) && check.error)
                return check.error->reason;
        }
        return Reason::None;
    }
};

Run checked(Session* session, http::Client* client = nullptr)
{
    HealthCheck job(session, client);
    QSignalSpy finished(&job, &Job::finished);
    QSignalSpy added(&job, &HealthCheck::checkAdded);
    job.start();
    if (finished.isEmpty() && !finished.wait(9000))
        return {};
    if (added.size() != job.checks().size())
        return {};
    return {job.checks(), job.verdict(), job.sentence(), job.outcome()};
}

std::optional<redis::Reply> ask(Session* session, redis::Command command)
{
    QObject context;
    std::optional<Result<redis::Reply>> out;
    onFinished(session->call(std::move(command)), &context, [&out](Result<redis::Reply> reply) { out = std::move(reply); });
    if (!QTest::qWaitFor([&out] { return out.has_value(); }) || !*out)
        return std::nullopt;
    return **out;
}

bool opened(Session& session)
{
    const auto future = session.open();
    return QTest::qWaitFor([&] { return session.state() == Session::State::Connected; });
}

class Healthz final {
public:
    explicit Healthz(int status)
    {
        m_running.server.Get("/healthz", [status](const httplib::Request&, httplib::Response& response) {
            response.status = status;
            response.set_content("{\"status\":\"ok\"}", "application/json");
        });
        m_running.start();
    }
    QString url() const { return m_running.url(); }

private:
    RunningServer<> m_running;
};
}

class TestHealth final : public QObject {
    Q_OBJECT
    std::unique_ptr<demo::RedisProcess> m_redis;
    std::unique_ptr<Session> m_session;

    qint64 keys() { return ask(m_session.get(), {"DBSIZE"}).value_or(redis::Reply {.integer = -1}).integer; }

private slots:
    void initTestCase()
    {
        m_redis = std::make_unique<demo::RedisProcess>();
        const auto started = m_redis->startAndWait({.tcp = true, .arguments = {QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0")}});
        QVERIFY2(started, started ? "" : qPrintable(oneLine(started.error())));
        m_session = std::make_unique<Session>(m_redis->endpoint());
        QVERIFY(opened(*m_session));
    }
    void cleanupTestCase()
    {
        m_session.reset();
        m_redis.reset();
    }
    void init()
    {
        m_session->setReadOnly(false);
        QVERIFY(ask(m_session.get(), {"FLUSHALL"}));
    }

    void everyStepOfAHealthyServer()
    {
        Healthz api(200);
        http::Client client({.baseUrl = api.url()});
        const qint64 own = m_session->ownLookups();
        const Run run = checked(m_session.get(), &client);
        QVERIFY(run.outcome);
        for (const char* id : {"connect", "ping", "info", "write", "read", "ttl", "delete", "absent", "healthz", "replication"})
            QCOMPARE(run.status(id), QStringLiteral("ok"));
        QCOMPARE(run.verdict, Check::Status::Warn); // no maxmemory
        QVERIFY2(run.sentence.contains(QStringLiteral("Memory")), qPrintable(run.sentence));
        for (const Check& check : run.checks)
            QVERIFY(check.ms >= 0 || !check.advice.isEmpty() || check.ms == -1);
        QCOMPARE(keys(), 0);
        QCOMPARE(m_session->ownLookups() - own, 3); // GET, PTTL, GET
    }

    void aClosedSessionIsOpened()
    {
        Session session(m_redis->endpoint());
        const Run run = checked(&session);
        QCOMPARE(run.status("connect"), QStringLiteral("ok"));
        QCOMPARE(run.status("absent"), QStringLiteral("ok"));
        QCOMPARE(run.status("healthz"), QStringLiteral("skipped"));
    }

    void aConnectingSessionIsAwaited()
    {
        Session session(m_redis->endpoint());
        HealthCheck job(&session, nullptr);
        connect(&session, &Session::stateChanged, &job, [&job](Session::State state) {
            if (state == Session::State::Connecting)
                job.start();
        });
        QSignalSpy finished(&job, &Job::finished);
        const auto future = session.open();
        QVERIFY(finished.wait());
        QCOMPARE(job.checks().first().id, QStringLiteral("connect"));
        QCOMPARE(statusName(job.checks().first().status), QStringLiteral("ok"));
        QCOMPARE(job.checks().last().id, QStringLiteral("healthz")); // all steps were done
    }

    void aReconnectingSessionSaysWhy()
    {
        auto ending = std::make_unique<demo::RedisProcess>();
        QVERIFY(ending->startAndWait({}));
        Session session(ending->endpoint());
        QVERIFY(opened(session));
        ending.reset();
        QTRY_COMPARE(session.state(), Session::State::Reconnecting);
        const Run run = checked(&session);
        QCOMPARE(run.status("connect"), QStringLiteral("fail"));
        QVERIFY2(run.reason("connect") != Reason::None, qPrintable(run.sentence));
        QCOMPARE(run.status("ping"), QStringLiteral("none"));
    }

    void readOnlySkipsWhatWrites()
    {
        m_session->setReadOnly(true);
        const Run run = checked(m_session.get());
        QCOMPARE(run.status("info"), QStringLiteral("ok"));
        for (const char* id : {"write", "read", "ttl", "delete", "absent"})
            QCOMPARE(run.status(id), QStringLiteral("skipped"));
        QVERIFY2(run.sentence.contains(QStringLiteral("read-only")), qPrintable(run.sentence));
        QCOMPARE(keys(), 0);
    }

    void usersWithoutPermission_data()
    {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QByteArray>("step");
        QTest::newRow("INFO") << QByteArray("-info") << QByteArray("info");
        QTest::newRow("SET") << QByteArray("-set") << QByteArray("write");
    }
    void usersWithoutPermission()
    {
        QFETCH(QByteArray, rule);
        QFETCH(QByteArray, step);
        QVERIFY(ask(m_session.get(), {"ACL", "SETUSER", "joe", "reset", "on", ">pw", "~*", "&*", "+@all", rule}));
        Endpoint endpoint = m_redis->endpoint();
        endpoint.user = "joe";
        endpoint.password = "pw";
        Session session(endpoint);
        const Run run = checked(&session);
        QCOMPARE(run.status(step.constData()), QStringLiteral("warn"));
        QCOMPARE(run.reason(step.constData()), Reason::NoPermission);
        if (step == "info")
            QCOMPARE(run.status("absent"), QStringLiteral("ok")); // the rest goes on
        QCOMPARE(run.status("healthz"), QStringLiteral("skipped"));
        QCOMPARE(keys(), 0);
    }

    void aKeyThatCannotBeRemovedEndsByItself()
    {
        QVERIFY(ask(m_session.get(), {"ACL", "SETUSER", "jim", "reset", "on", ">pw", "~*", "&*", "+@all", "-unlink"}));
        Endpoint endpoint = m_redis->endpoint();
        endpoint.user = "jim";
        endpoint.password = "pw";
        Session session(endpoint);
        const Run run = checked(&session);
        QCOMPARE(run.reason("delete"), Reason::NoPermission);
        QCOMPARE(keys(), 1);
        const QByteArray key = ask(m_session.get(), {"RANDOMKEY"})->bytes;
        QVERIFY(key.startsWith("cachelight:probe:health:"));
        const qint64 left = ask(m_session.get(), {"PTTL", key})->integer;
        QVERIFY(left > 0 && left <= 30'000);
    }

    void aWrongPassword()
    {
        Endpoint endpoint = m_redis->endpoint();
        endpoint.user = "joe";
        endpoint.password = "s3cret";
        Session session(endpoint);
        const Run run = checked(&session);
        QCOMPARE(run.status("connect"), QStringLiteral("fail"));
        QCOMPARE(run.reason("connect"), Reason::WrongPassword);
        QCOMPARE(run.status("ping"), QStringLiteral("none"));
        QCOMPARE(run.verdict, Check::Status::Fail);
        QVERIFY(!run.sentence.contains(QStringLiteral("s3cret")));
    }

    void memoryFullWithNoEviction()
    {
        demo::RedisProcess full;
        QVERIFY(full.startAndWait({.arguments = {QStringLiteral("--maxmemory"), QStringLiteral("600kb"), QStringLiteral("--maxmemory-policy"), QStringLiteral("noeviction")}}));
        Session session(full.endpoint());
        const Run run = checked(&session);
        QCOMPARE(run.status("memory"), QStringLiteral("fail"));
        QCOMPARE(run.status("write"), QStringLiteral("fail"));
        QCOMPARE(run.reason("write"), Reason::OutOfMemory);
        QCOMPARE(run.status("read"), QStringLiteral("none"));
        QVERIFY(run.outcome);
    }

    void aReplicaRefusesWrites()
    {
        demo::RedisProcess replica;
        QVERIFY(replica.startAndWait({.arguments = {QStringLiteral("--replicaof"), QStringLiteral("127.0.0.1"), QString::number(m_redis->port())}}));
        Session session(replica.endpoint());
        QVERIFY(opened(session));
        QTRY_VERIFY(ask(&session, {"INFO", "replication"}).value_or(redis::Reply()).bytes.contains("master_link_status:up"));
        const Run run = checked(&session);
        QCOMPARE(run.status("replication"), QStringLiteral("warn"));
        QCOMPARE(run.reason("write"), Reason::ReplicaReadOnly);
        QCOMPARE(run.verdict, Check::Status::Fail);
    }

    void nobodyThere()
    {
        Endpoint nowhere = m_redis->endpoint();
        nowhere.path = QStringLiteral("/nonexistent/redis.sock");
        Session session(nowhere);
        Healthz api(200);
        http::Client client({.baseUrl = api.url()});
        const Run run = checked(&session, &client);
        QCOMPARE(run.reason("connect"), Reason::NoSocket);
        QCOMPARE(run.status("healthz"), QStringLiteral("ok")); // another server, asked all the same
        QCOMPARE(run.verdict, Check::Status::Fail);
    }

    void healthz_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("expected");
        QTest::newRow("200") << 200 << QStringLiteral("ok");
        QTest::newRow("404 before 0.1.28") << 404 << QStringLiteral("warn");
        QTest::newRow("500") << 500 << QStringLiteral("fail");
    }
    void healthz()
    {
        QFETCH(int, status);
        Healthz api(status);
        http::Client client({.baseUrl = api.url()});
        QTEST(checked(m_session.get(), &client).status("healthz"), "expected");
    }

    void cancelRemovesTheProbe()
    {
        HealthCheck job(m_session.get(), nullptr);
        connect(&job, &HealthCheck::checkAdded, &job, [&job](int index) {
            if (job.checks()[index].id == QStringLiteral("write"))
                job.cancel();
        });
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(finished.size(), 1);
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
        QCOMPARE(job.checks().last().id, QStringLiteral("write"));
        QCOMPARE(keys(), 0);
        QVERIFY(!job.mayHaveLeftProbe());
    }

    void cancelSaysWhenTheProbeMayBeLeft()
    {
        demo::RedisProcess stopped;
        QVERIFY(stopped.startAndWait({}));
        Endpoint endpoint = stopped.endpoint();
        endpoint.replyTimeoutMs = 300;
        Session session(endpoint);
        HealthCheck job(&session, nullptr);
        connect(&job, &HealthCheck::checkAdded, &job, [&](int index) {
            if (job.checks()[index].id != QStringLiteral("write"))
                return;
            stopped.pause();
            job.cancel();
        });
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        const bool ended = finished.wait();
        stopped.resume();
        QVERIFY(ended);
        QVERIFY(job.mayHaveLeftProbe());
    }

    void aServerThatStopsAnswering()
    {
        demo::RedisProcess stopped;
        QVERIFY(stopped.startAndWait({}));
        Endpoint endpoint = stopped.endpoint();
        endpoint.replyTimeoutMs = 300;
        endpoint.connectTimeoutMs = 300;
        Session session(endpoint);
        QVERIFY(opened(session));
        stopped.pause();
        const Run run = checked(&session);
        stopped.resume();
        QCOMPARE(run.status("connect"), QStringLiteral("fail"));
        QCOMPARE(run.verdict, Check::Status::Fail);
    }
};

QTEST_GUILESS_MAIN(TestHealth)
#include "tst_health.moc"
