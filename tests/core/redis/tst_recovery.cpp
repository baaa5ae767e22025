// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redistest.h"

#include <QElapsedTimer>

using namespace core;
using namespace core::redis;
using namespace redistest;

// The server is stopped, killed and started again under a session.
class TestRecovery final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void noticesAStoppedServerWhileIdle();
    void noticesAStoppedServerWhileAsking();
    void noticesAKilledServerAtOnce_data();
    void noticesAKilledServerAtOnce();
    void whatIsInFlightIsLostAndRunsAtMostOnce();
    void whileDownNothingIsSent();
    void triesAgainWithGrowingPauses();
    void closingEndsTheTries();
    void bothLinesComeBackInTheSelectedDatabase();
    void theBulkLineComesBackToStay();
    void anExclusiveLineDoesNotComeBack();
    void anExclusiveLineOutlivesItsSession();

private:
    Endpoint hasty() const;
    void verifyConnects(Session& session);
    demo::RedisProcess m_server;
};

void TestRecovery::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({.tcp = true, .arguments = {}, .folder = {}}));
}

void TestRecovery::init()
{
    if (!m_server.isRunning())
        VERIFY_OK(m_server.restartAndWait());
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.send({{"FLUSHALL"}, {"CONFIG", "RESETSTAT"}})));
}

// A short reply time-out, so that a stop shows soon.
Endpoint TestRecovery::hasty() const
{
    Endpoint endpoint = m_server.endpoint();
    endpoint.replyTimeoutMs = 300;
    endpoint.connectTimeoutMs = 1000;
    return endpoint;
}

void TestRecovery::verifyConnects(Session& session)
{
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Connected, patienceMs);
    VERIFY_OK(wait(session.call({"PING"})));
}

void TestRecovery::noticesAStoppedServerWhileIdle()
{
    Session session(m_server.endpoint()); // with the time-outs a user gets
    VERIFY_OK(wait(session.open()));
    QTRY_VERIFY(session.roundTripUs() >= 0);
    m_server.pause();
    QElapsedTimer clock;
    clock.start();
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Reconnecting, 6000);
    const qint64 took = clock.elapsed();
    m_server.resume();
    QVERIFY2(took < 5000, qPrintable(QString::number(took)));
    QCOMPARE(session.lastError().code, Code::Timeout);
    QCOMPARE(session.lastError().reason, Reason::ReplyTimeout);
    verifyConnects(session);
    QCOMPARE(session.lastError(), Error());
}

void TestRecovery::noticesAStoppedServerWhileAsking()
{
    Session session(hasty());
    VERIFY_OK(wait(session.open()));
    m_server.pause();
    const auto answer = wait(session.call({"GET", "a"}));
    const Error why = session.lastError();
    m_server.resume();
    VERIFY_FAILED(answer, Code::Lost, Reason::ReplyTimeout);
    QCOMPARE(why.reason, Reason::ReplyTimeout);
    verifyConnects(session);
}

void TestRecovery::noticesAKilledServerAtOnce_data()
{
    QTest::addColumn<bool>("tcp");
    QTest::addRow("tcp") << true;
    QTest::addRow("unix") << false;
}

void TestRecovery::noticesAKilledServerAtOnce()
{
    QFETCH(bool, tcp);
    Session session(tcp ? m_server.tcpEndpoint() : m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    const QString runId = session.facts().runId;
    QSignalSpy facts(&session, &Session::factsChanged);
    m_server.kill();
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Reconnecting, 1000);
    QCOMPARE(session.lastError().code, Code::Connect);
    VERIFY_OK(m_server.restartAndWait());
    verifyConnects(session);
    QVERIFY(!facts.isEmpty());
    QCOMPARE(session.attempt(), 0);
    QVERIFY(!session.nextAttemptAt().isValid());
    QVERIFY(session.facts().runId != runId);
}

void TestRecovery::whatIsInFlightIsLostAndRunsAtMostOnce()
{
    Session session(hasty());
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.call({"GET", "counter"}, Session::Line::Bulk))); // brings the bulk line up
    const qint64 counted = session.ownLookups();
    m_server.pause();
    const auto interactive = session.send({{"INCR", "counter"}, {"GET", "counter"}, {"EXISTS", "a", "b"}});
    const auto bulk = session.send({{"INCR", "counter"}}, Session::Line::Bulk);
    VERIFY_FAILED(wait(interactive), Code::Lost, Reason::LineDropped);
    VERIFY_FAILED(wait(bulk), Code::Lost, Reason::LineDropped);
    QCOMPARE(session.ownLookups(), counted);
    QCOMPARE(session.ownLookupsUnknown(), 3);
    m_server.resume();
    verifyConnects(session);
    // The stopped server had both in its buffers: it ran each, once. Had one been sent again there would be three.
    QTRY_COMPARE(wait(session.call({"GET", "counter"}))->bytes, "2");
    const QByteArray stats = ask(session, {"INFO", "commandstats"}).bytes;
    QVERIFY2(stats.contains("cmdstat_incr:calls=2,"), stats.constData());
}

void TestRecovery::whileDownNothingIsSent()
{
    Session session(hasty());
    VERIFY_OK(wait(session.open()));
    m_server.kill();
    QTRY_COMPARE(session.state(), Session::State::Reconnecting);
    const qint64 sent = session.commandsSent();
    for (const Session::Line line : {Session::Line::Interactive, Session::Line::Bulk})
        VERIFY_FAILED(wait(session.call({"SET", "a", "b"}, line)), Code::Connect, Reason::NotConnected);
    QCOMPARE(session.commandsSent(), sent);
    QCOMPARE(session.ownLookupsUnknown(), 0);
}

void TestRecovery::triesAgainWithGrowingPauses()
{
    Session session(hasty());
    VERIFY_OK(wait(session.open()));
    QVERIFY(!session.nextAttemptAt().isValid());
    QList<qint64> pauses;
    QSignalSpy changed(&session, &Session::stateChanged);
    connect(&session, &Session::stateChanged, &session, [&] {
        if (session.nextAttemptAt().isValid())
            pauses << QDateTime::currentDateTimeUtc().msecsTo(session.nextAttemptAt());
    });
    m_server.kill();
    QTRY_VERIFY_WITH_TIMEOUT(pauses.size() >= 3, patienceMs);
    QVERIFY(session.attempt() >= 3);
    // 250, 500, 1000 ms with a quarter of jitter.
    for (int i = 0; i < 3; ++i) {
        const qint64 nominal = 250 << i;
        QVERIFY2(pauses.at(i) > nominal * 6 / 10 && pauses.at(i) <= nominal * 13 / 10, qPrintable(QString::number(pauses.at(i))));
    }
}

void TestRecovery::closingEndsTheTries()
{
    Session session(hasty());
    VERIFY_OK(wait(session.open()));
    m_server.kill();
    QTRY_COMPARE(session.state(), Session::State::Reconnecting);
    session.close();
    QTRY_COMPARE(session.state(), Session::State::Closed);
    VERIFY_OK(m_server.restartAndWait());
    QSignalSpy changed(&session, &Session::stateChanged);
    QVERIFY(!changed.wait(600));
    VERIFY_OK(wait(session.open()));
    verifyConnects(session);
}

void TestRecovery::bothLinesComeBackInTheSelectedDatabase()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.call({"PING"}, Session::Line::Bulk)));
    VERIFY_OK(wait(session.select(7)));
    m_server.kill();
    QTRY_COMPARE(session.state(), Session::State::Reconnecting);
    VERIFY_OK(m_server.restartAndWait());
    verifyConnects(session);
    for (const Session::Line line : {Session::Line::Interactive, Session::Line::Bulk})
        QVERIFY(wait(session.call({"CLIENT", "INFO"}, line))->bytes.contains(" db=7 "));
}

// Once it refused all but the first command after its own return, until the interactive line was lost again.
void TestRecovery::theBulkLineComesBackToStay()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.call({"PING"}, Session::Line::Bulk)));
    m_server.kill();
    QTRY_COMPARE(session.state(), Session::State::Reconnecting);
    VERIFY_OK(m_server.restartAndWait());
    verifyConnects(session);
    for (int i = 0; i < 3; ++i)
        VERIFY_OK(wait(session.call({"PING"}, Session::Line::Bulk)));
}

void TestRecovery::anExclusiveLineDoesNotComeBack()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    const auto line = session.exclusiveLine(QStringLiteral("watch"));
    VERIFY_OK(wait(line->send({{"WATCH", "k"}})));
    VERIFY_OK(wait(session.call({"SET", "k", "other"})));
    const auto executed = wait(line->send({{"MULTI"}, {"SET", "k", "mine"}, {"EXEC"}}));
    VERIFY_OK(executed);
    QVERIFY(executed->at(2).isNil()); // somebody else wrote between
    QCOMPARE(wait(session.call({"GET", "k"}))->bytes, "other");
    m_server.kill();
    QTRY_COMPARE(session.state(), Session::State::Reconnecting);
    VERIFY_OK(m_server.restartAndWait());
    verifyConnects(session);
    VERIFY_FAILED(wait(line->send({{"MULTI"}})), Code::Connect, Reason::NotConnected);
    const auto fresh = session.exclusiveLine(QStringLiteral("watch"));
    VERIFY_OK(wait(fresh->send({{"WATCH", "k"}})));
}

void TestRecovery::anExclusiveLineOutlivesItsSession()
{
    auto session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(session->open()));
    auto line = session->exclusiveLine(QStringLiteral("late"));
    VERIFY_OK(wait(line->send({{"PING"}})));
    session.reset();
    VERIFY_FAILED(wait(line->send({{"PING"}})), Code::Connect, Reason::NotConnected);
}

QTEST_GUILESS_MAIN(TestRecovery)
#include "tst_recovery.moc"
