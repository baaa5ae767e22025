// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"

#include <QRandomGenerator>
#include <QTest>

using namespace core;
using namespace core::cache;

namespace {
RouteTable table(const QStringList& endpoints, QVersionNumber release = {0, 4, 0})
{
    RouteTable routes;
    for (const QString& endpoint : endpoints)
        routes.add(routeFromArgument(endpoint).value());
    routes.setRelease(std::move(release));
    return routes;
}

RouteTable shop()
{
    return table({QStringLiteral("Book=/books,ttl=60"), QStringLiteral("Varied=/varied,vary_on=page,vary_on=q"),
        QStringLiteral("Plain=/plain,cached=no"), QStringLiteral("CachedProduct=/products,scheme=seed-v1"),
        QStringLiteral("Post=/users/{user}/posts")});
}

QByteArray firstKey(const char* target, const RouteTable& routes)
{
    const RequestForecast seen = forecast({"GET", target, {}}, routes);
    return seen.predictions.isEmpty() ? QByteArray("-") : seen.predictions.first().key;
}
}

class TestKeyScheme final : public QObject {
    Q_OBJECT
private slots:
    void parses_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QByteArray>("className");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("query"); // urlencoded
        QTest::addColumn<Confidence>("confidence");
        const auto row = [](QByteArray key, const char* scheme, Kind kind, const char* className = "", const char* path = "",
                             const char* query = "", Confidence confidence = Confidence::Exact) {
            QTest::newRow(key.toPercentEncoding(":/?=&+").constData())
                << key << QString::fromLatin1(scheme) << kind << QByteArray(className) << QByteArray(path) << QByteArray(query)
                << confidence;
        };
        constexpr auto likely = Confidence::Likely;
        constexpr auto ambiguous = Confidence::Ambiguous;
        row("lightapi:Book:/books:", "lightapi-v2", Kind::Entry, "Book", "/books");
        row("lightapi:Book:/books/7:a=x+y&b=", "lightapi-v2", Kind::Entry, "Book", "/books/7", "a=x+y&b=");
        row("lightapi:Report.V2Endpoint:/report.v2:", "lightapi-v2", Kind::Entry, "Report.V2Endpoint", "/report.v2");
        row("lightapi:Other:/a:b:", "lightapi-v2", Kind::Entry, "Other", "/a:b", "", ambiguous);
        row("lightapi:Varied:/varied:", "lightapi-v2", Kind::Entry, "Varied", "/varied");
        row("lightapi:Varied:/varied/3:page=1", "lightapi-v2", Kind::Entry, "Varied", "/varied/3", "page=1");
        row("lightapi:Varied:/varied:q=a&b:c", "lightapi-v2", Kind::Entry, "Varied", "/varied", "q=a%26b%3Ac");
        row("lightapi:Varied:/varied:page=1&q=2", "lightapi-v2", Kind::Entry, "Varied", "/varied", "page=1&q=2", likely);
        row("lightapi:Varied:/varied:q=1&page=2", "lightapi-v2", Kind::Entry, "Varied", "/varied", "q=1&page=2", ambiguous);
        row("lightapi:Varied:/varied:q=\r\n", "lightapi-v2", Kind::Entry, "Varied", "/varied", "q=%0D%0A");
        row("lightapi:Varied:/elsewhere:q=a:b", "lightapi-v2", Kind::Entry, "Varied", "/elsewhere", "q=a%3Ab", ambiguous);
        row("lightapi:Varied:/varied:old=1", "lightapi-v2", Kind::Entry, "Varied", "/varied", "old=1");
        row("lightapi:New:/new:q=a b", "lightapi-v2", Kind::Entry, "New", "/new", "q=a+b", likely);
        row("lightapi:New:/new:page=1&q=a b", "lightapi-v2", Kind::Entry, "New", "/new", "page=1&q=a+b", ambiguous);
        row("lightapi:Book:/books", "", Kind::Unknown);
        row("lightapi:/books:", "seed-v1", Kind::Entry, "lightapi", "/books:", "", likely);
        row("lightapi:Book", "", Kind::Unknown);
        row("lightapi:5f4dcc3b5aa765d61d8327deb882cf99", "", Kind::Unknown);
        row("CachedProduct:/products", "seed-v1", Kind::Entry, "CachedProduct", "/products", "", likely);
        row("CachedProduct:/products?a=1&b=x y", "seed-v1", Kind::Entry, "CachedProduct", "/products", "a=1&b=x+y", likely);
        row("CachedProduct:/products?a=1&b", "seed-v1", Kind::Entry, "CachedProduct", "/products", "a=1&b=", ambiguous);
        row("CachedProduct:/products?a==b", "seed-v1", Kind::Entry, "CachedProduct", "/products", "a=%3Db", ambiguous);
        row("P:/products?x=1?x=1", "seed-v1", Kind::Entry, "P", "/products", "x=1", likely);
        row("shop.api.Product:/p", "seed-v1", Kind::Entry, "shop.api.Product", "/p", "", likely);
        row("https://x/y", "seed-v1", Kind::Entry, "https", "//x/y", "", ambiguous);
        row("two words:/p", "", Kind::Unknown);
        row(":/p", "", Kind::Unknown);
        row("item:7", "hierarchical", Kind::Entry, "", "", "", likely);
        row("item:", "", Kind::Unknown);
        row("category:3:items", "hierarchical", Kind::Entry, "", "", "", likely);
        row("category::items", "", Kind::Unknown);
        row("category:items", "", Kind::Unknown);
        row("all_items", "hierarchical", Kind::Entry, "", "", "", likely);
        row("health_check", "health", Kind::Health, "", "", "", likely);
        row("cachelight:probe:health:1", "probe", Kind::Probe);
        row("tag:table:products", "tag", Kind::TagIndex);
        row("tag:mine", "tag", Kind::TagIndex, "", "", "", likely);
        row("tag:", "", Kind::Unknown);
        row("lock:CachedProduct:/products", "lock", Kind::Lock);
        row("lock:whatever", "lock", Kind::Lock, "", "", "", likely);
        row("", "", Kind::Unknown);
        row(QByteArray("a\0b", 3), "", Kind::Unknown);
        row("<img src=x>:/a", "", Kind::Unknown);
        row("\xFF\xFE:/a", "seed-v1", Kind::Entry, "\xFF\xFE", "/a", "", likely);
    }
    void parses()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, query);
        const ParsedKey parsed = parseKey(key, shop());
        QCOMPARE(parsed.raw, key);
        QTEST(parsed.scheme, "scheme");
        QTEST(parsed.kind, "kind");
        if (parsed.kind == Kind::Unknown)
            return;
        QTEST(parsed.className.value_or(""), "className");
        QTEST(parsed.path.value_or(""), "path");
        QTEST(parsed.confidence, "confidence");
        QCOMPARE(encodeQuery(parsed.query), query);
    }

    void tagsAndLocksNameTheirs()
    {
        QCOMPARE(*parseKey("tag:endpoint:Book", {}).tag, QByteArray("endpoint:Book"));
        const ParsedKey lock = parseKey("lock:lightapi:Book:/books:a=1", {});
        QCOMPARE(*lock.inner->className, QByteArray("Book"));
        QCOMPARE(lock.inner->raw, QByteArray("lightapi:Book:/books:a=1"));
        QVERIFY(parseKey("P:/products?x=1?x=1", {}).notes.contains(QStringLiteral("doubled by warmer")));
    }

    void nestedLocksEnd()
    {
        const ParsedKey lock = parseKey(QByteArray("lock:").repeated(200'000), {});
        QCOMPARE(lock.kind, Kind::Lock);
        QCOMPARE(lock.inner->kind, Kind::Unknown);
    }

    void otherSchemesAreNamed()
    {
        const ParsedKey parsed = parseKey("lock:/a", {});
        QCOMPARE(parsed.scheme, QStringLiteral("lock"));
        QCOMPARE(parsed.alternatives, QStringList {QStringLiteral("seed-v1")});
    }

    void hostileKeysCostLittle_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("colons") << "lightapi:Varied:/" + QByteArray(2'000'000, ':');
        QTest::newRow("ampersands") << "lightapi:Varied:/varied:page=" + QByteArray(2'000'000, '&');
        QTest::newRow("class colons") << "lightapi:" + QByteArray(2'000'000, ':') + "/:";
        QTest::newRow("percent") << "lightapi:Book:/books:" + QByteArray(2'000'000, '%');
        QTest::newRow("slashes") << "lightapi:Post:/users" + QByteArray(2'000'000, '/') + ':';
        QTest::newRow("seed") << "P:/p?" + QByteArray(2'000'000, '&');
    }
    void hostileKeysCostLittle()
    {
        QFETCH(QByteArray, key);
        const RouteTable routes = shop();
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(parseKey(key, routes).raw, key);
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
    }

    void randomKeysKeepTheirBytes()
    {
        QRandomGenerator random(7);
        const RouteTable routes = shop();
        const QList<QByteArray> parts {"lightapi:", "Varied", "Book", ":/", "/varied", "/books", ":", "page=", "q=", "&", "=", "?",
            "lock:", "tag:", "item:", "%41", "+", "\n", QByteArray("\0", 1), "\xFF", "1", "{"};
        for (int i = 0; i < 30'000; ++i) {
            QByteArray key;
            for (int n = random.bounded(12); n > 0; --n)
                key += parts[random.bounded(static_cast<int>(parts.size()))];
            const ParsedKey parsed = parseKey(key, routes);
            QCOMPARE(parsed.raw, key);
            QCOMPARE(parsed.scheme.isEmpty(), parsed.kind == Kind::Unknown);
            if (parsed.scheme == QStringLiteral("lightapi-v2")) {
                const QByteArray head = "lightapi:" + *parsed.className + ':' + *parsed.path + ':';
                QVERIFY(key.startsWith(head));
                const QByteArray rest = key.sliced(head.size());
                QByteArray decoded;
                for (const auto& [name, value] : parsed.query)
                    decoded += (decoded.isEmpty() ? "" : "&") + name + '=' + value;
                if (parsed.confidence != Confidence::Ambiguous && parsed.notes.isEmpty())
                    QVERIFY(rest == encodeQuery(parsed.query) || rest == decoded);
            }
        }
    }

    void predicts_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("key");
        const auto row = [](const char* target, QByteArray key) { QTest::newRow(target) << QByteArray(target) << key; };
        row("/books", "lightapi:Book:/books:");
        row("/books?", "lightapi:Book:/books:");
        row("/%62ooks/07?b=2&a=1", "lightapi:Book:/books/07:b=2&a=1");
        row("/books/", "-");
        row("/books/x", "-");
        row("/bookstore", "-");
        row("/books/1/2", "-");
        row("/plain", "-");
        row("/varied?page=1%26q%3D2", "lightapi:Varied:/varied:page=1&q=2");
        row("/varied?q=%00&page=2&x=1", QByteArray("lightapi:Varied:/varied:page=2&q=\0", 34));
        row("/products?a=1&a=2&b=3&a=4", "CachedProduct:/products?a=4&b=3");
        row("/products", "CachedProduct:/products");
        row("/products?a=1%26b%3D2", "CachedProduct:/products?a=1&b=2");
        row("/users/5/posts", "lightapi:Post:/users/5/posts:");
        row("/users/5/posts/9", "lightapi:Post:/users/5/posts/9:");
        row("/users/a%3Fb/posts", "lightapi:Post:/users/a:");
        row("/users/5/6/posts", "-");
        row("/unknown", "-");
        row("books", "-");
        row("/a\r\nb", "-");
    }
    void predicts()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, key);
        QCOMPARE(firstKey(target.constData(), shop()), key);
    }

    void whatIsNotCachedKeepsItsKey()
    {
        const RequestForecast plain = forecast({"GET", "/plain?a=1", {}}, shop());
        QCOMPARE(plain.cached, Cached::No);
        QVERIFY(plain.predictions.isEmpty());
        QCOMPARE(*plain.wouldBeKey, QByteArray("lightapi:Plain:/plain:a=1"));
        const RequestForecast unknown = forecast({"GET", "/nowhere", {}}, shop());
        QCOMPARE(unknown.cached, Cached::Unknown);
        QVERIFY(!unknown.wouldBeKey && !unknown.route);
    }

    void effects_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("pattern"); // empty: none
        const QByteArray all("lightapi:Book:*");
        const auto row = [](const char* method, const char* target, const QByteArray& pattern) {
            QTest::addRow("%s %s", method, target) << QByteArray(method) << QByteArray(target) << pattern;
        };
        row("GET", "/books", {});
        row("HEAD", "/books", all);
        row("HEAD", "/books/1", all);
        row("POST", "/books?x=1", all);
        row("PUT", "/books/1", all);
        row("PATCH", "/books/1", all);
        row("DELETE", "/books/1", all);
        row("OPTIONS", "/books", {});
        row("POST", "/books/1", {}); // refused by the router
        row("DELETE", "/books", {});
        row("HEAD", "/plain", {});
        row("HEAD", "/products", {});
        row("HEAD", "/nowhere", {});
    }
    void effects()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, pattern);
        const RequestForecast seen = forecast({method, target, {}}, shop());
        QCOMPARE(seen.effects.size(), pattern.isEmpty() ? 0 : 1);
        if (!pattern.isEmpty()) {
            QCOMPARE(seen.effects.first().pattern, pattern);
            QCOMPARE(seen.effects.first().effect, QStringLiteral("purge"));
        }
        if (method != "GET") {
            QVERIFY(seen.predictions.isEmpty());
            QVERIFY(seen.cached != Cached::Yes);
        }
    }

    void releasesDiffer()
    {
        const QStringList varied {QStringLiteral("Varied=/varied,vary_on=page")};
        QCOMPARE(firstKey("/varied?x=1", table(varied, {0, 2, 1})), QByteArray("lightapi:Varied:/varied:x=1"));
        QCOMPARE(firstKey("/varied?x=1", table(varied, {0, 3, 0})), QByteArray("lightapi:Varied:/varied:"));
        // Before 0.1.13 nothing is stored under these keys.
        QCOMPARE(forecast({"GET", "/varied", {}}, table(varied, {0, 1, 12})).cached, Cached::Unknown);
        QCOMPARE(firstKey("/varied", table(varied, {0, 1, 12})), QByteArray("-"));
    }

    void everySchemeHasItsOwnId()
    {
        QStringList ids;
        for (const auto& scheme : allSchemes())
            ids << scheme->id();
        QCOMPARE(ids.removeDuplicates(), 0);
        QCOMPARE(ids.size(), 7);
    }
};

QTEST_GUILESS_MAIN(TestKeyScheme)
#include "tst_keyscheme.moc"
