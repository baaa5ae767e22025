// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/stagetest.h"
#include "core/base/errortext.h"
#include "core/replay/collectiondraft.h"
#include "core/replay/collectionfile.h"
#include "core/replay/collectionrun.h"
#include "core/replay/variablemask.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace core;
using namespace core::replay;

class TestCollection final : public StageTest {
    Q_OBJECT
    Result<void> m_outcome;
    CollectionRun::Counts m_counts;

    static QString text(const char* utf8) { return QString::fromUtf8(utf8); }
    static QByteArray file(const QByteArray& requests) { return R"({"cachelight_collection": 1, "name": "Books", "requests": [)" + requests + "]}"; }
    static Result<Collection> read(const QByteArray& requests) { return collectionFromJson(file(requests), QStringLiteral("c.json")); }
    QList<CollectionResult> ran(const QByteArray& requests, CollectionRun::Options options = {}, bool withRedis = true)
    {
        const auto collection = read(requests);
        if (!collection) {
            m_outcome = fail(collection.error());
            return {};
        }
        CollectionRun job(withRedis ? m_stage->session.get() : nullptr, m_stage->client.get(), CachingApi::routes(), *collection, std::move(options));
        QList<CollectionResult> results;
        connect(&job, &CollectionRun::resultReady, this, [&results](const CollectionResult& result) { results << result; });
        if (!finishes(job))
            return {};
        m_outcome = job.outcome();
        m_counts = job.counts();
        return results;
    }
    static QStringList failed(const CollectionResult& result)
    {
        QStringList out;
        for (const CollectionCheck& check : result.checks) {
            if (!check.passed)
                out << check.what + u": " + check.expected + u" | " + check.actual;
        }
        return out;
    }

private slots:
    void filesComeBackAsTheyWere()
    {
        const QByteArray json = R"({"cachelight_collection": 1, "name": "B", "x_made_by": {"x": [1]}, "requests": [ )"
            R"({"name": "first", "target": "/books?page=1", "x_colour": "red", "headers": [["Authorization", "Bearer {{token}}"], ["X-A", "1"]], )"
            R"("expect": {"status": 200, "verdict": "HIT", "ttl_min_s": 1, "ttl_max_s": 60, "latency_max_ms": 2.5, "headers": [["Content-Type", "application/json"]]}}, )"
            R"({"target": "/books", "method": "POST", "body": "title é"}]})";
        const auto collection = collectionFromJson(json, text("c"));
        QVERIFY2(collection, collection ? "" : qPrintable(oneLine(collection.error())));
        QCOMPARE(collection->requests[0].expect.maxLatencyMs, std::optional(2.5));
        QCOMPARE(collection->requests[0].expect.verdict, std::optional(http::Verdict::Hit));
        QCOMPARE(collection->requests[1].body, QByteArray("title é"));
        QTemporaryDir dir;
        const QString name = dir.filePath(text("c.json"));
        QVERIFY(storeCollection(*collection, name, {}));
        const auto again = loadCollection(name);
        QVERIFY(again && again->collection == *collection); // with the fields that are not ours
        QVERIFY(again->collection.others.contains(text("x_made_by")) && again->collection.requests[0].others.contains(text("x_colour")));
        QVERIFY(!(QFile::permissions(name) & (QFile::ReadGroup | QFile::ReadOther)));
    }

    void badFiles_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QByteArray& json, const char* says) { QTest::newRow(name) << json << QString::fromUtf8(says); };
        const auto request = [](const QByteArray& fields) { return file(R"({"target": "/a", )" + fields + '}'); };
        row("empty", "", "byte");
        row("cut", file("").chopped(2), "byte");
        row("list", "[]", "no JSON object");
        row("another file", R"({"requests": []})", "no collection");
        row("newer", R"({"cachelight_collection": 2})", "newer");
        row("version is no number", R"({"cachelight_collection": "1"})", "no number");
        row("requests is no list", R"({"cachelight_collection": 1, "requests": {}})", "no list");
        row("request is no object", file("7"), "requests[0] is no object");
        row("no target", file("{}"), "requests[0]");
        row("bad target", file(R"({"target": "/a b"})"), "requests[0]");
        row("line break in target", file(R"({"target": "/a\r\nX: y"})"), "requests[0]");
        row("HEAD", request(R"("method": "HEAD")"), "HEAD");
        row("bad method", request(R"("method": "G T")"), "requests[0]");
        row("headers as object", request(R"("headers": {"A": "b"})"), "no list");
        row("header of three", request(R"("headers": [["A", "b", "c"]])"), "pairs");
        row("header with a line break", request(R"("headers": [["A", "b\r\nC: d"]])"), "requests[0]");
        row("token", request(R"("headers": [["Authorization", "Bearer abc"]])"), "no secret");
        row("API key", request(R"("headers": [["X-Api-Key", "abc"]])"), "no secret");
        row("token of another name", request(R"("headers": [["X-Auth-Token", "abc"]])"), "no secret");
        row("token beside a variable", request(R"("headers": [["authorization", "Bearer abc{{x}}"]])"), "no secret");
        row("cookie", request(R"("headers": [["Cookie", "a={{x}}; b=secret"]])"), "no secret");
        row("unknown expectation", request(R"("expect": {"statsu": 200})"), "\"statsu\" is not known");
        row("the expectation it was meant for", request(R"("expect": {"statsu": 200})"), R"(requests[0].expect: "statsu" is not known to this version; "status" is probably meant)");
        row("unknown field of a request", request(R"("expcet": {"status": 200})"), R"(requests[0]: "expcet" is not known to this version; "expect" is probably meant)");
        row("of another case", request(R"("Headers": [])"), "\"headers\" is probably meant");
        row("unknown field of the collection", R"({"cachelight_collection": 1, "request": []})", R"(collection: "request" is not known to this version; "requests" is probably meant)");
        row("like nothing known", request(R"("colour": "red")"), R"(requests[0]: "colour" is not known to this version)");
        row("what is ours alone does not go into expect", request(R"("expect": {"x_status": 200})"), "\"x_status\" is not known");
        row("an expectation twice", request(R"("expect": {"status": 200, "status": 404})"), R"(requests[0].expect: "status" stands there twice)");
        row("twice, one with an escape", request(R"("expect": {"status": 200, "st\u0061tus": 404})"), R"(requests[0].expect: "status" stands there twice)");
        row("a field of a request twice", file(R"({"target": "/b"}, {"target": "/a", "target": "/b"})"), R"(requests[1]: "target" stands there twice)");
        // Both are read on by QJsonDocument.
        row("twice behind a byte order mark", "\xef\xbb\xbf" + request(R"("expect": {"status": 200, "status": 404})"), R"(requests[0].expect: "status" stands there twice)");
        row("twice behind half a surrogate pair", request(R"("name": "\ud800", "expect": {"status": 200, "status": 404})"), "surrogate");
        row("requests twice", R"({"cachelight_collection": 1, "requests": [], "requests": []})", R"(collection: "requests" stands there twice)");
        row("bad verdict", request(R"("expect": {"verdict": "hit"})"), "HIT, MISS");
        row("bad status", request(R"("expect": {"status": 2000})"), "\"status\"");
        row("half a status", request(R"("expect": {"status": 200.5})"), "\"status\"");
        row("status as text", request(R"("expect": {"status": "200"})"), "\"status\"");
        row("negative latency", request(R"("expect": {"latency_max_ms": -1})"), "\"latency_max_ms\"");
        row("turned range", request(R"("expect": {"ttl_min_s": 9, "ttl_max_s": 1})"), "more than");
        row("expect is a list", request(R"("expect": [])"), "no object");
        row("expect is null", request(R"("expect": null)"), "no object");
        row("status is null", request(R"("expect": {"status": null})"), "\"status\"");
    }
    void badFiles()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, says);
        const auto collection = collectionFromJson(json, text("c.json"));
        QVERIFY(!collection);
        QCOMPARE(exitStatus(collection.error().code), collection.error().reason == Reason::HeadRefused ? exitStatus(Code::Guard) : 2);
        QVERIFY2(oneLine(collection.error()).contains(says), qPrintable(oneLine(collection.error())));
    }

    void secretsAreNotSaved()
    {
        QTemporaryDir dir;
        Collection collection;
        SavedRequest request;
        request.target = "/books";
        request.headers = {{"Cookie", "session=abc"}};
        collection.requests << request;
        QVERIFY(!storeCollection(collection, dir.filePath(text("c")), {}));
        QVERIFY(!QFile::exists(dir.filePath(text("c"))));
        collection.requests[0].headers = {{"Cookie", "session={{s}}; theme={{t}}"}, {"Authorization", "{{whole}}"}};
        QVERIFY(storeCollection(collection, dir.filePath(text("c")), {}));
    }

    void apiKeysAreSecretsToo()
    {
        QVERIFY(!read(R"({"target": "/a", "headers": [["X-Api-Key", "abc"]]})"));
        QVERIFY(read(R"({"target": "/a", "headers": [["X-Api-Key", "{{key}}"]]})"));
    }

    // What somebody else wrote into the file meanwhile is not overwritten by chance.
    void aChangedFileIsNotOverwritten()
    {
        QTemporaryDir dir;
        const QString name = dir.filePath(text("c.json"));
        Collection collection;
        collection.name = text("mine");
        const auto first = storeCollection(collection, name, {});
        QVERIFY(first && !first->changedMeanwhile);
        const auto second = storeCollection(collection, name, first->digest);
        QVERIFY(second && !second->changedMeanwhile);
        Collection theirs;
        theirs.name = text("theirs");
        QVERIFY(storeCollection(theirs, name, {}));
        const auto refused = storeCollection(collection, name, first->digest);
        QVERIFY(refused && refused->changedMeanwhile);
        QCOMPARE(loadCollection(name)->collection.name, text("theirs"));
        QVERIFY(QFile::remove(name));
        const auto anew = storeCollection(collection, name, first->digest);
        QVERIFY(anew && !anew->changedMeanwhile);
        QVERIFY(loadCollection(name));
        const auto nowhere = storeCollection(collection, dir.filePath(text("no/such/c.json")), {});
        QVERIFY(!nowhere && nowhere.error().code == Code::File);
    }

    void draftsLeaveSecretsOut()
    {
        const http::Request request {.target = "/books", .headers = {{"authorization", "Bearer abc"}, {"Accept", "*/*"}, {"X-API-KEY", "k1"}, {"Cookie", "sid={{sid}}"}}};
        const CollectionDraft draft = draftOf(request);
        QCOMPARE(draft.leftOut, (QStringList {text("authorization"), text("X-API-KEY")}));
        QCOMPARE(draft.request.headers, (http::Headers {{"authorization", "{{authorization}}"}, {"Accept", "*/*"}, {"X-API-KEY", "{{x_api_key}}"}, {"Cookie", "sid={{sid}}"}}));
        QVERIFY(checkSaved(draft.request));
        Variables values = draft.values;
        values.insert(text("sid"), "s");
        const auto filled = filledIn(draft.request, values);
        QVERIFY(filled);
        QCOMPARE(filled->headers, (http::Headers {{"authorization", "Bearer abc"}, {"Accept", "*/*"}, {"X-API-KEY", "k1"}, {"Cookie", "sid=s"}}));
        // The same value keeps its name, another one of the same header gets one of its own.
        QCOMPARE(draftOf(request, draft.values).request.headers, draft.request.headers);
        const CollectionDraft query = draftOf({.target = "/books?page=1&access%5Ftoken=s%20t&token={{t}}"});
        QCOMPARE(query.request.target, QByteArray("/books?page=1&access%5Ftoken={{access_token}}&token={{t}}"));
        QVERIFY(!query.request.name.contains(text("s%20t")));
        QCOMPARE(query.values.value(text("access_token")), QByteArray("s%20t"));
        QCOMPARE(query.leftOut, QStringList {text("parameter access_token")});
        const CollectionDraft other = draftOf({.target = "/books", .headers = {{"Authorization", "Bearer xyz"}}}, draft.values);
        QCOMPARE(other.request.headers, (http::Headers {{"Authorization", "{{authorization_2}}"}}));
        QCOMPARE(other.values.value(text("authorization_2")), QByteArray("Bearer xyz"));
    }

    void whatWasSeenIsProposed()
    {
        ReplayResult seen;
        QVERIFY(proposedExpectations(seen).isEmpty());
        http::Response response;
        response.status = 200;
        response.timing.total = 12.5;
        seen.response = response;
        seen.verdict.verdict = http::Verdict::Unknown;
        Expectations expect = proposedExpectations(seen);
        QCOMPARE(expect.status, std::optional(200));
        QVERIFY(!expect.verdict && !expect.minTtlS && !expect.maxTtlS);
        QCOMPARE(expect.maxLatencyMs, std::optional(30.0));
        seen.verdict.verdict = http::Verdict::Hit;
        seen.verdict.sureness = Sureness::Exact;
        seen.after.exists = true;
        seen.after.pttlMs = 41'200;
        expect = proposedExpectations(seen);
        QCOMPARE(expect.verdict, std::optional(http::Verdict::Hit));
        ReplayResult byHeader = seen;
        byHeader.verdict.sureness = Sureness::Likely; // and no key
        QVERIFY(!proposedExpectations(byHeader).verdict);
        QCOMPARE(expect.minTtlS, std::optional<qint64>(1));
        QCOMPARE(expect.maxTtlS, std::optional<qint64>(42));
        seen.policyTtlS = 60;
        QCOMPARE(proposedExpectations(seen).maxTtlS, std::optional<qint64>(60));
        seen.after.pttlMs = -1;
        QVERIFY(proposedExpectations(seen).minTtlS && !proposedExpectations(seen).maxTtlS);
        for (const CollectionCheck& check : checkExpectations(proposedExpectations(seen), seen))
            QVERIFY2(check.passed, qPrintable(check.what));
    }

    void variablesAreFilledIn()
    {
        SavedRequest request;
        request.target = "/books/{{id}}?q={{id}}&x={{no name}}{";
        request.headers = {{"Authorization", "Bearer {{token}}"}};
        request.body = "{{{id}}}";
        QCOMPARE(variablesOf(request), (QStringList {text("id"), text("token")}));
        const auto missing = filledIn(request, {{text("id"), "7"}});
        QVERIFY(!missing && oneLine(missing.error()).contains(text("CACHELIGHT_VAR_token")));
        request.target = "/books/{{id}}";
        const auto filled = filledIn(request, {{text("id"), "{{token}}7"}, {text("token"), "abc"}});
        QVERIFY(filled);
        QCOMPARE(filled->target, QByteArray("/books/{{token}}7")); // once, not again in what was put in
        QCOMPARE(filled->body, QByteArray("{{{token}}7}"));
        QCOMPARE(filled->headers[0].second, QByteArray("Bearer abc"));
        const auto split = filledIn(request, {{text("id"), "7"}, {text("token"), "geheim\r\nX: y"}});
        QVERIFY(!split && !oneLine(split.error()).contains(text("geheim")));
        const auto spaced = filledIn(request, {{text("id"), "geheim HTTP/1.1"}, {text("token"), "a"}});
        QVERIFY(!spaced && !oneLine(spaced.error()).contains(text("geheim")));
    }

    void reportsShowTheNamesOfVariables()
    {
        const Variables variables {{text("token"), "gehe%20im7"}, {text("longer"), "gehe%20im7-and-more"}, {text("id"), "7"}};
        const VariableMask mask(variables);
        SavedRequest saved;
        saved.target = "/books/{{id}}?q={{token}}&r={{longer}}";
        CollectionResult result;
        result.replay.target = filledIn(saved, variables)->target;
        result.replay.predictedKey = "lightapi:Book:/books/7:q=gehe+im7&r=gehe+im7-and-more";
        result.replay.verdict.storedKey = result.replay.predictedKey;
        result.replay.verdict.sentence = text("Under gehe im7 with 7 s left.");
        result.replay.verdict.evidence << Evidence {text("other keys"), text("stored as gehe%20im7"), {}, {}, Evidence::Says::Against};
        result.replay.verdict.contradictions << Contradiction {text("header-key-differs"), text("names gehe+im7")};
        result.checks << CollectionCheck {text("header X"), text("gehe im7"), text("gehe%20im7-and-more"), false, text("gehe im7")};
        const CollectionResult shown = mask.masked(result, saved);
        QCOMPARE(shown.replay.target, saved.target);
        QCOMPARE(shown.replay.predictedKey, std::optional<QByteArray>("lightapi:Book:/books/7:q={{token}}&r={{longer}}"));
        QCOMPARE(shown.replay.verdict.storedKey, shown.replay.predictedKey);
        QCOMPARE(shown.replay.verdict.sentence, text("Under {{token}} with 7 s left."));
        QCOMPARE(shown.replay.verdict.evidence[0].fact, text("stored as {{token}}"));
        QCOMPARE(shown.replay.verdict.contradictions[0].detail, text("names {{token}}"));
        QCOMPARE(shown.checks[0].expected + shown.checks[0].actual + shown.checks[0].why, text("{{token}}{{longer}}{{token}}"));
    }

    void expectationsHoldOrSayWhy()
    {
        const auto results = ran(R"({"target": "/books", "expect": {"verdict": "MISS", "status": 200, "ttl_min_s": 60, "ttl_max_s": 60}}, )"
            R"({"target": "/books", "expect": {"verdict": "MISS"}}, )"
            R"({"target": "/fails", "expect": {"status": 200}}, )"
            R"({"target": "/books", "expect": {"ttl_max_s": 10, "latency_max_ms": 0, "headers": [["content-type", "application/json"], ["X-None", "1"]]}}, )"
            R"({"target": "/plain", "expect": {"ttl_min_s": 1, "verdict": "BYPASS"}}, )"
            R"({"target": "/books/1"})");
        QVERIFY(m_outcome);
        QCOMPARE(results.size(), 6);
        QCOMPARE(failed(results[0]), QStringList());
        QCOMPARE(failed(results[1]).size(), 1);
        QVERIFY2(failed(results[1])[0].startsWith(text("verdict: MISS | ")), qPrintable(failed(results[1])[0]));
        QVERIFY(!results[1].checks.last().why.isEmpty());
        QCOMPARE(failed(results[2]), QStringList {text("status: 200 | 500")});
        QCOMPARE(failed(results[3]).size(), 3);
        QVERIFY(failed(results[3])[0].startsWith(text("ttl: at most 10 s | ")));
        QCOMPARE(failed(results[3])[2], text("header X-None: 1 | none"));
        QCOMPARE(failed(results[4]), QStringList {text("ttl: at least 1 s | no entry")});
        QCOMPARE(results[5].outcome, CollectionOutcome::Passed);
        QCOMPARE(m_counts.passed, 2);
        QCOMPARE(m_counts.failed, 4);
    }

    void withoutRedisItIsNotKnown()
    {
        const auto results = ran(R"({"target": "/books", "expect": {"ttl_min_s": 1}}, {"target": "/books", "expect": {"status": 200}})", {}, false);
        QCOMPARE(failed(results.value(0)), QStringList {text("ttl: at least 1 s | not known")});
        QCOMPARE(results.value(1).outcome, CollectionOutcome::Passed);
        // Not even what is expected when nothing is known.
        const auto verdicts = ran(R"({"target": "/books", "expect": {"verdict": "UNKNOWN"}}, {"target": "/lies", "expect": {"verdict": "HIT"}}, )"
            R"({"target": "/books", "method": "POST", "expect": {"verdict": "BYPASS"}})", {.methodsConfirmed = true}, false);
        QCOMPARE(failed(verdicts.value(0)), QStringList {text("verdict: UNKNOWN | not known")});
        QVERIFY2(verdicts[0].checks.last().why.startsWith(text("A verdict needs Redis. ")), qPrintable(verdicts[0].checks.last().why));
        QCOMPARE(failed(verdicts.value(1)), QStringList {text("verdict: HIT | not known")});
        QCOMPARE(verdicts.value(2).outcome, CollectionOutcome::Passed);
    }

    void othersThanGetNeedAWord()
    {
        const QByteArray requests = R"({"target": "/books"}, {"target": "/books", "method": "POST", "expect": {"status": 422}}, {"target": "/books/{{x}}"})";
        const auto unconfirmed = ran(requests);
        QCOMPARE(unconfirmed.value(1).outcome, CollectionOutcome::Skipped);
        QCOMPARE(unconfirmed.value(1).skipped->reason, Reason::MethodRefused);
        QCOMPARE(unconfirmed.value(2).skipped->reason, Reason::BadOption);
        QCOMPARE(m_stage->ask({"EXISTS", "lightapi:Book:/books:"})->integer, 1);
        const auto confirmed = ran(requests, {.variables = {{text("x"), "3"}}, .methodsConfirmed = true});
        QCOMPARE(m_counts.passed, 3);
        QCOMPARE(confirmed.value(2).replay.target, QByteArray("/books/3"));
        QCOMPARE(m_stage->ask({"EXISTS", "lightapi:Book:/books:"})->integer, 0);
    }

    void anEmptyCollectionIsDone()
    {
        QVERIFY(ran("").isEmpty());
        QVERIFY(m_outcome);
    }
};

QTEST_GUILESS_MAIN(TestCollection)
#include "tst_collection.moc"
