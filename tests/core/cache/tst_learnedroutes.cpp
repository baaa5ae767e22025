// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/learnedroutes.h"

#include <QTest>

using namespace core;
using namespace core::cache;

namespace {
RouteTable known(const QVersionNumber& release = {0, 4, 0})
{
    RouteTable routes;
    routes.add(routeFromArgument(QStringLiteral("Known=/known")).value());
    routes.setRelease(release);
    return routes;
}

QStringList learned(const QByteArrayList& keys, const RouteTable& routes)
{
    QList<ParsedKey> parsed;
    for (const QByteArray& key : keys)
        parsed << parseKey(key, routes);
    QStringList texts;
    for (const Route& route : learnedRoutes(parsed, routes))
        texts << argumentFromRoute(route);
    return texts;
}
}

class TestLearnedRoutes final : public QObject {
    Q_OBJECT
private slots:
    void learns_data()
    {
        QTest::addColumn<QByteArrayList>("keys");
        QTest::addColumn<QStringList>("routes");
        const auto row = [](const char* title, const QByteArrayList& keys, const QStringList& routes) { QTest::newRow(title) << keys << routes; };
        const auto text = [](const char* latin) { return QString::fromLatin1(latin); };
        row("nothing", {}, {});
        row("a collection", {"lightapi:Book:/books:"}, {text("Book=/books")});
        row("details alone", {"lightapi:Book:/books/7:", "lightapi:Book:/books/007:a=1"}, {text("Book=/books")});
        row("both", {"lightapi:Book:/books/7:", "lightapi:Book:/books:page=2"}, {text("Book=/books")});
        row("two classes", {"lightapi:B:/b:", "lightapi:A:/a:"}, {text("A=/a"), text("B=/b")});
        row("one class, two routes", {"lightapi:Item:/api/v1/items:", "lightapi:Item:/api/v2/items/3:"},
            {text("Item=/api/v1/items"), text("Item=/api/v2/items")});
        row("a parameter", {"lightapi:Post:/users/5/posts:", "lightapi:Post:/users/6/posts/1:"}, {text("Post=/users/{id1:int}/posts")});
        row("a number of the route", {"lightapi:Post:/v/2/posts:", "lightapi:Post:/v/2/posts/1:"}, {text("Post=/v/2/posts")});
        row("a number alone", {"lightapi:A:/7:"}, {text("A=/7")});
        row("known already", {"lightapi:Known:/elsewhere:"}, {});
        row("vary_on", {"lightapi:V:/v:q=a b", "lightapi:V:/v:page=1", "lightapi:V:/v:page=1&q=x:y"}, {text("V=/v,vary_on=page,vary_on=q")});
        row("seed", {"Seed:/s?a=1", "Seed:/s/7"}, {text("Seed=/s,scheme=seed-v1"), text("Seed=/s/7,scheme=seed-v1")});
        row("smart", {"Smart:/s:user:7:a=1"}, {text("Smart=/s,scheme=smart")});
        row("no entries", {"lock:lightapi:Book:/books:", "tag:endpoint:Book", "item:7", "session:1", "health_check"}, {});
        row("a brace is no parameter", {"lightapi:A:/a{b}:"}, {});
        row("odd bytes", {QByteArray("lightapi:\xFF<b>:/a\0b:", 19)}, {text("%FF%3Cb%3E=/a%00b")});
    }
    void learns()
    {
        QFETCH(QByteArrayList, keys);
        QTEST(learned(keys, known()), "routes");
    }

    void decodedQueriesMeanNothingToOldReleases()
    {
        QCOMPARE(learned({"lightapi:V:/v:q=a b"}, known({0, 2, 1})), QStringList {QStringLiteral("V=/v")});
    }

    // What was learned predicts the keys that it was learned from, and says that it is no more than likely.
    void learnedRoutesPredict()
    {
        RouteTable routes = known();
        const QByteArray key("lightapi:Post:/users/6/posts:a=x+y");
        for (const Route& route : learnedRoutes({parseKey(key, routes), parseKey("lightapi:Post:/users/7/posts:", routes)}, routes))
            routes.add(route);
        const RequestForecast seen = forecast({"GET", "/users/6/posts?a=x%20y"}, routes);
        QCOMPARE(seen.predictions.size(), 1);
        QCOMPARE(seen.predictions.first().key, key);
        QCOMPARE(seen.predictions.first().confidence, Confidence::Likely);
        QVERIFY(seen.route->isLearned());
        QVERIFY(!forecast({"GET", "/known"}, routes).route->isLearned());
        QCOMPARE(forecast({"GET", "/known"}, routes).predictions.first().confidence, Confidence::Exact);
    }

    void whatIsTooMuchIsSaid()
    {
        RouteLearner learner(known());
        const RouteTable routes = known();
        for (int i = 0; i < 1'500; ++i)
            learner.add(parseKey("lightapi:Word:/words/w" + QByteArray::number(i) + ':', routes));
        QVERIFY(!learner.isComplete());
        QCOMPARE(learner.routes().size(), 1'000);
        RouteLearner calm(known());
        calm.add(parseKey("lightapi:Word:/words/7:", routes));
        QVERIFY(calm.isComplete());
    }
};

QTEST_GUILESS_MAIN(TestLearnedRoutes)
#include "tst_learnedroutes.moc"
