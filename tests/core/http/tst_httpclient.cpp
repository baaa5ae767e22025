// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/http/client.h"
#include "core/http/credentials.h"
#include "core/http/gathering.h"
#include "scriptedserver.h"
#include "tests/support/runningserver.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sys/resource.h>
#include <unistd.h>

using namespace core;
using namespace core::http;

namespace {
Result<Response> answerOf(const QFuture<Result<Response>>& future)
{
    QObject context;
    std::optional<Result<Response>> out;
    onFinished(future, &context, [&out](Result<Response> result) { out = std::move(result); });
    if (!QTest::qWaitFor([&out] { return out.has_value(); }, 8000))
        return fail(Code::Internal, Reason::None, QStringLiteral("no answer"));
    return *out;
}

Result<Response> get(const QString& url, const QByteArray& target = "/", int timeoutMs = 5000)
{
    Client client({.baseUrl = url});
    return answerOf(client.send({.target = target, .timeoutMs = timeoutMs}));
}

// While it lives, nobody in this program gets a descriptor.
class NoMoreDescriptors final {
public:
    NoMoreDescriptors()
    {
        ::getrlimit(RLIMIT_NOFILE, &m_before);
        const int lowest = ::dup(0);
        ::close(lowest);
        const rlimit none {.rlim_cur = rlim_t(lowest), .rlim_max = m_before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &m_before); }

private:
    rlimit m_before {};
};

Client::Options optionsFor(const QString& url)
{
    return {.baseUrl = url};
}
}

class TestHttpClient final : public QObject {
    Q_OBJECT
private slots:
    void getsStatusHeadersAndBody()
    {
        RunningServer<> api;
        api.server.Get("/books", [](const httplib::Request& request, httplib::Response& response) {
            response.set_header("X-Cache-Status", "HIT");
            response.set_content("{\"auth\":\"" + request.get_header_value("Authorization") + "\"}", "application/json");
        });
        api.start();
        Client client(optionsFor(api.url()));
        const auto response = answerOf(client.send({.target = "/books", .headers = {{"Authorization", "Bearer t"}}}));
        QVERIFY2(response, response ? "" : qPrintable(oneLine(response.error())));
        QCOMPARE(response->status, 200);
        QCOMPARE(response->reasonPhrase, QByteArray("OK"));
        QCOMPARE(response->body, QByteArray("{\"auth\":\"Bearer t\"}"));
        QCOMPARE(response->header("x-cache-status"), QByteArray("HIT"));
        QCOMPARE(response->header("absent"), QByteArray());
        QVERIFY(response->rawHead.startsWith("HTTP/1.1 200 OK\r\n"));
        QVERIFY(response->rawHead.endsWith("\r\n\r\n"));
        QVERIFY(response->timing.total > 0);
        QVERIFY(response->timing.ttfb > 0 && response->timing.ttfb <= response->timing.total);
        QVERIFY(response->timing.dns + response->timing.connect + response->timing.ttfb <= response->timing.total + 1);
    }

    void headersGoOutAsGiven()
    {
        ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
        Client client(optionsFor(server.url()));
        QVERIFY(answerOf(client.send({.target = "/", .headers = {{"X-A", "1"}, {"x-a", "\xff"}, {"X-Empty", ""}, {"Host", "shop.example"}}})));
        QVERIFY(server.received().contains("\r\nX-A: 1\r\nx-a: \xff\r\nX-Empty:\r\n"));
        QVERIFY(server.received().contains("\r\nHost: shop.example\r\n"));
        QVERIFY(!server.received().contains("127.0.0.1"));
    }

    void timingPhasesAreSeparate()
    {
        ScriptedServer server({.answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1", .delayMs = 120});
        const auto response = get(server.url(), "/slow");
        QVERIFY(response);
        QVERIFY(response->timing.ttfb >= 100);
        const Timing& t = response->timing;
        QVERIFY(t.connect < 100); // a sum from the start would hold the wait too
        QVERIFY(t.dns + t.connect + t.tls + t.ttfb <= t.total + 0.01);
    }

    void targetGoesOutAsTyped_data()
    {
        QTest::addColumn<QByteArray>("target");
        for (const char* target : {"/a/../b", "/a/./b//c", "/a#frag?x=1", "/%62ooks?a=x%20y&&b", "/?a=[1]{2}|\\^\"<>", "/caf\xc3\xa9?q=\xff", "//host/path", "/a?b=http://x/"})
            QTest::newRow(target) << QByteArray(target);
    }
    void targetGoesOutAsTyped()
    {
        QFETCH(QByteArray, target);
        ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"});
        const auto response = get(server.url(), target);
        QVERIFY(response);
        QVERIFY2(server.received().startsWith(QByteArray("GET " + target + " HTTP/1.1\r\n")), server.received().constData());
    }

    void refusedBeforeSending_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<Reason>("reason");
        QTest::newRow("no slash") << QByteArray("GET") << QByteArray("books") << QByteArray() << Reason::BadTarget;
        QTest::newRow("empty") << QByteArray("GET") << QByteArray() << QByteArray() << Reason::BadTarget;
        QTest::newRow("space") << QByteArray("GET") << QByteArray("/a b") << QByteArray() << Reason::BadTarget;
        QTest::newRow("CR LF") << QByteArray("GET") << QByteArray("/a\r\nX: y") << QByteArray() << Reason::BadTarget;
        QTest::newRow("NUL") << QByteArray("GET") << QByteArray("/a\0b", 4) << QByteArray() << Reason::BadTarget;
        QTest::newRow("DEL") << QByteArray("GET") << QByteArray("/a\x7f") << QByteArray() << Reason::BadTarget;
        QTest::newRow("absolute") << QByteArray("GET") << QByteArray("http://x/") << QByteArray() << Reason::BadTarget;
        QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray("/") << QByteArray() << Reason::HeadRefused;
        QTest::newRow("head") << QByteArray("head") << QByteArray("/") << QByteArray() << Reason::HeadRefused;
        QTest::newRow("method with LF") << QByteArray("GET\nX") << QByteArray("/") << QByteArray() << Reason::BadMethod;
        QTest::newRow("no method") << QByteArray() << QByteArray("/") << QByteArray() << Reason::BadMethod;
        QTest::newRow("value with LF") << QByteArray("GET") << QByteArray("/") << QByteArray("a\nb") << Reason::BadHeader;
        QTest::newRow("value with CR") << QByteArray("GET") << QByteArray("/") << QByteArray("a\rb") << Reason::BadHeader;
        QTest::newRow("value with NUL") << QByteArray("GET") << QByteArray("/") << QByteArray("a\0b", 3) << Reason::BadHeader;
    }
    void refusedBeforeSending()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, value);
        ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
        Client client(optionsFor(server.url()));
        const auto response = answerOf(client.send({.method = method, .target = target, .headers = {{"X-A", value}}}));
        QVERIFY(!response);
        QTEST(response.error().reason, "reason");
        QVERIFY(!oneLine(response.error()).contains(u'\n'));
        QCOMPARE(server.connections(), 0);
    }

    void headerArguments_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("good");
        QTest::addColumn<QByteArray>("value");
        const auto row = [](const char* line, bool good, const char* value = "") {
            QTest::newRow(line) << QString::fromUtf8(line) << good << QByteArray(value);
        };
        row("A: b", true, "b");
        row("A:b", true, "b");
        row("A:", true);
        row("A: \t b: c ", true, "b: c");
        row("A", false);
        row(": b", false);
        row("A B: c", false);
        row("A : c", false);
        row("A: b\r\nC: d", false);
        row("A: b\n", false);
        row("\xc3\x84: b", false);
        row("Content-Length: 5", false);
        row("transfer-encoding: chunked", false);
    }
    void headerArguments()
    {
        QFETCH(QString, line);
        QFETCH(bool, good);
        const auto header = headerFromArgument(line);
        QCOMPARE(header.has_value(), good);
        if (good)
            QTEST(header->second, "value");
        else
            QCOMPARE(header.error().reason, Reason::BadHeader);
    }

    void credentials_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("isOne");
        for (const char* name : {"Authorization", "proxy-authorization", "Cookie", "Set-Cookie", "X-Api-Key", "API_KEY", "apikey", "X-Auth-Token", "access_token", "refreshToken", "token",
                 "X-Amz-Security-Token", "client_secret", "password", "X-Access-Key", "X-JWT", "X-Auth", "X-Session-Id", "sessionid", "X-Session",
                 "Ocp-Apim-Subscription-Key", "x-functions-key", "x-ms-masterkey", "X-Master-Key", "X-Hub-Signature", "Signature"})
            QTest::newRow(name) << QByteArray(name) << true;
        for (const char* name : {"", "Accept", "Content-Type", "X-Request-Id", "Idempotency-Key", "If-None-Match", "Host", "page", "q", "author", "key", "X-Cookie-Policy", "Tokens-Used", "Session-Timeout",
                 "Signature-Input", "Subscription"})
            QTest::newRow(name) << QByteArray(name) << false;
    }
    void credentials()
    {
        QFETCH(QByteArray, name);
        QTEST(isCredential(name), "isOne");
    }

    void aSecretStaysOutOfErrors()
    {
        const auto header = headerFromArgument(QStringLiteral("Authorization: Bearer s3cret\nX: y"));
        QVERIFY(!header);
        QVERIFY(!oneLine(header.error()).contains(QStringLiteral("s3cret")));
        const auto url = Client::checkBaseUrl(QStringLiteral("http://joe:s3cret@host"));
        QVERIFY(!url);
        QVERIFY(!oneLine(url.error()).contains(QStringLiteral("s3cret")));
    }

    void baseUrls_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("good");
        const auto row = [](const char* url, bool good) { QTest::newRow(url) << QString::fromUtf8(url) << good; };
        row("http://localhost:8000", true);
        row("https://api.example", true);
        row("http://[::1]:80/", true);
        row("http://a/b", false);
        row("http://a?x", false);
        row("http://a#x", false);
        row("http://u@a", false);
        row("ftp://a", false);
        row("file:///etc/passwd", false);
        row("localhost:8000", false);
        row("http://", false);
        row("http://a b", false);
        row("http://a:99999", false);
        row("http://a\r\nX: y", false);
    }
    void baseUrls()
    {
        QFETCH(QString, url);
        QTEST(Client::checkBaseUrl(url).has_value(), "good");
    }

    void withoutABaseUrl()
    {
        const auto response = get(QString());
        QVERIFY(!response);
        QCOMPARE(response.error().reason, Reason::ApiNotSet);
        QCOMPARE(exitStatus(response.error().code), 2);
    }

    void oddAnswers_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<Reason>("reason"); // None: good
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char* name, QByteArray answer, Reason reason, const char* body = "") {
            QTest::newRow(name) << std::move(answer) << reason << QByteArray(body);
        };
        row("HTTP/1.0 until close", "HTTP/1.0 200 OK\r\nX: y\r\n\r\n[1]", Reason::None, "[1]");
        row("chunked with trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Cache\r\n\r\n3\r\n[1]\r\n0\r\nX-Cache: HIT\r\n\r\n", Reason::None, "[1]");
        row("a trailer that looks like a head", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Kept: 1\r\n\r\n3\r\n[1]\r\n0\r\nHTTP/1.1 200 OK: x\r\nX-Cache: HIT\r\n\r\n", Reason::None, "[1]");
        row("an empty body and such a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Kept: 1\r\n\r\n0\r\nHTTP/1.1 200 OK: x\r\nX-Cache: HIT\r\n\r\n", Reason::None, "");
        row("after 100", "HTTP/1.1 103 Early\r\nX-Cache: HIT\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]", Reason::None, "[1]");
        row("garbage", "\x15\x03\x01 nonsense\r\n\r\n", Reason::ApiProtocol);
        row("Redis", "-ERR unknown command 'GET'\r\n", Reason::ApiProtocol);
        row("nothing", "", Reason::ApiClosed);
        row("half a head", "HTTP/1.1 200 OK\r\nContent-Le", Reason::None);
        row("too short", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1]", Reason::ApiTruncated);
        row("chunks cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n[1]", Reason::ApiTruncated);
        row("head without end", "HTTP/1.1 200 OK\r\nX: " + QByteArray(90 * 1024, 'a') + "\r\nX: " + QByteArray(90 * 1024, 'a') + "\r\nX: " + QByteArray(90 * 1024, 'a') + "\r\n\r\n", Reason::ApiHeadTooLarge);
    }
    void oddAnswers()
    {
        QFETCH(QByteArray, answer);
        QFETCH(Reason, reason);
        ScriptedServer server({answer});
        const auto response = get(server.url());
        if (reason == Reason::None) {
            QVERIFY2(response, response ? "" : qPrintable(oneLine(response.error())));
            QTEST(response->body, "body");
            QCOMPARE(response->header("X-Cache"), QByteArray());
            QCOMPARE(response->header("X-Kept").isEmpty(), !answer.contains("X-Kept"));
            return;
        }
        QVERIFY(!response);
        QCOMPARE(response.error().reason, reason);
        QCOMPARE(response.error().code, Code::Api);
        QVERIFY(describe(response.error()).what.contains(server.url()));
    }

    // Not the end of the program, and not of the client either.
    void withoutDescriptors()
    {
#ifndef __SANITIZE_ADDRESS__ // UBSan asks the kernel about memory by a pipe, and without descriptors takes every object for damaged
        ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]"});
        std::unique_ptr<Client> client;
        Result<Response> byFuture = fail(Code::Cancelled);
        std::optional<Result<Response>> byFunction;
        {
            const NoMoreDescriptors none;
            client = std::make_unique<Client>(optionsFor(server.url()));
            byFuture = answerOf(client->send({.target = "/"}));
            client->send({.target = "/"}, this, [&](Result<Response> response) { byFunction = std::move(response); });
            QTRY_VERIFY(byFunction);
        }
        for (const auto& response : {byFuture, *byFunction}) {
            QVERIFY(!response);
            QCOMPARE(response.error().code, Code::Internal);
            QVERIFY2(oneLine(response.error()).contains(QStringLiteral("open files")), qPrintable(oneLine(response.error())));
        }
        const auto later = answerOf(client->send({.target = "/"}));
        QVERIFY2(later, later ? "" : qPrintable(oneLine(later.error())));
        QCOMPARE(later->body, QByteArray("[1]"));
#endif
    }

    // However much comes in: the first answer that waits is handed over in time.
    void answersDoNotWaitForEachOtherForLong()
    {
        Gathering gathering;
        QVERIFY(!gathering.isDue(1000, true, 0, 0));
        gathering.add(1000);
        gathering.add(1150);
        QVERIFY(!gathering.isDue(1199, false, 2, 16));
        QCOMPARE(gathering.leftUs(1199), 1);
        QVERIFY(gathering.isDue(1200, false, 2, 16));
        QCOMPARE(gathering.leftUs(5000), 0);
        QVERIFY(gathering.isDue(1100, true, 1, 16));
        QVERIFY(gathering.isDue(1100, false, 2, 2));
        gathering.clear();
        QVERIFY(!gathering.isDue(9000, false, 0, 16));
    }

    void endlessBodyIsCutOff()
    {
        ScriptedServer server({.answer = "HTTP/1.1 200 OK\r\n\r\n", .closeAfter = false, .endless = true});
        Client client(optionsFor(server.url()));
        const auto response = answerOf(client.send({.target = "/", .maxBodyBytes = 1024 * 1024}));
        QVERIFY(!response);
        QCOMPARE(response.error().reason, Reason::ApiTooLarge);
        QTRY_COMPARE(server.disconnections(), 1);
    }

    void announcedLengthOverTheLimit()
    {
        ScriptedServer server({.answer = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", .closeAfter = false});
        const auto response = get(server.url());
        QVERIFY(!response);
        QCOMPARE(response.error().reason, Reason::ApiTooLarge);
    }

    void aSilentServerTimesOut()
    {
        ScriptedServer server({.answer = {}, .closeAfter = false});
        QElapsedTimer clock;
        clock.start();
        const auto response = get(server.url(), "/", 200);
        QVERIFY(!response);
        QCOMPARE(response.error().reason, Reason::ApiTimeout);
        QVERIFY(clock.elapsed() >= 200 && clock.elapsed() < 3000);
    }

    void anAnswerThatStopsInTheMiddleIsNamed()
    {
        ScriptedServer server({.answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[", .closeAfter = false});
        const auto response = get(server.url(), "/", 300);
        QVERIFY(!response);
        QCOMPARE(response.error().reason, Reason::ApiTimeout);
        QCOMPARE(response.error().detail, QStringLiteral("A part of the answer came, and then no end: its head and 1 of the 1,000 bytes of its body"));
        QVERIFY(!oneLine(response.error()).contains(QStringLiteral("0.2.1")));
    }

    void aTrickleTimesOutToo()
    {
        ScriptedServer server({.answer = "HTTP/1.1 200 OK\r\n\r\n", .closeAfter = false, .endless = true});
        Client client(optionsFor(server.url()));
        const auto response = answerOf(client.send({.target = "/", .timeoutMs = 300, .maxBodyBytes = 1LL << 40}));
        QVERIFY(!response);
        QCOMPARE(response.error().reason, Reason::ApiTimeout);
    }

    void nobodyThere()
    {
        QTcpServer reserved; // a port that was free a moment ago
        QVERIFY(reserved.listen(QHostAddress::LocalHost));
        const quint16 port = reserved.serverPort();
        reserved.close();
        const auto refused = get(QStringLiteral("http://127.0.0.1:%1").arg(port));
        QVERIFY(!refused);
        QCOMPARE(refused.error().reason, Reason::ApiUnreachable);
        const auto unknown = get(QStringLiteral("http://%1.invalid").arg(QString(64, u'a'))); // too long a label: no server is asked
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().reason, Reason::ApiUnreachable);
    }

    void cancelEndsTheTransfer()
    {
        ScriptedServer server({.answer = {}, .closeAfter = false});
        Client client(optionsFor(server.url()));
        auto future = client.send({.target = "/"});
        QTRY_VERIFY(!server.received().isEmpty());
        future.cancel();
        const auto response = answerOf(future);
        QVERIFY(!response);
        QCOMPARE(response.error().code, Code::Cancelled);
        QTRY_COMPARE(server.disconnections(), 1);
    }

    void destructionEndsWhatRuns()
    {
        ScriptedServer server({.answer = {}, .closeAfter = false});
        QList<QFuture<Result<Response>>> futures;
        QElapsedTimer clock;
        {
            Client client({.baseUrl = server.url(), .maxConnections = 2});
            for (int i = 0; i < 5; ++i)
                futures << client.send({.target = "/"});
            QTRY_COMPARE(server.connections(), 2); // three wait
            clock.start();
        }
        QVERIFY(clock.elapsed() < 1000);
        for (const auto& future : futures)
            QVERIFY(future.isFinished() && future.isCanceled());
    }

    void manyAtOnceAllAnswered()
    {
        RunningServer<> api;
        api.server.Get(R"(/n/(\d+))", [](const httplib::Request& request, httplib::Response& response) {
            response.set_content(request.matches[1].str(), "application/json");
        });
        api.start();
        Client client({.baseUrl = api.url(), .maxConnections = 4});
        QList<QFuture<Result<Response>>> futures;
        for (int i = 0; i < 200; ++i)
            futures << client.send({.target = "/n/" + QByteArray::number(i)});
        for (int i = 0; i < 200; ++i) {
            const auto response = answerOf(futures[i]);
            QVERIFY(response);
            QCOMPARE(response->body, QByteArray::number(i));
        }
    }

    void functionsAreAnswered()
    {
        RunningServer<> api;
        api.server.Get(R"(/n/(\d+))", [](const httplib::Request& request, httplib::Response& response) { response.set_content(request.matches[1].str(), "text/plain"); });
        api.start();
        Client client({.baseUrl = api.url(), .maxConnections = 4});
        QObject context;
        auto shortLived = std::make_unique<QObject>();
        int right = 0, answers = 0, unwanted = 0;
        for (int i = 0; i < 100; ++i) {
            client.send({.target = "/n/" + QByteArray::number(i)}, &context, [&, i](const Result<Response>& response) {
                QCOMPARE(QThread::currentThread(), client.thread());
                right += response && response->body == QByteArray::number(i) && response->header("Content-Type") == "text/plain" ? 1 : 0;
                if (++answers == 50)
                    shortLived.reset();
            });
        }
        auto ticket = client.send({.target = "/n/1"}, &context, [&](const Result<Response>&) { ++unwanted; });
        ticket.cancel();
        client.send({.target = "/n/2"}, shortLived.get(), [&](const Result<Response>&) { ++unwanted; });
        client.send({.target = "no target"}, &context, [&](const Result<Response>& response) { answers += !response && response.error().reason == Reason::BadTarget ? 1 : 0; });
        QCOMPARE(answers, 0); // never at once
        QTRY_COMPARE(answers, 101);
        QCOMPARE(right, 100);
        QCOMPARE(unwanted, 0);
    }

    void functionsOfAClientThatDies()
    {
        ScriptedServer server({.answer = {}, .closeAfter = false});
        QObject context;
        int cancelled = 0;
        {
            Client client({.baseUrl = server.url(), .maxConnections = 2});
            for (int i = 0; i < 5; ++i)
                client.send({.target = "/"}, &context, [&](const Result<Response>& response) { cancelled += !response && response.error().code == Code::Cancelled ? 1 : 0; });
            QTRY_COMPARE(server.connections(), 2);
        }
        QTRY_COMPARE(cancelled, 5);
    }

    void functionsOfAClientThatDiesAtOnce()
    {
        ScriptedServer server({.answer = {}, .closeAfter = false});
        QObject context;
        int cancelled = 0;
        {
            Client client({.baseUrl = server.url()});
            for (int i = 0; i < 3; ++i)
                client.send({.target = "/"}, &context, [&](const Result<Response>& response) { cancelled += !response && response.error().code == Code::Cancelled ? 1 : 0; });
        }
        QTRY_COMPARE(cancelled, 3);
        QCOMPARE(server.connections(), 0);
    }

    // Before, and after what was asked for without a future.
    void aFutureNeedsNoEventLoop()
    {
        RunningServer<> api;
        api.server.Get("/", [](const httplib::Request&, httplib::Response& response) { response.set_content("x", "text/plain"); });
        api.start();
        Client client(optionsFor(api.url()));
        QObject context;
        bool isAnswered = false;
        client.send({.target = "/"}, &context, [&](const Result<Response>& response) { isAnswered = response.has_value(); });
        auto future = client.send({.target = "/"});
        future.waitForFinished();
        QVERIFY(future.result());
        QTRY_VERIFY(isAnswered);
    }

    void aFunctionMayEndTheClient()
    {
        RunningServer<> api;
        api.server.Get("/", [](const httplib::Request&, httplib::Response& response) { response.set_content("x", "text/plain"); });
        api.start();
        QObject context;
        auto client = std::make_unique<Client>(Client::Options {.baseUrl = api.url()});
        int answers = 0;
        for (int i = 0; i < 40; ++i) {
            client->send({.target = "/"}, &context, [&](const Result<Response>&) {
                if (++answers == 3)
                    client.reset();
            });
        }
        QTRY_COMPARE(answers, 40);
    }

    void bodiesOfOtherMethods()
    {
        RunningServer<> api;
        const auto echo = [](const httplib::Request& request, httplib::Response& response) {
            response.set_content(request.method + " " + request.get_header_value("Content-Type") + " " + request.body, "text/plain");
        };
        api.server.Post("/", echo);
        api.server.Put("/", echo);
        api.server.Delete("/", echo);
        api.start();
        Client client(optionsFor(api.url()));
        const auto bodyOf = [&](const QByteArray& method, const QByteArray& body) {
            const auto response = answerOf(client.send({.method = method, .target = "/", .body = body}));
            return response ? response->body : oneLine(response.error()).toUtf8();
        };
        QCOMPARE(bodyOf("POST", "{\"a\":1}"), QByteArray("POST application/json {\"a\":1}"));
        QCOMPARE(bodyOf("POST", ""), QByteArray("POST  "));
        QCOMPARE(bodyOf("PUT", "[]"), QByteArray("PUT application/json []"));
        QCOMPARE(bodyOf("DELETE", ""), QByteArray("DELETE  "));
    }

    void noProxyFromTheEnvironment()
    {
        ScriptedServer proxy({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"});
        ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\norigin"});
        qputenv("http_proxy", proxy.url().toUtf8());
        const auto response = get(server.url());
        qunsetenv("http_proxy");
        QVERIFY(response);
        QCOMPARE(response->body, QByteArray("origin"));
        QCOMPARE(proxy.connections(), 0);
    }

    void tls()
    {
        QTemporaryDir folder;
        const QString certificate = folder.filePath(QStringLiteral("cert.pem"));
        const QString key = folder.filePath(QStringLiteral("key.pem"));
        QCOMPARE(QProcess::execute(QStringLiteral("openssl"),
                     {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
                         QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"), QStringLiteral("/CN=localhost"), QStringLiteral("-addext"),
                         QStringLiteral("subjectAltName=DNS:localhost"), QStringLiteral("-keyout"), key, QStringLiteral("-out"), certificate}),
            0);
        RunningServer<httplib::SSLServer> api(certificate.toUtf8().constData(), key.toUtf8().constData());
        api.server.Get("/", [](const httplib::Request&, httplib::Response& response) { response.set_content("tls", "text/plain"); });
        api.start();
        const auto ask = [](const QString& url, const QString& ca) {
            Client client({.baseUrl = url, .caFile = ca});
            return answerOf(client.send({.target = "/"}));
        };
        const auto good = ask(api.url("https", "localhost"), certificate);
        QVERIFY2(good, good ? "" : qPrintable(oneLine(good.error())));
        QVERIFY(good->timing.tls > 0);
        QCOMPARE(ask(api.url("https", "localhost"), QString()).error().reason, Reason::ApiTls);
        QCOMPARE(ask(api.url("https", "127.0.0.1"), certificate).error().reason, Reason::ApiTls); // the name is not in it
        QCOMPARE(ask(api.url("https", "localhost"), folder.filePath(QStringLiteral("none.pem"))).error().reason, Reason::TlsCaFile);
        RunningServer<> plain;
        plain.start();
        QCOMPARE(ask(plain.url("https"), certificate).error().reason, Reason::TlsFailed);
    }
};

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_httpclient.moc"
