// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/sitemap.h"
#include "core/replay/sitemapwalk.h"
#include "tests/support/listserver.h"

#include <QElapsedTimer>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>

#include <atomic>

#include <zlib.h>

using namespace core;
using namespace core::replay;

class TestSitemap final : public QObject {
    Q_OBJECT
    static QByteArray entries(const QByteArray& element, const QByteArrayList& locations)
    {
        QByteArray out;
        for (const QByteArray& location : locations)
            out += '<' + element + "><loc>" + location + "</loc></" + element + ">\n";
        return out;
    }
    static QByteArray pages(const QByteArrayList& locations)
    {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n" + entries("url", locations) + "</urlset>\n";
    }
    static QByteArray index(const QByteArrayList& locations)
    {
        return "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">" + entries("sitemap", locations) + "</sitemapindex>";
    }
    static QByteArray gzip(const QByteArray& bytes)
    {
        z_stream stream {};
        deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
        QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(bytes.size()))) + 64, Qt::Uninitialized);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream.avail_in = static_cast<uInt>(bytes.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        deflate(&stream, Z_FINISH);
        out.truncate(static_cast<qsizetype>(stream.total_out));
        deflateEnd(&stream);
        return out;
    }
    struct Walked {
        SitemapFound found;
        Result<void> outcome;
    };
    static Walked walk(const ListServer& server, SitemapWalk::Options options)
    {
        http::Client client({.baseUrl = server.url()});
        SitemapWalk job(&client, std::move(options));
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        if (finished.isEmpty() && !finished.wait(15'000))
            return {{}, fail(Code::Timeout)};
        return {job.found(), job.outcome()};
    }

private slots:
    void documents_data()
    {
        QTest::addColumn<QByteArray>("xml");
        QTest::addColumn<bool>("isIndex");
        QTest::addColumn<QByteArrayList>("locations");
        QTest::addColumn<int>("unusable");
        const auto row = [](const char* name, QByteArray xml, QByteArrayList locations, bool isIndex = false, int unusable = 0) {
            QTest::newRow(name) << std::move(xml) << isIndex << std::move(locations) << unusable;
        };
        row("pages", pages({"http://h/a", "http://h/b?x=1"}), {"http://h/a", "http://h/b?x=1"});
        row("index", index({"http://h/1.xml", "http://h/2.xml.gz"}), {"http://h/1.xml", "http://h/2.xml.gz"}, true);
        row("none", pages({}), {});
        row("XML escapes are taken off, the URL's are left", pages({"http://h/a?x=1&amp;y=%26&#38;z=&lt;&#x3e;"}), {"http://h/a?x=1&y=%26&z=<>"});
        row("CDATA", pages({"<![CDATA[http://h/a?x=1&y=2]]>"}), {"http://h/a?x=1&y=2"});
        row("blanks and comments around", pages({"\n   http://h/a <!-- x -->\n"}), {"http://h/a"});
        row("without a namespace", "<urlset><url><loc>http://h/a</loc></url></urlset>", {"http://h/a"});
        row("with a prefix", "<s:urlset xmlns:s='x'><s:url><s:loc>http://h/a</s:loc></s:url></s:urlset>", {"http://h/a"});
        row("images and alternates are no pages",
            "<urlset xmlns='s' xmlns:i='i' xmlns:x='x'><url><loc>http://h/a</loc><i:loc>http://h/no</i:loc><i:image><i:loc>http://h/i.png</i:loc></i:image>"
            "<x:link href='http://h/de'/><lastmod>2026-01-01</lastmod><priority>0.5</priority></url></urlset>",
            {"http://h/a"});
        row("a location outside of an entry", "<urlset><loc>http://h/no</loc><other><loc>http://h/no</loc></other></urlset>", {});
        row("empty and too long ones", pages({"", "http://h/" + QByteArray(9000, 'a'), "http://h/b"}), {"http://h/b"}, false, 2);
        row("letters beyond ASCII", pages({"http://h/caf\xc3\xa9"}), {"http://h/caf\xc3\xa9"});
        row("UTF-16", QByteArray("\xFF\xFE", 2) + [] {
            const QString text = QStringLiteral("<urlset><url><loc>http://h/a</loc></url></urlset>");
            return QByteArray(reinterpret_cast<const char*>(text.utf16()), text.size() * 2);
        }(), {"http://h/a"});
        row("packed", gzip(pages({"http://h/a"})), {"http://h/a"});
    }
    void documents()
    {
        QFETCH(QByteArray, xml);
        const auto document = parseSitemap(xml, QStringLiteral("x"));
        QVERIFY2(document, document ? "" : qPrintable(document.error().detail));
        QTEST(document->isIndex, "isIndex");
        QTEST(document->locations, "locations");
        QTEST(static_cast<int>(document->unusable), "unusable");
    }

    void badDocuments_data()
    {
        QTest::addColumn<QByteArray>("xml");
        const auto row = [](const char* name, QByteArray xml) { QTest::newRow(name) << std::move(xml); };
        row("nothing", "");
        row("HTML", "<!DOCTYPE html><html><body>not found</body></html>");
        row("another root", "<rss><channel/></rss>");
        row("JSON", "{\"detail\":\"not found\"}");
        row("cut off", pages({"http://h/a"}).chopped(20));
        row("not well-formed", "<urlset><url></urlset>");
        row("not UTF-8", "<?xml version='1.0' encoding='UTF-8'?><urlset><url><loc>http://h/\xff</loc></url></urlset>");
        row("an entity that is not declared", pages({"http://h/&a;"}));
        QByteArray bomb = "<!DOCTYPE urlset [<!ENTITY a0 \"ha\">";
        for (int i = 1; i < 30; ++i)
            bomb += "<!ENTITY a" + QByteArray::number(i) + " \"&a" + QByteArray::number(i - 1) + ";&a" + QByteArray::number(i - 1) + ";\">";
        row("a bomb of entities", bomb + "]><urlset><url><loc>http://h/&a29;</loc></url></urlset>");
        row("a bomb of parameter entities", "<!DOCTYPE urlset [<!ENTITY % a \"" + QByteArray(1000, 'x') + "\"><!ENTITY % b \"%a;%a;%a;\"> %b;]><urlset/>");
        row("a file as entity", "<!DOCTYPE urlset [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><urlset><url><loc>&x;</loc></url></urlset>");
        row("nested without end", "<urlset>" + QByteArray("<a>").repeated(100'000));
        row("gzip cut off", gzip(pages({"http://h/a"})).chopped(10));
        row("a bomb of zeros in gzip", gzip(QByteArray(60'000'000, ' ')));
    }
    void badDocuments()
    {
        QFETCH(QByteArray, xml);
        QElapsedTimer clock;
        clock.start();
        const auto document = parseSitemap(xml, QStringLiteral("/sitemap.xml"));
        QVERIFY(!document);
        QCOMPARE(document.error().reason, Reason::BadSitemap);
        QCOMPARE(document.error().code, Code::Input);
        QCOMPARE(document.error().subject, QStringLiteral("/sitemap.xml"));
        QVERIFY(!document.error().detail.isEmpty());
        QVERIFY(clock.elapsed() < 5000);
    }

    void tooManyLocations()
    {
        QByteArrayList many;
        for (qsizetype i = 0; i < mostSitemapLocations + 5; ++i)
            many << "http://h/" + QByteArray::number(i);
        const auto document = parseSitemap(pages(many), {});
        QVERIFY(document);
        QCOMPARE(document->locations.size(), mostSitemapLocations);
        QVERIFY(document->isCut);
    }

    void aWalkFindsEveryPageOnce()
    {
        std::atomic<int> port = 0;
        ListServer server([&port](const QByteArray& target) -> ListServer::Answer {
            const QByteArray base = "http://127.0.0.1:" + QByteArray::number(port.load());
            if (target == "/sitemap.xml")
                return {index({base + "/one.xml", base + "/two.xml.gz", base + "/sitemap.xml", "http://evil.example/s.xml", base + "/missing.xml"})};
            if (target == "/one.xml")
                return {pages({base + "/a", base + "/b?x=1&amp;y=2#part", "http://evil.example/c", "nonsense", base + "/a", "https://127.0.0.1:" + QByteArray::number(port.load()) + "/a"})};
            if (target == "/two.xml.gz")
                return {gzip(pages({base + "/d", base + "/a", base}))};
            return {"gone", 404};
        });
        port = server.url().section(u':', -1).toInt();
        const Walked walked = walk(server, {.url = "/sitemap.xml", .headers = {{"Authorization", "Bearer secret"}}});
        QVERIFY(walked.outcome);
        QCOMPARE(walked.found.targets, (QList<QByteArray> {"/a", "/b?x=1&y=2", "/d", "/"}));
        QCOMPARE(walked.found.sitemaps, 3);
        QCOMPARE(walked.found.failed, 1);
        QCOMPARE(walked.found.repeated, 2);
        QCOMPARE(walked.found.otherOrigin, 3);
        QCOMPARE(walked.found.unusable, 1);
        QCOMPARE(walked.found.skipped.size(), 5);
        QCOMPARE(server.asked().size(), 4);
        for (const ListServer::Asked& asked : server.asked()) {
            QCOMPARE(asked.method, QByteArray("GET"));
            QCOMPARE(asked.authorization, QByteArray("Bearer secret"));
        }
    }

    void anotherServerIsNotAsked()
    {
        ListServer other([](const QByteArray&) { return ListServer::Answer {pages({})}; });
        ListServer server([](const QByteArray&) { return ListServer::Answer {pages({})}; });
        const Walked walked = walk(server, {.url = other.url().toUtf8() + "/sitemap.xml", .headers = {{"Authorization", "Bearer secret"}}});
        QCOMPARE(walked.outcome.error().reason, Reason::OtherOrigin);
        QVERIFY(other.asked().isEmpty());
        QVERIFY(server.asked().isEmpty());
        // Nor is it when the sitemap is moved there.
        ListServer moved([&other](const QByteArray&) -> ListServer::Answer { return {{}, 302, {{"Location", other.url().toUtf8() + "/sitemap.xml"}}}; });
        const Walked redirected = walk(moved, {.url = "/sitemap.xml", .headers = {{"Authorization", "Bearer secret"}}});
        QCOMPARE(redirected.outcome.error().reason, Reason::BadSitemap);
        QVERIFY(redirected.outcome.error().detail.contains(other.url()));
        QVERIFY(other.asked().isEmpty());
    }

    void badStarts_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<int>("reason");
        QTest::newRow("no URL") << QByteArray("sitemap.xml") << static_cast<int>(Reason::BadWebUrl);
        QTest::newRow("a file") << QByteArray("file:///etc/passwd") << static_cast<int>(Reason::BadWebUrl);
        QTest::newRow("a space") << QByteArray("/site map.xml") << static_cast<int>(Reason::BadTarget);
        QTest::newRow("not found") << QByteArray("/no") << static_cast<int>(Reason::BadSitemap);
        QTest::newRow("no sitemap") << QByteArray("/html") << static_cast<int>(Reason::BadSitemap);
    }
    void badStarts()
    {
        QFETCH(QByteArray, url);
        QFETCH(int, reason);
        ListServer server([](const QByteArray& target) -> ListServer::Answer { return target == "/html" ? ListServer::Answer {"<html/>"} : ListServer::Answer {"", 404}; });
        const Walked walked = walk(server, {.url = url});
        QVERIFY(!walked.outcome);
        QCOMPARE(static_cast<int>(walked.outcome.error().reason), reason);
        QCOMPARE(walked.found.requests, int(server.asked().size())); // the first one, too
    }

    void noServer()
    {
        http::Client client({.baseUrl = QStringLiteral("http://127.0.0.1:1")});
        SitemapWalk job(&client, {.url = "/sitemap.xml"});
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(!finished.isEmpty() || finished.wait());
        QCOMPARE(job.outcome().error().reason, Reason::ApiUnreachable);
        QCOMPARE(job.found().requests, 0); // nothing got out
    }

    // Each index names two more, for ever.
    void nestedIndexesEnd()
    {
        std::atomic<int> port = 0;
        ListServer server([&port](const QByteArray& target) -> ListServer::Answer {
            const QByteArray base = "http://127.0.0.1:" + QByteArray::number(port.load()) + target;
            return {index({base + "0", base + "1"})};
        });
        port = server.url().section(u':', -1).toInt();
        const Walked deep = walk(server, {.url = "/s"});
        QVERIFY(deep.outcome);
        QCOMPARE(deep.found.sitemaps, 63); // 1 + 2 + 4 + … + 32
        QCOMPARE(deep.found.limits.size(), 1);
        const Walked wide = walk(server, {.url = "/s", .levels = 50, .sitemaps = 20});
        QCOMPARE(wide.found.sitemaps, 20);
        QVERIFY(!wide.found.limits.isEmpty());
    }

    void targetsAreBounded()
    {
        std::atomic<int> port = 0;
        ListServer server([&port](const QByteArray&) -> ListServer::Answer {
            QByteArrayList many;
            for (int i = 0; i < 100; ++i)
                many << "http://127.0.0.1:" + QByteArray::number(port.load()) + '/' + QByteArray::number(i);
            return {pages(many)};
        });
        port = server.url().section(u':', -1).toInt();
        const Walked walked = walk(server, {.url = "/s", .targets = 60});
        QCOMPARE(walked.found.targets.size(), 60);
        QCOMPARE(walked.found.limits.size(), 1);
    }

    void cancelEndsIt()
    {
        std::atomic<int> port = 0, asked = 0;
        ListServer server([&](const QByteArray&) -> ListServer::Answer {
            const QByteArray base = "http://127.0.0.1:" + QByteArray::number(port.load()) + '/' + QByteArray::number(++asked);
            return {index({base})};
        });
        port = server.url().section(u':', -1).toInt();
        http::Client client({.baseUrl = server.url()});
        SitemapWalk job(&client, {.url = "/s", .levels = 1000});
        QSignalSpy finished(&job, &Job::finished);
        connect(&job, &Job::progressed, &job, [&job](qint64 done, qint64) {
            if (done >= 3)
                job.cancel();
        });
        job.start();
        QVERIFY(finished.wait());
        QCOMPARE(finished.size(), 1);
        QCOMPARE(job.outcome().error().code, Code::Cancelled);
        QVERIFY(job.found().sitemaps >= 3);
    }

    void whatIsUnderWayAtCancelCounts()
    {
        std::atomic_bool isAsked = false;
        QSemaphore mayAnswer;
        ListServer server([&](const QByteArray&) -> ListServer::Answer {
            isAsked = true;
            mayAnswer.acquire();
            return {pages({})};
        });
        http::Client client({.baseUrl = server.url()});
        SitemapWalk job(&client, {.url = "/s"});
        job.start();
        const bool wasAsked = QTest::qWaitFor([&isAsked] { return isAsked.load(); });
        job.cancel();
        mayAnswer.release();
        QVERIFY(wasAsked);
        QTRY_VERIFY(job.isFinished());
        QCOMPARE(job.found().requests, 1);
    }
};

QTEST_GUILESS_MAIN(TestSitemap)
#include "tst_sitemap.moc"
