// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/keyscan.h"
#include "tests/support/keycollector.h"
#include "tests/support/redistest.h"
#include "tests/support/testcertificates.h"

#include <QTcpServer>

#include <sys/stat.h>

using namespace core;
using namespace core::redis;
using namespace redistest;

class TestTls final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanupTestCase();
    void judgesCertificates_data();
    void judgesCertificates();
    void neverTalksToAServerItDoesNotTrust();
    void usesAClientCertificate_data();
    void usesAClientCertificate();
    void filesThatCannotBeUsed_data();
    void filesThatCannotBeUsed();
    void tlsOnAPlainPort();
    void plainOnATlsPort();
    void carriesEverything();
    void recovers();

private:
    Endpoint endpoint(const TestCertificates::Pair& authority) const;
    void serve(const TestCertificates::Pair& pair);
    void startServer();

    TestCertificates m_certificates;
    TestCertificates::Pair m_authority, m_other, m_good, m_wrongName, m_expired, m_selfSigned, m_client;
    quint16 m_port = 0;
    std::unique_ptr<demo::RedisProcess> m_server;
    std::unique_ptr<Session> m_admin; // over the Unix socket
};

void TestTls::initTestCase()
{
    const QString here = QStringLiteral("DNS:localhost,IP:127.0.0.1");
    m_authority = m_certificates.authority();
    m_other = m_certificates.authority(QStringLiteral("other"));
    m_good = m_certificates.signedBy(m_authority, QStringLiteral("good"), here);
    m_wrongName = m_certificates.signedBy(m_authority, QStringLiteral("wrong"), QStringLiteral("DNS:redis.example"));
    m_expired = m_certificates.signedBy(m_authority, QStringLiteral("expired"), here, -1);
    m_selfSigned = m_certificates.selfSigned(QStringLiteral("self"), here);
    m_client = m_certificates.signedBy(m_authority, QStringLiteral("client"), QStringLiteral("DNS:client"));
    QVERIFY2(m_certificates.isValid(), qPrintable(m_certificates.error()));
    startServer();
}

void TestTls::startServer()
{
    QTcpServer probe;
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    m_port = probe.serverPort();
    probe.close();
    m_server = std::make_unique<demo::RedisProcess>();
    const QStringList arguments {QStringLiteral("--tls-port"), QString::number(m_port), QStringLiteral("--tls-cert-file"),
        m_good.certificate, QStringLiteral("--tls-key-file"), m_good.key, QStringLiteral("--tls-ca-cert-file"), m_authority.certificate,
        QStringLiteral("--tls-auth-clients"), QStringLiteral("no")};
    VERIFY_OK(m_server->startAndWait({.tcp = true, .arguments = arguments, .folder = {}}));
    m_admin = std::make_unique<Session>(m_server->endpoint());
    VERIFY_OK(wait(m_admin->open()));
}

void TestTls::init()
{
    serve(m_good);
    VERIFY_OK(wait(m_admin->call({"CONFIG", "SET", "tls-auth-clients", "no"})));
}

void TestTls::cleanupTestCase()
{
    m_admin.reset();
    m_server.reset();
}

void TestTls::serve(const TestCertificates::Pair& pair)
{
    VERIFY_OK(wait(m_admin->call(
        {"CONFIG", "SET", "tls-cert-file", pair.certificate.toUtf8(), "tls-key-file", pair.key.toUtf8()})));
}

Endpoint TestTls::endpoint(const TestCertificates::Pair& authority) const
{
    Endpoint endpoint;
    endpoint.transport = Endpoint::Transport::Tls;
    endpoint.host = QStringLiteral("localhost");
    endpoint.port = m_port;
    endpoint.tlsCaFile = authority.certificate;
    return endpoint;
}

void TestTls::judgesCertificates_data()
{
    QTest::addColumn<TestCertificates::Pair>("served");
    QTest::addColumn<TestCertificates::Pair>("trusted");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("serverName");
    QTest::addColumn<Reason>("reason");
    const QString localhost = QStringLiteral("localhost");
    const QString address = QStringLiteral("127.0.0.1");
    const QString none;
    QTest::addRow("good") << m_good << m_authority << localhost << none << Reason::None;
    QTest::addRow("good, by address") << m_good << m_authority << address << none << Reason::None;
    QTest::addRow("another authority") << m_good << m_other << localhost << none << Reason::TlsUntrusted;
    QTest::addRow("the system's authorities") << m_good << TestCertificates::Pair() << localhost << none << Reason::TlsUntrusted;
    QTest::addRow("wrong name") << m_wrongName << m_authority << localhost << none << Reason::TlsWrongName;
    QTest::addRow("another name, given") << m_wrongName << m_authority << localhost << QStringLiteral("redis.example") << Reason::None;
    QTest::addRow("a given name that is wrong") << m_good << m_authority << localhost << QStringLiteral("redis.example") << Reason::TlsWrongName;
    QTest::addRow("expired") << m_expired << m_authority << localhost << none << Reason::TlsExpired;
    QTest::addRow("signed by itself") << m_selfSigned << m_authority << localhost << none << Reason::TlsSelfSigned;
    QTest::addRow("signed by itself, and trusted") << m_selfSigned << m_selfSigned << localhost << none << Reason::None;
}

void TestTls::judgesCertificates()
{
    QFETCH(TestCertificates::Pair, served);
    QFETCH(TestCertificates::Pair, trusted);
    QFETCH(QString, host);
    QFETCH(QString, serverName);
    QFETCH(Reason, reason);
    serve(served);
    Endpoint at = endpoint(trusted);
    at.host = host;
    at.tlsServerName = serverName;
    Session session(at);
    const auto facts = wait(session.open());
    if (reason == Reason::None) {
        VERIFY_OK(facts);
        VERIFY_OK(wait(session.call({"PING"}, Session::Line::Bulk)));
    } else {
        VERIFY_FAILED(facts, Code::Tls, reason);
    }
}

void TestTls::neverTalksToAServerItDoesNotTrust()
{
    const auto commands = [this] { return ask(*m_admin, {"INFO", "commandstats"}).bytes.count("cmdstat_auth:"); };
    QCOMPARE(commands(), 0);
    Endpoint at = endpoint(m_other);
    at.password = "secret";
    Session session(at);
    VERIFY_FAILED(wait(session.open()), Code::Tls, Reason::TlsUntrusted);
    QCOMPARE(commands(), 0); // the password stayed here
}

void TestTls::usesAClientCertificate_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<bool>("accepted");
    QTest::addRow("none") << QString() << QString() << false;
    QTest::addRow("ours") << m_client.certificate << m_client.key << true;
    QTest::addRow("by a stranger") << m_selfSigned.certificate << m_selfSigned.key << false;
}

void TestTls::usesAClientCertificate()
{
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(bool, accepted);
    VERIFY_OK(wait(m_admin->call({"CONFIG", "SET", "tls-auth-clients", "yes"})));
    Endpoint at = endpoint(m_authority);
    at.tlsCertFile = certificate;
    at.tlsKeyFile = key;
    Session session(at);
    const auto facts = wait(session.open());
    if (accepted)
        VERIFY_OK(facts);
    else
        VERIFY_FAILED(facts, Code::Tls, Reason::TlsFailed);
}

void TestTls::filesThatCannotBeUsed_data()
{
    QTest::addColumn<QString>("authority");
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("named");
    const QString missing = m_certificates.folder() + QStringLiteral("/missing.pem");
    QTest::addRow("no authority file") << missing << QString() << QString() << missing;
    const QString pipe = m_certificates.folder() + QStringLiteral("/pipe.pem"); // that nobody writes to
    QVERIFY(QFile::exists(pipe) || ::mkfifo(QFile::encodeName(pipe).constData(), 0600) == 0);
    QTest::addRow("a pipe") << pipe << QString() << QString() << pipe;
    QTest::addRow("a pipe for the client certificate") << m_authority.certificate << pipe << m_client.key << pipe;
    QTest::addRow("a pipe for the client key") << m_authority.certificate << m_client.certificate << pipe << pipe;
    QTest::addRow("a key in place of an authority") << m_authority.key << QString() << QString() << m_authority.key;
    QTest::addRow("no client certificate") << m_authority.certificate << missing << m_client.key << missing;
    QTest::addRow("no client key") << m_authority.certificate << m_client.certificate << missing << missing;
    QTest::addRow("no key in the certificate file") << m_authority.certificate << m_client.certificate << QString() << m_client.certificate;
}

void TestTls::filesThatCannotBeUsed()
{
    QFETCH(QString, authority);
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QString, named);
    Endpoint at = endpoint(m_authority);
    at.tlsCaFile = authority;
    at.tlsCertFile = certificate;
    at.tlsKeyFile = key;
    Session session(at);
    const auto facts = wait(session.open());
    VERIFY_FAILED(facts, Code::Tls, Reason::TlsCaFile);
    QCOMPARE(facts.error().subject, named);
    QVERIFY(!facts.error().detail.isEmpty());
}

void TestTls::tlsOnAPlainPort()
{
    Endpoint at = endpoint(m_authority);
    at.port = m_server->port();
    at.connectTimeoutMs = 500;
    Session session(at);
    VERIFY_FAILED(wait(session.open()), Code::Tls, Reason::TlsFailed);
}

void TestTls::plainOnATlsPort()
{
    Endpoint at = endpoint(m_authority);
    at.transport = Endpoint::Transport::Tcp;
    Session session(at);
    VERIFY_FAILED(wait(session.open()), Code::Tls, Reason::SpeaksTls);
}

void TestTls::carriesEverything()
{
    Session session(endpoint(m_authority));
    VERIFY_OK(wait(session.open()));
    VERIFY_OK(wait(session.call({"FLUSHALL"})));
    const QByteArray value(3'000'000, 'v');
    Pipeline pipeline {{"SET", "large", value}, {"GET", "large"}};
    for (int i = 0; i < 5000; ++i)
        pipeline << Command {"SET", "key:" + QByteArray::number(i), "v"};
    const auto replies = wait(session.send(pipeline, Session::Line::Bulk));
    VERIFY_OK(replies);
    QCOMPARE(replies->at(1).bytes, value);
    KeyCollector sink;
    KeyScan scan(&session, &sink, {});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    VERIFY_OK(scan.outcome());
    QCOMPARE(sink.keys().size(), 5001);
}

void TestTls::recovers()
{
    Session session(endpoint(m_authority));
    VERIFY_OK(wait(session.open()));
    m_admin.reset();
    m_server->kill();
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Reconnecting, 1000);
    VERIFY_OK(m_server->restartAndWait());
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Connected, patienceMs);
    VERIFY_OK(wait(session.call({"PING"})));
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
