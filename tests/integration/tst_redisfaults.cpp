// SPDX-License-Identifier: GPL-3.0-or-later
// What goes wrong on the side of Redis while a request is replayed: UNKNOWN with the reason, or the right verdict, and never a guess.
#include "tests/support/cachingapi.h"
#include "core/replay/replay.h"
#include "tests/integration/redistap.h"
#include "tests/integration/relay.h"
#include "tests/integration/wallclock.h"
#include "tests/support/redistest.h"

#include <QUrl>

using namespace core;
using namespace core::replay;
using redistest::ask;
using redistest::patienceMs;

namespace {
const QByteArray books = "lightapi:Book:/books:";
const QByteArray booksBody = R"({"id": 1, "title": "caf\u00e9"})";

QString shown(const ReplayResult& result)
{
    return http::verdictName(result.verdict.verdict) + u' ' + surenessName(result.verdict.sureness);
}
QString factOf(const ReplayResult& result, const QString& source)
{
    for (const Evidence& row : result.verdict.evidence) {
        if (row.source == source)
            return row.fact;
    }
    return {};
}
}

class TestRedisFaults final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis, m_otherRedis;
    std::unique_ptr<CachingApi> m_api;
    std::unique_ptr<Relay> m_relay;
    std::unique_ptr<RedisTap> m_tap;
    std::unique_ptr<redis::Session> m_session; // through the tap
    std::unique_ptr<redis::Session> m_other; // past it
    std::unique_ptr<http::Client> m_client;

    ReplayResult one(const QByteArray& target)
    {
        Replay job(m_session.get(), m_client.get(), CachingApi::routes(), {.targets = {target}});
        ReplayResult result;
        connect(&job, &Replay::resultReady, &job, [&result](const ReplayResult& got) { result = got; });
        job.start();
        if (!QTest::qWaitFor([&job] { return job.isFinished(); }, patienceMs) || !job.outcome())
            result.verdict.sentence = QStringLiteral("the job failed");
        return result;
    }
    void prime() { QCOMPARE(ask(*m_other, {"SETEX", books, "60", booksBody}).bytes, "OK"); }
    // Does it in this thread when the request is on its way, and holds the request until then.
    void whenAsked(std::function<void()> act)
    {
        m_relay->doBeforeAsking([this, act = std::move(act)] { QMetaObject::invokeMethod(this, act, Qt::BlockingQueuedConnection); });
    }
    void waitUntilConnected()
    {
        QTRY_VERIFY_WITH_TIMEOUT((m_session->retryNow(), m_session->state() == redis::Session::State::Connected), patienceMs);
    }
    // Counts snapshots as the tap sees them.
    std::function<bool(const QByteArray&)> dropAtSnapshot(int which)
    {
        return [which, seen = 0](const QByteArray& bytes) mutable { return !bytes.contains("PTTL") || ++seen != which; };
    }

private slots:
    void initTestCase()
    {
        VERIFY_OK(m_redis.startAndWait({}));
        VERIFY_OK(m_otherRedis.startAndWait({}));
        m_api = std::make_unique<CachingApi>(m_redis.socketPath());
        m_relay = std::make_unique<Relay>(quint16(QUrl(m_api->url()).port()));
        m_other = std::make_unique<redis::Session>(m_redis.endpoint());
        VERIFY_OK(redistest::wait(m_other->open()));
    }
    void init()
    {
        m_tap = std::make_unique<RedisTap>(m_redis.socketPath());
        m_session = std::make_unique<redis::Session>(m_tap->endpoint());
        VERIFY_OK(redistest::wait(m_session->open()));
        m_client = std::make_unique<http::Client>(http::Client::Options {.baseUrl = m_relay->url()});
        QCOMPARE(ask(*m_other, {"FLUSHALL"}).bytes, "OK");
    }
    void cleanup()
    {
        wallclock::setOffsetS(0);
        m_client.reset();
        m_session.reset();
        m_tap.reset();
    }

    void theLineDropsAtASnapshot_data()
    {
        QTest::addColumn<int>("snapshot");
        QTest::newRow("before the request") << 1;
        QTest::newRow("after the request") << 2;
    }
    void theLineDropsAtASnapshot()
    {
        QFETCH(int, snapshot);
        prime();
        m_tap->onCommands = dropAtSnapshot(snapshot);
        const ReplayResult result = one("/books");
        QCOMPARE(shown(result), QStringLiteral("UNKNOWN none"));
        QCOMPARE(result.verdict.sentence, QStringLiteral("Not known: Redis could not be asked, and no header tells."));
        VERIFY_OK(result.response);
        QCOMPARE(result.response->status, 200);
        QVERIFY(result.redisError);
        QCOMPARE(result.redisError->code, Code::Lost);
        // And the next one is judged again.
        waitUntilConnected();
        QCOMPARE(shown(one("/books")), QStringLiteral("HIT exact"));
    }

    // Lost and back between the snapshots: they are of one server, and what was not heard meanwhile is said.
    void theLineComesBackInBetween()
    {
        prime();
        whenAsked([this] {
            m_tap->dropAll();
            QTRY_VERIFY(m_session->state() != redis::Session::State::Connected);
            waitUntilConnected();
        });
        const ReplayResult result = one("/books");
        QCOMPARE(shown(result), QStringLiteral("HIT exact"));
        QVERIFY2(factOf(result, QStringLiteral("write witness")).startsWith(QStringLiteral("Tells nothing")), qPrintable(factOf(result, QStringLiteral("write witness"))));
    }

    // Another server answers under the same address, and holds the same entry: its idle times and counters are its own.
    void anotherServerTakesOver()
    {
        redis::Session there(m_otherRedis.endpoint());
        VERIFY_OK(redistest::wait(there.open()));
        QCOMPARE(ask(there, {"SETEX", books, "60", booksBody}).bytes, "OK");
        prime();
        whenAsked([this] {
            m_tap->setSocketPath(m_otherRedis.socketPath());
            m_tap->dropAll();
            QTRY_VERIFY(m_session->state() != redis::Session::State::Connected);
            waitUntilConnected();
        });
        const ReplayResult result = one("/books");
        QCOMPARE(shown(result), QStringLiteral("UNKNOWN none"));
        QVERIFY2(result.verdict.sentence.contains(QStringLiteral("restarted or replaced")), qPrintable(result.verdict.sentence));
    }

    void anotherDatabaseIsSelected()
    {
        prime();
        whenAsked([this] { VERIFY_OK(redistest::wait(m_session->select(3))); });
        const ReplayResult result = one("/books");
        QCOMPARE(shown(result), QStringLiteral("UNKNOWN none"));
        QVERIFY2(result.verdict.sentence.contains(QStringLiteral("another database")), qPrintable(result.verdict.sentence));
    }

    void theWitnessIsKilled()
    {
        prime();
        whenAsked([this] { QCOMPARE(ask(*m_other, {"CLIENT", "KILL", "TYPE", "pubsub"}).integer, 1); });
        const ReplayResult result = one("/books");
        // Read by the counter and not written by its time to live: a HIT without the witness too, which says that it tells nothing.
        QCOMPARE(shown(result), QStringLiteral("HIT exact"));
        QVERIFY(factOf(result, QStringLiteral("write witness")).startsWith(QStringLiteral("Tells nothing")));
        QVERIFY2(!result.verdict.sentence.contains(QStringLiteral("not written")), qPrintable(result.verdict.sentence));
    }

    // Which way a clock is set, and when: verdicts rest on the monotonic one.
    void theWallClockSteps_data()
    {
        QTest::addColumn<int>("offsetS");
        QTest::newRow("an hour on") << 3600;
        QTest::newRow("an hour back") << -3600;
    }
    void theWallClockSteps()
    {
        QFETCH(int, offsetS);
        const auto step = [offsetS] {
            const qint64 before = QDateTime::currentSecsSinceEpoch();
            wallclock::setOffsetS(offsetS);
            QVERIFY(qAbs(QDateTime::currentSecsSinceEpoch() - before - offsetS) < 600); // it is ours that Qt reads
        };
        whenAsked(step);
        QCOMPARE(shown(one("/books")), QStringLiteral("MISS exact"));
        wallclock::setOffsetS(0);
        whenAsked(step);
        QCOMPARE(shown(one("/books")), QStringLiteral("HIT exact"));
        wallclock::setOffsetS(0);
        // Seen with two seconds left: after a step it has not run out, and when it ran out that is known.
        const auto seen = std::make_shared<SeenKeys>();
        Replay job(m_session.get(), m_client.get(), CachingApi::routes(), {.targets = {"/short"}, .repeat = 3, .intervalMs = 1'300, .seen = seen});
        QStringList told;
        connect(&job, &Replay::resultReady, &job, [&](const ReplayResult& result) {
            told << shown(result);
            wallclock::setOffsetS(offsetS * result.n);
        });
        job.start();
        QTRY_VERIFY_WITH_TIMEOUT(job.isFinished(), patienceMs);
        QCOMPARE(told, (QStringList {QStringLiteral("MISS exact"), QStringLiteral("HIT exact"), QStringLiteral("EXPIRED exact")}));
    }

    // Seen by the second snapshot and gone when it is read.
    void theEntryGoesBeforeItIsRead()
    {
        prime();
        m_tap->onCommands = [this](const QByteArray& bytes) {
            return !bytes.contains("$3\r\nGET\r\n") || ask(*m_other, {"DEL", books}).integer == 1;
        };
        const ReplayResult result = one("/books");
        QCOMPARE(shown(result), QStringLiteral("UNKNOWN none"));
        QCOMPARE(factOf(result, QStringLiteral("stored body")), QStringLiteral("It went away before it could be read"));
        QVERIFY(!result.verdict.bodyEqualsCached);
    }

    // 100 MB are not read for a comparison, whoever answers.
    void aHugeEntry()
    {
        for (const QByteArray& key : {books, QByteArray("lightapi:Own:/own:")}) {
            QCOMPARE(ask(*m_other, {"SETRANGE", key, "104857599", "x"}).integer, 104'857'600);
            QCOMPARE(ask(*m_other, {"EXPIRE", key, "60"}).integer, 1);
        }
        bool wasRead = false;
        m_tap->onCommands = [&wasRead](const QByteArray& bytes) {
            wasRead = wasRead || bytes.contains("$3\r\nGET\r\n");
            return true;
        };
        const ReplayResult own = one("/own");
        QCOMPARE(shown(own), QStringLiteral("BYPASS exact")); // nobody read it
        QVERIFY2(factOf(own, QStringLiteral("stored body")).startsWith(QStringLiteral("Not read: it takes 1")), qPrintable(factOf(own, QStringLiteral("stored body"))));
        const ReplayResult served = one("/books"); // 100 MB over HTTP
        QCOMPARE(shown(served), QStringLiteral("UNKNOWN none"));
        QCOMPARE(served.response.error().reason, Reason::ApiTooLarge);
        QVERIFY2(served.verdict.sentence.contains(QStringLiteral("size limit")), qPrintable(served.verdict.sentence));
        QVERIFY(!wasRead);
    }
};

QTEST_GUILESS_MAIN(TestRedisFaults)
#include "tst_redisfaults.moc"
