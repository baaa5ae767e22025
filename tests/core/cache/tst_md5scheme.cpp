// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keyscheme.h"
#include "core/cache/pythonjson.h"
#include "core/cache/querycodec.h"

#include <QTest>

using namespace core;
using namespace core::cache;

// LightAPI 0.1.3 to 0.1.6: vectors made by CPython's hashlib and json over what core.py hashes.
class TestMd5Scheme final : public QObject {
    Q_OBJECT
private:
    static RouteTable books(const QVersionNumber& release = {0, 1, 5}, const QString& endpoint = QStringLiteral("Book=/books"))
    {
        RouteTable routes;
        routes.add(routeFromArgument(endpoint).value());
        routes.add(routeFromArgument(QStringLiteral("Word=/b/{word}")).value());
        routes.setRelease(release);
        return routes;
    }
    static Request request(const QByteArray& target)
    {
        return {"GET", target, {}, {"http://localhost:8000"}};
    }
    static QByteArrayList keysOf(const Request& request, const RouteTable& routes)
    {
        QByteArrayList keys;
        for (const Prediction& prediction : forecast(request, routes).predictions)
            keys << prediction.key;
        return keys;
    }

private slots:
    void dumpsAsPython_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("dumped");
        const auto row = [](const QByteArray& json, const QByteArray& dumped) { QTest::newRow(json.constData()) << json << dumped; };
        row("{\"b\":1,\"a\":2}", "{\"a\": 2, \"b\": 1}");
        row("{\"a\":1,\"a\":2}", "{\"a\": 2}");
        row("{\"a\":{\"z\":[1,2,{\"y\":null,\"x\":true}]}}", "{\"a\": {\"z\": [1, 2, {\"x\": true, \"y\": null}]}}");
        row("\"caf\\u00e9 \xF0\x9F\x98\x80 \\u007f/\\n\"", "\"caf\\u00e9 \\ud83d\\ude00 \\u007f/\\n\"");
        row("\"\\b\\f\\r\\t\\\\\\\"\"", "\"\\b\\f\\r\\t\\\\\\\"\"");
        row("[1.0,1.10,1e5,1.8e308,-1.8e308,1e-400]", "[1.0, 1.1, 100000.0, Infinity, -Infinity, 0.0]");
        row("[1e16,1e15,123456789012345678901234567890]", "[1e+16, 1000000000000000.0, 123456789012345678901234567890]");
        row("[0.0001,0.00001,1.5e-7,-0,-0.0,1e22,5e-324]", "[0.0001, 1e-05, 1.5e-07, 0, -0.0, 1e+22, 5e-324]");
        row("[0.1,100.0,12345678.9,123456.789e3,9007199254740993.0]", "[0.1, 100.0, 12345678.9, 123456789.0, 9007199254740992.0]");
        row("[1.7976931348623157e308,2e-7]", "[1.7976931348623157e+308, 2e-07]");
        row("{\"\\uffff\":1,\"\\ud800\\udc00\":2,\"z\":3}", "{\"z\": 3, \"\\uffff\": 1, \"\\ud800\\udc00\": 2}");
        row(" { } ", "{}");
        row("[ [ ] , { } ]", "[[], {}]");
        row("\"\\/\"", "\"/\"");
    }
    void dumpsAsPython()
    {
        QFETCH(QByteArray, json);
        QTEST(pythonJson(json).value_or("-"), "dumped");
    }

    void refusesWhatIsNoJson()
    {
        for (const char* text : {"", "NaN", "{'a':1}", "[1,]", "\"\xFF\"", "1 2"})
            QVERIFY2(!pythonJson(text), text);
    }

    void predicts()
    {
        QCOMPARE(keysOf(request("/books"), books()), QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3"});
        QCOMPARE(keysOf(request("/books?b=2&a=x%20y"), books()), QByteArrayList {"676bcff64da6fa1d130fef25f3eebffb"});
        QCOMPARE(keysOf(request("/%62ooks?"), books()), QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3"});
        QCOMPARE(keysOf(request("/b/caf%C3%A9"), books()), QByteArrayList {"fd2ae4c0611a26f12e2b15a02c57b2f2"});
        // A route of its own was needed for a detail.
        QVERIFY(keysOf(request("/books/7"), books()).isEmpty());
    }

    void eachNameOfTheServerHasItsKey()
    {
        Request both = request("/books");
        both.origins << "https://shop.example";
        QCOMPARE(keysOf(both, books()), (QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3", "0b7a2e17cb132a5ebac39ac4474c0e56"}));
        both.origins.clear();
        QVERIFY(keysOf(both, books()).isEmpty());
    }

    void bodiesOfWritesAreHashed()
    {
        Request post = request("/books");
        post.jsonBody = "{ \"title\":\"caf\xC3\xA9\", \"n\":1.50, \"a\":[1,null,true] }";
        QCOMPARE(keysOf(post, books()), QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3"}); // that of a GET is not read
        post.method = "POST";
        const RequestForecast seen = forecast(post, books());
        QCOMPARE(seen.cached, Cached::Unknown); // what caching_method_names lists
        QCOMPARE(seen.predictions.first().key, QByteArray("504e7c4f953837ddf144fbf3cbdd3394"));
        QCOMPARE(seen.predictions.first().confidence, Confidence::Likely);
        for (const char* falsy : {"", "{}", "[]", "0", "0e7", "-0.0", "null", "false", "\"\""}) {
            post.jsonBody = falsy;
            QCOMPARE(keysOf(post, books()), QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3"});
        }
    }

    void whatIsNoStrictJsonIsNotPredicted()
    {
        Request post = request("/books");
        post.method = "POST";
        for (const char* body : {"[NaN]", "{broken", "[1E400]", "{\"a\": -Infinity}", "\"\\ud800\""}) {
            post.jsonBody = body;
            QVERIFY2(keysOf(post, books()).isEmpty(), body);
        }
    }

    void releasesAndRoutesDecide()
    {
        QVERIFY(keysOf(request("/books"), books({0, 1, 2})).isEmpty());
        QVERIFY(keysOf(request("/books"), books({0, 1, 7})).isEmpty());
        QCOMPARE(keysOf(request("/books"), books({0, 1, 3})), QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3"});
        QCOMPARE(keysOf(request("/books"), books({0, 1, 6})), QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3"});
        QCOMPARE(keysOf(request("/books"), books({0, 4, 0})), QByteArrayList {"lightapi:Book:/books:"});
        QCOMPARE(keysOf(request("/books"), books({0, 4, 0}, QStringLiteral("Book=/books,scheme=md5-v1"))), QByteArrayList {"3d932cc30a2583090941c1a5514ba4c3"});
        const Prediction first = forecast(request("/books"), books()).predictions.first();
        QCOMPARE(first.scheme, QStringLiteral("md5-v1"));
        QCOMPARE(first.ttlS, std::optional<qint64>(3600));
        QVERIFY(forecast({"HEAD", "/books"}, books()).effects.isEmpty());
    }

    void parses()
    {
        const QByteArray key("5f4dcc3b5aa765d61d8327deb882cf99");
        QCOMPARE(parseKey(key, books()).scheme, QStringLiteral("md5-v1"));
        QCOMPARE(parseKey(key, books()).confidence, Confidence::Likely);
        QCOMPARE(parseKey(key, books({0, 4, 0})).confidence, Confidence::Ambiguous);
        QCOMPARE(parsedInDetail(key, books()).confidence, Confidence::Ambiguous);
        QVERIFY(parsedInDetail(key, books()).notes.value(0).contains(QStringLiteral("not in the key")));
        for (const QByteArray& other : {key.toUpper(), key.first(31), QByteArray(key + '0'), QByteArray(key).replace('f', 'g')})
            QCOMPARE(parseKey(other, books()).kind, Kind::Unknown);
    }

    void origins_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("origin"); // empty: refused
        const auto row = [](const char* url, const char* origin) { QTest::newRow(url) << QString::fromLatin1(url) << QByteArray(origin); };
        row("http://localhost:8000", "http://localhost:8000");
        row("http://localhost:80/", "http://localhost");
        row("https://shop.example:443/api/", "https://shop.example");
        row("https://shop.example:80", "https://shop.example:80");
        row("http://[::1]:8000", "http://[::1]:8000");
        row("http://user:secret@h", "http://h");
        row("localhost:8000", "");
        row("ftp://h", "");
        row("http://", "");
        row("http://a b", "");
        row("", "");
    }
    void origins()
    {
        QFETCH(QString, url);
        const auto origin = originFromUrl(url);
        QTEST(origin.value_or(QByteArray()), "origin");
        if (!origin)
            QCOMPARE(origin.error().reason, Reason::BadApiUrl);
    }
};

QTEST_GUILESS_MAIN(TestMd5Scheme)
#include "tst_md5scheme.moc"
