// SPDX-License-Identifier: GPL-3.0-or-later
// Verdicts, warming and invalidation against real LightAPI releases with a real Redis: what a user would see.
#include "app/demo/redisprocess.h"
#include "core/http/client.h"
#include "core/invalidate/run.h"
#include "core/redis/session.h"
#include "core/replay/replay.h"
#include "core/replay/warm.h"
#include "tests/support/lightapiprocess.h"
#include "tests/support/redistest.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using core::http::Verdict;
using core::replay::Replay;
using core::replay::ReplayResult;
using core::replay::Sureness;
using core::replay::Warm;
using core::replay::WarmState;

namespace {
constexpr int jobTimeoutMs = 30'000;

core::cache::Route route(const QByteArray& className, const QByteArray& path, qint64 ttlS, bool cached = true)
{
    core::cache::Route route;
    route.className = className;
    route.route = path;
    route.cached = cached ? core::cache::Cached::Yes : core::cache::Cached::No;
    if (cached)
        route.ttlS = ttlS;
    return route;
}

core::cache::RouteTable appRoutes(const QString& release)
{
    core::cache::RouteTable table;
    table.setRelease(QVersionNumber::fromString(release));
    table.add(route("Book", "/books", 60));
    table.add(route("Short", "/short", 2));
    table.add(route("Plain", "/plain", 0, false));
    table.add(route("Item", "/api/v1/items", 90));
    table.add(route("Override", "/override", 60));
    return table;
}
}

class TestLightApi final : public QObject {
    Q_OBJECT
private:
    // A server and an app of their own for each release.
    struct Setup {
        demo::RedisProcess redis;
        test::LightApiProcess api;
        std::unique_ptr<core::redis::Session> session;
        std::unique_ptr<core::http::Client> client;
        core::cache::RouteTable routes;
        std::shared_ptr<core::replay::SeenKeys> seen = std::make_shared<core::replay::SeenKeys>();
    };
    std::unique_ptr<Setup> s;
    QString m_release;

    void ask(Replay::Options options, QList<ReplayResult>& results)
    {
        options.seen = s->seen;
        Replay job(s->session.get(), s->client.get(), s->routes, options);
        QSignalSpy finished(&job, &core::Job::finished);
        connect(&job, &Replay::resultReady, this, [&results](const ReplayResult& result) { results << result; });
        job.start();
        QVERIFY(job.isFinished() || finished.wait(jobTimeoutMs));
        VERIFY_OK(job.outcome());
    }
    QList<ReplayResult> replay(const QByteArray& target, int repeat = 1)
    {
        QList<ReplayResult> results;
        ask({.targets = {target}, .repeat = repeat}, results);
        return results;
    }
    // Redis' idle time is in whole seconds: a hit can be witnessed by it once the entry has been idle for two.
    void waitUntilIdle(const QByteArray& key)
    {
        QTRY_VERIFY_WITH_TIMEOUT(redistest::ask(*s->session, {"OBJECT", "IDLETIME", key}).integer >= 2, 10'000);
    }
    static QString told(const ReplayResult& result)
    {
        QString text = core::http::verdictName(result.verdict.verdict) + u' ' + core::replay::surenessName(result.verdict.sureness) + u' ' + result.verdict.sentence;
        for (const core::replay::Evidence& evidence : result.verdict.evidence)
            text += QStringLiteral(" | ") + evidence.source + u' ' + evidence.before + u' ' + evidence.after + u' ' + evidence.fact;
        return text;
    }
    static bool is(const ReplayResult& result, Verdict verdict)
    {
        return result.verdict.verdict == verdict;
    }

private slots:
    void releases_data()
    {
        QTest::addColumn<QString>("release");
        QTest::newRow("0.4.0") << QStringLiteral("0.4.0");
        QTest::newRow("0.1.29") << QStringLiteral("0.1.29");
    }
    void releases()
    {
        QFETCH(QString, release);
        m_release = release;
        s = std::make_unique<Setup>();
        VERIFY_OK(s->redis.startAndWait({.tcp = true}));
        const QByteArray url = "redis://127.0.0.1:" + QByteArray::number(s->redis.port()) + "/0";
        VERIFY_OK(s->api.startAndWait(release, url));
        s->session = std::make_unique<core::redis::Session>(s->redis.endpoint());
        VERIFY_OK(redistest::wait(s->session->open()));
        s->client = std::make_unique<core::http::Client>(core::http::Client::Options {s->api.baseUrl()});
        s->routes = appRoutes(release);

        missThenWitnessedHit();
        if (!QTest::currentTestFailed())
            ranOutWhileWatched();
        if (!QTest::currentTestFailed())
            notCachedIsBypass();
        if (!QTest::currentTestFailed())
            overrideIsBypass();
        if (!QTest::currentTestFailed())
            postPurgesTheClass();
        if (!QTest::currentTestFailed())
            warmProvesItsKeys();
        if (!QTest::currentTestFailed())
            invalidatingLeavesOtherClasses();
        s.reset();
    }

private:
    void missThenWitnessedHit()
    {
        const ReplayResult first = replay("/books?page=1").first();
        VERIFY_OK(first.response);
        QVERIFY2(is(first, Verdict::Miss), qPrintable(told(first)));
        QVERIFY(first.predictedKey.has_value());
        QCOMPARE(first.verdict.storedKey.value_or(QByteArray()), *first.predictedKey);
        QCOMPARE(redistest::ask(*s->session, {"EXISTS", *first.predictedKey}).integer, 1);
        waitUntilIdle(*first.predictedKey);
        const ReplayResult second = replay("/books?page=1").first();
        QVERIFY2(is(second, Verdict::Hit), qPrintable(told(second)));
        QVERIFY2(second.verdict.sureness == Sureness::Exact, qPrintable(told(second)));
        QCOMPARE(second.verdict.bodyEqualsCached, std::optional(true));
        QVERIFY(second.verdict.contradictions.isEmpty());
    }

    void ranOutWhileWatched()
    {
        const ReplayResult first = replay("/short").first();
        QVERIFY2(is(first, Verdict::Miss), qPrintable(told(first)));
        const QByteArray key = *first.predictedKey;
        // MEMORY USAGE is no lookup, so watching does not touch the entry.
        QTRY_VERIFY_WITH_TIMEOUT(redistest::ask(*s->session, {"MEMORY", "USAGE", key}).isNil(), 10'000);
        const ReplayResult second = replay("/short").first();
        QVERIFY2(is(second, Verdict::Expired), qPrintable(told(second)));
    }

    void notCachedIsBypass()
    {
        for (const ReplayResult& result : replay("/plain", 2))
            QVERIFY2(is(result, Verdict::Bypass), qPrintable(told(result)));
    }

    // An entry with the very body that the endpoint serves is there, yet get() never looks at it: an equal body is no HIT.
    void overrideIsBypass()
    {
        const ReplayResult served = replay("/override").first();
        VERIFY_OK(served.response);
        QVERIFY2(!is(served, Verdict::Hit), qPrintable(told(served)));
        const QByteArray key = "lightapi:Override:/override:";
        QVERIFY(!redistest::ask(*s->session, {"SETEX", key, "60", served.response->body}).isError());
        waitUntilIdle(key);
        const ReplayResult result = replay("/override").first();
        QCOMPARE(result.verdict.bodyEqualsCached, std::optional(true));
        QVERIFY2(is(result, Verdict::Bypass), qPrintable(told(result)));
    }

    void postPurgesTheClass()
    {
        replay("/books");
        replay("/books/1");
        replay("/api/v1/items");
        Replay::Options post;
        post.targets = {"/books"};
        post.method = "POST";
        post.headers = {{"Content-Type", "application/json"}};
        post.body = R"({"title": "four"})";
        post.methodConfirmed = true;
        QList<ReplayResult> results;
        ask(post, results);
        QCOMPARE(results.size(), 1);
        const ReplayResult& result = results.first();
        VERIFY_OK(result.response);
        QVERIFY2(result.purgeCounted, qPrintable(told(result)));
        QCOMPARE(result.purged.size(), 1);
        QCOMPARE(result.purged.first().className, QByteArray("Book"));
        QVERIFY(result.purgedKeys >= 2);
        QCOMPARE(redistest::ask(*s->session, {"EXISTS", "lightapi:Book:/books:", "lightapi:Book:/books/1:"}).integer, 0);
        QCOMPARE(redistest::ask(*s->session, {"EXISTS", "lightapi:Item:/api/v1/items:"}).integer, 1);
    }

    void warmProvesItsKeys()
    {
        Warm::Options options;
        options.targets = {"/books?page=1", "/books/1", "/api/v1/items", "/plain"};
        Warm job(s->session.get(), s->client.get(), s->routes, options);
        QSignalSpy finished(&job, &core::Job::finished);
        job.start();
        QVERIFY(job.isFinished() || finished.wait(jobTimeoutMs));
        VERIFY_OK(job.outcome());
        const auto& results = job.results();
        QCOMPARE(results.size(), 4);
        for (int i = 0; i < 2; ++i) {
            QVERIFY2(results.at(i).state == WarmState::Warmed, qPrintable(results.at(i).reason));
            QVERIFY(results.at(i).ttlMs > 50'000 && results.at(i).ttlMs <= 60'000);
            QCOMPARE(redistest::ask(*s->session, {"EXISTS", *results.at(i).key}).integer, 1);
        }
        QVERIFY2(results.at(2).state == WarmState::AlreadyWarm, qPrintable(results.at(2).reason));
        QVERIFY2(results.at(3).state == WarmState::NotCached, qPrintable(results.at(3).reason));
    }

    void invalidatingLeavesOtherClasses()
    {
        using core::invalidate::Selector;
        core::invalidate::Planner planner(s->session.get(), s->routes, {{Selector::Kind::Class, "Book"}}, {});
        QSignalSpy planned(&planner, &core::Job::finished);
        planner.start();
        QVERIFY(planner.isFinished() || planned.wait(jobTimeoutMs));
        VERIFY_OK(planner.outcome());
        QCOMPARE(planner.plan().keys.size(), 2);
        QTemporaryDir folder;
        core::invalidate::Run run(s->session.get(), planner.plan(), {.auditFile = folder.filePath(QStringLiteral("audit.ndjson"))});
        QSignalSpy finished(&run, &core::Job::finished);
        run.start();
        QVERIFY(run.isFinished() || finished.wait(jobTimeoutMs));
        VERIFY_OK(run.outcome());
        QCOMPARE(run.summary().deleted, 2);
        QVERIFY(run.summary().verified);
        QCOMPARE(redistest::ask(*s->session, {"EXISTS", "lightapi:Book:/books:page=1", "lightapi:Book:/books/1:"}).integer, 0);
        QCOMPARE(redistest::ask(*s->session, {"EXISTS", "lightapi:Item:/api/v1/items:"}).integer, 1);
        const ReplayResult again = replay("/books?page=1").first();
        QVERIFY2(is(again, Verdict::Miss), qPrintable(told(again)));
    }
};

QTEST_GUILESS_MAIN(TestLightApi)
#include "tst_lightapi.moc"
