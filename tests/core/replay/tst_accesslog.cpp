// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/accesslog.h"
#include "core/replay/accesslogscan.h"
#include "core/replay/gunzip.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <zlib.h>

using namespace core;
using namespace core::replay;

class TestAccessLog final : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    static QByteArray combinedLine(const QByteArray& request, const QByteArray& status = "200")
    {
        return "10.0.0.1 - bob [23/Nov/2026:07:00:00 +0000] \"" + request + "\" " + status + " 512 \"http://ref/\" \"Mozilla/5.0 \\\"x\\\"\"\n";
    }
    static QByteArray gzip(const QByteArray& bytes)
    {
        z_stream stream {};
        deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
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
    QString fileWith(const QByteArray& bytes)
    {
        QFile file(m_folder.filePath(QStringLiteral("log")));
        const bool written = file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size();
        return written ? file.fileName() : QString();
    }
    static Result<AccessLogFound> scan(AccessLogScan::Options options)
    {
        AccessLogScan job(std::move(options));
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        if (finished.isEmpty() && !finished.wait(20'000))
            return fail(Code::Timeout);
        return job.outcome() ? Result<AccessLogFound>(job.found()) : fail(job.outcome().error());
    }
    static QStringList topText(const AccessLogFound& found)
    {
        QStringList out;
        for (const TopTarget& target : found.top)
            out << QString::fromUtf8(target.target) + u' ' + QString::number(target.count);
        return out;
    }

private slots:
    void lines_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("read"); // empty: broken
        const auto row = [](const char* name, QByteArray line, QByteArray read = {}) { QTest::newRow(name) << std::move(line) << std::move(read); };
        row("combined", combinedLine("GET /books?page=1&q=a%20b HTTP/1.1"), "GET /books?page=1&q=a%20b 200");
        row("common", "::1 - - [23/Nov/2026:07:00:00 +0000] \"GET /books HTTP/1.1\" 304 -", "GET /books 304");
        row("a host in front", "shop.example:443 10.0.0.1 - - [23/Nov/2026:07:00:00 +0000] \"GET /a HTTP/2.0\" 200 1", "GET /a 200");
        row("an IPv6 client in brackets", "[::1] - - [23/Nov/2026:07:00:00 +0000] \"GET /a HTTP/1.1\" 200 1", "GET /a 200");
        row("uvicorn", "INFO:     127.0.0.1:40560 - \"GET /books/1 HTTP/1.1\" 200 OK", "GET /books/1 200");
        row("a user with a quote", "h - a\"b [23/Nov/2026:07:00:00 +0000] \"GET /a HTTP/1.1\" 200 1", "GET /a 200");
        row("nginx escapes", combinedLine("GET /a?q=\\x22\\xC3\\xA9 HTTP/1.1"), "GET /a?q=\"\xc3\xa9 200");
        row("Apache escapes", combinedLine("GET /a?q=\\\"\\\\ HTTP/1.1"), "GET /a?q=\"\\ 200");
        row("percent escapes stay", combinedLine("GET /%62ooks%2F?a=%zz HTTP/1.1"), "GET /%62ooks%2F?a=%zz 200");
        row("POST", combinedLine("POST /books HTTP/1.1", "201"), "POST /books 201");
        row("OPTIONS *", combinedLine("OPTIONS * HTTP/1.1"), "OPTIONS * 200");
        row("HTTP/0.9", combinedLine("GET /a"), "GET /a 200");
        row("no status", "h - - [x] \"GET /a HTTP/1.1\" - 1", "GET /a 0");
        row("CR at the end", combinedLine("GET /a HTTP/1.1").trimmed() + "\r\n", "GET /a 200");
        row("TLS to an HTTP port", combinedLine("\\x16\\x03\\x01\\x02", "400"));
        row("no request", combinedLine("-", "408"));
        row("empty request", combinedLine("", "400"));
        row("space in the target", combinedLine("GET /a b HTTP/1.1"));
        row("control byte in the target", combinedLine("GET /a\\x0d\\x0aX HTTP/1.1"));
        row("a URL", combinedLine("GET http://h/a HTTP/1.1"));
        row("cut off in the request", "h - - [x] \"GET /a HT");
        row("something behind that is no status", "h - - [x] \"GET /a HTTP/1.1\" abc");
        row("empty", "");
        row("words", "nothing of interest");
        row("only quotes", "\"\"\"\"\"");
        row("a backslash at the end", "h [x] \"GET /a\\");

        row("JSON with the request line", "{\"time\":\"x\",\"request\":\"GET /books?a=1 HTTP/1.1\",\"status\":200,\"bytes\":5}", "GET /books?a=1 200");
        row("JSON with method and request_uri", "{\"method\":\"GET\",\"uri\":\"/decoded path\",\"request_uri\":\"/books?a=%20\",\"status\":\"200\"}", "GET /books?a=%20 200");
        row("JSON with request and request_uri", "{\"request\":\"GET /x HTTP/1.1\",\"request_uri\":\"/y\",\"status\":200}", "GET /y 200");
        row("JSON with request and uri", "{\"request\":\"GET /x?a=1 HTTP/1.1\",\"uri\":\"/x\",\"status\":200}", "GET /x?a=1 200");
        row("JSON with uri and args", "{\"request_method\":\"GET\",\"uri\":\"/x\",\"args\":\"a=1&b=2\",\"status\":200}", "GET /x?a=1&b=2 200");
        row("JSON escapes", "{\"request\":\"GET \\/x?q=\\u00e9\\ud83d\\ude00\\\" HTTP/1.1\",\"status\":200}", "GET /x?q=\xc3\xa9\xf0\x9f\x98\x80\" 200");
        row("JSON with nginx escapes in it", "{\"request\":\"GET /x?q=\\x22 HTTP/1.1\",\"agent\":\"a\\x5Cb\",\"status\":200}", "GET /x?q=\" 200");
        row("JSON with bytes that are no UTF-8", "{\"request\":\"GET /x?\xff HTTP/1.1\",\"status\":200}", "GET /x?\xff 200");
        row("Caddy", "{\"level\":\"info\",\"request\":{\"remote_ip\":\"1\",\"method\":\"GET\",\"host\":\"h\",\"uri\":\"/a?b=1\",\"headers\":{\"Uri\":[\"/no\"],\"Method\":[\"no\"]},\"tls\":{}},\"duration\":0.1,\"status\":200}", "GET /a?b=1 200");
        row("Traefik", "{\"DownstreamStatus\":200,\"RequestMethod\":\"GET\",\"RequestPath\":\"/a?b=1\"}", "GET /a?b=1 200");
        row("nested fields are not the request's", "{\"other\":{\"request\":\"GET /no HTTP/1.1\"},\"request\":\"GET /a HTTP/1.1\",\"status\":200}", "GET /a 200");
        row("arrays", "{\"a\":[1,[\"request\",\"x\"],{\"status\":500}],\"request\":\"GET /a HTTP/1.1\",\"status\":200}", "GET /a 200");
        row("JSON cut off", "{\"request\":\"GET /a HTTP/1.1\",\"status\":200");
        row("JSON cut off in a text", "{\"request\":\"GET /a");
        row("JSON and more", "{\"request\":\"GET /a HTTP/1.1\"} x");
        row("JSON without a request", "{\"status\":200}");
        row("JSON with a bad escape", "{\"request\":\"GET /a\\u00zz HTTP/1.1\"}");
        row("JSON nested without end", QByteArray("{\"a\":") + QByteArray(100'000, '['));
    }
    void lines()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, read);
        const auto parsed = parseLogLine(line);
        QCOMPARE(parsed ? QByteArray(parsed->method + ' ' + parsed->target + ' ' + QByteArray::number(parsed->status)) : QByteArray(), read);
    }

    void aPastedLine()
    {
        QCOMPARE(logLineFromText(combinedLine("GET /a HTTP/1.1"))->target, QByteArray("/a"));
        QCOMPARE(logLineFromText("x").error().reason, Reason::BadLogLine);
        QCOMPARE(logLineFromText(combinedLine("OPTIONS * HTTP/1.1")).error().reason, Reason::BadTarget);
    }

    void countsEveryLine()
    {
        QByteArray log = combinedLine("GET /a HTTP/1.1").repeated(3) + combinedLine("GET /b HTTP/1.1").repeated(5) + combinedLine("GET /c HTTP/1.1", "304");
        log += combinedLine("POST /a HTTP/1.1") + combinedLine("HEAD /a HTTP/1.1") + combinedLine("GET /a HTTP/1.1", "404") + combinedLine("GET /a HTTP/1.1", "301");
        log += "broken\n\n  \n" + QByteArray(200'000, 'x') + "\n" + QByteArray("\x00\xff\n", 3) + combinedLine("GET /b HTTP/1.1").trimmed();
        const auto found = scan({.file = fileWith(log), .top = 2});
        QVERIFY(found);
        QCOMPARE(found->lines, 17);
        QCOMPARE(found->taken, 10);
        QCOMPARE(found->otherMethod, 2);
        QCOMPARE(found->otherStatus, 2);
        QCOMPARE(found->broken, 3);
        QCOMPARE(found->bytes, log.size());
        QVERIFY(found->isExact);
        QCOMPARE(found->different, 3);
        QCOMPARE(topText(*found), (QStringList {QStringLiteral("/b 6"), QStringLiteral("/a 3")}));
        QCOMPARE(scan({.file = fileWith(log), .anyStatus = true})->taken, 12);
    }

    void packedLogs()
    {
        const QByteArray half = combinedLine("GET /a HTTP/1.1").repeated(1000);
        const auto found = scan({.file = fileWith(gzip(half) + gzip(half + combinedLine("GET /b HTTP/1.1")))});
        QVERIFY(found);
        QCOMPARE(topText(*found), (QStringList {QStringLiteral("/a 2000"), QStringLiteral("/b 1")}));
        const auto cut = scan({.file = fileWith(gzip(half).chopped(20))});
        QVERIFY(!cut);
        QCOMPARE(cut.error().reason, Reason::FileDamaged);
    }

    void badFiles()
    {
        QCOMPARE(scan({.file = QStringLiteral("/nowhere/at/all")}).error().reason, Reason::FileMissing);
        QCOMPARE(scan({.file = m_folder.path()}).error().code, Code::File);
        const auto empty = scan({.file = fileWith({})});
        QVERIFY(empty && empty->lines == 0 && empty->top.isEmpty());
        QCOMPARE(scan({.file = fileWith("\x1f")})->broken, 1);
    }

    // More different targets than are kept: the frequent ones stay, and what is said of them is never too low.
    void memoryIsBounded()
    {
        QByteArray log;
        for (int i = 0; i < 20'000; ++i) {
            log += combinedLine("GET /rare/" + QByteArray::number(i) + " HTTP/1.1");
            if (i % 10 == 0)
                log += combinedLine("GET /hot HTTP/1.1");
            if (i % 20 == 0)
                log += combinedLine("GET /warm HTTP/1.1");
        }
        const auto found = scan({.file = fileWith(log), .top = 2, .limits = {.targets = 500}});
        QVERIFY(found);
        QVERIFY(!found->isExact);
        QCOMPARE(found->top.size(), 2);
        QCOMPARE(found->top[0].target, QByteArray("/hot"));
        QCOMPARE(found->top[1].target, QByteArray("/warm"));
        for (const auto& [target, truth] : {std::pair(found->top[0], 2000), std::pair(found->top[1], 1000)})
            QVERIFY(target.count >= truth && target.count - target.excess <= truth);
    }

    void bytesAreBoundedToo()
    {
        TopTargets top({.targets = 1000, .bytes = 10'000});
        for (int i = 0; i < 1000; ++i)
            top.add('/' + QByteArray(500 + i % 7, 'a') + QByteArray::number(i));
        QVERIFY(top.size() <= 20);
        QVERIFY(!top.isExact());
        const auto best = top.top(1);
        QVERIFY(best.first().count - best.first().excess >= 1);
    }

    void equalOnesKeepTheirOrder()
    {
        TopTargets top;
        for (const char* target : {"/b", "/a", "/c", "/c"})
            top.add(target);
        QCOMPARE(top.top(10), (QList<TopTarget> {{"/c", 2, 0}, {"/b", 1, 0}, {"/a", 1, 0}}));
    }

    // A pipe that nobody writes to, and then one that goes on for ever.
    void cancelEndsIt()
    {
        const QString pipe = m_folder.filePath(QStringLiteral("pipe"));
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        AccessLogScan silent({.file = pipe});
        QSignalSpy finished(&silent, &Job::finished);
        silent.start();
        silent.cancel();
        QVERIFY(!finished.isEmpty() || finished.wait(5000));
        QCOMPARE(silent.outcome().error().code, Code::Cancelled);

        AccessLogScan endless({.file = QStringLiteral("/dev/zero")});
        QSignalSpy ended(&endless, &Job::finished);
        connect(&endless, &Job::progressed, &endless, [&endless](qint64 done, qint64) {
            if (done > 1'000'000)
                endless.cancel();
        });
        endless.start();
        QVERIFY(ended.wait(5000));
        QCOMPARE(ended.size(), 1);
        QCOMPARE(endless.outcome().error().code, Code::Cancelled);
        QVERIFY(endless.found().bytes > 1'000'000);
    }

    void destructionWhileItRuns()
    {
        auto job = std::make_unique<AccessLogScan>(AccessLogScan::Options {.file = QStringLiteral("/dev/zero")});
        job->start();
        job.reset(); // the thread sees it with its next piece
    }

    void halfAGigabyteAMinuteAtLeast()
    {
        QByteArray log;
        for (int i = 0; i < 100'000; ++i)
            log += combinedLine("GET /books?page=" + QByteArray::number(i % 5000) + " HTTP/1.1");
        const QString file = fileWith(log);
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(scan({.file = file})->taken, 100'000);
        QVERIFY2(clock.elapsed() < 3000, qPrintable(QString::number(clock.elapsed()))); // 13 MB, under sanitizers
    }

    void gzipIsTakenApartInPieces()
    {
        const QByteArray plain = QByteArray("0123456789").repeated(100'000);
        const QByteArray packed = gzip(plain) + gzip("end") + QByteArray(512, '\0');
        QCOMPARE(*gunzipped(packed, 10'000'000), plain + "end");
        QByteArray out;
        Gunzip byByte;
        for (qsizetype i = 0; i < packed.size(); ++i)
            QVERIFY(byByte.feed(packed.mid(i, 1), [&out](QByteArrayView piece) {
                out.append(piece);
                return true;
            }));
        QCOMPARE(out, plain + "end");
        QCOMPARE(gunzipped(packed, 999'999).error().reason, Reason::ApiTooLarge);
        QCOMPARE(gunzipped(packed.left(100), 10'000'000).error().reason, Reason::FileDamaged);
        QCOMPARE(gunzipped("\x1f\x8b nonsense", 10).error().reason, Reason::FileDamaged);
        QCOMPARE(gunzipped(QByteArray(gzip("a") + "rest"), 10).error().reason, Reason::FileDamaged);
        // A bomb: a gigabyte in a megabyte is not unpacked further than the limit.
        QCOMPARE(gunzipped(gzip(QByteArray(50'000'000, '\0')), 1'000'000).error().reason, Reason::ApiTooLarge);
    }
};

QTEST_GUILESS_MAIN(TestAccessLog)
#include "tst_accesslog.moc"
