// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/redirect.h"
#include "scriptedserver.h"
#include "tests/support/redistest.h"
#include "tests/support/runningserver.h"

#include <QTest>

using namespace core::http;

namespace {

Sending upTo(int redirects)
{
    return {.maxRedirects = redirects};
}

QByteArray redirectTo(const QByteArray& location, const QByteArray& status = "302 Found")
{
    return "HTTP/1.1 " + status + "\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}

core::Result<Response> ask(Client& client, Request request)
{
    return redistest::wait(client.send(std::move(request)));
}

}

class TestRedirects final : public QObject {
    Q_OBJECT
private slots:
    void goals_data();
    void goals();
    void shownAndNotFollowed();
    void neverToOthers_data();
    void neverToOthers();
    void chain();
    void loopEnds();
    void notForOtherMethods();
    void timeIsForAll();
};

void TestRedirects::goals_data()
{
    QTest::addColumn<QByteArray>("location");
    QTest::addColumn<RedirectStop>("stop");
    QTest::addColumn<QByteArray>("target");
    const auto row = [](const char* location, RedirectStop stop, const char* target = "") {
        QTest::newRow(location) << QByteArray(location) << stop << QByteArray(target);
    };
    const auto None = RedirectStop::None;
    row("/x", None, "/x");
    row("/x?a=%20b&&c=%62#part", None, "/x?a=%20b&&c=%62");
    row("/a/../b//c", None, "/a/../b//c"); // a path is taken as written
    row("y", None, "/books/y");
    row("../y?z", None, "/y?z");
    row("?page=2", None, "/books/1?page=2");
    row("http://api.example/x", None, "/x");
    row("HTTP://API.example:80", None, "/");
    row("http://api.example?x", None, "/?x");
    row("//api.example/x", None, "/x");
    row("http://api.example:81/x", RedirectStop::OtherOrigin);
    row("https://api.example/x", RedirectStop::OtherOrigin);
    row("//evil.example/x", RedirectStop::OtherOrigin);
    row("http://api.example@evil.example/", RedirectStop::OtherOrigin);
    row("http://user@api.example/", RedirectStop::OtherOrigin);
    row("http://api.example.evil/", RedirectStop::OtherOrigin);
    row("http://evil.example/http://api.example/", RedirectStop::OtherOrigin);
    row("file:///etc/passwd", RedirectStop::OtherScheme);
    row("FILE:/etc/passwd", RedirectStop::OtherScheme);
    row("gopher://api.example/_x", RedirectStop::OtherScheme);
    row("javascript:alert(1)", RedirectStop::OtherScheme);
    row("http:x", RedirectStop::Unreadable);
    row("http://", RedirectStop::Unreadable);
    row("/a b", RedirectStop::Unreadable);
    row("http://api.example\\@evil.example/", RedirectStop::OtherOrigin);
}

void TestRedirects::goals()
{
    QFETCH(QByteArray, location);
    const RedirectGoal goal = redirectGoal("http://api.example", "/books/1?page=1", location);
    QTEST(goal.stop, "stop");
    QTEST(goal.target, "target");
}

void TestRedirects::shownAndNotFollowed()
{
    ScriptedServer server({redirectTo("/elsewhere", "307 Temporary Redirect")});
    Client client({.baseUrl = server.url()});
    const auto response = ask(client, {.target = "/"});
    VERIFY_OK(response);
    QCOMPARE(response->status, 307);
    QCOMPARE(response->redirectsTo, std::optional<QByteArray>("/elsewhere"));
    QCOMPARE(response->redirectStop, RedirectStop::NotAsked);
    QCOMPARE(redirectSentence(*response), QStringLiteral("a redirect to /elsewhere (not followed)"));
    QCOMPARE(server.connections(), 1);
}

void TestRedirects::neverToOthers_data()
{
    QTest::addColumn<QByteArray>("location");
    QTest::addColumn<RedirectStop>("stop");
    QTest::newRow("file") << QByteArray("file:///etc/passwd") << RedirectStop::OtherScheme;
    QTest::newRow("other scheme") << QByteArray("ftp://127.0.0.1/") << RedirectStop::OtherScheme;
    QTest::newRow("other port") << QByteArray("OTHER") << RedirectStop::OtherOrigin;
    QTest::newRow("line feed in it") << QByteArray("/a\x0b" "b") << RedirectStop::Unreadable;
}

// Asked to follow, with credentials in the head.
void TestRedirects::neverToOthers()
{
    QFETCH(QByteArray, location);
    ScriptedServer other({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    if (location == "OTHER")
        location = other.url().toUtf8() + "/steal";
    ScriptedServer server({redirectTo(location)});
    Client client({.baseUrl = server.url()});
    const auto response = ask(client, {.target = "/", .headers = {{"Authorization", "Bearer s3cret"}}, .sending = upTo(5)});
    VERIFY_OK(response);
    QCOMPARE(response->status, 302);
    QTEST(response->redirectStop, "stop");
    QVERIFY(redirectSentence(*response).startsWith(QStringLiteral("a redirect to ")));
    QCOMPARE(other.connections(), 0);
}

void TestRedirects::chain()
{
    RunningServer<> running;
    httplib::Server& server = running.server;
    server.Get("/a", [](const httplib::Request&, httplib::Response& answer) { answer.set_redirect("/b?x=%20"); });
    server.Get("/b", [](const httplib::Request&, httplib::Response& answer) {
        answer.set_header("X-Hop", "b");
        answer.set_redirect("c", 308);
    });
    server.Get("/c", [](const httplib::Request& request, httplib::Response& answer) {
        answer.set_content(request.get_header_value("Authorization"), "text/plain");
    });
    running.start();
    Client client({.baseUrl = running.url()});
    const auto response = ask(client, {.target = "/a", .headers = {{"Authorization", "Bearer t"}}, .sending = upTo(2)});
    const auto tooFew = ask(client, {.target = "/a", .sending = upTo(1)});
    VERIFY_OK(response);
    QCOMPARE(response->status, 200);
    QCOMPARE(response->body, QByteArray("Bearer t"));
    QCOMPARE(response->header("X-Hop"), QByteArray()); // of the last answer alone
    QVERIFY(!response->redirectsTo);
    QCOMPARE(response->redirects.size(), 2);
    QCOMPARE(response->redirects[0].status, 302);
    QCOMPARE(response->redirects[0].location, QByteArray("/b?x=%20"));
    QCOMPARE(response->redirects[1].status, 308);
    VERIFY_OK(tooFew);
    QCOMPARE(tooFew->status, 308);
    QCOMPARE(tooFew->redirectStop, RedirectStop::TooMany);
}

void TestRedirects::loopEnds()
{
    ScriptedServer server({redirectTo("/again")});
    Client client({.baseUrl = server.url()});
    const auto response = ask(client, {.target = "/", .sending = upTo(20)});
    VERIFY_OK(response);
    QCOMPARE(response->status, 302);
    QCOMPARE(response->redirects.size(), 20);
    QCOMPARE(response->redirectStop, RedirectStop::TooMany);
    QCOMPARE(server.connections(), 21);
    QVERIFY(redirectSentence(*response).contains(QStringLiteral("too many")));
}

void TestRedirects::notForOtherMethods()
{
    ScriptedServer server({redirectTo("/again", "307 Temporary Redirect")});
    Client client({.baseUrl = server.url()});
    const auto response = ask(client, {.method = "POST", .target = "/", .body = "{}", .sending = upTo(5)});
    VERIFY_OK(response);
    QCOMPARE(response->status, 307);
    QCOMPARE(server.connections(), 1);
}

// Each hop waits; all together have the time of one request.
void TestRedirects::timeIsForAll()
{
    ScriptedServer server({.answer = redirectTo("/again"), .delayMs = 60});
    Client client({.baseUrl = server.url()});
    const auto response = ask(client, {.target = "/", .timeoutMs = 200, .sending = upTo(1000)});
    VERIFY_FAILED(response, core::Code::Api, core::Reason::ApiTimeout);
    QVERIFY(server.connections() < 6);
}

QTEST_GUILESS_MAIN(TestRedirects)
#include "tst_redirects.moc"
