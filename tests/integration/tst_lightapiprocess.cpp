// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "tests/support/lightapiprocess.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTest>

#include <algorithm>

// The fixture that other integration tests stand on: each release starts, and caches as LightAPI's cache.py says.
class TestLightApiProcess final : public QObject {
    Q_OBJECT

private slots:
    void cachesInOurRedis_data();
    void cachesInOurRedis();
    void aMissingReleaseIsSaid();

private:
    QByteArray get(const QString& url);
    QNetworkAccessManager m_http;
};

namespace {
    QByteArray redisCli(const demo::RedisProcess& redis, const QStringList& command)
    {
        QProcess cli;
        cli.start(QStringLiteral("redis-cli"), QStringList {QStringLiteral("-s"), redis.socketPath()} + command);
        return cli.waitForFinished() ? cli.readAllStandardOutput() : QByteArray();
    }
}

QByteArray TestLightApiProcess::get(const QString& url)
{
    QNetworkReply* reply = m_http.get(QNetworkRequest(QUrl(url)));
    const auto done = [reply] { return reply->isFinished(); };
    [&] { QTRY_VERIFY_WITH_TIMEOUT(done(), 5000); }();
    reply->deleteLater();
    return reply->readAll();
}

void TestLightApiProcess::cachesInOurRedis_data()
{
    QTest::addColumn<QString>("release");
    QTest::addColumn<QByteArray>("variedKey");
    QTest::newRow("0.4.0") << QStringLiteral("0.4.0") << QByteArray("lightapi:Varied:/varied:page=1");
    QTest::newRow("0.2.1") << QStringLiteral("0.2.1") << QByteArray("lightapi:Varied:/varied:page=1&z=3");
    QTest::newRow("0.1.29") << QStringLiteral("0.1.29") << QByteArray("lightapi:Varied:/varied:page=1&z=3");
}

void TestLightApiProcess::cachesInOurRedis()
{
    QFETCH(QString, release);
    QFETCH(QByteArray, variedKey);
    demo::RedisProcess redis;
    QVERIFY(redis.startAndWait({}));
    test::LightApiProcess api;
    const auto started = api.startAndWait(release, "unix://" + redis.socketPath().toUtf8());
    QVERIFY2(started, started ? "" : qPrintable(started.error().detail));

    const QByteArray first = get(api.baseUrl() + QStringLiteral("/books"));
    QVERIFY(first.contains("\"title\":\"one\""));
    QCOMPARE(get(api.baseUrl() + QStringLiteral("/books")), first);
    QVERIFY(redisCli(redis, {QStringLiteral("INFO"), QStringLiteral("stats")}).contains("keyspace_hits:1\r\nkeyspace_misses:1\r\n"));
    for (const char* target : {"/varied?page=1&z=3", "/plain", "/override", "/api/v1/items", "/short"})
        QVERIFY(!get(api.baseUrl() + QLatin1StringView(target)).isEmpty());
    QByteArrayList keys = redisCli(redis, {QStringLiteral("KEYS"), QStringLiteral("*")}).trimmed().split('\n');
    std::sort(keys.begin(), keys.end());
    QCOMPARE(keys, (QByteArrayList {"lightapi:Book:/books:", "lightapi:Item:/api/v1/items:", "lightapi:Short:/short:", variedKey}));
}

void TestLightApiProcess::aMissingReleaseIsSaid()
{
    test::LightApiProcess api;
    const auto started = api.startAndWait(QStringLiteral("9.9.9"), "redis://localhost:1/0");
    QVERIFY(!started);
    QVERIFY(started.error().detail.contains(QStringLiteral("./dev test")));
}

QTEST_GUILESS_MAIN(TestLightApiProcess)
#include "tst_lightapiprocess.moc"
