// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api.h"
#include "app/demo/demo.h"
#include "app/demo/pythonjson.h"
#include "app/demo/redisclient.h"

#include "core/cache/keyscheme.h"

#include <QFileInfo>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <csignal>
#include <memory>

namespace {
    struct Reply {
        int status = 0;
        QByteArray body;
        QByteArray cacheStatus;
        QByteArray cacheKey;
        QByteArray cacheTtl;
    };

    QString socketOf(const demo::Demo& demo)
    {
        return QUrl(demo.redisUrl()).path();
    }
}

class TestDemo final : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void aSecondGetIsAHit_data();
    void aSecondGetIsAHit();
    void theLieIsNotInRedis();
    void whatIsNotCachedStoresNothing_data();
    void whatIsNotCachedStoresNothing();
    void everyOtherMethodPurgesTheClass_data();
    void everyOtherMethodPurgesTheClass();
    void aValueLightApiCannotUseIsAMiss();
    void bothTagsNameTheEntries();
    void theReportIsComputedOnce();
    void aLockIsLeftBehind();
    void routesPredictTheKeys();
    void trafficFillsTheCache();
    void withoutRedisItServesUncached();
    void storesAsPythonDoes();
    void redisDiesWithAKilledOwner();

private:
    Reply send(const QByteArray& method, const char* target, const QByteArray& body = {});
    Reply get(const char* target) { return send("GET", target); }
    demo::RedisAnswer redis(const QByteArrayList& command);
    qint64 keyCount() { return redis({"DBSIZE"}).integer; }

    std::unique_ptr<demo::Demo> m_demo;
    QNetworkAccessManager m_http;
};

void TestDemo::init()
{
    m_demo = std::make_unique<demo::Demo>();
    QSignalSpy ready(m_demo.get(), &demo::Demo::ready);
    QSignalSpy failed(m_demo.get(), &demo::Demo::failed);
    m_demo->start(false);
    QVERIFY(ready.wait(10'000));
    QCOMPARE(failed.size(), 0);
    redis({"DEL", demo::Api::abandonedLock()});
}

void TestDemo::cleanup()
{
    const QString socket = socketOf(*m_demo);
    m_demo.reset();
    QVERIFY(!QFileInfo::exists(QFileInfo(socket).path()));
}

Reply TestDemo::send(const QByteArray& method, const char* target, const QByteArray& body)
{
    QNetworkRequest request(QUrl::fromEncoded(m_demo->apiUrl().toLatin1() + target));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
    const std::unique_ptr<QNetworkReply> reply(m_http.sendCustomRequest(request, method, body));
    if (!reply->isFinished())
        QSignalSpy(reply.get(), &QNetworkReply::finished).wait(10'000);
    Reply out;
    out.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    out.body = reply->readAll();
    out.cacheStatus = reply->rawHeader("X-Cache-Status");
    out.cacheKey = reply->rawHeader("X-Cache-Key");
    out.cacheTtl = reply->rawHeader("X-Cache-TTL");
    return out;
}

demo::RedisAnswer TestDemo::redis(const QByteArrayList& command)
{
    return demo::RedisClient(socketOf(*m_demo)).command(command).value_or(demo::RedisAnswer {true, -1, {}, {}});
}

void TestDemo::aSecondGetIsAHit_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<int>("ttl");
    QTest::newRow("list") << QByteArray("/products?page=1") << QByteArray("lightapi:ProductsEndpoint:/products:page=1") << 120;
    QTest::newRow("no query") << QByteArray("/products") << QByteArray("lightapi:ProductsEndpoint:/products:") << 120;
    QTest::newRow("detail") << QByteArray("/products/3") << QByteArray("lightapi:ProductsEndpoint:/products/3:") << 120;
    QTest::newRow("vary_on") << QByteArray("/search?z=1&q=%3Cimg%20src%3Dx%3E") << QByteArray("lightapi:SearchEndpoint:/search:q=<img src=x>") << 60;
    QTest::newRow("custom") << QByteArray("/catalog?page=2") << QByteArray("CachedProduct:/catalog?page=2") << 300;
    QTest::newRow("item") << QByteArray("/items/1") << QByteArray("item:1") << 7200;
    QTest::newRow("category") << QByteArray("/categories/2/items") << QByteArray("category:2:items") << 1800;
}

void TestDemo::aSecondGetIsAHit()
{
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, key);
    QFETCH(int, ttl);
    QVERIFY(redis({"GET", key}).isNil);
    const Reply first = get(target.constData());
    QCOMPARE(first.status, 200);
    QCOMPARE(first.cacheStatus, "MISS");
    QCOMPARE(first.cacheKey, key);
    QVERIFY(!redis({"GET", key}).isNil);
    QVERIFY(qAbs(redis({"TTL", key}).integer - ttl) <= 1);
    const Reply second = get(target.constData());
    QCOMPARE(second.cacheStatus, "HIT");
    QCOMPARE(second.body, first.body); // the time of computing is inside, so this came from Redis
    QVERIFY(qAbs(second.cacheTtl.toInt() - ttl) <= 1);
    redis({"DEL", key});
    QCOMPARE(get(target.constData()).cacheStatus, "MISS");
}

void TestDemo::theLieIsNotInRedis()
{
    for (int i = 0; i < 2; ++i) {
        const Reply reply = get("/stock");
        QCOMPARE(reply.cacheStatus, "HIT");
        QCOMPARE(reply.cacheKey, "lightapi:StockEndpoint:/stock:");
    }
    QCOMPARE(keyCount(), 0);
}

void TestDemo::whatIsNotCachedStoresNothing_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("status");
    QTest::newRow("class without cache") << QByteArray("/orders") << 200;
    QTest::newRow("no such product") << QByteArray("/products/9999") << 404;
    QTest::newRow("no such item") << QByteArray("/items/9999") << 404;
    QTest::newRow("no such route") << QByteArray("/nothing") << 404;
    QTest::newRow("line break in the path") << QByteArray("/a%0D%0AX-Evil:%201") << 404;
    QTest::newRow("health") << QByteArray("/healthz") << 200;
}

void TestDemo::whatIsNotCachedStoresNothing()
{
    QFETCH(QByteArray, target);
    QFETCH(int, status);
    const Reply reply = get(target.constData());
    QCOMPARE(reply.status, status);
    QCOMPARE(reply.cacheStatus, QByteArray());
    QCOMPARE(keyCount(), 0);
}

void TestDemo::everyOtherMethodPurgesTheClass_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::newRow("POST") << QByteArray("POST") << QByteArray(R"({"name": "x"})") << 201;
    QTest::newRow("refused POST") << QByteArray("POST") << QByteArray("{}") << 422;
    QTest::newRow("broken POST") << QByteArray("POST") << QByteArray("{") << 422;
    QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray() << 405;
    QTest::newRow("DELETE") << QByteArray("DELETE") << QByteArray() << 405;
}

void TestDemo::everyOtherMethodPurgesTheClass()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    for (const char* target : {"/products", "/products?page=2", "/products/1", "/flash", "/catalog"})
        QCOMPARE(get(target).cacheStatus, "MISS");
    QCOMPARE(send(method, "/products", body).status, status);
    QCOMPARE(get("/flash").cacheStatus, "HIT");
    QCOMPARE(get("/catalog").cacheStatus, "HIT");
    for (const char* target : {"/products", "/products?page=2", "/products/1"})
        QCOMPARE(get(target).cacheStatus, "MISS");
}

void TestDemo::aValueLightApiCannotUseIsAMiss()
{
    for (const char* value : {"null", "not json", "{", ""}) {
        redis({"SET", "lightapi:FlashEndpoint:/flash:", value});
        QCOMPARE(get("/flash").cacheStatus, "MISS");
        QVERIFY(redis({"GET", "lightapi:FlashEndpoint:/flash:"}).text.startsWith('{'));
    }
    redis({"SET", "CachedProduct:/catalog", R"({"data": 1})"});
    QCOMPARE(get("/catalog").cacheStatus, "MISS");
}

void TestDemo::bothTagsNameTheEntries()
{
    for (const char* target : {"/catalog?page=1", "/catalog?page=2", "/catalog?page=1"})
        get(target);
    QCOMPARE(redis({"GET", "tag:table:products"}).text, R"(["CachedProduct:\/catalog?page=1","CachedProduct:\/catalog?page=2"])");
    QVERIFY(redis({"TTL", "tag:table:products"}).integer > 86'000);
    QCOMPARE(redis({"SCARD", "tag:endpoint:CachedProduct"}).integer, 2);
}

void TestDemo::theReportIsComputedOnce()
{
    // Two at the same time: one takes the lock and works, the other waits for its entry.
    const QUrl url(m_demo->apiUrl() + QStringLiteral("/reports/sales"));
    const std::unique_ptr<QNetworkReply> first(m_http.get(QNetworkRequest(url)));
    QTRY_COMPARE(redis({"TTL", "lock:SalesReport:/reports/sales"}).integer, 30);
    const std::unique_ptr<QNetworkReply> second(m_http.get(QNetworkRequest(url)));
    QTRY_VERIFY_WITH_TIMEOUT(first->isFinished() && second->isFinished(), 8000);
    QCOMPARE(first->rawHeader("X-Cache-Status"), "MISS");
    QCOMPARE(second->rawHeader("X-Cache-Status"), "HIT");
    QCOMPARE(first->readAll(), second->readAll());
    QVERIFY(redis({"GET", "lock:SalesReport:/reports/sales"}).isNil);
}

void TestDemo::aLockIsLeftBehind()
{
    demo::RedisClient client(socketOf(*m_demo));
    demo::Api::leaveLock(client);
    QCOMPARE(redis({"TTL", demo::Api::abandonedLock()}).integer, -1);
    QCOMPARE(redis({"GET", demo::Api::abandonedLock()}).text.size(), 36);
}

void TestDemo::routesPredictTheKeys()
{
    core::cache::RouteTable routes;
    for (const QString& argument : demo::Demo::routes()) {
        const auto route = core::cache::routeFromArgument(argument);
        QVERIFY2(route, qPrintable(argument));
        routes.add(*route);
    }
    for (const char* target : {"/products?page=1", "/search?q=a%26b&page=2", "/flash", "/catalog?b=2&a=1"}) {
        const auto forecast = core::cache::forecast({"GET", target, {}}, routes);
        QCOMPARE(forecast.predictions.size(), 1);
        QCOMPARE(get(target).cacheKey, forecast.predictions.first().key);
    }
    QCOMPARE(core::cache::forecast({"GET", "/orders", {}}, routes).cached, core::cache::Cached::No);
}

void TestDemo::trafficFillsTheCache()
{
    demo::Demo busy;
    QSignalSpy ready(&busy, &demo::Demo::ready);
    busy.start();
    QVERIFY(ready.wait(10'000));
    QCOMPARE(ready.first().at(2).toLongLong(), QCoreApplication::applicationPid());
    demo::RedisClient client(socketOf(busy));
    const auto count = [&client] { return client.command({"DBSIZE"}).value_or(demo::RedisAnswer {}).integer; };
    QTRY_VERIFY_WITH_TIMEOUT(count() >= 15, 5000);
    const auto hasHits = [&client] { return !client.command({"INFO", "stats"})->text.contains("keyspace_hits:0\r\n"); };
    QTRY_VERIFY_WITH_TIMEOUT(hasHits(), 5000);
}

void TestDemo::withoutRedisItServesUncached()
{
    QSignalSpy ended(m_demo.get(), &demo::Demo::redisEnded);
    QCOMPARE(get("/products").cacheStatus, "MISS");
    ::kill(static_cast<pid_t>(m_demo->redisPid()), SIGKILL);
    QVERIFY(ended.wait(5000));
    const Reply first = get("/products");
    const Reply second = get("/products");
    QCOMPARE(second.status, 200);
    QCOMPARE(second.cacheStatus, "MISS");
    QVERIFY(first.body != second.body);
}

void TestDemo::storesAsPythonDoes()
{
    QCOMPARE(demo::pythonJson(R"({"a":["é",1.0,"😀"],"b":"x:y,z"})"), R"({"a": ["\u00e9", 1.0, "\ud83d\ude00"], "b": "x:y,z"})");
    QCOMPARE(demo::compactJson(R"({"a": ["\u00e9", 1.0]})"), std::optional<QByteArray>(R"({"a":["é",1.0]})"));
    QCOMPARE(demo::compactJson("null"), std::optional<QByteArray>());
}

void TestDemo::redisDiesWithAKilledOwner()
{
    QProcess owner;
    owner.start(QStringLiteral(DEMO_VICTIM), QStringList());
    QTRY_VERIFY_WITH_TIMEOUT(owner.canReadLine(), 10'000);
    const QByteArrayList words = owner.readLine().trimmed().split(' ');
    const auto child = static_cast<pid_t>(words.first().toInt());
    const QString folder = QFileInfo(QUrl(QString::fromUtf8(words.last())).path()).path();
    QVERIFY(child > 0);
    QCOMPARE(::kill(child, 0), 0);
    ::kill(static_cast<pid_t>(owner.processId()), SIGKILL);
    QVERIFY(owner.waitForFinished());
    const auto isGone = [child] {
        QFile state(QStringLiteral("/proc/%1/stat").arg(child)); // a zombie is dead: whoever adopted it reaps it
        return !state.open(QIODevice::ReadOnly) || state.readAll().contains(") Z ");
    };
    QTRY_VERIFY_WITH_TIMEOUT(isGone(), 5000);
    // The next demo sweeps what the killed one left.
    demo::Demo next;
    QSignalSpy ready(&next, &demo::Demo::ready);
    next.start(false);
    QVERIFY(ready.wait(10'000));
    QVERIFY(!QFileInfo::exists(folder));
}

QTEST_GUILESS_MAIN(TestDemo)
#include "tst_demo.moc"
