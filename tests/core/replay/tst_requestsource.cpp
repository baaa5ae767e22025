// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/replay/requestsource.h"

#include <QTest>

using namespace core;
using namespace core::replay;
using Kind = SourcedRequest::Kind;

class TestRequestSource final : public QObject {
    Q_OBJECT
private:
    static cache::RouteTable routes()
    {
        cache::RouteTable table;
        cache::Route book;
        book.className = "Book";
        book.route = "/books";
        book.cached = cache::Cached::Yes;
        table.add(book);
        cache::Route varied = book;
        varied.className = "Varied";
        varied.route = "/varied";
        varied.varyOn = {"page", "q"};
        table.add(varied);
        return table;
    }

private slots:
    void fromText_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<bool>("isForeign");
        QTest::newRow("curl") << QByteArray("curl 'http://api:8000/books?a=%20' -H 'X-A: 1'") << int(Kind::Curl) << QByteArray("GET") << QByteArray("/books?a=%20") << false;
        QTest::newRow("curl with prompt") << QByteArray("  $ curl http://other/books\n") << int(Kind::Curl) << QByteArray("GET") << QByteArray("/books") << true;
        QTest::newRow("shell tricks are text") << QByteArray("curl 'http://api:8000/$(id)`id`;x'") << int(Kind::Curl) << QByteArray("GET") << QByteArray("/$(id)`id`;x") << false;
        QTest::newRow("URL") << QByteArray("http://API:8000/a/../b?x=1#y") << int(Kind::Url) << QByteArray("GET") << QByteArray("/a/../b?x=1") << false;
        QTest::newRow("URL elsewhere") << QByteArray("https://api:8000/b") << int(Kind::Url) << QByteArray("GET") << QByteArray("/b") << true;
        QTest::newRow("target") << QByteArray(" /books?page=1 \n") << int(Kind::Target) << QByteArray("GET") << QByteArray("/books?page=1") << false;
        QTest::newRow("log") << QByteArray("1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] \"GET /books?page=2 HTTP/1.1\" 200 5") << int(Kind::LogLine) << QByteArray("GET")
                             << QByteArray("/books?page=2") << false;
        QTest::newRow("log as JSON") << QByteArray("{\"request\":\"GET /b HTTP/1.1\",\"status\":200}") << int(Kind::LogLine) << QByteArray("GET") << QByteArray("/b") << false;
    }
    void fromText()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, kind);
        const auto sourced = requestFromText(text);
        QVERIFY2(sourced, sourced ? "" : qPrintable(oneLine(sourced.error())));
        QCOMPARE(int(sourced->kind), kind);
        QTEST(sourced->request.method, "method");
        QTEST(sourced->request.target, "target");
        QTEST(sourced->isForeign(QStringLiteral("http://api:8000")), "isForeign");
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("reason");
        QTest::newRow("nothing") << QByteArray() << int(Reason::BadLogLine);
        QTest::newRow("prose") << QByteArray("please send it") << int(Reason::BadLogLine);
        QTest::newRow("target with a space") << QByteArray("/a b") << int(Reason::BadTarget);
        QTest::newRow("file") << QByteArray("curl file:///etc/passwd") << int(Reason::BadWebUrl);
        QTest::newRow("HEAD by curl") << QByteArray("curl -I http://api/b") << int(Reason::HeadRefused);
        QTest::newRow("HEAD by a log") << QByteArray("1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] \"HEAD /b HTTP/1.1\" 200 5") << int(Reason::HeadRefused);
        QTest::newRow("two lines of curl") << QByteArray("curlish") << int(Reason::BadCurl);
    }
    void refused()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, reason);
        const auto sourced = requestFromText(text);
        QVERIFY(!sourced);
        QCOMPARE(int(sourced.error().reason), reason);
    }

    // Named, so that they can be asked about; left out unless somebody says so.
    void credentials()
    {
        const auto curl = requestFromText("curl -u me:secret-1 -b 'session=secret-2' -H 'X-Api-Key: secret-3' -H 'Accept: a/b' http://other/x");
        QVERIFY(curl);
        QCOMPARE(curl->credentialNames().size(), 3);
        QVERIFY(curl->credentialNames().contains(QStringLiteral("Authorization")));
        QVERIFY(!(curl->warnings + curl->credentialNames()).join(u' ').contains(QStringLiteral("secret-")));
        QCOMPARE(curl->withoutCredentials().headers, (http::Headers {{"Accept", "a/b"}}));
        const auto url = requestFromText("http://me:p%40ss@other/x");
        QVERIFY(url);
        QCOMPARE(url->request.headers, (http::Headers {{"Authorization", "Basic " + QByteArray("me:p@ss").toBase64()}}));
        QVERIFY(url->isForeign(QStringLiteral("http://api")));
        QVERIFY(url->withoutCredentials().headers.isEmpty());
    }

    void logOfAWritingMethod()
    {
        const auto sourced = requestFromText("1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] \"DELETE /b HTTP/1.1\" 200 5");
        QVERIFY(sourced);
        QCOMPARE(sourced->request.method, QByteArray("DELETE"));
        QCOMPARE(sourced->warnings.size(), 1);
    }

    // The key is predicted again for what comes of it, or there is none.
    void fromKey_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("target"); // empty: none
        QTest::newRow("plain") << QByteArray("lightapi:Book:/books:") << QByteArray("/books");
        QTest::newRow("encoded again") << QByteArray("lightapi:Book:/books:q=a+b%26c&page=1") << QByteArray("/books?q=a+b%26c&page=1");
        QTest::newRow("path that must be encoded") << QByteArray("lightapi:Book:/books/caf\xc3\xa9 1:") << QByteArray("/books/caf%C3%A9%201");
        QTest::newRow("class that is not known") << QByteArray("lightapi:Other:/others:a=1") << QByteArray("/others?a=1");
        QTest::newRow("varied") << QByteArray("lightapi:Varied:/varied:page=1") << QByteArray("/varied?page=1");
        QTest::newRow("not encoded as LightAPI does") << QByteArray("lightapi:Book:/books:q=a b") << QByteArray();
        QTest::newRow("a tag") << QByteArray("tag:books") << QByteArray();
        QTest::newRow("something else") << QByteArray("session:1") << QByteArray();
        QTest::newRow("nothing") << QByteArray() << QByteArray();
        QTest::newRow("a hash") << QByteArray("lightapi:0123456789abcdef0123456789abcdef") << QByteArray();
    }
    void fromKey()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, target);
        const auto sourced = requestFromKey(key, routes());
        if (target.isEmpty()) {
            QVERIFY2(!sourced, sourced ? sourced->request.target.constData() : "");
            QCOMPARE(sourced.error().reason, Reason::KeyWithoutRequest);
            QVERIFY(!sourced.error().detail.isEmpty());
            return;
        }
        QVERIFY2(sourced, sourced ? "" : qPrintable(oneLine(sourced.error())));
        QCOMPARE(sourced->request.target, target);
        QCOMPARE(sourced->request.method, QByteArray("GET"));
        const auto forecast = cache::forecast({"GET", target, {}}, routes());
        if (forecast.route)
            QCOMPARE(forecast.predictions.first().key, key);
    }

    // "page=1&q=2" of K2v is one parameter or two: both make the key.
    void collidingKey()
    {
        const auto sourced = requestFromKey("lightapi:Varied:/varied:page=1&q=2", routes());
        QVERIFY(sourced);
        const auto forecast = cache::forecast({"GET", sourced->request.target, {}}, routes());
        QCOMPARE(forecast.predictions.first().key, QByteArray("lightapi:Varied:/varied:page=1&q=2"));
    }
};

QTEST_GUILESS_MAIN(TestRequestSource)
#include "tst_requestsource.moc"
