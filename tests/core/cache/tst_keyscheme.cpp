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
        QStringLiteral("Post=/users/{user}/posts"), QStringLiteral("SmartOne=/smart,scheme=smart")});
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
        row("Smart:/s:user:7", "smart", Kind::Entry, "Smart", "/s", "", likely);
        row("Smart:/s:user:None:a=1", "smart", Kind::Entry, "Smart", "/s", "a=1", likely);
        row("Smart:/s:a=1&b=x y", "smart", Kind::Entry, "Smart", "/s", "a=1&b=x+y", likely);
        row("Smart:/s:a=1&b=2?", "smart", Kind::Entry, "Smart", "/s", "a=1&b=2%3F", likely);
        row("Smart:/s:user:7:a=x:y", "seed-v1", Kind::Entry, "Smart", "/s:user:7:a=x:y", "", ambiguous);
        row("Smart:/s:b=1&a=2", "seed-v1", Kind::Entry, "Smart", "/s:b=1&a=2", "", ambiguous);
        row("Smart:/s:user:", "seed-v1", Kind::Entry, "Smart", "/s:user:", "", ambiguous);
        row("5f4dcc3b5aa765d61d8327deb882cf99", "md5-v1", Kind::Entry, "", "", "", ambiguous);
        row("https://x/y", "seed-v1", Kind::Entry, "https", "//x/y", "", ambiguous);
        row("two words:/p", "", Kind::Unknown);
        row(":/p", "", Kind::Unknown);
        row("item:7", "hierarchical", Kind::Entry, "", "", "", likely);
        row("item:", "", Kind::Unknown);
        row("category:3:items", "hierarchical", Kind::Entry, "", "", "category_id=3", likely);
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
        QCOMPARE(parsed.alternatives, (QStringList {QStringLiteral("seed-v1"), QStringLiteral("smart")}));
    }

    void twoReadingsAreNamed()
    {
        const ParsedKey plain = parseKey("P:/p", {});
        QCOMPARE(plain.scheme, QStringLiteral("seed-v1"));
        QCOMPARE(plain.alternatives, QStringList {QStringLiteral("smart")});
        RouteTable routes;
        routes.add(routeFromArgument(QStringLiteral("P=/p,scheme=smart")).value());
        const ParsedKey known = parseKey("P:/p", routes);
        QCOMPARE(known.scheme, QStringLiteral("smart"));
        QCOMPARE(known.confidence, Confidence::Exact);
        QCOMPARE(known.alternatives, QStringList {QStringLiteral("seed-v1")});
        const ParsedKey user = parseKey("P:/p:user:a b:x=1", {});
        QCOMPARE(*user.user, QByteArray("a b"));
    }

    void otherReadings_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QStringList>("others"); // scheme path query user
        const auto row = [](const char* key, std::initializer_list<const char*> others) {
            QStringList texts;
            for (const char* other : others)
                texts << QString::fromLatin1(other);
            QTest::newRow(key) << QByteArray(key) << texts;
        };
        row("lightapi:Book:/books:a=1", {});
        row("lightapi:Other:/a:b:", {}); // "b:" is no query
        row("lightapi:Other:/a:x=1:y=2", {"lightapi-v2 /a x=1%3Ay%3D2 -"});
        row("lightapi:Varied:/varied:q=a:b", {});
        row("P:/p", {"smart /p  -"});
        row("P:/p:user:7:a=1", {"seed-v1 /p:user:7:a=1  -", "smart /p  7:a=1"});
        row("lock:lightapi:Other:/a:b:", {});
        row("item:7", {});
    }
    void otherReadings()
    {
        QFETCH(QByteArray, key);
        QStringList others;
        for (const ParsedKey& other : core::cache::otherReadings(parsedInDetail(key, shop()), shop()))
            others << QStringList {other.scheme, QString::fromLatin1(other.path.value_or("-")), QString::fromLatin1(encodeQuery(other.query)),
                QString::fromLatin1(other.user.value_or("-"))}.join(u' ');
        QTEST(others, "others");
    }

    // predict(parse(key)): what does not come back is Ambiguous and says what would.
    void detailAsksAgain_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<Confidence>("confidence");
        QTest::addColumn<QString>("note"); // a part of one; empty: none
        const auto row = [](const QByteArray& key, Confidence confidence, const char* note = "") {
            QTest::newRow(key.toPercentEncoding(":/?=&+").constData()) << key << confidence << QString::fromUtf8(note);
        };
        constexpr auto exact = Confidence::Exact;
        constexpr auto likely = Confidence::Likely;
        constexpr auto ambiguous = Confidence::Ambiguous;
        row("lightapi:Book:/books:a=1&a=2", exact);
        row("lightapi:Book:/books/7:", exact);
        row("lightapi:Book:/elsewhere:", exact);
        row("lightapi:New:/new:a=1", exact);
        row("lightapi:New:/a{b}:a=1", exact);
        row("lightapi:New:/caf\xC3\xA9:", exact);
        row("lightapi:New:/\xFF:", ambiguous, "no request makes it");
        row("lightapi:New:/a?b:", ambiguous, "another key: lightapi:New:/a:");
        row("lightapi:Varied:/varied:page=1&q=2", likely);
        row("lightapi:Varied:/varied:old=1", ambiguous, "another key: lightapi:Varied:/varied:");
        row("lightapi:Varied:/varied:q=1&page=2", ambiguous, "another key: lightapi:Varied:/varied:page=2&q=1");
        row("lightapi:New:/new:q=a b", ambiguous, "another key: lightapi:New:/new:q=a+b");
        row("CachedProduct:/products?a=1&b=x y", likely);
        row("Unknown:/u?a=1", likely);
        row("P:/products?x=1?x=1", ambiguous, "another key");
        row("Book:/books", ambiguous, "no request makes it");
        row("Smart:/s:user:7:a=1", likely);
        row("Smart:/s:user:None", likely);
        row("item:7", likely);
        row("category:3:items", likely);
        row("5f4dcc3b5aa765d61d8327deb882cf99", ambiguous, "not in the key");
        row("cachelight:probe:health:1", exact);
        row("tag:endpoint:Book", exact);
        row("nothing known", likely);
    }
    void detailAsksAgain()
    {
        QFETCH(QByteArray, key);
        QFETCH(QString, note);
        const ParsedKey parsed = parsedInDetail(key, shop());
        QTEST(parsed.confidence, "confidence");
        const QString notes = parsed.notes.join(u'|');
        QVERIFY2(note.isEmpty() || notes.contains(note), qPrintable(notes));
        QCOMPARE(notes.contains(QStringLiteral("another key")), note.contains(QStringLiteral("another key")));
    }

    void detailLooksInsideLocks()
    {
        const ParsedKey lock = parsedInDetail("lock:lightapi:Varied:/varied:old=1", shop());
        QCOMPARE(lock.confidence, Confidence::Exact);
        QCOMPARE(lock.inner->confidence, Confidence::Ambiguous);
    }

    void policiesAreKnown()
    {
        QCOMPARE(policyTtlS(parseKey("lightapi:Book:/books/7:", shop()), shop()), std::optional<qint64>(60));
        QCOMPARE(policyTtlS(parseKey("item:7", shop()), shop()), std::optional<qint64>(7200));
        QCOMPARE(policyTtlS(parseKey("lightapi:Other:/books:", shop()), shop()), std::nullopt);
        QCOMPARE(policyTtlS(parseKey("tag:x", shop()), shop()), std::nullopt);
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
        QTest::newRow("smart") << "P:/p:" + QByteArray("a=1:").repeated(500'000);
        QTest::newRow("category") << "category:" + QByteArray(":items").repeated(500'000);
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
            "lock:", "tag:", "item:", "user:", "5f4dcc3b5aa765d61d8327deb882cf99", "%41", "+", "\n", QByteArray("\0", 1), "\xFF", "1", "{"};
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
        row("/smart", "SmartOne:/smart");
        row("/smart?b=2&a=1&b=3", "SmartOne:/smart:a=1&b=3");
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

    void usersAreInSmartKeys()
    {
        QCOMPARE(forecast({"GET", "/smart?a=1", "7"}, shop()).predictions.first().key, QByteArray("SmartOne:/smart:user:7:a=1"));
        QCOMPARE(forecast({"GET", "/smart", ""}, shop()).predictions.first().key, QByteArray("SmartOne:/smart:user:None"));
        QCOMPARE(forecast({"GET", "/books", "7"}, shop()).predictions.first().key, QByteArray("lightapi:Book:/books:"));
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
        QCOMPARE(ids.size(), 9);
    }
};

QTEST_GUILESS_MAIN(TestKeyScheme)
#include "tst_keyscheme.moc"
