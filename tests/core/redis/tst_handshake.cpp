// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/handshake.h"
#include "core/redis/info.h"
#include "tests/support/fakeserver.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::redis;
using namespace redistest;

// Logging in, and every kind of server that is not what it should be.
class TestHandshake final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void logsIn_data();
    void logsIn();
    void worksWithFewPermissions();
    void saysWhenTheServerIsFull_data();
    void saysWhenTheServerIsFull();
    void namesStrangers_data();
    void namesStrangers();
    void refusesAClusterNode();
    void anOldServerWithoutUsers();
    void silenceAfterConnecting();
    void halfAReply();
    void unaskedReply();
    void readsByteByByte();
    void leavesIdleTimesAloneWhereItCan_data();
    void leavesIdleTimesAloneWhereItCan();
    void aServerThatStillLoadsIsConnected();
    void logsForActivityWithoutSecrets();
    void parsesInfo();

private:
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_admin;
};

void TestHandshake::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({.tcp = true, .arguments = {}, .folder = {}}));
    m_admin = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_admin->open()));
    VERIFY_OK(wait(m_admin->call({"ACL", "SETUSER", "app", "on", ">pass word", "~lightapi:*", "&*", "+get", "+set", "+ping"})));
    VERIFY_OK(wait(m_admin->call({"ACL", "SETUSER", "off", "off", ">pw", "~*", "+@all"})));
    VERIFY_OK(wait(m_admin->call({"ACL", "SETUSER", "admin", "on", QByteArray(">\0\xff\n", 4), "~*", "&*", "+@all"})));
    VERIFY_OK(wait(m_admin->call({"CONFIG", "SET", "requirepass", "master"})));
}

void TestHandshake::cleanupTestCase()
{
    m_admin.reset();
}

void TestHandshake::logsIn_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<Reason>("reason");
    QTest::addRow("password alone") << QByteArray() << QByteArray("master") << Reason::None;
    QTest::addRow("default user") << QByteArray("default") << QByteArray("master") << Reason::None;
    QTest::addRow("acl user") << QByteArray("app") << QByteArray("pass word") << Reason::None;
    QTest::addRow("password of any bytes") << QByteArray("admin") << QByteArray("\0\xff\n", 3) << Reason::None;
    QTest::addRow("no password") << QByteArray() << QByteArray() << Reason::NoAuth;
    QTest::addRow("wrong password") << QByteArray() << QByteArray("hunter2") << Reason::WrongPassword;
    QTest::addRow("wrong password of a user") << QByteArray("app") << QByteArray("hunter2") << Reason::WrongPassword;
    QTest::addRow("user without password") << QByteArray("app") << QByteArray() << Reason::WrongPassword;
    QTest::addRow("user that is off") << QByteArray("off") << QByteArray("pw") << Reason::WrongPassword;
    QTest::addRow("no such user") << QByteArray("nobody") << QByteArray("master") << Reason::WrongPassword;
}

void TestHandshake::logsIn()
{
    QFETCH(QByteArray, user);
    QFETCH(QByteArray, password);
    QFETCH(Reason, reason);
    Endpoint endpoint = m_server.tcpEndpoint();
    endpoint.user = user;
    endpoint.password = password;
    Session session(endpoint);
    const auto facts = wait(session.open());
    if (reason == Reason::None) {
        VERIFY_OK(facts);
        VERIFY_OK(wait(session.call({"GET", "lightapi:a"})));
        VERIFY_OK(wait(session.call({"GET", "lightapi:a"}, Session::Line::Bulk)));
        return;
    }
    VERIFY_FAILED(facts, Code::Auth, reason);
    QVERIFY(password.isEmpty() || !told(facts.error()).contains(QString::fromLatin1(password)));
}

void TestHandshake::worksWithFewPermissions()
{
    Endpoint endpoint = m_server.endpoint();
    endpoint.user = "app";
    endpoint.password = "pass word";
    Session session(endpoint);
    const auto facts = wait(session.open());
    VERIFY_OK(facts);
    QCOMPARE(facts->version, QString());
    QCOMPARE(facts->databases, 16);
    const auto refused = wait(session.call({"UNLINK", "lightapi:a"}));
    VERIFY_FAILED(refused, Code::Permission, Reason::NoPermission);
    QCOMPARE(refused.error().subject, QStringLiteral("+unlink"));
    const auto wrongKey = wait(session.call({"GET", "other"}));
    VERIFY_FAILED(wrongKey, Code::Permission, Reason::NoPermission);
    QVERIFY2(wrongKey.error().subject.contains(u'~'), qPrintable(wrongKey.error().subject)); // 7.0 does not name the key
    VERIFY_FAILED(wait(session.refreshFacts()), Code::Permission, Reason::NoPermission);
    QCOMPARE(session.state(), Session::State::Connected);
}

void TestHandshake::saysWhenTheServerIsFull_data()
{
    QTest::addColumn<bool>("tcp");
    QTest::addRow("tcp") << true;
    QTest::addRow("unix") << false;
}

void TestHandshake::saysWhenTheServerIsFull()
{
    QFETCH(bool, tcp);
    VERIFY_OK(wait(m_admin->call({"CONFIG", "SET", "maxclients", "1"})));
    Endpoint endpoint = tcp ? m_server.tcpEndpoint() : m_server.endpoint();
    endpoint.password = "master";
    Session session(endpoint);
    const auto facts = wait(session.open());
    VERIFY_OK(wait(m_admin->call({"CONFIG", "SET", "maxclients", "1000"})));
    VERIFY_FAILED(facts, Code::Connect, Reason::MaxClients);
    VERIFY_OK(wait(session.open()));
}

void TestHandshake::namesStrangers_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("unasked");
    QTest::addColumn<Code>("code");
    QTest::addColumn<Reason>("reason");
    QTest::addRow("a web server") << QByteArray("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<html>") << false << Code::Protocol << Reason::SpeaksHttp;
    QTest::addRow("a TLS port") << QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7) << false << Code::Tls << Reason::SpeaksTls;
    QTest::addRow("an SSH server") << QByteArray("SSH-2.0-OpenSSH_9.2p1\r\n") << true << Code::Protocol << Reason::NotRedis;
    QTest::addRow("a mail server") << QByteArray("220 mail ESMTP\r\n") << true << Code::Protocol << Reason::NotRedis;
    QTest::addRow("noise") << QByteArray("\0\0\0\0", 4) << false << Code::Protocol << Reason::NotRedis;
    QTest::addRow("a greeting in our protocol") << QByteArray("+hello\r\n+again\r\n+and\r\n+again\r\n+and\r\n+again\r\n") << true << Code::Protocol << Reason::NotRedis;
    QTest::addRow("hangs up") << QByteArray() << true << Code::Connect << Reason::ClosedByServer;
}

void TestHandshake::namesStrangers()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, unasked);
    QFETCH(Code, code);
    QFETCH(Reason, reason);
    FakeServer server;
    (unasked ? server.greeting : server.rawAnswer) = answer;
    server.greetOnly = unasked;
    Session session(server.endpoint());
    const auto facts = wait(session.open());
    VERIFY_FAILED(facts, code, reason);
    QTRY_COMPARE(session.state(), Session::State::Closed);
}

void TestHandshake::refusesAClusterNode()
{
    FakeServer server;
    server.answer = [](const FakeServer::Words& command) {
        if (command.first() == "SELECT")
            return QByteArray("-ERR SELECT is not allowed in cluster mode\r\n");
        return command.first() == "INFO" ? QByteArray("$22\r\nredis_mode:cluster\r\nx:\r\n") : FakeServer::likeRedis(command);
    };
    for (const int database : {0, 3}) {
        Endpoint endpoint = server.endpoint();
        endpoint.database = database;
        Session session(endpoint);
        VERIFY_FAILED(wait(session.open()), Code::Unsupported, Reason::ClusterMode);
    }
}

void TestHandshake::anOldServerWithoutUsers()
{
    FakeServer server;
    server.answer = [](const FakeServer::Words& command) {
        if (command.first() == "AUTH" && command.size() == 3)
            return QByteArray("-ERR wrong number of arguments for 'auth' command\r\n");
        if (command.first() == "ACL")
            return QByteArray("-ERR unknown command `ACL`, with args beginning with: `WHOAMI`, \r\n");
        return FakeServer::likeRedis(command);
    };
    Endpoint endpoint = server.endpoint();
    endpoint.password = "p";
    Session plain(endpoint);
    const auto facts = wait(plain.open());
    VERIFY_OK(facts);
    QCOMPARE(facts->aclUser, QString());
    endpoint.user = "me";
    Session named(endpoint);
    VERIFY_FAILED(wait(named.open()), Code::Auth, Reason::WrongPassword);
}

void TestHandshake::silenceAfterConnecting()
{
    FakeServer server;
    server.answer = [](const FakeServer::Words&) { return QByteArray(); };
    Endpoint endpoint = server.endpoint();
    endpoint.connectTimeoutMs = 200;
    Session session(endpoint);
    VERIFY_FAILED(wait(session.open()), Code::Timeout, Reason::ConnectTimeout);
}

void TestHandshake::halfAReply()
{
    FakeServer server;
    server.answer = [](const FakeServer::Words& command) {
        return command.first() == "GET" ? QByteArray("$10\r\nabc") : FakeServer::likeRedis(command);
    };
    Endpoint endpoint = server.endpoint();
    endpoint.replyTimeoutMs = 300;
    Session session(endpoint);
    VERIFY_OK(wait(session.open()));
    VERIFY_FAILED(wait(session.call({"GET", "a"})), Code::Lost, Reason::ReplyTimeout);
    QCOMPARE(session.lastError().reason, Reason::ReplyTimeout);
    QCOMPARE(session.ownLookupsUnknown(), 1);
    QTRY_COMPARE(session.state(), Session::State::Connected);
    server.answer = [&](const FakeServer::Words& command) {
        if (command.first() == "GET")
            server.closeClients();
        return FakeServer::likeRedis(command);
    };
    VERIFY_FAILED(wait(session.call({"GET", "a"})), Code::Lost, Reason::ClosedByServer);
    QTRY_COMPARE(session.state(), Session::State::Connected);
}

void TestHandshake::unaskedReply()
{
    FakeServer server;
    server.answer = [](const FakeServer::Words& command) {
        return command.first() == "GET" ? QByteArray("$1\r\na\r\n$1\r\nb\r\n") : FakeServer::likeRedis(command);
    };
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    QTRY_VERIFY(session.roundTripUs() >= 0); // no PING may stand behind the question
    QSignalSpy changed(&session, &Session::stateChanged);
    VERIFY_OK(wait(session.call({"GET", "a"})));
    QVERIFY(!changed.isEmpty() || changed.wait(patienceMs));
    QCOMPARE(session.lastError().reason, Reason::NotRedis); // the next answer would be taken for another question's
}

void TestHandshake::readsByteByByte()
{
    FakeServer server;
    server.byteByByte = true;
    Session session(server.endpoint());
    const auto facts = wait(session.open());
    VERIFY_OK(facts);
    QCOMPARE(facts->version, QStringLiteral("7.0.15"));
}

void TestHandshake::leavesIdleTimesAloneWhereItCan_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<bool>("asks");
    QTest::addRow("6.2") << QByteArray("6.2.14") << false;
    QTest::addRow("7.0") << QByteArray("7.0.15") << false;
    QTest::addRow("7.2") << QByteArray("7.2.0") << true;
    QTest::addRow("7.10") << QByteArray("7.10.1") << true;
    QTest::addRow("8.0") << QByteArray("8.0.0") << true;
}

void TestHandshake::leavesIdleTimesAloneWhereItCan()
{
    QFETCH(QByteArray, version);
    QFETCH(bool, asks);
    FakeServer server;
    server.answer = [&](const FakeServer::Words& command) {
        const QByteArray info = "redis_version:" + version + "\r\n";
        return command.first() == "INFO" ? QByteArray('$' + QByteArray::number(info.size()) + "\r\n" + info + "\r\n")
                                         : FakeServer::likeRedis(command);
    };
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    for (const Session::Line line : {Session::Line::Interactive, Session::Line::Bulk})
        VERIFY_OK(wait(session.call({"GET", "a"}, line)));
    QCOMPARE(server.received.count(FakeServer::Words {"CLIENT", "NO-TOUCH", "ON"}), asks ? 2 : 0);
}

void TestHandshake::aServerThatStillLoadsIsConnected()
{
    FakeServer server;
    server.answer = [](const FakeServer::Words& command) {
        if (command.first() == "GET" || command.first() == "PING")
            return QByteArray("-LOADING Redis is loading the dataset in memory\r\n");
        return FakeServer::likeRedis(command);
    };
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    const auto answer = wait(session.call({"GET", "a"}));
    VERIFY_FAILED(answer, Code::Reply, Reason::Loading);
    QCOMPARE(answer.error().subject, endpointLabel(server.endpoint()));
    QCOMPARE(session.ownLookups(), 0);
    QTRY_VERIFY(session.roundTripUs() >= 0);
}

void TestHandshake::logsForActivityWithoutSecrets()
{
    Endpoint endpoint = m_server.endpoint();
    endpoint.password = "master";
    Session session(endpoint);
    QList<SentCommand> lines;
    connect(&session, &Session::commandsLogged, this, [&](const QList<SentCommand>& more) { lines += more; });
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.send({{"SET", "k", "private"}, {"EXISTS", "k", "l"}, {"LLEN", "k"}})));
    Pipeline many;
    for (int i = 0; i < 50; ++i)
        many << Command {"GET", "k"};
    VERIFY_OK(wait(session.send(many, Session::Line::Bulk)));
    QTRY_VERIFY(!lines.isEmpty() && lines.last().text.contains(QStringLiteral("more")));
    QStringList texts;
    for (const SentCommand& line : lines)
        texts << line.text;
    QVERIFY(texts.contains(QStringLiteral("AUTH •••")));
    QVERIFY(texts.contains(QStringLiteral("SET k •••")));
    QVERIFY(!texts.join(u' ').contains(QStringLiteral("master")));
    QVERIFY(!texts.join(u' ').contains(QStringLiteral("private")));
    const SentCommand exists = lines.at(texts.indexOf(QStringLiteral("EXISTS k l")));
    QCOMPARE(exists.lookups, 2);
    QCOMPARE(exists.line, QStringLiteral("interactive"));
    QVERIFY(exists.at.isValid() && exists.durationUs > 0);
    QCOMPARE(lines.at(texts.indexOf(QStringLiteral("LLEN k"))).error, QStringLiteral("WRONGTYPE"));
    QCOMPARE(lines.last().text, QStringLiteral("GET k (and 30 more)"));
    QCOMPARE(lines.last().line, QStringLiteral("bulk"));
}

void TestHandshake::parsesInfo()
{
    const auto info = parseInfo("# Server\r\nredis_version:7.0.15\r\nexecutable:/a:b\r\n\r\n# Keyspace\r\ndb0:keys=12,expires=3,avg_ttl=0\r\n"
                                "db11:keys=1,expires=0\r\nempty:\r\nno colon\r\nuptime_in_seconds:77\ntcp_port:6379\r\ndbx:keys=1");
    QCOMPARE(info.value("executable"), "/a:b");
    QVERIFY(info.contains("empty"));
    QVERIFY(!info.contains("# Server"));
    const ServerFacts facts = factsFromInfo(info);
    QCOMPARE(facts.version, QStringLiteral("7.0.15"));
    QCOMPARE(facts.uptimeS, 77);
    QCOMPARE(facts.tcpPort, 6379);
    QCOMPARE(facts.keysPerDatabase, (QHash<int, qint64> {{0, 12}, {11, 1}}));
    QVERIFY(!isClusterNode(facts));
    QVERIFY(isClusterNode(factsFromInfo(parseInfo("cluster_enabled:1\r\n"))));
    QCOMPARE(factsFromInfo({}, facts).version, facts.version);
    QCOMPARE(parseInfo("").size(), 0);
}

QTEST_GUILESS_MAIN(TestHandshake)
#include "tst_handshake.moc"
