// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/http/cacheheaders.h"
#include "core/http/client.h"
#include "scriptedserver.h"
#include "tests/support/redistest.h"

#include <QElapsedTimer>
#include <QTest>

#include <zlib.h>

using namespace core::http;
using core::Code;
using core::Reason;

namespace {

const QByteArray ok = "HTTP/1.1 200 OK\r\n";
constexpr qint64 limit = 1024 * 1024;

// As a server would compress it.
QByteArray gzipped(const QByteArray& bytes)
{
    z_stream stream {};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(qsizetype(deflateBound(&stream, uLong(bytes.size()))) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.constData()));
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, Z_FINISH);
    out.truncate(qsizetype(stream.total_out));
    deflateEnd(&stream);
    return out;
}

QByteArray coded(const QByteArray& coding, const QByteArray& body)
{
    return ok + "Content-Encoding: " + coding + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

QByteArray fields(int count, int bytes)
{
    QByteArray out;
    for (int i = 0; i < count; ++i)
        out += "X-" + QByteArray::number(i) + ": " + QByteArray(bytes, 'v') + "\r\n";
    return out;
}

Request request(int timeoutMs = 4000)
{
    return {.target = "/", .timeoutMs = timeoutMs, .maxBodyBytes = limit, .sending = {.acceptEncoding = "gzip, deflate, br"}};
}

}

// What a server that is broken, hung or hostile sends: an error with a sentence, in time, and nothing kept without end.
class TestBadAnswers final : public QObject {
    Q_OBJECT
private slots:
    void errors_data();
    void errors();
    void manyFields();
    void tooShortALengthHarmsNobody();
    void bytesStayBytes();
    void goodCodings();
    void codingsNotUndone();
    void cancelInTheMiddle_data();
    void cancelInTheMiddle();
};

void TestBadAnswers::errors_data()
{
    using Script = ScriptedServer::Script;
    QTest::addColumn<std::shared_ptr<Script>>("script");
    QTest::addColumn<int>("timeoutMs");
    QTest::addColumn<Reason>("reason");
    const auto row = [](const char* name, Script script, Reason reason, int timeoutMs = 4000) {
        QTest::newRow(name) << std::make_shared<Script>(std::move(script)) << timeoutMs << reason;
    };
    const QByteArray chunk = "4000\r\n" + QByteArray(0x4000, 'x') + "\r\n";
    row("reset at once", {.answer = {}, .reset = true}, Reason::ApiClosed);
    row("reset in the body", {.answer = ok + "Content-Length: 100\r\n\r\n[1", .reset = true}, Reason::ApiClosed);
    row("hung in the head", {.answer = ok + "X: ", .closeAfter = false}, Reason::ApiTimeout, 250);
    row("hung after the head", {.answer = ok + "Content-Length: 100\r\n\r\n", .closeAfter = false}, Reason::ApiTimeout, 250);
    row("hung in the body", {.answer = ok + "Content-Length: 100\r\n\r\n[1", .closeAfter = false}, Reason::ApiTimeout, 250);
    row("3 GB announced", {.answer = ok + "Content-Length: 3221225472\r\n\r\n", .endless = true}, Reason::ApiTooLarge);
    row("3 GB not announced", {.answer = ok + "\r\n", .endless = true}, Reason::ApiTooLarge);
    row("endless chunks", {.answer = ok + "Transfer-Encoding: chunked\r\n\r\n", .endless = true, .more = chunk}, Reason::ApiTooLarge);
    row("endless trailer", {.answer = ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", .endless = true, .more = "X: y\r\n"}, Reason::ApiHeadTooLarge);
    row("endless 100 Continue", {.answer = {}, .endless = true, .more = QByteArray("HTTP/1.1 100 Continue\r\n\r\n").repeated(100)}, Reason::ApiHeadTooLarge);
    row("no chunk size", {ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"}, Reason::ApiProtocol);
    row("gzip of nothing", {coded("gzip", "this is no gzip at all")}, Reason::ApiNotDecodable);
    row("gzip broken inside", {coded("gzip", gzipped(QByteArray(1000, 'a') + "xyz").replace(12, 4, "\xff\xff\xff\xff"))}, Reason::ApiNotDecodable);
    row("gzip cut off", {coded("gzip", gzipped("[1, 2, 3, 4, 5, 6, 7, 8]").chopped(12))}, Reason::ApiNotDecodable);
    row("gzip without its end", {coded("gzip", gzipped("[1, 2, 3, 4, 5, 6, 7, 8]").chopped(8))}, Reason::ApiNotDecodable);
    row("gzip bomb", {coded("gzip", gzipped(QByteArray(64 * 1024 * 1024, '\0')))}, Reason::ApiTooLarge);
    row("gzip and more behind", {coded("gzip", gzipped("[1]") + "x")}, Reason::ApiNotDecodable);
    row("deflate cut off", {coded("deflate", gzipped("[1, 2, 3]").mid(10).chopped(12))}, Reason::ApiNotDecodable);
    row("too long a length", {ok + "Content-Length: 100\r\n\r\n[1]"}, Reason::ApiTruncated);
    row("negative length", {ok + "Content-Length: -5\r\n\r\n[1]"}, Reason::ApiProtocol);
    row("fields over the limit", {ok + fields(10'000, 40) + "\r\n"}, Reason::ApiHeadTooLarge);
    row("a field of 1 MB", {ok + fields(1, 1024 * 1024) + "\r\n"}, Reason::ApiHeadTooLarge);
    row("endless field", {.answer = ok + "X: ", .endless = true}, Reason::ApiHeadTooLarge);
}

void TestBadAnswers::errors()
{
    QFETCH(std::shared_ptr<ScriptedServer::Script>, script);
    QFETCH(int, timeoutMs);
    QFETCH(Reason, reason);
    ScriptedServer server(*script);
    Client client({.baseUrl = server.url()});
    QElapsedTimer clock;
    clock.start();
    const auto response = redistest::wait(client.send(request(timeoutMs)), 8000);
    QVERIFY2(!response, response ? qPrintable(QStringLiteral("status %1, %2 bytes").arg(response->status).arg(response->body.size())) : "");
    QVERIFY2(response.error().reason == reason, qPrintable(redistest::told(response.error())));
    QCOMPARE(response.error().code, Code::Api);
    const core::ErrorText text = core::describe(response.error());
    QVERIFY(text.what.contains(server.url()));
    QVERIFY(!text.advice.isEmpty());
    QVERIFY(clock.elapsed() < 3500);
    QTRY_COMPARE(server.disconnections(), server.connections()); // nothing is left open
    QVERIFY(server.sent() < 64 * 1024 * 1024);
}

void TestBadAnswers::manyFields()
{
    ScriptedServer server({ok + fields(10'000, 10) + "X-Cache: HIT\r\nContent-Length: 0\r\n\r\n"});
    Client client({.baseUrl = server.url()});
    const auto response = redistest::wait(client.send(request()));
    VERIFY_OK(response);
    QCOMPARE(response->headers.size(), 10'002);
    QCOMPARE(cacheLayers(response->headers).size(), 1);
}

// The rest of an answer is not taken for the next one.
void TestBadAnswers::tooShortALengthHarmsNobody()
{
    ScriptedServer server({.answer = ok + "Content-Length: 3\r\n\r\n[1]" + ok + "X-Cache: HIT\r\nContent-Length: 6\r\n\r\n\"evil\"", .closeAfter = false});
    Client client({.baseUrl = server.url()});
    for (int i = 0; i < 3; ++i) {
        const auto response = redistest::wait(client.send(request()));
        VERIFY_OK(response);
        QCOMPARE(response->body, QByteArray("[1]"));
        QCOMPARE(response->header("X-Cache"), QByteArray());
    }
    QCOMPARE(server.connections(), 3);
}

void TestBadAnswers::bytesStayBytes()
{
    const char bytes[] = "{\"a\": \"\xff\xfe\xc3\x28\0\xed\xa0\x80\"}";
    const QByteArray body(bytes, sizeof bytes - 1);
    ScriptedServer server({ok + "X-Odd: \xff\xc3\x28<b>\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body});
    Client client({.baseUrl = server.url()});
    const auto response = redistest::wait(client.send(request()));
    VERIFY_OK(response);
    QCOMPARE(response->body, body);
    QCOMPARE(response->header("X-Odd"), QByteArray("\xff\xc3\x28<b>"));
}

void TestBadAnswers::goodCodings()
{
    const QByteArray body = gzipped("[1, 2, 3]");
    ScriptedServer server({coded("gzip", body)});
    Client client({.baseUrl = server.url()});
    const auto asked = redistest::wait(client.send(request()));
    VERIFY_OK(asked);
    QCOMPARE(asked->body, QByteArray("[1, 2, 3]"));
    QCOMPARE(asked->encodedBytes, body.size());
    QVERIFY(asked->decoded);
    QVERIFY(server.received().contains("\r\nAccept-Encoding: gzip, deflate, br\r\n"));
    ScriptedServer raw({coded("Deflate", body.mid(10).chopped(8))}); // gzip less its frame
    Client other({.baseUrl = raw.url()});
    const auto deflated = redistest::wait(other.send(request()));
    VERIFY_OK(deflated);
    QCOMPARE(deflated->body, QByteArray("[1, 2, 3]"));
    const auto byHeader = redistest::wait(client.send({.target = "/", .headers = {{"accept-encoding", "gzip"}}}));
    VERIFY_OK(byHeader);
    QCOMPARE(byHeader->body, QByteArray("[1, 2, 3]"));
    QCOMPARE(server.received().toLower().count("accept-encoding"), 2); // one each
    const auto unasked = redistest::wait(client.send({.target = "/"}));
    VERIFY_OK(unasked);
    QCOMPARE(unasked->body, body); // as it came, and said so
    QVERIFY(!unasked->decoded);
    QCOMPARE(unasked->header("Content-Encoding"), QByteArray("gzip"));
}

// Shown as they came and told so.
void TestBadAnswers::codingsNotUndone()
{
    for (const char* coding : {"rot13", "br", "gzip, gzip", "identity"}) {
        ScriptedServer server({coded(coding, "[1]")});
        Client client({.baseUrl = server.url()});
        const auto response = redistest::wait(client.send(request()));
        VERIFY_OK(response);
        QCOMPARE(response->body, QByteArray("[1]"));
        QVERIFY(!response->decoded);
    }
}

void TestBadAnswers::cancelInTheMiddle_data()
{
    using Script = ScriptedServer::Script;
    QTest::addColumn<std::shared_ptr<Script>>("script");
    QTest::newRow("silent") << std::make_shared<Script>(Script {.answer = {}, .closeAfter = false});
    QTest::newRow("hung after the head") << std::make_shared<Script>(Script {.answer = ok + "Content-Length: 9\r\n\r\n", .closeAfter = false});
    QTest::newRow("body without end") << std::make_shared<Script>(Script {.answer = ok + "\r\n", .endless = true});
    QTest::newRow("head without end") << std::make_shared<Script>(Script {.answer = "HTTP/1.1 100 Continue\r\n\r\n", .closeAfter = false});
}

void TestBadAnswers::cancelInTheMiddle()
{
    QFETCH(std::shared_ptr<ScriptedServer::Script>, script);
    ScriptedServer server(*script);
    Client client({.baseUrl = server.url()});
    Request slow = request(60'000);
    slow.maxBodyBytes = 1LL << 30;
    auto future = client.send(slow);
    QTRY_VERIFY(!server.received().isEmpty());
    future.cancel();
    QElapsedTimer clock;
    clock.start();
    QTRY_COMPARE(server.disconnections(), 1);
    QVERIFY(clock.elapsed() < 2000);
    QVERIFY(future.isCanceled());
}

QTEST_GUILESS_MAIN(TestBadAnswers)
#include "tst_badanswers.moc"
