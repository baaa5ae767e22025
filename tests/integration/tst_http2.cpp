// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/client.h"
#include "tests/support/cacheserver.h"
#include "tests/support/redistest.h"
#include "tests/support/testcertificates.h"

#include <QFile>
#include <QTest>

using namespace core::http;
using core::Code;
using core::Reason;

namespace {

// One port with TLS and one without; both count their connections in X-Connection.
const char* configuration = R"(daemon off;
master_process off;
pid FOLDER/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/temp;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  gzip on;
  gzip_types application/json;
  gzip_min_length 1;
  gzip_http_version 1.0;
  server {
    listen 127.0.0.1:PORTLISTEN;
    ssl_certificate CERTIFICATE;
    ssl_certificate_key PRIVATEKEY;
    default_type application/json;
    add_header X-Connection $connection always;
    add_header X-Protocol $server_protocol always;
    add_header X-Target $request_uri always;
    location /big { return 200 "[BIG]"; }
    location /gone { return 302 https://other.example/; }
    location /moved { return 307 /here?x=%20y; }
    location / { return 200 "[1]"; }
  }
}
)";

}

// What is spoken and what is shown of it, against a real nginx.
class TestHttp2 final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void versions_data();
    void versions();
    void priorKnowledgeWithoutTls();
    void connectionsAreReused();
    void manyOnOneConnection();
    void redirects();
    void compressed();

private:
    QByteArray conf(const char* listen) const;
    core::Result<Response> ask(Client& client, const QByteArray& target, const Sending& sending = {});
    Client::Options options(const test::CacheServer& server, const char* scheme) const;

    TestCertificates m_certificates;
    TestCertificates::Pair m_authority, m_own;
    test::CacheServer m_h2, m_h1, m_clear;
};

QByteArray TestHttp2::conf(const char* listen) const
{
    return QByteArray(configuration)
        .replace("LISTEN", listen)
        .replace("CERTIFICATE", QFile::encodeName(m_own.certificate))
        .replace("PRIVATEKEY", QFile::encodeName(m_own.key))
        .replace("BIG", QByteArray(4000, '7'));
}

Client::Options TestHttp2::options(const test::CacheServer& server, const char* scheme) const
{
    return {.baseUrl = QStringLiteral("%1://localhost:%2").arg(QLatin1StringView(scheme)).arg(server.port()), .caFile = m_authority.certificate};
}

core::Result<Response> TestHttp2::ask(Client& client, const QByteArray& target, const Sending& sending)
{
    return redistest::wait(client.send({.target = target, .sending = sending}));
}

void TestHttp2::initTestCase()
{
    m_authority = m_certificates.authority();
    m_own = m_certificates.signedBy(m_authority, QStringLiteral("server"), QStringLiteral("DNS:localhost,IP:127.0.0.1"));
    QVERIFY2(m_certificates.isValid(), qPrintable(m_certificates.error()));
    VERIFY_OK(m_h2.startNginxAndWait(conf(" ssl http2")));
    VERIFY_OK(m_h1.startNginxAndWait(conf(" ssl")));
    VERIFY_OK(m_clear.startNginxAndWait(conf(" http2")));
}

void TestHttp2::versions_data()
{
    QTest::addColumn<bool>("serverHas2");
    QTest::addColumn<HttpVersion>("wanted");
    QTest::addColumn<QByteArray>("spoken");
    QTest::newRow("agreed on") << true << HttpVersion::Auto << QByteArray("2");
    QTest::newRow("1.1 wanted") << true << HttpVersion::Http1 << QByteArray("1.1");
    QTest::newRow("server has none") << false << HttpVersion::Auto << QByteArray("1.1");
    QTest::newRow("2 wanted") << true << HttpVersion::Http2 << QByteArray("2");
}

void TestHttp2::versions()
{
    QFETCH(bool, serverHas2);
    QFETCH(HttpVersion, wanted);
    Client client(options(serverHas2 ? m_h2 : m_h1, "https"));
    const auto response = ask(client, "/a/../%62?x=%20y&&", {.version = wanted});
    VERIFY_OK(response);
    QTEST(response->httpVersion, "spoken");
    QCOMPARE(response->header("x-protocol"), response->httpVersion == "2" ? "HTTP/2.0" : "HTTP/1.1"); // nginx' word for it
    QCOMPARE(response->header("x-target"), QByteArray("/a/../%62?x=%20y&&"));
    QCOMPARE(response->status, 200);
    QCOMPARE(response->body, QByteArray("[1]"));
    QVERIFY(response->timing.tls > 0);
    QVERIFY(response->rawHead.startsWith("HTTP/"));
}

void TestHttp2::priorKnowledgeWithoutTls()
{
    Client client(options(m_clear, "http"));
    const auto response = ask(client, "/", {.version = HttpVersion::Http2});
    VERIFY_OK(response);
    QCOMPARE(response->httpVersion, QByteArray("2"));
    Client toOld(options(m_h1, "https"));
    const auto asWell = ask(toOld, "/", {.version = HttpVersion::Http2});
    QVERIFY(!asWell || asWell->httpVersion == "1.1"); // never told as 2
}

void TestHttp2::connectionsAreReused()
{
    for (const HttpVersion version : {HttpVersion::Http1, HttpVersion::Auto}) {
        Client client(options(m_h2, "https"));
        const auto first = ask(client, "/", {.version = version});
        const auto second = ask(client, "/", {.version = version});
        const auto alone = ask(client, "/", {.version = version, .ownConnection = true});
        const auto last = ask(client, "/", {.version = version});
        for (const auto* response : {&first, &second, &alone, &last})
            VERIFY_OK(*response);
        QVERIFY(!first->reusedConnection);
        QVERIFY(first->timing.tls > 0);
        QVERIFY(second->reusedConnection);
        QCOMPARE(second->timing.tls, 0.0);
        QCOMPARE(second->header("X-Connection"), first->header("X-Connection"));
        QVERIFY(!alone->reusedConnection);
        QVERIFY(alone->header("X-Connection") != first->header("X-Connection"));
        QCOMPARE(last->header("X-Connection"), first->header("X-Connection"));
    }
}

void TestHttp2::manyOnOneConnection()
{
    Client client(options(m_h2, "https"));
    VERIFY_OK(ask(client, "/"));
    QList<QFuture<core::Result<Response>>> futures;
    for (int i = 0; i < 200; ++i)
        futures << client.send({.target = "/n?" + QByteArray::number(i)});
    QSet<QByteArray> connections;
    for (int i = 0; i < 200; ++i) {
        const auto response = redistest::wait(futures[i]);
        VERIFY_OK(response);
        QCOMPARE(response->header("X-Target"), "/n?" + QByteArray::number(i));
        connections << response->header("X-Connection");
    }
    QCOMPARE(connections.size(), 1);
}

void TestHttp2::redirects()
{
    Client client(options(m_h2, "https"));
    const auto shown = ask(client, "/moved");
    VERIFY_OK(shown);
    QCOMPARE(shown->status, 307);
    QVERIFY(shown->redirectsTo);
    const auto followed = ask(client, "/moved", {.maxRedirects = 3});
    VERIFY_OK(followed);
    QCOMPARE(followed->status, 200);
    QCOMPARE(followed->header("X-Target"), QByteArray("/here?x=%20y"));
    QCOMPARE(followed->redirects.size(), 1);
    const auto away = ask(client, "/gone", {.maxRedirects = 3});
    VERIFY_OK(away);
    QCOMPARE(away->status, 302);
    QCOMPARE(away->redirectStop, RedirectStop::OtherOrigin);
}

void TestHttp2::compressed()
{
    for (const HttpVersion version : {HttpVersion::Http1, HttpVersion::Auto}) {
        Client client(options(m_h2, "https"));
        const auto plain = ask(client, "/big", {.version = version});
        VERIFY_OK(plain);
        QCOMPARE(plain->header("Content-Encoding"), QByteArray());
        QVERIFY(!plain->decoded);
        QCOMPARE(plain->encodedBytes, qint64(4002));
        const auto coded = ask(client, "/big", {.version = version, .acceptEncoding = "gzip"});
        VERIFY_OK(coded);
        QCOMPARE(coded->header("Content-Encoding"), QByteArray("gzip"));
        QVERIFY(coded->decoded);
        QCOMPARE(coded->body, plain->body);
        QVERIFY2(coded->encodedBytes > 20 && coded->encodedBytes < 200, qPrintable(QString::number(coded->encodedBytes)));
    }
}

QTEST_GUILESS_MAIN(TestHttp2)
#include "tst_http2.moc"
