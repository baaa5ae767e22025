// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runtest.h"

using namespace core;
using namespace core::invalidate;
using namespace core::redis;
using namespace redistest;
using namespace runtest;

class TestRun final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void deletesThePlanAndNothingElse();
    void oddKeysExactly();
    void anEmptyPlanIsDone();
    void whatIsGoneHasVanished();
    void whatComesAgainIsCounted();
    void movesNoLookupCounter();
    void keepsThePace();
    void cancelEndsAfterTheBatch();
    void cancelBeforeTheStart();
    void writesTheAuditLog();
    void deletesNothingWithoutALog();
    void refusesAnotherServer();
    void refusesReadOnly();
    void keysThatMayNotBeTouched();
    void withoutMulti();
    void withoutMemoryUsage();
    void withoutUnlink();
    void aKilledServerEndsIt();
    void aRestartBetweenBatchesEndsIt();
    void staysInItsDatabase();
    void doesNotBeginWhileAnotherDatabaseIsSelected();
    void outlivesItsSession();
    void aPermitIsForTheRunAlone();
    void aFullServer_data();
    void aFullServer();

private:
    QString auditFile() const { return m_folder->filePath(QStringLiteral("audit.ndjson")); }
    Run::Options options(int keysPerS = 0) const { return {keysPerS, auditFile(), QStringLiteral("test")}; }
    std::unique_ptr<Session> sessionAs(const QList<QByteArray>& rules);

    demo::RedisProcess m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Session> m_session;
};

void TestRun::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({}));
}

void TestRun::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
}

void TestRun::cleanup()
{
    m_session.reset();
}

// A user of the server with just these rules.
std::unique_ptr<Session> TestRun::sessionAs(const QList<QByteArray>& rules)
{
    Command make {"ACL", "SETUSER", "limited", "reset", "on", ">secret"};
    for (const QByteArray& rule : rules)
        make << rule;
    ask(*m_session, make);
    Endpoint endpoint = m_server.endpoint();
    endpoint.user = "limited";
    endpoint.password = "secret";
    auto session = std::make_unique<Session>(endpoint);
    const auto opened = wait(session->open());
    return opened ? std::move(session) : nullptr;
}

void TestRun::deletesThePlanAndNothingElse()
{
    const QList<QByteArray> keys = numbered("lightapi:Book:/books/", 1234);
    QVERIFY(store(*m_session, keys));
    QVERIFY(store(*m_session, numbered("lightapi:BookStore:/books/", 100)));
    Run run(m_session.get(), planOf(*m_session, keys), options());
    QSignalSpy finished(&run, &Job::finished);
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    const RunSummary& summary = run.summary();
    QCOMPARE(summary.deleted, 1234);
    QCOMPARE(summary.vanished + summary.failed + summary.unknown + summary.notReached + summary.reappeared + summary.appeared, 0);
    QVERIFY(summary.verified);
    QCOMPARE(keyCount(*m_session), 100);
    QCOMPARE(finished.size(), 1);
    QCOMPARE(run.done(), 1234);
    QCOMPARE(run.total(), 1234);
}

void TestRun::oddKeysExactly()
{
    const QList<QByteArray> odd {"", "a*", "a?", "a[b]", "a\\b", "a\nb", "a b", QByteArray("a\0b", 3), QByteArray("a\0", 2), "\xff\xfe", "\xc3\x28",
        "<img src=x>", "\xe2\x80\xae" "rtl", "\r\n*1\r\n$4\r\nPING\r\n"};
    const QList<QByteArray> lookalikes {"a", "ab", "axb", "a\\*", "a\n", QByteArray("a\0c", 3), "\xff", "\xfe", "aab"};
    QVERIFY(store(*m_session, odd + lookalikes));
    Run run(m_session.get(), planOf(*m_session, odd), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, odd.size());
    QVERIFY(run.summary().verified);
    QCOMPARE(keyCount(*m_session), lookalikes.size());
    for (const QByteArray& key : lookalikes)
        QCOMPARE(ask(*m_session, {"GET", key}).bytes, "value");
}

void TestRun::anEmptyPlanIsDone()
{
    Run run(m_session.get(), planOf(*m_session, {}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QVERIFY(run.summary().verified);
    QCOMPARE(run.summary().deleted, 0);
}

void TestRun::whatIsGoneHasVanished()
{
    QVERIFY(store(*m_session, numbered("k", 150)));
    Run run(m_session.get(), planOf(*m_session, numbered("k", 250)), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 150);
    QCOMPARE(run.summary().vanished, 100);
    QVERIFY(run.summary().verified);
}

// A writer that stores every key anew as soon as it has gone: verified holds all the same, and what came again is told.
void TestRun::whatComesAgainIsCounted()
{
    const QList<QByteArray> keys = numbered("k", 300);
    QVERIFY(store(*m_session, keys));
    Session writer(m_server.endpoint());
    VERIFY_OK(wait(writer.open()));
    Run run(m_session.get(), planOf(*m_session, keys), options(600));
    connect(&run, &Job::progressed, &run, [&](qint64 done) {
        if (done > 0 && done < keys.size())
            writer.call({"SET", "k0", "anew"});
    });
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 300);
    QCOMPARE(run.summary().reappeared, 1);
    QVERIFY(run.summary().verified);
    QCOMPARE(ask(*m_session, {"GET", "k0"}).bytes, "anew");
}

void TestRun::movesNoLookupCounter()
{
    QVERIFY(store(*m_session, numbered("k", 500)));
    const qint64 before = serverLookups(*m_session);
    const qint64 own = m_session->ownLookups();
    Run run(m_session.get(), planOf(*m_session, numbered("k", 600)), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(serverLookups(*m_session) - before, 0);
    QCOMPARE(m_session->ownLookups() - own, 0);
}

void TestRun::keepsThePace()
{
    QVERIFY(store(*m_session, numbered("k", 300)));
    Run run(m_session.get(), planOf(*m_session, numbered("k", 300)), options(500));
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 300);
    // 300 keys at 500/s; the last batch of 50 need not be waited for
    QVERIFY2(run.summary().durationMs >= 450, qPrintable(QString::number(run.summary().durationMs)));
}

void TestRun::cancelEndsAfterTheBatch()
{
    QVERIFY(store(*m_session, numbered("k", 1000)));
    Run run(m_session.get(), planOf(*m_session, numbered("k", 1000)), options(500));
    connect(&run, &Job::progressed, &run, [&run](qint64 done) {
        if (done > 0)
            run.cancel();
    });
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Cancelled, Reason::None);
    const RunSummary& summary = run.summary();
    QVERIFY(summary.deleted > 0 && summary.deleted < 1000);
    QCOMPARE(summary.deleted + summary.notReached, 1000);
    QCOMPARE(summary.unknown, 0);
    QVERIFY(!summary.verified);
    QCOMPARE(keyCount(*m_session), summary.notReached);
    const auto log = AuditLog(auditFile()).read();
    QCOMPARE(log->entries.size(), 1);
    QCOMPARE(log->entries.first().outcome, QStringLiteral("cancelled"));
    QCOMPARE(log->entries.first().counts.value(QStringLiteral("not_reached")).toInteger(), summary.notReached);
}

void TestRun::cancelBeforeTheStart()
{
    QVERIFY(store(*m_session, {"k"}));
    Run run(m_session.get(), planOf(*m_session, {"k"}), options());
    run.start();
    run.cancel();
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Cancelled, Reason::None);
    QCOMPARE(run.summary().notReached, 1);
    QCOMPARE(keyCount(*m_session), 1);
}

void TestRun::writesTheAuditLog()
{
    QVERIFY(store(*m_session, {"a", "b"}));
    Plan plan = planOf(*m_session, {"a", "b", "c"});
    plan.selectors = {{Selector::Kind::Prefix, "a\n"}};
    plan.except = {{Selector::Kind::Key, "x"}};
    Run run(m_session.get(), plan, options());
    QVERIFY(finishes(run));
    const auto log = AuditLog(auditFile()).read();
    VERIFY_OK(log);
    QCOMPARE(log->entries.size(), 1);
    const AuditEntry& entry = log->entries.first();
    QCOMPARE(entry.id, run.auditId());
    QCOMPARE(entry.act, QStringLiteral("invalidate"));
    QCOMPARE(entry.outcome, QStringLiteral("done"));
    QCOMPARE(entry.runId, m_session->facts().runId);
    QCOMPARE(entry.profile, QStringLiteral("test"));
    QCOMPARE(entry.user, QStringLiteral("default"));
    QCOMPARE(entry.selectors, (QStringList {QStringLiteral("prefix=a\\n"), QStringLiteral("except key=x")}));
    QCOMPARE(entry.counts.value(QStringLiteral("deleted")).toInteger(), 2);
    QCOMPARE(entry.counts.value(QStringLiteral("vanished")).toInteger(), 1);
    QCOMPARE(entry.counts.value(QStringLiteral("planned")).toInteger(), 3);
}

void TestRun::deletesNothingWithoutALog()
{
    QVERIFY(store(*m_session, {"a"}));
    Run run(m_session.get(), planOf(*m_session, {"a"}), {0, QStringLiteral("/dev/full"), {}});
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::File, Reason::DiskFull);
    QVERIFY(run.auditId().isEmpty());
    QCOMPARE(keyCount(*m_session), 1);
}

void TestRun::refusesAnotherServer()
{
    QVERIFY(store(*m_session, {"a"}));
    Plan plan = planOf(*m_session, {"a"});
    plan.database = 1;
    Run run(m_session.get(), plan, options());
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Guard, Reason::PlanOtherServer);
    QCOMPARE(keyCount(*m_session), 1);
    QVERIFY(!QFile::exists(auditFile()));
}

void TestRun::refusesReadOnly()
{
    QVERIFY(store(*m_session, {"a"}));
    m_session->setReadOnly(true);
    Run run(m_session.get(), planOf(*m_session, {"a"}), options());
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::ReadOnly, Reason::ProfileReadOnly);
    QCOMPARE(keyCount(*m_session), 1);
}

// ACL key patterns: the others of the same command are deleted, these are named.
void TestRun::keysThatMayNotBeTouched()
{
    QVERIFY(store(*m_session, numbered("open:", 150) + numbered("shut:", 3)));
    auto session = sessionAs({"~open:*", "&*", "+@all"});
    QVERIFY(session);
    Run run(session.get(), planOf(*session, numbered("open:", 150) + numbered("shut:", 3)), options());
    QVERIFY(finishes(run));
    QCOMPARE(run.outcome().error().code, Code::Permission);
    QCOMPARE(run.summary().deleted, 150);
    QCOMPARE(run.summary().failed, 3);
    QVERIFY(!run.summary().verified);
    QCOMPARE(run.failures().size(), 3);
    QVERIFY(run.failures().first().key.startsWith("shut:"));
    QCOMPARE(run.failures().first().error.reason, Reason::NoPermission);
    QCOMPARE(keyCount(*m_session), 3);
}

void TestRun::withoutMulti()
{
    QVERIFY(store(*m_session, numbered("k", 250)));
    auto session = sessionAs({"~*", "&*", "+@all", "-multi"});
    QVERIFY(session);
    const qint64 calls = callsOf(*m_session, "unlink");
    Run run(session.get(), planOf(*session, numbered("k", 250)), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 250);
    QVERIFY(run.summary().verified); // by the look afterwards
    QCOMPARE(callsOf(*m_session, "unlink") - calls, 3); // not twice: nothing keeps them together
}

void TestRun::withoutMemoryUsage()
{
    QVERIFY(store(*m_session, numbered("k", 50)));
    auto session = sessionAs({"~*", "&*", "+@all", "-memory"});
    QVERIFY(session);
    const qint64 own = session->ownLookups();
    Run run(session.get(), planOf(*session, numbered("k", 50)), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QVERIFY(run.summary().verified);
    QTRY_COMPARE(session->ownLookups() - own, 50); // EXISTS, counted as ours
}

void TestRun::withoutUnlink()
{
    QVERIFY(store(*m_session, numbered("k", 3)));
    auto session = sessionAs({"~*", "&*", "+@all", "-unlink"});
    QVERIFY(session);
    Run run(session.get(), planOf(*session, numbered("k", 3)), options());
    QVERIFY(finishes(run));
    QCOMPARE(run.outcome().error().code, Code::Permission);
    QCOMPARE(run.summary().failed, 3);
    QCOMPARE(keyCount(*m_session), 3);
}

void TestRun::aKilledServerEndsIt()
{
    demo::RedisProcess server;
    VERIFY_OK(server.startAndWait({}));
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    const QList<QByteArray> keys = numbered("k", 20'000);
    QVERIFY(store(session, keys));
    Run run(&session, planOf(session, keys), options());
    // Stopped first, so that a batch is surely in flight when it dies.
    connect(&run, &Job::progressed, &run, [&](qint64 done) {
        if (done > 0 && done < keys.size() && server.isRunning()) {
            server.pause();
            QTimer::singleShot(50, &server, [&server] { server.kill(); });
        }
    });
    QVERIFY(finishes(run));
    QCOMPARE(run.outcome().error().code, Code::Lost);
    const RunSummary summary = run.summary();
    QVERIFY(summary.deleted > 0);
    QVERIFY(summary.unknown > 0);
    QVERIFY2(summary.unknown <= 200, "no more than what was in flight");
    QVERIFY(summary.notReached > 0);
    QVERIFY(!summary.verified);
    QCOMPARE(summary.deleted + summary.unknown + summary.notReached, keys.size());
    const auto log = AuditLog(auditFile()).read();
    QCOMPARE(log->entries.size(), 1);
    QVERIFY(log->entries.first().outcome.startsWith(QStringLiteral("failed: ")));
    QCOMPARE(log->entries.first().counts.value(QStringLiteral("unknown")).toInteger(), summary.unknown);

    VERIFY_OK(server.restartAndWait());
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Connected, patienceMs);
    QCOMPARE(ask(session, {"PING"}).bytes, "PONG");
    QCOMPARE(callsOf(session, "unlink"), 0);
    QCOMPARE(callsOf(session, "multi"), 0);
    QCOMPARE(callsOf(session, "del"), 0);
}

// Nothing is in flight when the server restarts: the next batch must not go to the new one.
void TestRun::aRestartBetweenBatchesEndsIt()
{
    demo::RedisProcess server;
    VERIFY_OK(server.startAndWait({}));
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    const QList<QByteArray> keys = numbered("k", 100);
    QVERIFY(store(session, keys));
    Run run(&session, planOf(session, keys), options(20)); // 2 keys each 100 ms
    connect(&run, &Job::progressed, &run, [&](qint64 done) {
        if (done > 0 && session.state() == Session::State::Connected && server.isRunning())
            QTimer::singleShot(0, &server, [&server] { server.kill(); });
    });
    QVERIFY(finishes(run));
    QCOMPARE(run.outcome().error().code, Code::Lost);
    QCOMPARE(run.summary().deleted + run.summary().unknown + run.summary().notReached, keys.size());
    QVERIFY(run.summary().notReached > 0);
    VERIFY_OK(server.restartAndWait());
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Connected, patienceMs);
    QCOMPARE(callsOf(session, "unlink"), 0);
}

void TestRun::staysInItsDatabase()
{
    const QList<QByteArray> keys = numbered("k", 60);
    QVERIFY(store(*m_session, keys));
    Session other(m_server.endpoint(3));
    VERIFY_OK(wait(other.open()));
    QVERIFY(store(other, keys));
    Run run(m_session.get(), planOf(*m_session, keys), options(100));
    bool asked = false;
    connect(&run, &Job::progressed, &run, [&](qint64 done) {
        if (done > 0 && !std::exchange(asked, true))
            VERIFY_FAILED(wait(m_session->select(3)), Code::Guard, Reason::DatabaseHeld);
    });
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QVERIFY(asked);
    QCOMPARE(run.summary().deleted, 60);
    QCOMPARE(keyCount(other), 60);
    VERIFY_OK(wait(m_session->select(3)));
}

void TestRun::doesNotBeginWhileAnotherDatabaseIsSelected()
{
    const QList<QByteArray> keys = numbered("k", 3);
    Session other(m_server.endpoint(3));
    VERIFY_OK(wait(other.open()));
    QVERIFY(store(other, keys));
    const Plan plan = planOf(*m_session, keys);
    m_server.pause();
    const auto selected = m_session->select(3);
    Planner planner(m_session.get(), cache::RouteTable(), {{Selector::Kind::Glob, "k*"}}, {});
    planner.start();
    Run run(m_session.get(), plan, options());
    run.start();
    m_server.resume();
    QVERIFY(finishes(planner));
    VERIFY_FAILED(planner.outcome(), Code::Guard, Reason::DatabaseChanging);
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Guard, Reason::DatabaseChanging);
    VERIFY_OK(wait(selected));
    QCOMPARE(keyCount(other), 3);
}

void TestRun::outlivesItsSession()
{
    auto session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(session->open()));
    QVERIFY(store(*session, numbered("k", 2000)));
    Run run(session.get(), planOf(*session, numbered("k", 2000)), options(2000));
    connect(&run, &Job::progressed, &run, [&](qint64 done) {
        if (done > 0 && session)
            QTimer::singleShot(0, &run, [&] { session.reset(); });
    });
    QVERIFY(finishes(run));
    QCOMPARE(run.outcome().error().code, Code::Lost);
    QVERIFY(run.summary().notReached > 0);
    QCOMPARE(AuditLog(auditFile()).read()->entries.size(), 1);
}

void TestRun::aPermitIsForTheRunAlone()
{
    const QList<QByteArray> keys = numbered("k", 30);
    QVERIFY(store(*m_session, keys));
    m_session->setReadOnly(true);
    Run::Options permitted = options();
    permitted.permit = Session::permitWrites();
    Run run(m_session.get(), planOf(*m_session, keys), permitted);
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 30);
    VERIFY_FAILED(wait(m_session->call({"UNLINK", "k1"})), Code::ReadOnly, Reason::ProfileReadOnly);
}

void TestRun::aFullServer_data()
{
    QTest::addColumn<QByteArray>("tag");
    QTest::newRow("keys") << QByteArray();
    QTest::newRow("set tag") << QByteArray("set");
    QTest::newRow("list tag") << QByteArray("list");
}

// Redis queues no command in a transaction while it is full; that is when keys must be deleted.
void TestRun::aFullServer()
{
    QFETCH(QByteArray, tag);
    const QList<QByteArray> keys = numbered("k", 1200);
    QVERIFY(store(*m_session, keys));
    Plan plan = planOf(*m_session, keys);
    if (!tag.isEmpty()) {
        Command add {"SADD", "tag:t"};
        for (const QByteArray& key : keys)
            add << key;
        const QByteArray list = "[\"" + keys.join("\",\"") + "\"]";
        ask(*m_session, tag == "set" ? add : Command {"SET", "tag:t", list});
        plan.tagKeys = {"tag:t"};
    }
    ask(*m_session, {"CONFIG", "SET", "maxmemory-policy", "noeviction"});
    ask(*m_session, {"CONFIG", "SET", "maxmemory", "1"});
    Run run(m_session.get(), plan, options());
    const bool finished = finishes(run);
    ask(*m_session, {"CONFIG", "SET", "maxmemory", "0"});
    QVERIFY(finished);
    QCOMPARE(run.summary().deleted, 1200);
    QCOMPARE(run.summary().failed, 0);
    // Never under its limit again, the server refuses the transaction that a set's index needs: the index stays, and it is said.
    QCOMPARE(keyCount(*m_session), tag == "set" ? 1 : 0);
    QCOMPARE(run.outcome().has_value(), tag != "set");
    if (tag != "set")
        QVERIFY(run.summary().verified);
}

QTEST_GUILESS_MAIN(TestRun)
#include "tst_run.moc"
