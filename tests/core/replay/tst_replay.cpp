// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runningserver.h"
#include "tests/support/stagetest.h"
#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/replay/classkeys.h"
#include "core/replay/replay.h"

#include <QScopeGuard>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>
#include <QThreadPool>

#include <algorithm>
#include <thread>

using namespace core;
using namespace core::replay;

namespace {
QStringList whats(const ReplayResult& result)
{
    QStringList out;
    for (const Contradiction& contradiction : result.verdict.contradictions)
        out << contradiction.what;
    return out;
}
}

class TestReplay final : public StageTest {
    Q_OBJECT
    std::shared_ptr<SeenKeys> m_seen;

    QList<ReplayResult> replayed(Replay::Options options, const cache::RouteTable& routes = CachingApi::routes())
    {
        options.seen = m_seen;
        Replay job(m_stage->session.get(), m_stage->client.get(), routes, options);
        const auto results = collected(job);
        if (!finishes(job))
            return {};
        return job.outcome() ? *results : QList<ReplayResult>();
    }
    // What the job hands out, while it lives.
    std::shared_ptr<QList<ReplayResult>> collected(Replay& job)
    {
        auto results = std::make_shared<QList<ReplayResult>>();
        connect(&job, &Replay::resultReady, &job, [results](const ReplayResult& result) { *results << result; });
        return results;
    }
    ReplayResult one(const QByteArray& target)
    {
        const auto results = replayed({.targets = {target}});
        return results.isEmpty() ? ReplayResult() : results.first();
    }
    QByteArray shown(const ReplayResult& r) { return (http::verdictName(r.verdict.verdict) + u' ' + surenessName(r.verdict.sureness)).toLatin1(); }

private slots:
    void init()
    {
        m_seen = std::make_shared<SeenKeys>();
        StageTest::init();
    }

    void missThenHitWithAWitness()
    {
        const auto results = replayed({.targets = {"/books?b=2&a=x%20y"}, .repeat = 2});
        QCOMPARE(results.size(), 2);
        QCOMPARE(shown(results[0]), QByteArray("MISS exact"));
        QCOMPARE(results[0].verdict.storedKey, std::optional<QByteArray>("lightapi:Book:/books:b=2&a=x+y"));
        QCOMPARE(results[0].verdict.bodyEqualsCached, std::optional(true));
        QCOMPARE(results[0].n, 1);
        QVERIFY(results[0].after.pttlMs > 59'000);
        // The second request comes before the idle time can tell: the counter does.
        QCOMPARE(shown(results[1]), QByteArray("HIT exact"));
        QCOMPARE(results[1].n, 2);
        QVERIFY(results[1].response->timing.total > 0);
        QVERIFY2(results[1].verdict.sentence.endsWith(QStringLiteral("it was read during the request, the answer equals it, it was not written meanwhile.")),
            qPrintable(results[1].verdict.sentence));
    }

    void anEqualBodyAloneIsNoHit()
    {
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Own:/own:", "60", "{\"id\": 1, \"title\": \"caf\\u00e9\"}"}));
        const ReplayResult result = one("/own");
        QCOMPARE(result.verdict.bodyEqualsCached, std::optional(true));
        QCOMPARE(shown(result), QByteArray("BYPASS exact"));
    }

    // The same app, while a page of ours reads the entry: its idle time falls, and not by LightAPI.
    void whatWeReadOurselvesIsNoWitness()
    {
        const QByteArray key = "lightapi:Own:/own:";
        QVERIFY(m_stage->ask({"SET", key, "{\"id\": 1}"}));
        const auto dump = m_stage->ask({"DUMP", key});
        QVERIFY(dump && m_stage->ask({"RESTORE", key, "60000", dump->bytes, "REPLACE", "IDLETIME", "100"}));
        bool read = false;
        RunningServer<> running;
        running.server.Get("/own", [&](const httplib::Request&, httplib::Response& response) {
            QSemaphore done;
            QMetaObject::invokeMethod(this, [&] {
                onFinished(m_stage->session->call({"GETRANGE", key, "0", "1"}), this, [&](const Result<redis::Reply>& reply) {
                    read = reply.has_value();
                    done.release();
                });
            }, Qt::QueuedConnection);
            done.acquire();
            response.set_content("{\"id\":1}", "application/json");
        });
        running.start();
        http::Client client({.baseUrl = running.url()});
        Replay job(m_stage->session.get(), &client, CachingApi::routes(), {.targets = {"/own"}, .seen = m_seen});
        QSignalSpy finished(&job, &Job::finished);
        const auto results = collected(job);
        job.start();
        QVERIFY(finished.wait(8000));
        QVERIFY(read);
        QVERIFY(results->value(0).before.idleS >= 100 && results->value(0).after.idleS < 2);
        QCOMPARE(shown(results->value(0)), QByteArray("HIT likely"));
        const auto& evidence = results->value(0).verdict.evidence;
        QVERIFY(std::ranges::any_of(evidence, [](const Evidence& row) { return row.fact.contains(QStringLiteral("Cachelight read the entry itself")); }));
    }

    void anEntryThatRanOutIsExpired()
    {
        const ReplayResult first = one("/short");
        QCOMPARE(shown(first), QByteArray("MISS exact"));
        QTRY_COMPARE_WITH_TIMEOUT(m_stage->ask({"EXISTS", "lightapi:Short:/short:"})->integer, 0, 5000);
        QCOMPARE(shown(one("/short")), QByteArray("EXPIRED likely"));
        // What an invalidation of ours took has not run out, whatever its end was.
        m_seen->forgetIf([](const QByteArray& key) { return key == "lightapi:Short:/short:"; });
        QTRY_COMPARE_WITH_TIMEOUT(m_stage->ask({"EXISTS", "lightapi:Short:/short:"})->integer, 0, 5000);
        QCOMPARE(shown(one("/short")), QByteArray("MISS exact"));
    }

    // What a run has seen and its witness followed: exactly known, and a deletion before the end as well.
    void inOneRunTheWitnessKnows_data()
    {
        QTest::addColumn<bool>("deleted");
        QTest::addColumn<QByteArray>("last");
        QTest::newRow("ran out") << false << QByteArray("EXPIRED exact");
        QTest::newRow("deleted before its end") << true << QByteArray("MISS exact");
    }
    void inOneRunTheWitnessKnows()
    {
        QFETCH(bool, deleted);
        Replay job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = {"/short"}, .repeat = 2, .intervalMs = 2400, .seen = m_seen});
        QSignalSpy finished(&job, &Job::finished);
        const auto results = collected(job);
        connect(&job, &Replay::resultReady, &job, [&](const ReplayResult& result) {
            if (deleted && result.n == 1)
                QVERIFY(m_stage->ask({"DEL", "lightapi:Short:/short:"}));
        });
        job.start();
        QVERIFY(finished.wait(8000));
        QCOMPARE(results->size(), 2);
        QCOMPARE(shown(results->at(0)), QByteArray("MISS exact"));
        QTEST(shown(results->at(1)), "last");
    }

    void aDeletedEntryIsNotExpired()
    {
        QCOMPARE(shown(one("/books")), QByteArray("MISS exact"));
        QVERIFY(m_stage->ask({"DEL", "lightapi:Book:/books:"}));
        QCOMPARE(shown(one("/books")), QByteArray("MISS exact"));
    }

    void notCachedByConfiguration()
    {
        const ReplayResult result = one("/plain");
        QCOMPARE(shown(result), QByteArray("BYPASS exact"));
        QCOMPARE(result.forecast.cached, cache::Cached::No);
        QVERIFY(result.forecast.wouldBeKey);
    }

    void aHeaderThatLies()
    {
        const ReplayResult result = one("/lies");
        QCOMPARE(shown(result), QByteArray("BYPASS likely"));
        QCOMPARE(whats(result), QStringList {QStringLiteral("header-hit-without-entry")});
    }

    void storedUnderAnotherKey()
    {
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Other:/other:old=1", "30", "{\"id\": 1, \"title\": \"caf\\u00e9\"}"})); // not fresh
        const ReplayResult result = one("/other");
        QCOMPARE(shown(result), QByteArray("MISS likely"));
        QCOMPARE(result.verdict.storedKey, std::optional<QByteArray>("lightapi:Other:/other:lang=en"));
        QCOMPARE(whats(result), QStringList {QStringLiteral("other-key-stored")});
    }

    // Its time to live is not the configured one: the witness has seen it stored all the same.
    void storedUnderAnotherKeyWithAnotherTtl()
    {
        cache::RouteTable routes;
        routes.add({.className = "Other", .route = "/other", .cached = cache::Cached::Yes, .ttlS = 10});
        const auto results = replayed({.targets = {"/other"}}, routes);
        QCOMPARE(results.size(), 1);
        QCOMPARE(shown(results[0]), QByteArray("MISS likely"));
        QCOMPARE(results[0].verdict.storedKey, std::optional<QByteArray>("lightapi:Other:/other:lang=en"));
    }

    void keysWithoutAClassLeaveTheRestAlone()
    {
        QCOMPARE(patternOfClass("lightapi:Other:/other:", "Other"), QByteArray("lightapi:Other:*"));
        QCOMPARE(patternOfClass("api:/other:", ""), QByteArray("api:/other:*"));
    }

    // The app stores as LightAPI before 0.3.0 does, whatever vary_on says.
    static cache::RouteTable varied()
    {
        cache::RouteTable routes;
        routes.add({.className = "Book", .route = "/books", .cached = cache::Cached::Yes, .ttlS = 60, .varyOn = {"page", "q"}});
        return routes;
    }

    void anotherReleaseStoredIt()
    {
        const auto results = replayed({.targets = {"/books?q=a%20b"}}, varied());
        QCOMPARE(results.size(), 1);
        const ReplayResult& result = results.first();
        QCOMPARE(result.predictedKey, std::optional<QByteArray>("lightapi:Book:/books:q=a b"));
        QCOMPARE(result.verdict.storedKey, std::optional<QByteArray>("lightapi:Book:/books:q=a+b"));
        QCOMPARE(shown(result), QByteArray("MISS likely"));
        QCOMPARE(result.verdict.contradictions.size(), 1);
        QCOMPARE(result.verdict.contradictions.first().detail, QStringLiteral("The answer is where LightAPI 0.1.13 to 0.2.1 stores it; release 0.4.0 is set"));
    }

    void aRequestWithTheSameKeyIsNamed()
    {
        const auto results = replayed({.targets = {"/books?page=1&q=2", "/books?page=1"}}, varied());
        QCOMPARE(results.size(), 2);
        QVERIFY(!results[0].collisions.isEmpty());
        const auto names = [](const ReplayResult& result, const QString& text) {
            return std::ranges::any_of(result.verdict.evidence, [&](const Evidence& row) { return row.source == u"collision" && row.fact.startsWith(text); });
        };
        QVERIFY(names(results[0], QStringLiteral("/books?page=1%26q%3D2 makes the same key.")));
        QVERIFY(!names(results[1], QStringLiteral("/books?page=1%26")));
    }

    void anUnknownRouteIsUnknown()
    {
        const ReplayResult result = one("/nowhere");
        QCOMPARE(result.response->status, 404);
        QCOMPARE(shown(result), QByteArray("UNKNOWN none"));
        QVERIFY(!result.predictedKey);
    }

    void aPostPurgesAndIsToldSo()
    {
        one("/books");
        one("/books/1");
        one("/short");
        const auto results = replayed({.targets = {"/books"}, .method = "POST", .body = "{}", .methodConfirmed = true});
        QCOMPARE(results.size(), 1);
        QCOMPARE(results[0].purgedKeys, 2);
        QVERIFY(results[0].purgeCounted);
        QCOMPARE(results[0].purged.first().className, QByteArray("Book"));
        QVERIFY2(results[0].verdict.sentence.contains(QStringLiteral("2 of 2 keys of Book")), qPrintable(results[0].verdict.sentence));
        QCOMPARE(m_stage->ask({"EXISTS", "lightapi:Short:/short:"})->integer, 1);
        // The deletion was seen: the next one is a MISS and not EXPIRED.
        QCOMPARE(shown(one("/books")), QByteArray("MISS exact"));
        const auto again = replayed({.targets = {"/books"}, .method = "POST", .body = "{}", .methodConfirmed = true});
        QCOMPARE(again.size(), 1);
        QVERIFY2(again[0].verdict.sentence.contains(QStringLiteral("1 of 1 key of Book")), qPrintable(again[0].verdict.sentence));
    }

    void refusedMethods_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<Reason>("reason");
        QTest::newRow("HEAD") << QByteArray("HEAD") << Reason::HeadRefused;
        QTest::newRow("POST unconfirmed") << QByteArray("POST") << Reason::MethodRefused;
        QTest::newRow("nonsense") << QByteArray("G T") << Reason::BadMethod;
    }
    void refusedMethods()
    {
        QFETCH(QByteArray, method);
        const int before = m_stage->api->requests();
        Replay job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = {"/books"}, .method = method});
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QCOMPARE(finished.size(), 1);
        QTEST(job.outcome().error().reason, "reason");
        QCOMPARE(m_stage->api->requests(), before);
    }

    void aBadTargetIsItsOwnResult()
    {
        const auto results = replayed({.targets = {"books", "/books"}});
        QCOMPARE(results.size(), 2);
        QCOMPARE(results[0].response.error().reason, Reason::BadTarget);
        QCOMPARE(shown(results[0]), QByteArray("UNKNOWN none"));
        QCOMPARE(shown(results[1]), QByteArray("MISS exact"));
    }

    void ownLookupsAreAllTheServerCounted()
    {
        const auto counted = [this] {
            const QByteArray info = m_stage->ask({"INFO", "stats"})->bytes;
            const auto field = [&info](const QByteArray& name) { return info.mid(info.indexOf(name) + name.size()).split('\r').first().toLongLong(); };
            return field("keyspace_hits:") + field("keyspace_misses:");
        };
        const qint64 before = counted();
        const qint64 ownBefore = m_stage->session->ownLookups();
        replayed({.targets = {"/books", "/own", "/lies", "/other"}, .repeat = 2});
        // LightAPI's part: one GET each for the two caching endpoints, twice.
        QCOMPARE(counted() - before, m_stage->session->ownLookups() - ownBefore + 4);
    }

    void withoutRedisTheHeaderSpeaks()
    {
        Replay job(nullptr, m_stage->client.get(), CachingApi::routes(), {.targets = {"/lies", "/books"}});
        QSignalSpy finished(&job, &Job::finished);
        const auto results = collected(job);
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(shown(results->at(0)), QByteArray("HIT likely"));
        QCOMPARE(shown(results->at(1)), QByteArray("UNKNOWN none"));
        QVERIFY(results->at(0).redisError);
    }

    void noServerEndsTheJob()
    {
        QTcpServer reserved;
        QVERIFY(reserved.listen(QHostAddress::LocalHost));
        http::Client nobody({.baseUrl = QStringLiteral("http://127.0.0.1:%1").arg(reserved.serverPort())});
        reserved.close();
        Replay job(m_stage->session.get(), &nobody, CachingApi::routes(), {.targets = {"/books"}, .repeat = 50});
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(job.outcome().error().reason, Reason::ApiUnreachable);
        QCOMPARE(job.done(), 3);
    }

    void cancelKeepsWhatWasDone()
    {
        Replay job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = {"/books"}, .repeat = 1000});
        connect(&job, &Replay::resultReady, &job, [&job](const ReplayResult& result) {
            if (result.n == 3)
                job.cancel();
        });
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(finished.size(), 1);
        QCOMPARE(job.done(), 3);
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
    }

    void aResultIsNotKept()
    {
        Replay job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = {"/books"}, .repeat = 3});
        QList<QByteArray> bodies;
        connect(&job, &Replay::resultReady, &job, [&bodies](const ReplayResult& result) { bodies << result.response->body; });
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(bodies.size(), 3);
        // Nobody else holds what was handed out, while the job still lives.
        for (QByteArray& body : bodies)
            QTRY_VERIFY(body.isDetached());
    }

    void aLargeBodyIsJudged()
    {
        const auto results = replayed({.targets = {"/large"}, .repeat = 2});
        QCOMPARE(results.size(), 2);
        QCOMPARE(shown(results[0]), QByteArray("MISS exact"));
        QCOMPARE(results[0].verdict.bodyEqualsCached, std::optional(true));
        QVERIFY(shown(results[1]).startsWith("HIT"));
    }

    // While every pool thread is busy nothing is judged, so this thread does not do it; and a cancel does not wait for it.
    void aLargeBodyIsJudgedElsewhere()
    {
        QThreadPool* pool = QThreadPool::globalInstance();
        const int threads = pool->maxThreadCount();
        pool->setMaxThreadCount(1);
        QSemaphore mayEnd;
        pool->start([&mayEnd] { mayEnd.acquire(); });
        const auto restore = qScopeGuard([&] {
            mayEnd.release();
            pool->waitForDone();
            pool->setMaxThreadCount(threads);
        });
        Replay job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = {"/large"}});
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(!finished.wait(300));
        QVERIFY(m_stage->ask({"EXISTS", "lightapi:Large:/large:"})->integer == 1);
        job.cancel();
        QCOMPARE(finished.size(), 1);
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
    }

    void cancelInTheMiddleOfARequest()
    {
        auto job = std::make_unique<Replay>(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), Replay::Options {.targets = {"/books"}});
        QSignalSpy finished(job.get(), &Job::finished);
        job->start();
        job->cancel();
        QCOMPARE(finished.size(), 1);
        job.reset();
        // Late answers find nobody, and the next run is whole.
        QVERIFY(one("/books").response);
    }
};

QTEST_GUILESS_MAIN(TestReplay)
#include "tst_replay.moc"
