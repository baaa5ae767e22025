// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/expiringkeys.h"
#include "tests/support/redistest.h"

#include <QTest>

using namespace core;
using namespace core::keys;
using namespace redistest;

// Entries that end soon, against a real server.
class TestExpiringKeys final : public QObject {
    Q_OBJECT
    demo::RedisProcess m_server;
    std::unique_ptr<redis::Session> m_session;

    static bool finishes(Job& job)
    {
        return QTest::qWaitFor([&] { return job.isFinished(); }, patienceMs);
    }
    void fill(int keys)
    {
        redis::Pipeline pipeline;
        for (int i = 0; i < keys; ++i)
            pipeline << redis::Command {"SETEX", "lightapi:Book:/books/" + QByteArray::number(i) + ':', "20", "[]"};
        VERIFY_OK(wait(m_session->send(pipeline)));
    }

private slots:
    void initTestCase() { VERIFY_OK(m_server.startAndWait({.tcp = true, .arguments = {}, .folder = {}})); }
    void init()
    {
        m_session = std::make_unique<redis::Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
        VERIFY_OK(wait(m_session->call({"FLUSHALL"})));
    }

    void findsEntriesAndNothingElse()
    {
        VERIFY_OK(wait(m_session->send({{"SETEX", "lightapi:Book:/books/1:", "20", "[]"}, {"SETEX", "lightapi:Book:/books/2:", "500", "[]"}, {"SET", "lightapi:Book:/books/3:", "[]"},
            {"SETEX", "tag:books", "20", "[]"}, {"SETEX", "lock:lightapi:Book:/books/1:", "20", "me"}})));
        ExpiringKeys soon(m_session.get(), {}, {.belowMs = 60'000});
        soon.start();
        QVERIFY(finishes(soon));
        VERIFY_OK(soon.outcome());
        QCOMPARE(soon.keys().toList(), QList<QByteArray> {"lightapi:Book:/books/1:"});
        ExpiringKeys later(m_session.get(), {}, {.belowMs = 1'000'000, .gentle = true});
        later.start();
        QVERIFY(finishes(later));
        QCOMPARE(later.keys().size(), 2);
        ExpiringKeys none(m_session.get(), {}, {.belowMs = 1'000});
        none.start();
        QVERIFY(finishes(none));
        VERIFY_OK(none.outcome());
        QVERIFY(none.keys().isEmpty());
    }

    void isCancelledAtAnyTime()
    {
        fill(5000);
        ExpiringKeys early(m_session.get(), {}, {});
        early.start();
        early.cancel();
        QVERIFY(finishes(early));
        QCOMPARE(early.outcome().error().code, Code::Cancelled);
        QVERIFY(early.keys().isEmpty());
        // While the keys are asked about, which is the second half.
        ExpiringKeys late(m_session.get(), {}, {.gentle = true});
        connect(&late, &Job::progressed, &late, [&late](qint64, qint64 total) {
            if (total == 5000)
                late.cancel();
        });
        late.start();
        QVERIFY(finishes(late));
        QVERIFY(late.wasCancelled());
        QVERIFY(late.keys().isEmpty());
    }

    // The scan writes into what the job owns.
    void mayDieWhileItRuns()
    {
        fill(5000);
        for (int i = 0; i < 20; ++i) {
            auto job = std::make_unique<ExpiringKeys>(m_session.get(), cache::RouteTable(), ExpiringKeys::Options());
            job->start();
            if (i % 2 == 1)
                QCoreApplication::processEvents();
            job.reset();
        }
        VERIFY_OK(wait(m_session->call({"PING"})));
    }

    void aLostLineEndsIt()
    {
        fill(100);
        m_session->close();
        ExpiringKeys job(m_session.get(), {}, {});
        job.start();
        QVERIFY(finishes(job));
        QVERIFY(!job.outcome());
    }
};

QTEST_GUILESS_MAIN(TestExpiringKeys)
#include "tst_expiringkeys.moc"
