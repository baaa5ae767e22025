// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/listserver.h"
#include "tests/support/stagetest.h"
#include "core/base/errortext.h"
#include "core/replay/warm.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace core;
using namespace core::replay;

class TestWarm final : public StageTest {
    Q_OBJECT
    Result<void> m_outcome;

    QList<WarmResult> warmed(Warm::Options options)
    {
        Warm job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), std::move(options));
        QSignalSpy ready(&job, &Warm::resultReady);
        if (!finishes(job))
            return {};
        m_outcome = job.outcome();
        return ready.size() == job.results().size() ? job.results() : QList<WarmResult>();
    }
    static QStringList states(const QList<WarmResult>& results)
    {
        QStringList out;
        for (const WarmResult& result : results)
            out << warmStateName(result.state);
        return out;
    }
    static QList<QByteArray> books(int count)
    {
        QList<QByteArray> out;
        for (int i = 0; i < count; ++i)
            out << "/books/" + QByteArray::number(i);
        return out;
    }

private slots:
    void everyStateIsProven()
    {
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Own:/own:", "60", "{\"id\": 1, \"title\": \"caf\\u00e9\"}"}));
        const auto results = warmed({.targets = {"/books", "/books", "/plain", "/own", "/other", "/fails", "/nowhere", "bad"}});
        const QStringList expected {QStringLiteral("warmed"), QStringLiteral("already-warm"), QStringLiteral("not-cached"), QStringLiteral("not-cached"),
            QStringLiteral("wrong-key"), QStringLiteral("failed"), QStringLiteral("failed"), QStringLiteral("failed")};
        QCOMPARE(states(results), expected);
        QVERIFY(m_outcome);
        QCOMPARE(results[0].key, std::optional<QByteArray>("lightapi:Book:/books:"));
        QVERIFY(results[0].ttlMs > 59'000);
        QCOMPARE(m_stage->ask({"EXISTS", "lightapi:Book:/books:"})->integer, 1);
        QCOMPARE(results[5].status, 500);
    }

    void longLivedEntriesAreLeftAlone()
    {
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Book:/books:", "60", "{}"}));
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Book:/books/1:", "5", "{}"}));
        const int before = m_stage->api->requests();
        const auto results = warmed({.targets = {"/books", "/books/1"}, .skipTtlAboveMs = 30'000});
        QCOMPARE(results[0].state, WarmState::AlreadyWarm);
        QCOMPARE(results[0].status, 0);
        QCOMPARE(results[1].status, 200);
        QCOMPARE(m_stage->api->requests(), before + 1);
    }

    void aSecondPassAsksAgain()
    {
        const int before = m_stage->api->requests();
        const auto results = warmed({.targets = {"/books", "/plain", "/books/1"}, .secondPass = true});
        QCOMPARE(states(results), (QStringList {QStringLiteral("not-cached"), QStringLiteral("warmed"), QStringLiteral("warmed")}));
        QCOMPARE(m_stage->api->requests(), before + 5);
    }

    void notMoreAtOnceThanAsked()
    {
        const auto results = warmed({.targets = books(40), .concurrency = 4});
        QCOMPARE(results.size(), 40);
        QCOMPARE(states(results).count(QStringLiteral("warmed")), 40);
        QVERIFY(m_stage->api->running() <= 4);
    }

    void notFasterThanAsked()
    {
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(warmed({.targets = books(6), .concurrency = 4, .requestsPerS = 20}).size(), 6);
        QVERIFY(clock.elapsed() >= 240); // five gaps of 50 ms
    }

    void retryAfterIsHonoured()
    {
        const auto results = warmed({.targets = {"/busy", "/books"}});
        QCOMPARE(states(results), (QStringList {QStringLiteral("warmed"), QStringLiteral("warmed")}));
    }

    void backsOffWithoutRetryAfter()
    {
        QElapsedTimer clock;
        clock.start();
        const auto results = warmed({.targets = {"/swamped", "/books"}});
        QCOMPARE(states(results), (QStringList {QStringLiteral("warmed"), QStringLiteral("warmed")}));
        QVERIFY2(clock.elapsed() >= 250, qPrintable(QString::number(clock.elapsed()))); // half a second less its spread
    }

    void manyASecondAreCappedToo()
    {
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(warmed({.targets = books(600), .concurrency = 8, .requestsPerS = 2000}).size(), 600);
        QVERIFY2(clock.elapsed() >= 290, qPrintable(QString::number(clock.elapsed())));
    }

    void pauses()
    {
        Warm job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = books(60), .concurrency = 2});
        QSignalSpy finished(&job, &Job::finished);
        connect(&job, &Warm::resultReady, &job, [&job](int index) {
            if (index == 4)
                job.setPaused(true);
        });
        job.start();
        QTRY_VERIFY(job.isPaused());
        QVERIFY(!finished.wait(200));
        QVERIFY2(job.results().size() <= 6, qPrintable(QString::number(job.results().size()))); // what was on its way has ended
        job.setPaused(false);
        QVERIFY(finished.size() == 1 || finished.wait());
        QCOMPARE(job.results().size(), 60);
    }

    void cancelledWhilePaused()
    {
        Warm job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = books(60)});
        QSignalSpy finished(&job, &Job::finished);
        job.setPaused(true);
        job.start();
        QVERIFY(!finished.wait(50));
        job.cancel();
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(job.results().size(), 0);
    }

    void manyFailuresStopIt()
    {
        const int before = m_stage->api->requests();
        QCOMPARE(warmed({.targets = QList<QByteArray>(100, "/fails")}).size(), 10);
        QCOMPARE(m_outcome.error().reason, Reason::TooManyFailures);
        QCOMPARE(m_stage->api->requests(), before + 10);
    }

    void fewFailuresDoNot()
    {
        QList<QByteArray> targets = books(12);
        targets.insert(3, 5, "/fails");
        QCOMPARE(warmed({.targets = targets}).size(), 17);
        QVERIFY(m_outcome);
    }

    void aBadHeaderIsRefusedBefore()
    {
        const int before = m_stage->api->requests();
        warmed({.targets = {"/books"}, .headers = {{"X-A", "a\r\nb"}}});
        QCOMPARE(m_outcome.error().reason, Reason::BadHeader);
        QCOMPARE(m_stage->api->requests(), before);
    }

    void cancelKeepsWhatWasDone()
    {
        Warm job(m_stage->session.get(), m_stage->client.get(), CachingApi::routes(), {.targets = books(500), .concurrency = 3, .secondPass = true});
        QSignalSpy finished(&job, &Job::finished);
        connect(&job, &Job::progressed, &job, [&job](qint64 done, qint64) {
            if (done >= 5)
                job.cancel();
        });
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(finished.size(), 1);
        QVERIFY(job.results().size() >= 5 && job.results().size() < 500);
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
    }

    // It was answered; only its result is open.
    void oneToldToWaitIsNoneUnderWay()
    {
        ListServer server([](const QByteArray&) -> ListServer::Answer { return {"{}", 503, {{"Retry-After", "200"}}}; });
        http::Client client({.baseUrl = server.url()});
        Warm job(m_stage->session.get(), &client, CachingApi::routes(), {.targets = {"/books", "/books/1"}});
        QSignalSpy finished(&job, &Job::finished);
        connect(&job, &Warm::heldBack, &job, &Job::cancel);
        job.start();
        QVERIFY(!finished.isEmpty() || finished.wait());
        QCOMPARE(job.toldToWait(), 1);
        QCOMPARE(job.unfinished(), 0);
        QVERIFY(job.results().isEmpty());
        QCOMPARE(server.asked().size(), 1);
    }

    void nothingToDo()
    {
        QCOMPARE(warmed({}).size(), 0);
        QVERIFY(m_outcome);
    }
};

QTEST_GUILESS_MAIN(TestWarm)
#include "tst_warm.moc"
