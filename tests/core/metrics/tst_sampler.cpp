// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sampler.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::metrics;
using namespace core::redis;
using namespace redistest;

class TestSampler final : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_server = std::make_unique<demo::RedisProcess>();
        VERIFY_OK(m_server->startAndWait({}));
        m_session = std::make_unique<Session>(m_server->endpoint());
        m_other = std::make_unique<Session>(m_server->endpoint());
        VERIFY_OK(wait(m_session->open()));
        VERIFY_OK(wait(m_other->open()));
        QTRY_COMPARE(m_session->state(), Session::State::Connected);
        QVERIFY(!ask(*m_other, {"SET", "k", "v"}).isError());
    }

    // Others hit 6 and miss 2; what we do besides does not show.
    void ownLookupsDoNotShow()
    {
        Sampler sampler(m_session.get());
        sampler.start(50);
        QTRY_VERIFY(!sampler.history().isEmpty());
        for (int i = 0; i < 6; ++i)
            ask(*m_other, {"GET", "k"});
        for (int i = 0; i < 2; ++i)
            ask(*m_other, {"GET", "none"});
        for (int i = 0; i < 5; ++i) {
            ask(*m_session, {"PTTL", "k"});
            ask(*m_session, {"GET", "none"});
            ask(*m_session, {"EXISTS", "k", "none"});
        }
        QVERIFY(nextSample(sampler));
        const WindowRate window = sampler.history().window(60);
        QCOMPARE(window.hits, 6);
        QCOMPARE(window.misses, 2);
        QCOMPARE(window.hitRate, std::optional(0.75));
        QCOMPARE(window.own, 20);
        QCOMPARE(window.uncertain, 0);
        QCOMPARE(window.lowestRate, window.highestRate);
        QCOMPARE(sampler.history().lifetime().hits, 16);
        QCOMPARE(sampler.history().last().totalKeys(), 1);
        QVERIFY(sampler.history().last().usedBytes > 0);
    }

    void openLookupsWiden()
    {
        Sampler sampler(m_session.get());
        sampler.start(50);
        QTRY_VERIFY(!sampler.history().isEmpty());
        for (int i = 0; i < 4; ++i)
            ask(*m_other, {"GET", i < 3 ? "k" : "none"});
        ask(*m_session, {"STRLEN", "none"});
        QVERIFY(nextSample(sampler));
        const WindowRate window = sampler.history().window(60);
        QCOMPARE(window.uncertain, 1);
        QVERIFY(*window.lowestRate <= 0.75 && 0.75 <= *window.highestRate);
        QVERIFY(*window.lowestRate < *window.highestRate);
    }

    void resetIsSeen()
    {
        Sampler sampler(m_session.get());
        for (int i = 0; i < 50; ++i)
            ask(*m_other, {"GET", "k"});
        sampler.start(50);
        QTRY_VERIFY(!sampler.history().isEmpty());
        ask(*m_other, {"CONFIG", "RESETSTAT"});
        QVERIFY(nextSample(sampler));
        ask(*m_other, {"GET", "k"});
        QVERIFY(nextSample(sampler));
        const WindowRate window = sampler.history().window(60);
        QVERIFY(window.reset);
        QCOMPARE(window.hits, 1);
        QVERIFY(std::ranges::any_of(sampler.history().intervals(), [](const Interval& interval) { return interval.reset && interval.gap; }));
    }

    void restartIsSeen()
    {
        Sampler sampler(m_session.get());
        sampler.start(50);
        QTRY_VERIFY(!sampler.history().isEmpty());
        const QString run = sampler.history().last().runId;
        m_server->kill();
        VERIFY_OK(m_server->restartAndWait());
        QTRY_VERIFY_WITH_TIMEOUT(sampler.history().last().runId != run, 15'000);
        const auto& intervals = sampler.history().intervals();
        const auto restart = std::ranges::find_if(intervals, &Interval::reset);
        QVERIFY(restart != intervals.end());
        QVERIFY(restart->gap);
        QCOMPARE(restart->growth, Growth());
        QVERIFY(sampler.history().window(60).reset);
    }

    void missingPermissionIsNamed()
    {
        Sampler sampler(m_session.get());
        QSignalSpy failures(&sampler, &Sampler::failed);
        // The session itself needs INFO to connect; take the right away afterwards.
        QVERIFY(!ask(*m_other, {"ACL", "SETUSER", "default", "-info"}).isError());
        sampler.start(50);
        QVERIFY(failures.wait());
        QCOMPARE(sampler.lastError()->reason, Reason::NoPermission);
        QCOMPARE(sampler.lastError()->subject, QStringLiteral("+info"));
        QVERIFY(sampler.history().isEmpty());
        QVERIFY(!ask(*m_other, {"ACL", "SETUSER", "default", "+info"}).isError());
        QTRY_VERIFY(!sampler.history().isEmpty());
        QVERIFY(!sampler.lastError());
    }

    void asksOnlyWhileRunning()
    {
        Sampler sampler(m_session.get());
        QVERIFY(!sampler.isRunning());
        sampler.start(20);
        QVERIFY(nextSample(sampler));
        sampler.stop();
        QVERIFY(nextAnswerOnly(sampler));
        sampler.start(20);
        QVERIFY(nextSample(sampler));
        QVERIFY(std::ranges::any_of(sampler.history().intervals(), &Interval::gap));
    }

private:
    // A sample that was asked for after this call: the one in flight and the next.
    static bool nextSample(Sampler& sampler)
    {
        QSignalSpy samples(&sampler, &Sampler::sampled);
        return samples.wait() && (samples.size() > 1 || samples.wait());
    }
    // After stop() at most the question in flight is answered.
    static bool nextAnswerOnly(Sampler& sampler)
    {
        QSignalSpy samples(&sampler, &Sampler::sampled);
        samples.wait(200);
        return samples.size() <= 1;
    }

    std::unique_ptr<demo::RedisProcess> m_server;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Session> m_other;
};

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
