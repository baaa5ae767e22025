// SPDX-License-Identifier: GPL-3.0-or-later
// Entries of a real LightAPI beside fresh answers of it: by an extra parameter, whose own entry must be gone afterwards, by a logged
// deletion, and by the same app on another Redis.
#include "app/demo/redisprocess.h"
#include "core/invalidate/keyremover.h"
#include "core/replay/freshcheck.h"
#include "tests/support/lightapiprocess.h"
#include "tests/support/redistest.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace core;
using namespace core::replay;

class TestFreshLightApi final : public QObject {
    Q_OBJECT
    struct Setup {
        demo::RedisProcess redis, otherRedis;
        test::LightApiProcess api, other;
        std::unique_ptr<redis::Session> session;
        std::unique_ptr<http::Client> client, otherClient;
        cache::RouteTable routes;
    };
    std::unique_ptr<Setup> s;

    static QByteArray urlOf(const demo::RedisProcess& redis) { return "redis://127.0.0.1:" + QByteArray::number(redis.port()) + "/0"; }
    void addRoute(const QByteArray& className, const QByteArray& path, const QList<QByteArray>& varyOn)
    {
        cache::Route route;
        route.className = className;
        route.route = path;
        route.cached = cache::Cached::Yes;
        route.ttlS = 60;
        route.varyOn = varyOn;
        s->routes.add(route);
    }
    void get(const QByteArray& target) { VERIFY_OK(redistest::wait(s->client->send({.target = target}))); }
    QByteArray stored(const QByteArray& key) { return redistest::ask(*s->session, {"GET", key}).bytes; }
    QList<QByteArray> keys()
    {
        QList<QByteArray> all;
        const redis::Reply reply = redistest::ask(*s->session, {"KEYS", "*"});
        for (const redis::Reply& key : reply.items)
            all << key.bytes;
        return all;
    }
    // The entry with "one" turned to "old", its time to live kept.
    void makeStale(const QByteArray& key)
    {
        QByteArray value = stored(key);
        QVERIFY2(value.contains("\"one\""), value.constData());
        redistest::ask(*s->session, {"SET", key, value.replace("\"one\"", "\"old\""), "KEEPTTL"});
    }
    FreshResult checked(const FreshSource& source, const QByteArray& target)
    {
        FreshCheck job(source, s->routes, {.targets = {target}});
        FreshResult result;
        connect(&job, &FreshCheck::resultReady, this, [&result](const FreshResult& each) { result = each; });
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        if (!job.isFinished())
            finished.wait(30'000);
        return result;
    }
    static bool tellsTheTitle(const FreshResult& result)
    {
        return result.state() == FreshState::Stale && result.comparison.paths && result.comparison.paths->changes.size() == 1
            && result.comparison.paths->changes[0].path.endsWith(".title") && result.comparison.paths->changes[0].before == "\"old\""
            && result.comparison.paths->changes[0].after == "\"one\"";
    }
    FreshSource source() const { return {.session = s->session.get(), .client = s->client.get()}; }

private slots:
    void initTestCase()
    {
        s = std::make_unique<Setup>();
        const QString release = QStringLiteral("0.4.0");
        VERIFY_OK(s->redis.startAndWait({.tcp = true}));
        VERIFY_OK(s->otherRedis.startAndWait({.tcp = true}));
        VERIFY_OK(s->api.startAndWait(release, urlOf(s->redis)));
        VERIFY_OK(s->other.startAndWait(release, urlOf(s->otherRedis)));
        s->session = std::make_unique<redis::Session>(s->redis.endpoint());
        VERIFY_OK(redistest::wait(s->session->open()));
        s->client = std::make_unique<http::Client>(http::Client::Options {s->api.baseUrl()});
        s->otherClient = std::make_unique<http::Client>(http::Client::Options {s->other.baseUrl()});
        s->routes.setRelease(QVersionNumber::fromString(release));
        addRoute("Book", "/books", {});
        addRoute("Varied", "/varied", {"page", "q"});
    }
    void init() { redistest::ask(*s->session, {"FLUSHALL"}); }
    void cleanupTestCase() { s.reset(); }

    void theParametersEntryIsGone_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("list") << QByteArray("/books");
        QTest::newRow("detail") << QByteArray("/books/1");
        QTest::newRow("with a query") << QByteArray("/books?page=1&x=caf%C3%A9");
    }
    void theParametersEntryIsGone()
    {
        QFETCH(QByteArray, target);
        get(target);
        const QByteArray key = keys().value(0);
        const FreshResult same = checked(source(), target);
        QVERIFY2(same.state() == FreshState::Same, qPrintable(same.comparison.reason));
        QCOMPARE(same.probe->state, FreshProbe::State::Removed); // LightAPI stored it under exactly that key
        makeStale(key);
        const FreshResult stale = checked(source(), target);
        QVERIFY2(tellsTheTitle(stale), qPrintable(stale.comparison.reason));
        QCOMPARE(stale.probe->state, FreshProbe::State::Removed);
        QCOMPARE(keys(), QList<QByteArray> {key});
        QVERIFY(stored(key).contains("\"old\"")); // and the entry itself is as it was
    }

    void varyOnNeedsAnotherWay()
    {
        get("/varied?page=1");
        const QByteArray key = keys().value(0);
        makeStale(key);
        QCOMPARE(checked(source(), "/varied?page=1").state(), FreshState::NoAnswer);
        FreshSource from = source();
        from.otherClient = s->otherClient.get();
        from.ignored = {"$.results[*].created_at", "$.results[*].updated_at"}; // each app made its rows when it started
        const FreshResult result = checked(from, "/varied?page=1");
        QVERIFY2(tellsTheTitle(result), qPrintable(result.comparison.reason + (result.comparison.paths ? QString::fromUtf8(result.comparison.paths->changes.value(0).path) : QString())));
        QCOMPARE(keys(), QList<QByteArray> {key});
    }

    void deletingLeavesTheFreshEntry()
    {
        get("/books?page=1");
        const QByteArray key = keys().value(0);
        makeStale(key);
        QTemporaryDir dir;
        invalidate::KeyRemover remover(s->session.get(), invalidate::planOfKeys(*s->session, {key}), {.auditFile = dir.filePath(QStringLiteral("audit"))});
        FreshSource from = source();
        from.way = FreshWay::Unlink;
        from.remove = [&remover](const QByteArray& each, auto then) { remover.remove(each, std::move(then)); };
        const FreshResult result = checked(from, "/books?page=1");
        QVERIFY2(tellsTheTitle(result), qPrintable(result.comparison.reason));
        QVERIFY(result.entryDeleted);
        QCOMPARE(keys(), QList<QByteArray> {key});
        QVERIFY(stored(key).contains("\"one\""));
    }
};

QTEST_GUILESS_MAIN(TestFreshLightApi)
#include "tst_freshlightapi.moc"
