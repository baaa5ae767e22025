// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/collisions.h"
#include "core/cache/querycodec.h"
#include "core/cache/releases.h"

#include <QRandomGenerator>
#include <QTest>

using namespace core;
using namespace core::cache;

namespace {
RouteTable table(const QVersionNumber& release = {0, 4, 0})
{
    RouteTable routes;
    for (const char* endpoint : {"Book=/books", "Varied=/varied,vary_on=page,vary_on=q", "Seed=/seed,scheme=seed-v1", "Smart=/smart,scheme=smart",
             "Shelf=/shelves/{name}", "Own=/own,scheme=own", "Path=/p,scheme=pathonly"})
        routes.add(routeFromArgument(QString::fromLatin1(endpoint)).value());
    routes.add(keyTemplateFromArgument(QStringLiteral("own={class}|{path}|{sorted_query}")).value());
    routes.add(keyTemplateFromArgument(QStringLiteral("pathonly=only:{path}")).value());
    routes.setRelease(release);
    return routes;
}

QList<Collision> collisions(const Request& request, const RouteTable& routes)
{
    const auto predictions = forecast(request, routes).predictions;
    return predictions.isEmpty() ? QList<Collision>() : collisionsOf(request, predictions.first(), routes);
}

// "why target" of each, the anonymous ones with '*'.
QStringList told(const QList<Collision>& found)
{
    QStringList lines;
    for (const Collision& one : found)
        lines << one.why + (one.anonymous ? QStringLiteral("* ") : QStringLiteral(" ")) + QString::fromLatin1(one.target);
    return lines;
}
}

class TestCollisions final : public QObject {
    Q_OBJECT
private slots:
    void collides_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char* target, const QStringList& expected = {}) {
            QTest::newRow(target) << QByteArray(target) << expected;
        };
        const auto text = [](const char* latin) { return QString::fromLatin1(latin); };
        // LightAPI's own keys: escaped, so other spellings are the same request.
        row("/books");
        row("/books?a=1&b=2");
        row("/books?a=1%26b%3D2");
        row("/books?a&b=&c=x%20y");
        row("/books?a=1&a=2");
        row("/books?q=%ff", {text("bad-utf8 /books?q=%EF%BF%BD")});
        row("/books?q=%fe", {text("bad-utf8 /books?q=%FF")});
        row("/books?q=%EF%BF%BD", {text("bad-utf8 /books?q=%FF")});
        row("/shelves/a", {text("path-cut /shelves/a%23")});
        row("/shelves/a%3Fb", {text("path-cut /shelves/a")});
        row("/shelves/a%0Ab", {text("path-cut /shelves/ab")});
        // with vary_on: decoded and joined
        row("/varied");
        row("/varied?page=1");
        row("/varied?page=1&q=2", {text("unescaped-join /varied?page=1%26q%3D2")});
        row("/varied?q=2&page=1", {text("unescaped-join /varied?page=1%26q%3D2")});
        row("/varied?page=1%26q%3D2", {text("unescaped-join /varied?page=1&q=2")});
        row("/varied?page=1%26x%3D2"); // x is not listed, so two parameters would lose it
        row("/varied?page=a%3Db");
        row("/varied?page=1&junk=1", {text("outside-vary-on /varied?page=1")});
        row("/varied?junk=%ff", {text("outside-vary-on /varied")});
        row("/varied?q=%ff", {text("bad-utf8 /varied?q=%EF%BF%BD")});
        // the example's keys
        row("/seed?a=1");
        row("/seed?a=1&b=2", {text("unescaped-join /seed?a=1%26b%3D2")});
        row("/seed?a=1%26b%3D2", {text("unescaped-join /seed?a=1&b=2")});
        row("/seed?a=%3Db", {text("unescaped-join /seed?a%3D=b")});
        row("/seed?a%3D=b", {text("unescaped-join /seed?a=%3Db")});
        row("/seed?a=1&a=2", {text("repeated-parameter /seed?a=2")});
        row("/smart?b=2&a=1", {text("unescaped-join /smart?a=1%26b%3D2")});
        // templates
        row("/own?a=1&b=2");
        row("/p?a=1", {text("not-in-key /p")});
        row("/p");
        row("/nowhere?a=1&b=2");
        row("no target");
    }
    void collides()
    {
        QFETCH(QByteArray, target);
        const RouteTable routes = table();
        const QList<Collision> found = collisions({"GET", target}, routes);
        QTEST(told(found), "expected");
        for (const Collision& one : found) {
            QVERIFY(!one.detail.isEmpty());
            QCOMPARE(forecast({"GET", one.target}, routes).predictions.first().key, forecast({"GET", target}, routes).predictions.first().key);
        }
    }

    // What 0.2.1 ignores cannot collide there.
    void releasesDecide()
    {
        QVERIFY(collisions({"GET", "/varied?page=1&q=2"}, table({0, 2, 1})).isEmpty());
        QVERIFY(collisions({"GET", "/varied?page=1&junk=2"}, table({0, 2, 1})).isEmpty());
    }

    void aParameterReadsAsAUser()
    {
        const RouteTable routes = table();
        const QList<Collision> found = collisions({"GET", "/smart?b=2&a=1", "7"}, routes);
        QCOMPARE(told(found), (QStringList {QStringLiteral("unescaped-join /smart?a=1%26b%3D2"), QStringLiteral("query-as-user* /smart?user%3A7%3Aa=1%26b%3D2")}));
        QCOMPARE(forecast({"GET", found.last().target}, routes).predictions.first().key, QByteArray("Smart:/smart:user:7:a=1&b=2"));
        QVERIFY(collisions({"GET", "/smart", "7"}, routes).isEmpty());
    }

    // Whatever is found was tried, and is not the request itself.
    void randomRequests()
    {
        QRandomGenerator random(5);
        const RouteTable routes = table();
        const QByteArrayList paths {"/books", "/varied", "/seed", "/smart", "/shelves/a", "/own", "/p"};
        const QByteArrayList parts {"page=", "q=", "a=", "a", "&", "=", "%26", "%3D", "%3A", "user:7:", "1", "%ff", "%EF%BF%BD", "x", "%00", ":"};
        int found = 0;
        for (int i = 0; i < 20'000; ++i) {
            QByteArray target = paths[random.bounded(static_cast<int>(paths.size()))] + '?';
            for (int n = random.bounded(8); n > 0; --n)
                target += parts[random.bounded(static_cast<int>(parts.size()))];
            Request request {"GET", target};
            if (random.bounded(2))
                request.subject = QByteArray("7");
            const QByteArray key = forecast(request, routes).predictions.first().key;
            for (const Collision& one : collisions(request, routes)) {
                ++found;
                Request other {"GET", one.target, one.anonymous ? std::nullopt : request.subject};
                QCOMPARE(forecast(other, routes).predictions.first().key, key);
                QVERIFY(one.anonymous || one.target != target);
            }
        }
        QVERIFY(found > 5'000);
    }

    void releasesOfAKey_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("stored");
        QTest::addColumn<QString>("release");
        QTest::addColumn<QString>("others"); // "first-last …"
        const auto row = [](const char* target, const char* stored, const char* release, const char* others) {
            QTest::addRow("%s %s under %s", target, stored, release)
                << QByteArray(target) << QByteArray(stored) << QString::fromLatin1(release) << QString::fromLatin1(others);
        };
        row("/varied?page=1&z=3", "lightapi:Varied:/varied:page=1&z=3", "0.4.0", "0.1.13-0.2.1");
        row("/varied?page=1&z=3", "lightapi:Varied:/varied:page=1", "0.1.29", "0.3.0-0.4.0");
        row("/varied?page=1&z=3", "lightapi:Varied:/varied:page=1", "0.4.0", "");
        row("/varied?page=1", "lightapi:Varied:/varied:page=1", "0.1.29", "");
        row("/varied?page=1", "lightapi:Varied:/varied:page=2", "0.1.29", "");
        row("/books?a=1", "lightapi:Book:/books:a=1", "0.1.5", "0.1.13-0.2.1 0.3.0-0.4.0");
        row("/books", "3d932cc30a2583090941c1a5514ba4c3", "0.4.0", "0.1.3-0.1.6");
        row("/seed?a=1", "lightapi:Seed:/seed:a=1", "0.4.0", "");
        row("/nowhere", "lightapi:Book:/nowhere:", "0.4.0", "");
    }
    void releasesOfAKey()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, stored);
        QFETCH(QString, release);
        QStringList others;
        const Request request {"GET", target, {}, {"http://localhost:8000"}};
        for (const ReleaseRange& range : otherReleasesFor(request, stored, table(QVersionNumber::fromString(release))))
            others << range.first.toString() + u'-' + range.last.toString();
        QTEST(others.join(u' '), "others");
    }
};

QTEST_GUILESS_MAIN(TestCollisions)
#include "tst_collisions.moc"
