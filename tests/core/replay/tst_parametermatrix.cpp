// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/pageanswer.h"
#include "core/replay/pagewalk.h"
#include "core/replay/parametermatrix.h"
#include "tests/support/listserver.h"

#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>

using namespace core;
using namespace core::replay;

class TestParameterMatrix final : public QObject {
    Q_OBJECT
    static cache::Route route(const char* path, cache::Cached cached = cache::Cached::Yes)
    {
        cache::Route out;
        out.className = cache::classFromRoute(path);
        out.route = path;
        out.cached = cached;
        return out;
    }
    static cache::RouteTable table(std::initializer_list<cache::Route> routes)
    {
        cache::RouteTable out;
        for (const cache::Route& each : routes)
            out.add(each);
        return out;
    }
    static Result<PagesFound> walk(const ListServer& server, PageWalk::Options options)
    {
        http::Client client({.baseUrl = server.url()});
        PageWalk job(&client, std::move(options));
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        if (finished.isEmpty() && !finished.wait(15'000))
            return fail(Code::Timeout);
        return job.outcome() ? Result<PagesFound>(job.found()) : fail(job.outcome().error());
    }
    // As LightAPI 0.4.0 answers (pagination.py, PageNumberPaginator.wrap): its links carry the host that the request named.
    static QByteArray numbered(int page, int pages, bool saysPages = true)
    {
        const QByteArray link = "\"http://someone.else:1/books?q=a&page=" + QByteArray::number(page + 1) + '"';
        return "{\"count\":" + QByteArray::number(qint64(pages) * 2) + (saysPages ? ",\"pages\":" + QByteArray::number(pages) : QByteArray()) + ",\"next\":" + (page < pages ? link : QByteArray("null"))
            + ",\"previous\":null,\"results\":[" + (page <= pages ? "{\"id\":1},{\"id\":2}" : "") + "]}";
    }

private slots:
    void combinations()
    {
        const auto routes = table({route("/books"), route("/plain", cache::Cached::No), route("/unsure", cache::Cached::Unknown), route("/order items")});
        const auto found = matrixTargets(routes, {{"q", "a b&c"}, {"page", "1"}, {"q", "caf\xc3\xa9"}, {"page", "2"}, {"page", "1"}});
        QVERIFY(found);
        QCOMPARE(found->targets,
            (QList<QByteArray> {"/books?q=a+b%26c&page=1", "/books?q=a+b%26c&page=2", "/books?q=caf%C3%A9&page=1", "/books?q=caf%C3%A9&page=2",
                "/order%20items?q=a+b%26c&page=1", "/order%20items?q=a+b%26c&page=2", "/order%20items?q=caf%C3%A9&page=1", "/order%20items?q=caf%C3%A9&page=2"}));
        QCOMPARE(found->skipped.size(), 2);
        QCOMPARE(matrixTargets(routes, {})->targets, (QList<QByteArray> {"/books", "/order%20items"}));
        QVERIFY(matrixTargets({}, {{"a", "b"}})->targets.isEmpty());
    }

    void emptyNamesAndValues()
    {
        QCOMPARE(matrixTargets(table({route("/a")}), {{"q", ""}, {"q", "=&?#%"}})->targets, (QList<QByteArray> {"/a?q=", "/a?q=%3D%26%3F%23%25"}));
    }

    void placesInTheRoute()
    {
        const auto routes = table({route("/users/{user}/posts/{n:int}"), route("/files/{name:path}"), route("/x")});
        const auto found = matrixTargets(routes, {{"user", "a/b"}, {"user", "c d?"}, {"n", "7"}, {"n", "x"}, {"name", "a/b c"}});
        QVERIFY(found);
        QCOMPARE(found->targets,
            (QList<QByteArray> {"/users/c%20d%3F/posts/7?name=a%2Fb+c", "/files/a/b%20c?user=a%2Fb&n=7", "/files/a/b%20c?user=a%2Fb&n=x", "/files/a/b%20c?user=c+d%3F&n=7",
                "/files/a/b%20c?user=c+d%3F&n=x", "/x?user=a%2Fb&n=7&name=a%2Fb+c", "/x?user=a%2Fb&n=x&name=a%2Fb+c", "/x?user=c+d%3F&n=7&name=a%2Fb+c",
                "/x?user=c+d%3F&n=x&name=a%2Fb+c"}));
        const auto missing = matrixTargets(routes, {{"name", "a"}});
        QCOMPARE(missing->skipped.size(), 1);
        QVERIFY(missing->skipped.first().why.contains(QStringLiteral("{user}")) || missing->skipped.first().why.contains(QStringLiteral("{n}")));
    }

    void tooManyAreNotMade()
    {
        cache::QueryPairs pairs;
        for (int name = 0; name < 12; ++name) {
            for (int value = 0; value < 30; ++value)
                pairs.emplace_back(QByteArray::number(name), QByteArray::number(value));
        }
        const auto found = matrixTargets(table({route("/a")}), pairs);
        QVERIFY(!found);
        QCOMPARE(found.error().reason, Reason::TooManyTargets);
        QVERIFY(!matrixTargets(table({route("/a"), route("/b")}), {{"a", "1"}, {"a", "2"}}, 3));
        QVERIFY(matrixTargets(table({route("/a"), route("/b")}), {{"a", "1"}, {"a", "2"}}, 4));
    }

    void arguments()
    {
        QCOMPARE(*parameterFromArgument(QStringLiteral("a=b=c")), std::pair(QByteArray("a"), QByteArray("b=c")));
        QCOMPARE(*parameterFromArgument(QStringLiteral("a=")), std::pair(QByteArray("a"), QByteArray("")));
        for (const char* bad : {"", "a", "=b"})
            QCOMPARE(parameterFromArgument(QString::fromLatin1(bad)).error().reason, Reason::BadOption);
    }

    void answers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("read"); // list, pages, next page, next cursor
        const auto row = [](const char* name, QByteArray body, QByteArray read) { QTest::newRow(name) << std::move(body) << std::move(read); };
        row("by number", numbered(2, 5), "filled 5 3 -");
        row("last page", numbered(5, 5), "filled 5 - -");
        row("behind the last", numbered(6, 5), "empty 5 - -");
        row("by cursor", R"({"next":"eyJpZCI6IDIwfQ==","previous":null,"results":[1]})", "filled - - eyJpZCI6IDIwfQ==");
        row("cursor in a URL", R"({"next":"/books?cursor=a%3D","items":[1]})", "filled - - a=");
        row("not split", R"({"results":[1,2]})", "filled - - -");
        row("empty list with blanks", "{ \"results\" : [ ] }", "empty - - -");
        row("nested fields are not the answer's", R"({"a":{"next":"/x?page=9","pages":3},"results":[{"next":"/x?page=8"}]})", "filled - - -");
        row("odd values", R"({"pages":"5","next":7,"results":[1]})", "filled - - -");
        row("page that is no number", R"({"next":"/x?page=two","results":[1]})", "filled - - -");
        row("large numbers", R"({"pages":99999999999999999999,"results":[1]})", "filled - - -");
        for (const char* body : {"", "[]", "[1]", "null", "{}", "{\"results\":5}", "{\"results\":[", "{\"results\":[1],}", "<html>", "{\"results\":[1]} x"})
            row(body, body, "none");
    }
    void answers()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, read);
        const auto answer = readPageAnswer(body);
        const auto number = [](std::optional<qint64> n) { return n ? QByteArray::number(*n) : QByteArray("-"); };
        QCOMPARE(answer ? QByteArray((answer->isEmpty ? "empty " : "filled ") + number(answer->pages) + ' ' + number(answer->nextPage) + ' ' + answer->nextCursor.value_or("-")) : QByteArray("none"), read);
    }

    void pagesFromOneAnswer()
    {
        ListServer server([](const QByteArray&) -> ListServer::Answer { return {numbered(1, 3)}; });
        const auto found = walk(server, {.targets = {"/books?q=a%20b", "/books?page=2"}, .headers = {{"Authorization", "x"}}});
        QVERIFY(found);
        QCOMPARE(found->targets, (QList<QByteArray> {"/books?q=a%20b", "/books?q=a%20b&page=1", "/books?q=a%20b&page=2", "/books?q=a%20b&page=3", "/books?page=2"}));
        QCOMPARE(found->requests, 1);
        QVERIFY(found->requestMs > 0);
        QCOMPARE(server.asked().first().authorization, QByteArray("x"));
    }

    // Where an answer names the next page alone; one server goes on with an empty page, one stops.
    void pagesOneByOne()
    {
        ListServer server([](const QByteArray& target) -> ListServer::Answer {
            const int page = std::max(1, target.mid(target.indexOf("page=") + 5).toInt());
            if (target.startsWith("/more"))
                return {"{\"next\":\"/more?page=" + QByteArray::number(page + 1) + "\",\"results\":[" + (page <= 3 ? "1" : "") + "]}"};
            return {numbered(page, 3, false)};
        });
        QCOMPARE(walk(server, {.targets = {"/books"}})->targets, (QList<QByteArray> {"/books", "/books?page=1", "/books?page=2", "/books?page=3"}));
        QCOMPARE(walk(server, {.targets = {"/more"}})->targets, (QList<QByteArray> {"/more", "/more?page=1", "/more?page=2", "/more?page=3"}));
        for (const ListServer::Asked& asked : server.asked())
            QCOMPARE(asked.method, QByteArray("GET"));
    }

    void cursorsAreWalked()
    {
        ListServer server([](const QByteArray& target) -> ListServer::Answer {
            if (target.contains("cursor=c2"))
                return {R"({"next":null,"previous":null,"results":[3]})"};
            return {target.contains("cursor") ? R"({"next":"c2","results":[2]})" : R"({"next":"c1==","results":[1]})"};
        });
        QCOMPARE(walk(server, {.targets = {"/books"}})->targets, (QList<QByteArray> {"/books", "/books?cursor=c1%3D%3D", "/books?cursor=c2"}));
    }

    void endlessListsEnd()
    {
        ListServer circle([](const QByteArray&) -> ListServer::Answer { return {R"({"next":"same","results":[1]})"}; });
        QCOMPARE(walk(circle, {.targets = {"/a"}})->targets, (QList<QByteArray> {"/a", "/a?cursor=same"}));
        ListServer many([](const QByteArray&) -> ListServer::Answer { return {numbered(1, 2'000'000'000)}; });
        const auto found = walk(many, {.targets = {"/a", "/b"}, .pages = 50});
        QCOMPARE(found->targets.size(), 102);
        QCOMPARE(found->limits.size(), 1);
        QCOMPARE(walk(many, {.targets = {"/a", "/b"}, .most = 10})->targets.size(), 10);
    }

    void badAnswersAreSaid()
    {
        ListServer server([](const QByteArray& target) -> ListServer::Answer {
            if (target == "/gone")
                return {"", 404};
            return {target == "/text" ? "hello" : R"({"results":[]})"};
        });
        const auto found = walk(server, {.targets = {"/gone", "/text", "/empty"}});
        QCOMPARE(found->targets, (QList<QByteArray> {"/gone", "/text", "/empty"}));
        QCOMPARE(found->skipped.size(), 2);
        QCOMPARE(found->skipped.first().why, QStringLiteral("status 404"));
    }

    void noServer()
    {
        http::Client client({.baseUrl = QStringLiteral("http://127.0.0.1:1")});
        PageWalk job(&client, {.targets = {"/a"}});
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QVERIFY(!finished.isEmpty() || finished.wait());
        QCOMPARE(job.outcome().error().reason, Reason::ApiUnreachable);
        QCOMPARE(job.found().requests, 0); // nothing got out
    }

    void cancelEndsIt()
    {
        ListServer server([](const QByteArray& target) -> ListServer::Answer { return {"{\"next\":\"" + QByteArray::number(target.size()) + target.right(3).toHex() + "\",\"results\":[1]}"}; });
        http::Client client({.baseUrl = server.url()});
        PageWalk job(&client, {.targets = {"/a"}});
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        QTRY_VERIFY(job.found().requests >= 2 || job.isFinished());
        job.cancel();
        QVERIFY(!finished.isEmpty() || finished.wait());
        QCOMPARE(finished.size(), 1);
    }

    void whatIsUnderWayAtCancelCounts()
    {
        std::atomic_bool isAsked = false;
        QSemaphore mayAnswer;
        ListServer server([&](const QByteArray&) -> ListServer::Answer {
            isAsked = true;
            mayAnswer.acquire();
            return {"{}"};
        });
        http::Client client({.baseUrl = server.url()});
        PageWalk job(&client, {.targets = {"/a"}});
        job.start();
        const bool wasAsked = QTest::qWaitFor([&isAsked] { return isAsked.load(); });
        job.cancel();
        mayAnswer.release();
        QVERIFY(wasAsked);
        QTRY_VERIFY(job.isFinished());
        QCOMPARE(job.found().requests, 1);
        QCOMPARE(job.found().answered, 0);
    }
};

QTEST_GUILESS_MAIN(TestParameterMatrix)
#include "tst_parametermatrix.moc"
