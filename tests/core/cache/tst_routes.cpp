// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/cache/yamlfile.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace core;
using namespace core::cache;

namespace {
const QString name = QStringLiteral("lightapi.yaml");

const QByteArray good = R"(database:
  url: sqlite:///x.db
auth: { auth_path: /auth }
defaults:
  authentication: { backend: JWTAuthentication, permission: IsAuthenticated, jwt_expiration: 60 }
  pagination: { style: page_number, page_size: 20 }
endpoints:
  - route: /products
    fields:
      title: { type: str, min_length: 1 }
    meta:
      methods: [GET, POST]
      filtering: { fields: [title], ordering: [title] }
      cache: { ttl: 300 }
  - route: " /order-items "
    fields: { n: { type: int } }
    meta: { cache: {} }
  - route: /plain
    fields: { n: { type: int } }
middleware: [CORSMiddleware]
)";
}

class TestRoutes final : public QObject {
    Q_OBJECT
private slots:
    // Table A10 of the LightAPI facts.
    void classes_data()
    {
        QTest::addColumn<QByteArray>("route");
        QTest::addColumn<QByteArray>("className");
        const auto row = [](const char* route, const char* className) { QTest::newRow(route) << QByteArray(route) << QByteArray(className); };
        row("/products", "ProductsEndpoint");
        row("/products/", "ProductsEndpoint");
        row("/order-items", "OrderItemsEndpoint");
        row("/order_items", "OrderItemsEndpoint");
        row("/api/v1/items", "ItemsEndpoint");
        row("/api/v2/items", "ItemsEndpoint");
        row("/userProfiles", "UserprofilesEndpoint");
        row("/users/{user_id}/posts", "PostsEndpoint");
        row("/v2items", "V2ItemsEndpoint");
        row("/3d-models", "3DModelsEndpoint");
        row("/report.v2", "Report.V2Endpoint");
        row("/it's", "It'SEndpoint");
        row("/", "Endpoint");
        row("/x*", "X*Endpoint");
        row("/\xC3\xBC""ber-uns", "\xC3\x9C""berUnsEndpoint");
    }
    void classes()
    {
        QFETCH(QByteArray, route);
        QFETCH(QByteArray, className);
        QCOMPARE(classFromRoute(route), className);
    }

    void matches_data()
    {
        QTest::addColumn<QByteArray>("route");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("fits");
        const auto row = [](const char* route, const char* path, bool fits) {
            QTest::addRow("%s %s", route, path) << QByteArray(route) << QByteArray(path) << fits;
        };
        row("/books", "/books", true);
        row("/books", "/books/1", true);
        row("/books", "/books/007", true);
        row("/books", "/books/", false);
        row("/books", "/books/-1", false);
        row("/books", "/books/1/", false);
        row("/books", "/Books", false);
        row("/books", "/books/\xD9\xA1", false); // a digit to Unicode, not to [0-9]
        row("/books/", "/books/", true);
        row("/books/", "/books/1", true);
        row("/books/", "/books", false);
        row("/", "/", true);
        row("/", "/5", true);
        row("/", "/x", false);
        row("/u/{id}/p", "/u/a b/p", true);
        row("/u/{id}/p", "/u//p", false);
        row("/u/{id}/p", "/u/a/p/3", true);
        row("/u/{id:int}/p", "/u/a/p", false);
        row("/u/{id:int}/p", "/u/12/p", true);
        row("/f/{rest:path}", "/f/a/b", true);
        row("/f/{rest:path}", "/f/", true);
        row("/a-{x}-z", "/a-b-c-z", true);
        row("/open{brace", "/open{brace", true);
    }
    void matches()
    {
        QFETCH(QByteArray, route);
        QFETCH(QByteArray, path);
        Route made;
        made.route = route;
        QTEST(made.matches(path), "fits");
    }

    void theFirstMatchWins()
    {
        RouteTable table;
        QVERIFY(table.isEmpty());
        table.add(routeFromArgument(QStringLiteral("A=/x")).value());
        table.add(routeFromArgument(QStringLiteral("B=/x")).value());
        QCOMPARE(table.match("/x/1")->className, QByteArray("A"));
        QCOMPARE(table.byClass("B")->route, QByteArray("/x"));
        QVERIFY(!table.match("/y") && !table.byClass("C"));
    }

    void readsYaml()
    {
        const Result<YamlRoutes> read = routesFromYaml(good, name);
        QVERIFY2(read, qPrintable(read ? QString() : oneLine(read.error())));
        QCOMPARE(read->warnings, QList<Error>());
        QCOMPARE(read->routes.size(), 3);
        QCOMPARE(read->routes[0].className, QByteArray("ProductsEndpoint"));
        QCOMPARE(read->routes[0].cached, Cached::Yes);
        QCOMPARE(read->routes[0].ttlS, 300);
        QCOMPARE(read->routes[0].source, name);
        QCOMPARE(read->routes[1].route, QByteArray("/order-items"));
        QCOMPARE(read->routes[1].ttlS, 60);
        QCOMPARE(read->routes[2].cached, Cached::No);
        QVERIFY(!read->async);
    }

    void theReleaseDecides()
    {
        RouteTable table;
        const Route sync = routesFromYaml(good, name)->routes[0];
        const Route async = routesFromYaml("mode: async\n" + good, name)->routes[0];
        const auto at = [&table](const Route& route, QVersionNumber release) {
            table.setRelease(std::move(release));
            return table.cachedOf(route);
        };
        QCOMPARE(at(sync, {0, 1, 25}), Cached::No);
        QCOMPARE(at(sync, {0, 1, 26}), Cached::Yes);
        QCOMPARE(at(async, {0, 1, 29}), Cached::No);
        QCOMPARE(at(async, {0, 2, 1}), Cached::Yes);
    }

    void badYaml_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("place"); // "line 3, column 5"
        const auto row = [](const char* title, const char* yaml, const char* place) {
            QTest::newRow(title) << QByteArray(yaml) << QString::fromLatin1(place);
        };
        row("unclosed", "endpoints:\n  - route: [/a\n", "line 3, column 1");
        row("tab", "endpoints:\n\t- route: /a\n", "line 2, column 2");
        row("bad indent", "a:\n  b: 1\n c: 2\n", "line 3, column 2");
        row("list", "- a\n", "line 1, column 1");
        row("endpoints no list", "endpoints:\n  route: /a\n", "line 2, column 3");
        row("endpoint no map", "endpoints:\n  - /a\n", "line 2, column 5");
        row("no route", "endpoints:\n  - meta: {}\n", "line 2, column 5");
        row("empty route", "endpoints:\n  - route:\n", "line 2, column 5");
        row("route without slash", "endpoints:\n  - route: books\n", "line 2, column 12");
        row("ttl zero", "endpoints:\n  - route: /a\n    meta: {cache: {ttl: 0}}\n", "line 3, column 25");
        row("ttl text", "endpoints:\n  - route: /a\n    meta: {cache: {ttl: soon}}\n", "line 3, column 25");
        row("cache no map", "endpoints:\n  - route: /a\n    meta: {cache: 60}\n", "line 3, column 19");
        row("unknown alias", "endpoints: *nobody\n", "line 1, column 12");
    }
    void badYaml()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, place);
        const Result<YamlRoutes> read = routesFromYaml(yaml, name);
        QVERIFY(!read);
        QCOMPARE(read.error().reason, Reason::BadYaml);
        QCOMPARE(read.error().code, Code::Input);
        QCOMPARE(read.error().subject, name);
        QVERIFY2(read.error().detail.startsWith(place), qPrintable(read.error().detail));
    }

    void strangeYamlIsRefused()
    {
        QVERIFY(!routesFromYaml("a: 1\n---\nb: 2\n", name));
        QVERIFY(!routesFromYaml(QByteArray(100'000, '['), name));
        QVERIFY(!routesFromYaml(QByteArray("- ").repeated(100'000), name));
        QVERIFY(routesFromYaml("", name)->routes.isEmpty());
        QVERIFY(routesFromYaml("# nothing\n", name)->routes.isEmpty());
        QVERIFY(routesFromYaml("endpoints:\n", name)->routes.isEmpty());
    }

    void warnings_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<int>("reason");
        QTest::addColumn<QString>("subject");
        QTest::addColumn<QString>("place");
        const auto row = [](const char* yaml, Reason reason, const char* subject, const char* place) {
            QTest::newRow(subject) << QByteArray(yaml) << static_cast<int>(reason) << QString::fromLatin1(subject)
                                   << QString::fromLatin1(place);
        };
        row("databse: {url: x}\n", Reason::UnknownYamlKey, "databse", "lightapi.yaml, line 1");
        row("endpoints:\n  - route: /a\n    meta:\n      cache: {ttl: 5, vary_on: [page]}\n", Reason::UnknownYamlKey,
            "endpoints[0].meta.cache.vary_on", "lightapi.yaml, line 4");
        row("endpoints:\n  - route: /a\n    caching: 1\n", Reason::UnknownYamlKey, "endpoints[0].caching", "lightapi.yaml, line 3");
        row("defaults:\n  cache: {ttl: 5}\n", Reason::UnknownYamlKey, "defaults.cache", "lightapi.yaml, line 2");
        row("endpoints:\n  - route: /a\n    reflect: true\n    meta:\n      cache: {ttl: 5}\n", Reason::CacheDropped, "/a",
            "lightapi.yaml, line 5");
        row("mode: async\n", Reason::AsyncUncached, "lightapi.yaml", "lightapi.yaml, line 1");
        row("endpoints:\n  - route: /v1/items\n  - route: /v2/items\n  - route: /v3/items\n", Reason::SharedClass, "ItemsEndpoint",
            "lightapi.yaml");
        row("\"<b>\\n\": 1\n", Reason::UnknownYamlKey, "<b>\\n", "lightapi.yaml, line 1");
    }
    void warnings()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(int, reason);
        const Result<YamlRoutes> read = routesFromYaml(yaml, name);
        QVERIFY2(read, qPrintable(read ? QString() : oneLine(read.error())));
        QCOMPARE(read->warnings.size(), 1);
        QCOMPARE(static_cast<int>(read->warnings.first().reason), reason);
        QTEST(read->warnings.first().subject, "subject");
        QTEST(read->warnings.first().detail, "place");
    }

    void reflectDropsTheCache()
    {
        const auto read = routesFromYaml("endpoints:\n  - route: /a\n    reflect: true\n    meta: {cache: {ttl: 5}, table: a}\n", name);
        QCOMPARE(read->routes.first().cached, Cached::No);
        QVERIFY(!read->routes.first().ttlS);
    }

    void mergedMappingsAreRead()
    {
        const auto read = routesFromYaml("endpoints:\n  - &base\n    route: /a\n    meta: {cache: {ttl: 7}}\n  - <<: *base\n    route: /b\n", name);
        QVERIFY2(read, qPrintable(read ? QString() : oneLine(read.error())));
        QCOMPARE(read->warnings, QList<Error>());
        QCOMPARE(read->routes[1].route, QByteArray("/b"));
        QCOMPARE(read->routes[1].ttlS, 7);
    }

    void arguments_data()
    {
        QTest::addColumn<QString>("argument");
        QTest::addColumn<bool>("good");
        const auto row = [](const char* argument, bool isGood) { QTest::newRow(argument) << QString::fromUtf8(argument) << isGood; };
        row("Book=/books", true);
        row("Book=/books,ttl=60", true);
        row("Book=/books,ttl=60,cached=no", true);
        row("Book=/books,cached=unknown", true);
        row("Book=/books,vary_on=page,vary_on=q", true);
        row("Book=/books,vary_on=a%2Cb%3D%25", true);
        row("B%3Dk=/a%2Cb,scheme=seed-v1", true);
        row("Book=/users/{id}/books", true);
        row("", false);
        row("Book", false);
        row("=/books", false);
        row("Book=books", false);
        row("Book=", false);
        row("Book=/books,", false);
        row("Book=/books,ttl", false);
        row("Book=/books,ttl=0", false);
        row("Book=/books,ttl=x", false);
        row("Book=/books,ttl=1,ttl=2", false);
        row("Book=/books,cached=maybe", false);
        row("Book=/books,vary_on=", false);
        row("Book=/books,speed=1", false);
        row("Book=/users/{id:int}/{rest:path}", true);
        row("Book=/{a", false);
        row("Book=/a}", false);
        row("Book=/{}", false);
        row("Book=/{a b}", false);
        row("Book=/{1}", false);
        row("Book=/{a{b}}", false);
        row("Book=/{a:}", false);
        row("Book=/{a}/{a}", false);
    }
    void arguments()
    {
        QFETCH(QString, argument);
        QFETCH(bool, good);
        const Result<Route> route = routeFromArgument(argument);
        QCOMPARE(route.has_value(), good);
        if (good) {
            QCOMPARE(argumentFromRoute(*route), argument);
        } else {
            QCOMPARE(route.error().reason, Reason::BadEndpoint);
            QVERIFY(!route.error().detail.isEmpty());
        }
    }

    void argumentNamesAreDecoded()
    {
        const Route route = routeFromArgument(QStringLiteral("B%3Dk=/a%2Cb,vary_on=a%2Cb%3D%25,ttl=5")).value();
        QCOMPARE(route.className, QByteArray("B=k"));
        QCOMPARE(route.route, QByteArray("/a,b"));
        QCOMPARE(route.varyOn, QList<QByteArray> {"a,b=%"});
        QCOMPARE(route.ttlS, 5);
        QCOMPARE(route.cached, Cached::Yes);
    }

    // Read on the thread of the window: nothing there may be waited for, or be without an end.
    void filesAlone()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.write(good) == good.size() && file.flush());
        const auto read = routesFromFile(file.fileName());
        QVERIFY2(read, read ? "" : qPrintable(oneLine(read.error())));
        QCOMPARE(read->routes.size(), 3);
        QVERIFY(file.resize(maxYamlBytes + 1));
        QCOMPARE(routesFromFile(file.fileName()).error().code, Code::Input);
        const QString pipe = folder.filePath(QStringLiteral("pipe"));
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        for (const QString& odd : {pipe, QStringLiteral("/dev/zero"), folder.path()})
            QCOMPARE(routesFromFile(odd).error().reason, Reason::FileDamaged);
        QCOMPARE(routesFromFile(folder.filePath(QStringLiteral("none"))).error().reason, Reason::FileMissing);
    }
};

QTEST_GUILESS_MAIN(TestRoutes)
#include "tst_routes.moc"
