// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/stagetest.h"
#include "core/replay/keytargets.h"
#include "core/replay/targetgathering.h"
#include "core/replay/warmpreview.h"
#include "tests/support/listserver.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace core;
using namespace core::replay;

class TestWarmTargets final : public StageTest {
    Q_OBJECT

    static QList<QByteArray> targetsOf(const CombinedTargets& all) { return all.targets(); }

private slots:
    void eachKeyOnce()
    {
        // The first two lead to one key; what has no prediction stands for itself, and so does a class that is not cached.
        const auto all = combined({{QStringLiteral("list"), {"/books?a=x%20y", "/nowhere", "/plain"}},
                                      {QStringLiteral("log"), {"/books?a=x+y", "/%62ooks?a=x+y", "/books", "/nowhere", "/nowhere?", "/plain", "/plain?x"}},
                                      {QStringLiteral("none"), {}}},
            CachingApi::routes());
        QCOMPARE(targetsOf(all), (QList<QByteArray> {"/books?a=x%20y", "/nowhere", "/plain", "/books", "/nowhere?", "/plain?x"}));
        QCOMPARE(all.items[0].key, std::optional<QByteArray>("lightapi:Book:/books:a=x+y"));
        QVERIFY(!all.items[1].key && !all.items[2].key);
        QCOMPARE(all.items[3].source, 1);
        QCOMPARE(all.sources.size(), 3);
        QCOMPARE(all.sources[1].given, 7);
        QCOMPARE(all.sources[1].taken, 3);
        QCOMPARE(all.repeated(), 4);
    }

    void varyOnMakesOneKeyOfMany()
    {
        cache::RouteTable routes;
        cache::Route route;
        route.className = "V";
        route.route = "/v";
        route.cached = cache::Cached::Yes;
        route.varyOn = {"page"};
        routes.add(route);
        const QList<TargetSource> lists {{QStringLiteral("x"), {"/v?page=1&junk=1", "/v?junk=2&page=1", "/v?page=2"}}};
        QCOMPARE(targetsOf(combined(lists, routes)), (QList<QByteArray> {"/v?page=1&junk=1", "/v?page=2"}));
        routes.setRelease(QVersionNumber(0, 2, 1));
        QCOMPARE(combined(lists, routes).items.size(), 3);
    }

    void aPreviewSaysWhatIsWarm()
    {
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Book:/books:", "60", "{}"}));
        QVERIFY(m_stage->ask({"SET", "lightapi:Book:/books/1:", "{}"}));
        QVERIFY(m_stage->ask({"RPUSH", "lightapi:Book:/books/2:", "x"}));
        const auto all = combined({{QStringLiteral("list"), {"/books", "/books/1", "/books/2", "/books/3", "/nowhere"}}}, CachingApi::routes());
        WarmPreview preview(m_stage->session.get(), all);
        QVERIFY(finishes(preview));
        QVERIFY(preview.outcome());
        const auto& seen = preview.previews();
        QCOMPARE(seen.size(), 5);
        QVERIFY(seen[0].warmth == Warmth::Warm && seen[0].ttlMs > 50'000);
        QVERIFY(seen[1].warmth == Warmth::Warm && seen[1].ttlMs == -1);
        QVERIFY(seen[2].warmth == Warmth::Absent); // LightAPI would take a list for a miss
        QVERIFY(seen[3].warmth == Warmth::Absent);
        QVERIFY(seen[4].warmth == Warmth::Unknown);

        const WarmPlan plan = warmPlan(seen, {.skipTtlAboveMs = 30'000, .requestsPerS = 10});
        QCOMPARE(plan.targets, 5);
        QCOMPARE(plan.alreadyWarm, 2);
        QCOMPARE(plan.leftAlone, 2);
        QCOMPARE(plan.requests, 3);
        QCOMPARE(plan.durationMs, std::optional<qint64>(300));
        QCOMPARE(warmPlan(seen, {}).durationMs, std::nullopt);
        QCOMPARE(warmPlan(seen, {.secondPass = true, .concurrency = 2, .requestMs = 20.0}).durationMs, std::optional<qint64>(100));
        QCOMPARE(warmPlan(seen, {.requestsPerS = 1000, .requestMs = 20.0}).durationMs, std::optional<qint64>(100)); // the server is slower than the rate
    }

    void manyInBatches()
    {
        QList<QByteArray> targets;
        for (int i = 0; i < 1100; ++i)
            targets << "/books/" + QByteArray::number(i) << "/nowhere/" + QByteArray::number(i);
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Book:/books/1099:", "60", "{}"}));
        WarmPreview preview(m_stage->session.get(), combined({{QStringLiteral("list"), targets}}, CachingApi::routes()));
        QSignalSpy batches(&preview, &WarmPreview::batchReady);
        const qint64 before = m_stage->session->ownLookups();
        QVERIFY(finishes(preview));
        QCOMPARE(batches.size(), 5);
        QCOMPARE(preview.previews()[2198].warmth, Warmth::Warm);
        QCOMPARE(preview.previews()[0].warmth, Warmth::Absent);
        QVERIFY(m_stage->session->ownLookups() > before); // and none is hidden
    }

    void withoutRedisNothingIsKnown()
    {
        const auto all = combined({{QStringLiteral("list"), {"/books"}}}, CachingApi::routes());
        WarmPreview none(nullptr, all);
        QVERIFY(finishes(none));
        QVERIFY(none.outcome());
        QCOMPARE(none.previews().first().warmth, Warmth::Unknown);
        WarmPreview empty(m_stage->session.get(), {});
        QVERIFY(finishes(empty) && empty.outcome());
    }

    void allSourcesTogether()
    {
        QTemporaryDir folder;
        QFile log(folder.filePath(QStringLiteral("access.log")));
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write(QByteArray("h - - [x] \"GET /books?page=9 HTTP/1.1\" 200 1\n").repeated(3) + "h - - [x] \"GET /books HTTP/1.1\" 200 1\nbroken\n");
        log.close();
        ListServer server([](const QByteArray& target) -> ListServer::Answer {
            if (target == "/sitemap.xml")
                return {"<urlset><url><loc>http://elsewhere/</loc></url></urlset>"};
            return {R"({"pages":2,"next":null,"results":[1]})"};
        });
        http::Client client({.baseUrl = server.url()});
        TargetSources sources;
        sources.lists = {{QStringLiteral("arguments"), {"/books"}}};
        sources.sitemaps = {"/sitemap.xml"};
        sources.accessLogs = {log.fileName()};
        sources.routes = true;
        sources.pages = true;
        cache::RouteTable routes;
        routes.add(CachingApi::routes().routes().first());
        TargetGathering job(&client, routes, sources);
        QSignalSpy steps(&job, &TargetGathering::stepChanged);
        QVERIFY(finishes(job));
        QVERIFY(job.outcome());
        QCOMPARE(targetsOf(job.targets()), (QList<QByteArray> {"/books", "/books?page=9", "/books?page=1", "/books?page=2"}));
        QCOMPARE(job.targets().sources.size(), 4);
        QCOMPARE(job.targets().sources[1].given, 0);
        QCOMPARE(job.targets().repeated(), 2);
        QVERIFY(job.requestMs());
        QVERIFY(job.isComplete());
        QCOMPARE(steps.size(), 3);
        const QString notes = job.notes().join(u'\n');
        QVERIFY2(notes.contains(QStringLiteral("5 lines read, 4 taken")) && notes.contains(QStringLiteral("1 broken")), qPrintable(notes));
        QVERIFY2(notes.contains(QStringLiteral("http://elsewhere/")), qPrintable(notes));
    }

    void aSourceThatFailsEndsIt_data()
    {
        QTest::addColumn<QByteArray>("sitemap");
        QTest::addColumn<QString>("log");
        QTest::addColumn<int>("reason");
        QTest::newRow("no sitemap") << QByteArray("/no") << QString() << static_cast<int>(Reason::BadSitemap);
        QTest::newRow("another server") << QByteArray("http://127.0.0.1:1/s") << QString() << static_cast<int>(Reason::OtherOrigin);
        QTest::newRow("no log") << QByteArray() << QStringLiteral("/nowhere/at/all") << static_cast<int>(Reason::FileMissing);
    }
    void aSourceThatFailsEndsIt()
    {
        QFETCH(QByteArray, sitemap);
        QFETCH(QString, log);
        QFETCH(int, reason);
        TargetSources sources;
        sources.lists = {{QStringLiteral("arguments"), {"/books"}}};
        if (!sitemap.isEmpty())
            sources.sitemaps << sitemap;
        if (!log.isEmpty())
            sources.accessLogs << log;
        TargetGathering job(m_stage->client.get(), CachingApi::routes(), sources);
        QVERIFY(finishes(job));
        QVERIFY(!job.outcome());
        QCOMPARE(static_cast<int>(job.outcome().error().reason), reason);
        QVERIFY(job.targets().items.isEmpty());
    }

    void sitemapsNeedAnApi()
    {
        TargetSources sources;
        sources.sitemaps << "/s";
        TargetGathering job(nullptr, {}, sources);
        QVERIFY(finishes(job));
        QCOMPARE(job.outcome().error().reason, Reason::ApiNotSet);
    }

    void cancelEndsIt()
    {
        TargetSources sources;
        sources.accessLogs << QStringLiteral("/dev/zero");
        TargetGathering job(nullptr, {}, sources);
        QSignalSpy finished(&job, &Job::finished);
        connect(&job, &Job::progressed, &job, [&job](qint64 done, qint64) {
            if (done > 0)
                job.cancel();
        });
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
        QCOMPARE(finished.size(), 1);
    }

    void targetsComeFromKeys()
    {
        const QList<QByteArray> names {"lightapi:Book:/books/1:", "lightapi:Book:/a b:q=x+y%26", "tag:books", "lock:x", "lightapi:Book:/books/1:", "plain text"};
        const KeyTargets found = targetsOfKeys(names, CachingApi::routes(), false);
        QCOMPARE(found.targets, (QList<QByteArray> {"/books/1", "/a%20b?q=x+y%26"}));
        QCOMPARE(found.left, 3);
        QCOMPARE(found.skipped.size(), 3);
        QCOMPARE(found.skipped[0].key, QByteArray("tag:books"));
        QVERIFY(found.skipped[0].why.contains(QStringLiteral("tag")));
        QVERIFY(targetsOfKeys(names, CachingApi::routes(), true).targets.isEmpty());
    }

    // Keys and other sources are one list, each predicted key once, and what names no request is said.
    void keysAreASource()
    {
        TargetSources sources;
        sources.lists = {{QStringLiteral("list"), {"/books/1", "/books/2"}}};
        sources.keys = {{QStringLiteral("plan"), {"lightapi:Book:/books/1:", "lightapi:Book:/books/3:page=1", "tag:books"}}};
        TargetGathering job(nullptr, CachingApi::routes(), sources);
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(!finished.isEmpty() || finished.wait(8000));
        QVERIFY(job.outcome());
        QCOMPARE(job.targets().targets(), (QList<QByteArray> {"/books/1", "/books/2", "/books/3?page=1"}));
        QCOMPARE(job.targets().repeated(), 1);
        QCOMPARE(job.targets().sources[1].name, QStringLiteral("plan"));
        QVERIFY(job.notes().join(u' ').contains(QStringLiteral("plan: left out are 1 key")));
        QVERIFY(job.isComplete());
    }
};

QTEST_GUILESS_MAIN(TestWarmTargets)
#include "tst_warmtargets.moc"
