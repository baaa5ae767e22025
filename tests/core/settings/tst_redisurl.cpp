// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/settings/serversource.h"

#include <QRandomGenerator>
#include <QTest>

using namespace core;
using namespace core::settings;
using Transport = Endpoint::Transport;

class TestRedisUrl final : public QObject {
    Q_OBJECT
private slots:
    // Expected values: redis-py 5.3 parse_url() of the same texts.
    void reads_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("transport");
        QTest::addColumn<QString>("host"); // or path
        QTest::addColumn<int>("port");
        QTest::addColumn<int>("database");
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("password");
        const auto row = [](const char* url, Transport transport, const char* host, int port, int db, QByteArray user = {}, QByteArray password = {}) {
            QTest::newRow(url) << QString::fromUtf8(url) << static_cast<int>(transport) << QString::fromUtf8(host) << port << db
                               << user << password;
        };
        row("redis://", Transport::Tcp, "localhost", 6379, 0);
        row("redis://h", Transport::Tcp, "h", 6379, 0);
        row("redis://H.Example:7000/3", Transport::Tcp, "h.example", 7000, 3);
        row("redis://h/3?db=5", Transport::Tcp, "h", 6379, 5);
        row("redis://h/3/", Transport::Tcp, "h", 6379, 3);
        row("redis://h/%31", Transport::Tcp, "h", 6379, 1);
        row("redis://h?db=2", Transport::Tcp, "h", 6379, 2);
        row("redis://h?db=", Transport::Tcp, "h", 6379, 0);
        row("redis://h?db=2&db=3", Transport::Tcp, "h", 6379, 2);
        row("redis://h:/1", Transport::Tcp, "h", 6379, 1);
        row("redis://:6380", Transport::Tcp, "localhost", 6380, 0);
        row("redis://:secret@h", Transport::Tcp, "h", 6379, 0, "", "secret");
        row("redis://user:secret@h", Transport::Tcp, "h", 6379, 0, "user", "secret");
        row("redis://user@h", Transport::Tcp, "h", 6379, 0, "user");
        row("redis://u%40x:p%3A%2F%23%40%25@h", Transport::Tcp, "h", 6379, 0, "u@x", "p:/#@%");
        row("redis://u:p@q@h", Transport::Tcp, "h", 6379, 0, "u", "p@q");
        row("redis://u:a:b@h", Transport::Tcp, "h", 6379, 0, "u", "a:b");
        row("redis://u:%zz+%4@h", Transport::Tcp, "h", 6379, 0, "u", "%zz+%4");
        row("redis://u:caf%C3%A9@h", Transport::Tcp, "h", 6379, 0, "u", "caf\xC3\xA9");
        row("redis://h?username=u&password=p%2B1", Transport::Tcp, "h", 6379, 0, "u", "p+1");
        row("redis://a:b@h?username=u&password=p", Transport::Tcp, "h", 6379, 0, "a", "b");
        row("redis://h/1?decode_responses=true", Transport::Tcp, "h", 6379, 1);
        row("redis://h/1#fragment", Transport::Tcp, "h", 6379, 1);
        row("redis://[::1]:6390/2", Transport::Tcp, "::1", 6390, 2);
        row("redis://:pw@[2001:DB8::1]", Transport::Tcp, "2001:db8::1", 6379, 0, "", "pw");
        row("rediss://h:6390", Transport::Tls, "h", 6390, 0);
        row("unix:///run/redis/r.sock", Transport::Unix, "/run/redis/r.sock", 6379, 0);
        row("unix:///run/a%20b.sock?db=4", Transport::Unix, "/run/a b.sock", 6379, 4);
        row("unix://u:secret@/run/r.sock", Transport::Unix, "/run/r.sock", 6379, 0, "u", "secret");
        row(" redis://h\n", Transport::Tcp, "h", 6379, 0);
    }
    void reads()
    {
        QFETCH(QString, url);
        const Result<Endpoint> endpoint = endpointFromUrl(url);
        QVERIFY2(endpoint, qPrintable(endpoint ? QString() : oneLine(endpoint.error())));
        QTEST(static_cast<int>(endpoint->transport), "transport");
        QTEST(endpoint->transport == Transport::Unix ? endpoint->path : endpoint->host, "host");
        QTEST(static_cast<int>(endpoint->port), "port");
        QTEST(endpoint->database, "database");
        QTEST(endpoint->user, "user");
        QTEST(endpoint->password, "password");
    }

    void options()
    {
        const Endpoint endpoint = endpointFromUrl(QStringLiteral("rediss://h?socket_timeout=1.5&socket_connect_timeout=2&ssl_ca_certs=/ca.pem&ssl_certfile=/c.pem&ssl_keyfile=/k.pem&ssl_cert_reqs=none")).value();
        QCOMPARE(endpoint.replyTimeoutMs, 1500);
        QCOMPARE(endpoint.connectTimeoutMs, 2000);
        QCOMPARE(endpoint.tlsCaFile, QStringLiteral("/ca.pem"));
        QCOMPARE(endpoint.tlsCertFile, QStringLiteral("/c.pem"));
        QCOMPARE(endpoint.tlsKeyFile, QStringLiteral("/k.pem"));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("url");
        const auto row = [](const char* url) { QTest::newRow(url) << QString::fromUtf8(url); };
        row("");
        row("localhost");
        row("localhost:6379");
        row("s3cret-pw@localhost:6379");
        row("user:s3cret-pw@localhost:6379");
        row("http://h:6379");
        row("REDIS://h");
        row("redis:h");
        row("redis://h:port");
        row("redis://h:65536");
        row("redis://h:0");
        row("redis://h:-1");
        row("redis://::1:6379");
        row("redis://h/abc");
        row("redis://h/-1");
        row("redis://h?db=x");
        row("redis://h ost");
        row("redis://h\r\nFLUSHALL");
        row("redis://:s3cret-pw#x@h");
        row("redis://:s3cret-pw/x@h");
        row("redis://user:x#s3cret-pw@h");
        row("redis://user:x/s3cret-pw@h");
        row("redis://user:x?s3cret-pw@h");
        row("redis://user:s3cret-pw@h:port");
        row("redis://user:s3cret-pw@h/abc");
        row("redis://h:port?password=s3cret-pw");
        row("redis://h:port?p%61ssword=s3cret-pw&db=1");
        row("redis://h?socket_timeout=0");
        row("redis://h?socket_timeout=soon");
        row("unix://");
        row("unix:///");
        row("unix://run/redis.sock");
        row("rediss+x://u:s3cret-pw@h");
    }
    void refuses()
    {
        QFETCH(QString, url);
        const Result<Endpoint> endpoint = endpointFromUrl(url);
        QVERIFY(!endpoint);
        QCOMPARE(endpoint.error().reason, Reason::BadUrl);
        QCOMPARE(endpoint.error().code, Code::Input);
        QVERIFY(!endpoint.error().detail.isEmpty());
        QVERIFY2(!oneLine(endpoint.error()).contains(QStringLiteral("s3cret")), qPrintable(oneLine(endpoint.error())));
        QVERIFY(!oneLine(endpoint.error()).contains(u'\n'));
    }

    void laterVersions_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("sentinel") << QStringLiteral("redis+sentinel://u:s3cret@a,b/service");
        QTest::newRow("tls sentinel") << QStringLiteral("rediss+sentinel://a/service");
        QTest::newRow("cluster") << QStringLiteral("redis+cluster://u:s3cret@a");
    }
    void laterVersions()
    {
        QFETCH(QString, url);
        const Result<Endpoint> endpoint = endpointFromUrl(url);
        QVERIFY(!endpoint);
        QCOMPARE(endpoint.error().code, Code::Unsupported);
        QCOMPARE(endpoint.error().reason, Reason::NotInThisVersion);
        QVERIFY(!oneLine(endpoint.error()).contains(QStringLiteral("s3cret")));
    }

    void masks_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("masked");
        QTest::addColumn<QString>("without");
        const auto row = [](const char* url, const char* masked, const char* without) {
            QTest::newRow(url) << QString::fromUtf8(url) << QString::fromUtf8(masked) << QString::fromUtf8(without);
        };
        row("redis://h:6379/0", "redis://h:6379/0", "redis://h:6379/0");
        row("redis://u@h", "redis://u@h", "redis://u@h");
        row("redis://u:p@h:1/2", "redis://u:***@h:1/2", "redis://u@h:1/2");
        row("redis://:p@h", "redis://:***@h", "redis://@h");
        row("redis://:p@q@h", "redis://:***@h", "redis://@h");
        row("redis://u:a/b@h", "redis://u:***@h", "redis://u@h");
        row("redis://h?db=1&password=p&x=1", "redis://h?db=1&password=***&x=1", "redis://h?db=1&password=p&x=1");
        row("u:p@h", "u:***@h", "u@h");
        row("p@h", "***@h", "@h");
        row("https://u:p@api.example/v1", "https://u:***@api.example/v1", "https://u@api.example/v1");
        row("https://api.example:8000/?to=a@b", "https://api.example:***@b", "https://api.example:8000/?to=a@b");
        row("", "", "");
    }
    void masks()
    {
        QFETCH(QString, url);
        QTEST(maskedUrl(url), "masked");
        QTEST(withoutPassword(url), "without");
    }

    // Whatever is typed: no crash, and the password of a text that has one never shows.
    void randomUrlsKeepTheSecret()
    {
        QRandomGenerator random(5);
        const QStringList parts {QStringLiteral("redis"), QStringLiteral("unix"), QStringLiteral("://"), QStringLiteral(":"),
            QStringLiteral("@"), QStringLiteral("/"), QStringLiteral("?"), QStringLiteral("#"), QStringLiteral("["), QStringLiteral("]"),
            QStringLiteral("%"), QStringLiteral("&"), QStringLiteral("="), QStringLiteral("password"), QStringLiteral("h"), QStringLiteral("1")};
        const auto some = [&](int maximum) {
            QString text;
            for (int n = random.bounded(maximum); n > 0; --n)
                text += parts[random.bounded(static_cast<int>(parts.size()))];
            return text;
        };
        for (int i = 0; i < 20'000; ++i) {
            const Result<Endpoint> any = endpointFromUrl(some(12));
            QVERIFY(any || !oneLine(any.error()).isEmpty());
            const QString url = QStringLiteral("redis://u:") + some(3) + QStringLiteral("S3CRET") + some(3) + QStringLiteral("@h/") + some(2);
            const Result<Endpoint> endpoint = endpointFromUrl(url);
            if (!endpoint)
                QVERIFY2(!oneLine(endpoint.error()).contains(QStringLiteral("S3CRET")), qPrintable(url));
            QVERIFY2(!maskedUrl(url).contains(QStringLiteral("S3CRET")), qPrintable(url));
        }
    }
};

QTEST_GUILESS_MAIN(TestRedisUrl)
#include "tst_redisurl.moc"
