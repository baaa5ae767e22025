// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::redis;
using namespace redistest;

class TestSession final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void connects_data();
    void connects();
    void failsToOpen_data();
    void failsToOpen();
    void pipelineKeepsOrderAndBytes();
    void errorsOfAPipelineAreValues();
    void callsTurnErrorRepliesIntoErrors();
    void selectsAnotherDatabase();
    void refusedSelectKeepsTheDatabase();
    void noActBeginsWhileADatabaseIsSelected();
    void countsOwnLookups();
    void nothingIsSentBeforeOpen();
    void closesAndStaysClosed();
    void diesWithAnswersUnderWay();

private:
    demo::RedisProcess m_server;
};

void TestSession::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({.tcp = true, .arguments = {}, .folder = {}}));
}

void TestSession::init()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    QCOMPARE(ask(session, {"FLUSHALL"}).bytes, "OK");
}

void TestSession::connects_data()
{
    QTest::addColumn<bool>("unixSocket");
    QTest::addRow("tcp") << false;
    QTest::addRow("unix") << true;
}

void TestSession::connects()
{
    QFETCH(bool, unixSocket);
    Session session(unixSocket ? m_server.endpoint(3) : m_server.tcpEndpoint(3));
    QSignalSpy states(&session, &Session::stateChanged);
    QCOMPARE(session.state(), Session::State::Closed);
    const auto facts = wait(session.open());
    VERIFY_OK(facts);
    QTRY_COMPARE(session.state(), Session::State::Connected);
    QCOMPARE(states.size(), 2);
    QVERIFY(!facts->version.isEmpty());
    QCOMPARE(facts->runId.size(), 40);
    QCOMPARE(facts->role, QStringLiteral("master"));
    QCOMPARE(facts->mode, QStringLiteral("standalone"));
    QCOMPARE(facts->databases, 16);
    QCOMPARE(facts->aclUser, QStringLiteral("default"));
    QCOMPARE(facts->tcpPort, int(m_server.port()));
    QCOMPARE(session.facts().runId, facts->runId);
    QTRY_VERIFY(session.roundTripUs() >= 0);
    QCOMPARE(ask(session, {"CLIENT", "GETNAME"}).bytes, "cachelight");
    QVERIFY(ask(session, {"CLIENT", "INFO"}).bytes.contains(" db=3 "));
}

void TestSession::failsToOpen_data()
{
    QTest::addColumn<Endpoint>("endpoint");
    QTest::addColumn<Code>("code");
    QTest::addColumn<Reason>("reason");
    Endpoint endpoint;
    endpoint.host = QStringLiteral("no-such-host.invalid");
    QTest::addRow("host not found") << endpoint << Code::Connect << Reason::HostNotFound;
    endpoint.host = QStringLiteral("127.0.0.1");
    endpoint.port = 1;
    QTest::addRow("refused") << endpoint << Code::Connect << Reason::Refused;
    endpoint.transport = Endpoint::Transport::Unix;
    endpoint.path = m_server.folder() + QStringLiteral("/none.sock");
    QTest::addRow("no socket") << endpoint << Code::Connect << Reason::NoSocket;
    endpoint.path = QStringLiteral("redis.sock");
    QTest::addRow("relative path") << endpoint << Code::Connect << Reason::NoSocket;
    endpoint = m_server.endpoint();
    endpoint.database = 99;
    QTest::addRow("no such database") << endpoint << Code::Input << Reason::NoSuchDatabase;
    endpoint = m_server.tcpEndpoint();
    endpoint.password = "secret";
    QTest::addRow("password where none is set") << endpoint << Code::Auth << Reason::WrongPassword;
    endpoint.user = "nobody";
    QTest::addRow("no such user") << endpoint << Code::Auth << Reason::WrongPassword;
}

void TestSession::failsToOpen()
{
    QFETCH(Endpoint, endpoint);
    QFETCH(Code, code);
    QFETCH(Reason, reason);
    Session session(endpoint);
    const auto facts = wait(session.open());
    VERIFY_FAILED(facts, code, reason);
    QVERIFY(!told(facts.error()).contains(QStringLiteral("secret")));
    QTRY_COMPARE(session.state(), Session::State::Closed);
    QTRY_COMPARE(session.lastError().reason, reason);
    VERIFY_FAILED(wait(session.call({"GET", "a"})), Code::Connect, Reason::NotConnected);
    VERIFY_FAILED(wait(session.call({"GET", "a"}, Session::Line::Bulk)), Code::Connect, Reason::NotConnected);
}

void TestSession::pipelineKeepsOrderAndBytes()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    const QByteArray key("k\0\r\n\xff<img src=x>", 16);
    const QByteArray value = QByteArray(200'000, '\0') + "\r\nend";
    Pipeline pipeline {{"SET", key, value}, {"STRLEN", key}, {"GET", key}, {"DEL", key}, {"GET", key}, {"SET", "", ""}, {"GET", ""}};
    for (const Session::Line line : {Session::Line::Interactive, Session::Line::Bulk}) {
        const auto replies = wait(session.send(pipeline, line));
        VERIFY_OK(replies);
        QCOMPARE(replies->size(), 7);
        QCOMPARE(replies->at(0).bytes, "OK");
        QCOMPARE(replies->at(1).integer, value.size());
        QCOMPARE(replies->at(2).bytes, value);
        QCOMPARE(replies->at(3).integer, 1);
        QVERIFY(replies->at(4).isNil());
        QCOMPARE(replies->at(6).bytes, "");
        QVERIFY(replies->at(6).isString());
    }
    const auto none = wait(session.send({}));
    VERIFY_OK(none);
    QVERIFY(none->isEmpty());
}

void TestSession::errorsOfAPipelineAreValues()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    const auto replies = wait(session.send({{"SET", "s", "x"}, {"LLEN", "s"}, {"NOSUCH"}, {"GET", "s"}}));
    VERIFY_OK(replies);
    QCOMPARE(toError(replies->at(1), QStringLiteral("LLEN")).reason, Reason::WrongType);
    QCOMPARE(toError(replies->at(2), QStringLiteral("NOSUCH")).reason, Reason::UnknownCommand);
    QCOMPARE(replies->at(3).bytes, "x");
}

void TestSession::callsTurnErrorRepliesIntoErrors()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.call({"SET", "s", "x"})));
    const auto wrong = wait(session.call({"LLEN", "s"}));
    VERIFY_FAILED(wrong, Code::Reply, Reason::WrongType);
    QCOMPARE(wrong.error().subject, QStringLiteral("LLEN"));
}

void TestSession::selectsAnotherDatabase()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.call({"SET", "where", "0"})));
    VERIFY_OK(wait(session.call({"GET", "where"}, Session::Line::Bulk))); // brings the bulk line up in database 0
    const auto before = session.call({"GET", "where"});
    const auto selected = session.select(5);
    const auto written = session.call({"SET", "where", "5"}, Session::Line::Bulk); // waits for the answer
    VERIFY_OK(wait(selected));
    VERIFY_OK(wait(written));
    QCOMPARE(wait(before)->bytes, "0");
    QCOMPARE(wait(session.call({"GET", "where"}))->bytes, "5");
    QCOMPARE(session.endpoint().database, 5);
    VERIFY_OK(wait(session.select(0)));
    QCOMPARE(wait(session.call({"GET", "where"}, Session::Line::Bulk))->bytes, "0");
}

void TestSession::refusedSelectKeepsTheDatabase()
{
    Session session(m_server.endpoint(2));
    VERIFY_OK(wait(session.open()));
    const auto selected = session.select(77);
    const auto meanwhile = session.call({"SET", "x", "1"});
    VERIFY_FAILED(wait(selected), Code::Input, Reason::NoSuchDatabase);
    VERIFY_FAILED(wait(meanwhile), Code::Input, Reason::NoSuchDatabase); // never ran in a database that was not meant
    QCOMPARE(session.endpoint().database, 2);
    QCOMPARE(wait(session.call({"DBSIZE"}))->integer, 0);
    QVERIFY(ask(session, {"CLIENT", "INFO"}).bytes.contains(" db=2 "));
}

void TestSession::noActBeginsWhileADatabaseIsSelected()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    m_server.pause(); // the answer to SELECT takes its time
    const auto selected = session.select(5);
    const auto hold = session.holdDatabase();
    const auto second = session.select(6);
    m_server.resume();
    VERIFY_FAILED(hold, Code::Guard, Reason::DatabaseChanging);
    VERIFY_FAILED(wait(second), Code::Guard, Reason::DatabaseHeld);
    VERIFY_OK(wait(selected));
    QCOMPARE(session.endpoint().database, 5);
    const auto later = session.holdDatabase();
    VERIFY_OK(later);
    VERIFY_FAILED(wait(session.select(6)), Code::Guard, Reason::DatabaseHeld);
}

void TestSession::countsOwnLookups()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    const qint64 before = serverLookups(session);
    const Pipeline asked {{"SET", "a", "1"}, {"GET", "a"}, {"GET", "none"}, {"EXISTS", "a", "b", "c"}, {"LLEN", "a"}, {"GET"},
        {"MULTI"}, {"GET", "a"}, {"TYPE", "a"}, {"EXEC"}, {"MULTI"}, {"GET", "a"}, {"DISCARD"}, {"SCAN", "0"}, {"NOSUCH", "a"}};
    VERIFY_OK(wait(session.send(asked)));
    VERIFY_OK(wait(session.send({{"MGET", "a", "b"}, {"PTTL", "a"}}, Session::Line::Bulk)));
    QCOMPARE(serverLookups(session) - before, 11);
    QCOMPARE(session.ownLookups(), 11);
    QCOMPARE(session.ownLookupsUnknown(), 0);
}

void TestSession::nothingIsSentBeforeOpen()
{
    Session session(m_server.endpoint());
    VERIFY_FAILED(wait(session.call({"PING"})), Code::Connect, Reason::NotConnected);
    QCOMPARE(session.commandsSent(), 0);
}

void TestSession::closesAndStaysClosed()
{
    Session session(m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    session.close();
    QTRY_COMPARE(session.state(), Session::State::Closed);
    VERIFY_FAILED(wait(session.call({"PING"})), Code::Connect, Reason::NotConnected);
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.call({"PING"})));
}

void TestSession::diesWithAnswersUnderWay()
{
    auto session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(session->open()));
    m_server.pause();
    const auto unanswered = session->call({"PING"});
    session.reset();
    m_server.resume();
    VERIFY_FAILED(wait(unanswered), Code::Cancelled, Reason::None);
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
