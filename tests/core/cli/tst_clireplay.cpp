// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "clidemo.h"
#include "tests/support/listserver.h"
#include "tests/support/runningserver.h"

#include <QElapsedTimer>
#include <QJsonValue>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <atomic>
#include <csignal>
#include <mutex>
#include <vector>

namespace {
    // Keeps what it was asked, in threads of its own. Read it after the program that asks has ended.
    class RecordingApi {
    public:
        RecordingApi()
        {
            const auto keep = [this](const httplib::Request& request, httplib::Response& response) {
                const std::lock_guard lock(m_mutex);
                m_requests.push_back(request);
                response.set_content("{}", "application/json");
            };
            m_running.server.Get(".*", keep);
            m_running.server.Post(".*", keep);
            m_running.start();
        }
        QString url() const { return m_running.url(); }
        std::vector<httplib::Request> requests() const
        {
            const std::lock_guard lock(m_mutex);
            return m_requests;
        }

    private:
        mutable std::mutex m_mutex; // guards m_requests
        std::vector<httplib::Request> m_requests;
        RunningServer<> m_running;
    };
}

namespace {
    // Takes requests and never answers.
    class SilentApi {
    public:
        SilentApi()
            : m_isListening(m_server.listen(QHostAddress::LocalHost))
        {
        }
        bool isListening() const { return m_isListening; }
        QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort()); }
        // Whether a request has come; needs the event loop.
        bool wasAsked()
        {
            if (QTcpSocket* next = m_server.nextPendingConnection())
                m_asking = next;
            return m_asking && m_asking->bytesAvailable() > 0;
        }

    private:
        QTcpServer m_server;
        QTcpSocket* m_asking = nullptr; // a child of the server
        bool m_isListening = false;
    };
}

// Series of requests by "replay".
class TestCliReplay final : public CliDemo {
    Q_OBJECT
    CliRun replay(const char* words) const { return run(QStringList {text("replay")} + Cli::words(text(words))); }

private slots:
    // Followed only when asked for, hop by hop; the answer is then of another target, so that nothing is claimed of the cache.
    void redirectsAreFollowedWhenAskedFor()
    {
        ListServer api([](const QByteArray& target) -> ListServer::Answer {
            if (target == "/products")
                return {"", 302, {{"Location", "/products?page=1"}}};
            return {"{}", 200, {{"X-Cache", "HIT from edge"}}, "application/json"};
        });
        const QStringList server = m_server + QStringList {text("--api"), api.url(), text("--endpoint"), text("ProductsEndpoint=/products,ttl=120"), text("--json")};
        const CliRun shown = m_cli.run(QStringList {text("replay"), text("/products")} + server);
        QVERIFY2(shown.exit == 0, shown.all().constData());
        QCOMPARE(shown.items().at(0).toObject().value(text("status")).toInt(), 302);
        const QJsonObject first = shown.items().at(0).toObject().value(text("http")).toObject();
        QCOMPARE(first.value(text("redirects_to")).toString(), text("/products?page=1"));
        QVERIFY(first.value(text("redirects")).toArray().isEmpty());
        QCOMPARE(api.asked().size(), 1);
        const CliRun followed = m_cli.run(QStringList {text("replay"), text("/products"), text("--follow-redirects"), text("3")} + server);
        QVERIFY2(followed.exit == 0, followed.all().constData());
        const QJsonObject item = followed.items().at(0).toObject();
        QCOMPARE(item.value(text("status")).toInt(), 200);
        QCOMPARE(item.value(text("verdict")).toString(), text("UNKNOWN"));
        QVERIFY2(item.value(text("sentence")).toString().contains(text("/products?page=1")), followed.all().constData());
        QVERIFY(item.value(text("contradictions")).toArray().isEmpty());
        const QJsonArray hops = item.value(text("http")).toObject().value(text("redirects")).toArray();
        QCOMPARE(hops.size(), 1);
        QCOMPARE(hops.at(0).toObject().value(text("status")).toInt(), 302);
        QCOMPARE(hops.at(0).toObject().value(text("location")).toString(), text("/products?page=1"));
        QCOMPARE(api.asked().size(), 3);
    }

    void howRequestsTravel()
    {
        const auto reused = [](const CliRun& run) {
            QList<bool> out;
            for (const QJsonValue& item : run.items())
                out << item.toObject().value(text("http")).toObject().value(text("reused_connection")).toBool();
            return out;
        };
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"{}"}; }); // keeps its connections
        const auto sent = [&](const char* words) {
            return m_cli.run(QStringList {text("replay"), text("/products"), text("--repeat"), text("3")} + Cli::words(text(words)) + m_server + QStringList {text("--api"), api.url(), text("--json")});
        };
        const CliRun kept = sent("--http-version 1.1");
        QVERIFY2(kept.exit == 0, kept.all().constData());
        QCOMPARE(reused(kept), (QList<bool> {false, true, true}));
        QCOMPARE(kept.items().at(0).toObject().value(text("http")).toObject().value(text("version")).toString(), text("1.1"));
        QCOMPARE(reused(sent("--new-connections")), (QList<bool> {false, false, false}));
        QCOMPARE(replay("/products --compressed").exit, 0);
        // Nothing listens there: asked for, a proxy is used, and without it none is.
        QCOMPARE(replay("/products --proxy http://127.0.0.1:1").exit, 3);
        QCOMPARE(replay("/products --proxy ftp://x").exit, 2);
        QCOMPARE(replay("/products --http-version 3").exit, 2);
        QCOMPARE(replay("/products --follow-redirects -1").exit, 2);
        QCOMPARE(replay("/products --diff-fresh --new-connections").exit, 2);
        const QByteArray three = R"({"cachelight_collection": 1, "requests": [{"target": "/products"}, {"target": "/products"}, {"target": "/products"}]})";
        const auto collection = [&](const char* words) {
            return m_cli.run(QStringList {text("replay"), text("--collection"), text("-")} + Cli::words(text(words)) + m_server + QStringList {text("--api"), api.url(), text("--json")}, three);
        };
        QCOMPARE(reused(collection("--http-version 1.1")).last(), true);
        QCOMPARE(reused(collection("--new-connections")), (QList<bool> {false, false, false}));
        QCOMPARE(collection("--compressed --follow-redirects 2").exit, 0);
        for (const char* words : {"--http-version 3", "--diff-fresh", "--repeat 2", "--fresh-parameter x", "--follow-redirects -1"})
            QCOMPARE(collection(words).exit, 2);
        QVERIFY(collection("--diff-fresh").out.contains("once each"));
        for (const QByteArray& nothing : {QByteArray(R"({"cachelight_collection": 1, "requests": []})"), QByteArray(R"({"cachelight_collection": 1})")}) {
            const CliRun empty = m_cli.run(QStringList {text("replay"), text("--collection"), text("-")} + m_server + m_api, nothing);
            QCOMPARE(empty.exit, 2);
            QVERIFY2(empty.err.contains("nothing would be checked"), empty.err.constData());
        }
    }

    void itemsComeInOrder()
    {
        const CliRun run = replay("/products?page=1 /products?page=2 --repeat 30 --concurrency 8");
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.items().size(), 60);
        for (int i = 0; i < 60; ++i) {
            QCOMPARE(run.items().at(i).toObject().value(text("n")).toInt(), i + 1);
            QCOMPARE(run.items().at(i).toObject().value(text("target")).toString(), i % 2 == 0 ? text("/products?page=1") : text("/products?page=2"));
            QCOMPARE(run.items().at(i).toObject().value(text("body")).toObject().value(text("sha256")).toString().size(), 64);
        }
        QVERIFY2(run.err.contains("60 GET requests to 2 targets in turn, 8 at once"), run.err.constData());
    }

    void theSummary()
    {
        const CliRun run = replay("/products --repeat 12");
        QVERIFY2(run.exit == 0, run.all().constData());
        const QJsonObject summary = run.summary();
        QCOMPARE(summary.value(text("count")).toInt(), 12);
        QCOMPARE(summary.value(text("errors")).toInt(), 0);
        QCOMPARE(summary.value(text("dropped")).toInt(-1), 0);
        QCOMPARE(summary.value(text("by_verdict")).toObject(), (QJsonObject {{text("HIT"), 11}, {text("MISS"), 1}}));
        QCOMPARE(summary.value(text("status")).toObject(), (QJsonObject {{text("200"), 12}}));
        const QJsonObject latency = summary.value(text("latency_ms")).toObject();
        const QJsonObject hit = latency.value(text("HIT")).toObject(), miss = latency.value(text("MISS")).toObject();
        for (const char* field : {"min", "mean", "p50", "p75", "p90", "max"})
            QVERIFY2(hit.value(text(field)).toDouble() > 0, field);
        for (const char* field : {"p95", "p99", "p99_9"})
            QVERIFY2(hit.contains(text(field)) && hit.value(text(field)).isNull(), field);
        QCOMPARE(latency.value(text("all")).toObject().value(text("count")).toInt(), 12);
        QVERIFY(summary.value(text("speedup")).isNull()); // of one MISS, the first request
        QVERIFY2(run.err.contains("too few MISS to say how much faster a HIT is: 0 apart from the first request, and 5 are needed"), run.err.constData());
        QVERIFY(miss.value(text("p50")).toDouble() > 0);
        QVERIFY(summary.value(text("throughput_per_s")).toDouble() > 0);
        QCOMPARE(summary.value(text("first")).toObject().value(text("verdict")).toString(), text("MISS"));
        QVERIFY(summary.contains(text("own_lookups")) && summary.contains(text("histogram")) && summary.contains(text("service_ms")));
        // All HIT: nothing to compare with.
        const CliRun warm = replay("/products --repeat 2 --expect hit");
        QCOMPARE(warm.exit, 0);
        QVERIFY(warm.summary().value(text("speedup")).isNull());
        QCOMPARE(replay("/products --repeat 2 --expect MISS").exit, 1);
    }

    void theSpeedup()
    {
        const CliRun run = replay("/products?page=1 /products?page=2 /products?page=3 /products?page=4 /products?page=5 /products?page=6 --repeat 2");
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.summary().value(text("by_verdict")).toObject(), (QJsonObject {{text("HIT"), 6}, {text("MISS"), 6}}));
        QVERIFY(run.summary().value(text("speedup")).toDouble() > 0);
        QVERIFY2(run.err.contains("times as fast as a MISS, without connecting"), run.err.constData());
    }

    void aConstantRate()
    {
        const CliRun run = replay("/products --requests-per-s 12.5 --for 0.4 --concurrency 2 --no-verdicts");
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.items().size(), 5);
        QCOMPARE(run.summary().value(text("asked")).toObject().value(text("mode")).toString(), text("constant-rate"));
        QVERIFY(run.summary().value(text("elapsed_ms")).toDouble() >= 320);
        QCOMPARE(run.summary().value(text("own_lookups")).toInt(-1), 0);
        QVERIFY2(run.err.contains("at 12.5 /s"), run.err.constData());
    }

    void loadNeedsNoRedis()
    {
        const CliRun run = m_cli.run(QStringList {text("replay"), text("/products"), text("--repeat"), text("3"), text("--no-verdicts"), text("--json"), text("--url"), text("redis://127.0.0.1:1")} + m_api);
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.summary().value(text("by_verdict")).toObject(), (QJsonObject {{text("UNKNOWN"), 3}}));
    }

    void interruptedRunSaysWhatWasDone()
    {
        QProcess process;
        m_cli.prepare(process, QStringList {text("replay"), text("/products"), text("--for"), text("600"), text("--requests-per-s"), text("100"), text("--ndjson")} + m_server + m_api);
        process.start();
        QTRY_VERIFY_WITH_TIMEOUT(process.bytesAvailable() > 2000, 20'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const CliRun run = Cli::ended(process);
        QVERIFY2(run.exit == -SIGINT, run.all().constData());
        QVERIFY(run.lines().size() > 2);
        QVERIFY2(run.err.contains("HIT"), run.err.constData());
    }

    // Of an API that answers nothing, a request is under way when the run is stopped: "nothing was sent" would be wrong.
    void interruptedRunSaysWhatWasUnderWay_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<qint64>("notSent");
        QTest::newRow("a series by number") << QStringList {text("--repeat"), text("5")} << QByteArray("1 request was sent, and its result not waited for; 4 requests were not sent") << qint64(4);
        QTest::newRow("a series by time") << QStringList {text("--for"), text("600")} << QByteArray("1 request was sent, and its result not waited for") << qint64(-1);
        QTest::newRow("without verdicts") << QStringList {text("--repeat"), text("2"), text("--no-verdicts")} << QByteArray("1 request was sent, and its result not waited for; 1 request was not sent") << qint64(1);
        QTest::newRow("a POST") << QStringList {text("--method"), text("POST"), text("--yes"), text("--repeat"), text("2")} << QByteArray("1 request was sent, and its result not waited for; 1 request was not sent") << qint64(1);
    }
    void interruptedRunSaysWhatWasUnderWay()
    {
        QFETCH(QStringList, words);
        QFETCH(QByteArray, said);
        QFETCH(qint64, notSent);
        SilentApi api;
        QVERIFY(api.isListening());
        QProcess process;
        m_cli.prepare(process, QStringList {text("replay"), text("/products"), text("--json"), text("--api"), api.url(), text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")} + words + m_server);
        process.start();
        QTRY_VERIFY_WITH_TIMEOUT(api.wasAsked(), 20'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const CliRun run = Cli::ended(process);
        QVERIFY2(run.exit == -SIGINT, run.all().constData());
        QVERIFY2(run.err.contains(QByteArray("stopped: " + said + '\n')), run.err.constData());
        QVERIFY2(!run.err.contains("nothing was sent"), run.err.constData());
        QCOMPARE(run.summary().value(text("count")).toInt(-1), 0);
        QCOMPARE(run.summary().value(text("unfinished")).toInt(-1), 1);
        QCOMPARE(run.summary().value(text("not_sent")).toInteger(-1), notSent);
    }

    void theTimeoutHoldsForTheApi()
    {
        SilentApi api;
        QVERIFY(api.isListening());
        QElapsedTimer clock;
        clock.start();
        const CliRun run = m_cli.run(QStringList {text("replay"), text("/products"), text("--timeout"), text("1.5"), text("--json"), text("--api"), api.url()} + m_server);
        QVERIFY2(run.exit == 3, run.all().constData());
        QVERIFY2(run.err.contains("1 without an answer (1 timeout)"), run.all().constData());
        QVERIFY2(clock.elapsed() >= 1500 && clock.elapsed() < 25'000, "the API's own limit is 30 s");
    }

    CliRun asText(const char* words, const QString& api) const
    {
        return m_cli.run(QStringList {text("replay")} + Cli::words(text(words)) + m_server + QStringList {text("--api"), api, text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")});
    }
    // What Redis says to a user who lacks a permission is told, and not only that it could not be asked.
    void whyRedisCouldNotBeAsked_data()
    {
        QTest::addColumn<QString>("lacking");
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("said");
        QTest::addColumn<int>("exit");
        QTest::newRow("pttl") << text("pttl") << text("predicted key") << text("lacks the permission +pttl") << 4;
        QTest::newRow("get") << text("get") << text("stored body") << text("lacks the permission +get") << 0;
        QTest::newRow("info") << text("info") << text("idle time") << text("whether the server was saving could not be asked") << 0;
    }
    void whyRedisCouldNotBeAsked()
    {
        QFETCH(QString, lacking);
        QFETCH(QString, source);
        QFETCH(QString, said);
        QFETCH(int, exit);
        demo::RedisProcess redis;
        QVERIFY(redis.startAndWait({.tcp = true}));
        const auto ask = [&redis](const QStringList& words) {
            QProcess process;
            process.start(text("redis-cli"), QStringList {text("-s"), redis.socketPath()} + words);
            return process.waitForFinished() ? process.readAllStandardOutput() : QByteArray();
        };
        QCOMPARE(ask({text("ACL"), text("SETUSER"), text("weak"), text("on"), text(">pw"), text("~*"), text("+@all"), text("-") + lacking}), QByteArray("OK\n"));
        QCOMPARE(ask({text("SETEX"), text("lightapi:ProductsEndpoint:/products:"), text("100"), text("{}")}), QByteArray("OK\n"));
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"{}", 200, {}, "application/json"}; });
        QStringList words {text("replay"), text("/products"), text("--url"), text("redis://weak:pw@127.0.0.1:%1").arg(redis.port()), text("--api"), api.url(), text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")};
        const CliRun shown = m_cli.run(words);
        QVERIFY2(shown.out.contains((source + text(": ")).toUtf8()) && shown.out.contains(said.toUtf8()), shown.all().constData());
        QCOMPARE(shown.exit, exit);
        const CliRun run = m_cli.run(words << text("--json"));
        QCOMPARE(run.exit, exit);
        QCOMPARE(run.error().isEmpty(), exit == 0);
        QStringList facts;
        for (const QJsonValue& row : run.items().first().toObject().value(text("evidence")).toArray()) {
            if (row.toObject().value(text("source")).toString() == source)
                facts << row.toObject().value(text("fact")).toString();
        }
        QVERIFY2(facts.size() == 1 && facts.first().contains(said), run.all().constData());
    }

    // Part of the run has verdicts, so it is partly done, and what is not known is no broken expectation.
    void redisLostInTheMiddle_data()
    {
        QTest::addColumn<int>("lostAt");
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("exit");
        QTest::newRow("in the middle") << 4 << QStringList() << 5;
        QTest::newRow("in the middle, what was seen holds") << 4 << QStringList {text("--expect"), text("BYPASS")} << 5;
        QTest::newRow("in the middle, what was seen does not hold") << 4 << QStringList {text("--expect"), text("HIT")} << 1;
        QTest::newRow("with the first") << 1 << QStringList() << 3;
        QTest::newRow("with the first, nothing seen") << 1 << QStringList {text("--expect"), text("HIT")} << 3;
    }
    void redisLostInTheMiddle()
    {
        QFETCH(int, lostAt);
        QFETCH(QStringList, words);
        QFETCH(int, exit);
        for (const bool isText : {false, true}) {
            demo::RedisProcess redis;
            QVERIFY(redis.startAndWait({.tcp = true}));
            std::atomic<int> asked = 0;
            ListServer api([&asked, lostAt, pid = static_cast<pid_t>(redis.pid())](const QByteArray&) -> ListServer::Answer {
                if (++asked == lostAt)
                    ::kill(pid, SIGKILL);
                return {"{}", 200, {}, "application/json"};
            });
            const QStringList all = QStringList {text("replay"), text("/products"), text("--repeat"), text("10"), text("--url"), text("redis://127.0.0.1:%1").arg(redis.port()),
                text("--api"), api.url(), text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")} + words;
            const CliRun run = m_cli.run(isText ? all : all + QStringList {text("--json")});
            QVERIFY2(run.exit == exit, run.all().constData());
            const QString said = text("Redis could not be asked about %1 of 10 requests, number %2 first. ").arg(11 - lostAt).arg(lostAt);
            QVERIFY2(run.err.contains(said.toUtf8()), run.all().constData());
            if (isText)
                continue;
            QVERIFY2(run.summary().value(text("warnings")).toArray().first().toString().startsWith(said), run.all().constData());
            const QJsonObject lost = run.summary().value(text("redis_not_asked")).toObject();
            QCOMPARE(lost.value(text("count")).toInt(), 11 - lostAt);
            QCOMPARE(lost.value(text("first_n")).toInt(), lostAt);
            QCOMPARE(lost.value(text("error")).toObject().value(text("exit")).toInt(), 3);
            QCOMPARE(run.error().isEmpty(), exit != 3);
        }
    }

    // Said once, of a release that does, while Redis hangs.
    void aLightApiThatHangsWithItsRedis_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<bool>("redisHangs");
        QTest::addColumn<int>("said");
        QTest::newRow("old") << text("0.1.29") << true << 1;
        QTest::newRow("old, Redis answers") << text("0.1.29") << false << 0;
        QTest::newRow("new") << text("0.2.1") << true << 0;
    }
    void aLightApiThatHangsWithItsRedis()
    {
        QFETCH(QString, release);
        QFETCH(bool, redisHangs);
        QFETCH(int, said);
        SilentApi api;
        QVERIFY(api.isListening());
        demo::RedisProcess redis;
        QVERIFY(redis.startAndWait({.tcp = true}));
        QProcess process;
        m_cli.prepare(process, QStringList {text("replay"), text("/products"), text("--repeat"), text("3"), text("--timeout"), text("1"), text("--url"), text("redis://127.0.0.1:%1").arg(redis.port()),
            text("--api"), api.url(), text("--endpoint"), text("ProductsEndpoint=/products,ttl=120"), text("--lightapi-release"), release});
        process.start();
        QTRY_VERIFY_WITH_TIMEOUT(api.wasAsked(), 20'000);
        if (redisHangs)
            redis.pause();
        const CliRun run = Cli::ended(process);
        redis.resume();
        QVERIFY2(run.exit == 3, run.all().constData());
        QCOMPARE(run.all().count("hangs while its Redis hangs"), said);
    }

    // What a proxy says is a verdict, likely at best, but no key was looked at: no expectation holds on it.
    void aHeaderAloneMeetsNoExpectation()
    {
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"{}", 200, {{"X-Cache", "HIT from edge"}}, "application/json"}; });
        const QStringList words = QStringList {text("replay"), text("/elsewhere"), text("--json"), text("--api"), api.url()} + m_server;
        const CliRun told = m_cli.run(words);
        QVERIFY2(told.exit == 0, told.all().constData());
        QCOMPARE(told.items().first().toObject().value(text("verdict")).toString(), text("HIT"));
        QVERIFY(told.summary().value(text("redis_not_asked")).isNull());
        const CliRun expected = m_cli.run(words + QStringList {text("--expect"), text("HIT")});
        QVERIFY2(expected.exit == 1, expected.all().constData());
        QVERIFY2(expected.err.contains("1 verdict was not checked by Redis, as --expect wants: The route is not known"), expected.all().constData());
        const QByteArray suite = R"({"cachelight_collection": 1, "requests": [{"target": "/elsewhere", "expect": {"verdict": "HIT"}}]})";
        const CliRun collection = m_cli.run(QStringList {text("replay"), text("--collection"), text("-"), text("--api"), api.url()} + m_server, suite);
        QVERIFY2(collection.exit == 1, collection.all().constData());
        QVERIFY2(collection.out.contains("verdict: expected HIT, was not known. A verdict needs Redis. The route is not known"), collection.all().constData());
    }

    void aCodingIsNamed_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("fact");
        const QByteArray gzip = QByteArray::fromHex("1f8b08000000000000ffabae050043bfa6a3"); // without its length
        QTest::newRow("broken") << gzip << QStringList() << text("The answer came coded (gzip), though no coding was asked for, and is left as it came; its gzip data is broken or cut off");
        QTest::newRow("not gzip at all") << QByteArray("{}") << QStringList() << text("The answer came coded (gzip), though no coding was asked for, and is left as it came; its gzip data is broken or cut off");
        QTest::newRow("whole") << QByteArray::fromHex("1f8b0800000000000003abae050043bfa6a302000000") << QStringList() << text("The answer came coded (gzip), though no coding was asked for, and is left as it came");
        QTest::newRow("asked for, and undone") << QByteArray::fromHex("1f8b0800000000000003abae050043bfa6a302000000") << QStringList {text("-H"), text("Accept-Encoding: gzip")} << QString();
    }
    void aCodingIsNamed()
    {
        QFETCH(QByteArray, body);
        QFETCH(QStringList, words);
        QFETCH(QString, fact);
        ListServer api([body](const QByteArray&) -> ListServer::Answer { return {body, 200, {{"Content-Encoding", "gzip"}}}; }); // JSON it would pack itself
        const CliRun run = m_cli.run(QStringList {text("replay"), text("/products"), text("--json"), text("--api"), api.url(), text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")} + words + m_server);
        QVERIFY2(run.exit == 0, run.all().constData());
        QStringList facts;
        for (const QJsonValue& row : run.items().first().toObject().value(text("evidence")).toArray()) {
            if (row.toObject().value(text("source")).toString() == text("content coding"))
                facts << row.toObject().value(text("fact")).toString();
        }
        QCOMPARE(facts, fact.isEmpty() ? QStringList() : QStringList {fact});
    }
    // Asked for and undone here, a broken one is no answer.
    void brokenGzipThatWasAskedFor()
    {
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"{}", 200, {{"Content-Encoding", "gzip"}}}; });
        const CliRun run = asText("/products --compressed", api.url());
        QVERIFY2(run.exit == 3, run.all().constData());
        QVERIFY2(run.out.contains("could not be decompressed: it is damaged or was cut off"), run.all().constData());
    }

    void textTellsStatuses()
    {
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"{}", 503, {}, "application/json"}; });
        const CliRun run = asText("/products --repeat 3", api.url());
        QVERIFY2(run.err.contains("status: 3 with 503\n"), run.all().constData());
    }
    void textTellsThatNoVerdictWasAskedFor()
    {
        const CliRun run = asText("/products --repeat 3 --no-verdicts", m_demo.apiUrl());
        QVERIFY2(run.exit == 0, run.all().constData());
        QVERIFY2(run.out.contains("1 /products   no verdict asked for   200 in "), run.all().constData());
        QVERIFY2(run.err.contains("3 answered, no verdict asked for\n"), run.all().constData());
        QVERIFY2(!run.all().contains("UNKNOWN"), run.all().constData());
    }
    // A long series, and one by time, is its summary; JSON lists each request of both.
    void textOfASeriesIsItsSummary_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("isListed");
        QTest::newRow("one each") << text("/products /products?page=2") << true;
        QTest::newRow("short") << text("/products --repeat 20") << true;
        QTest::newRow("long") << text("/products --repeat 21") << false;
        QTest::newRow("by time") << text("/products --for 0.2") << false;
        QTest::newRow("by time and number") << text("/products --for 30 --repeat 3") << false;
    }
    void textOfASeriesIsItsSummary()
    {
        QFETCH(QString, words);
        QFETCH(bool, isListed);
        const CliRun run = asText(words.toUtf8().constData(), m_demo.apiUrl());
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.out.startsWith("1 /products   MISS"), isListed);
        QCOMPARE(run.out.contains("predicted key:"), isListed);
        QVERIFY2((isListed ? run.err : run.out).contains(" with 200\n"), run.all().constData());
        QVERIFY2((isListed ? run.err : run.out).contains("MISS"), run.all().constData());
    }
    void expectedVerdictsAreCounted()
    {
        const CliRun run = asText("/products --repeat 3 --expect HIT", m_demo.apiUrl());
        QCOMPARE(run.exit, 1);
        QVERIFY2(run.err.contains("1 verdict was not HIT, as --expect wants"), run.all().constData());
    }

    void aReleaseThatIsNotKnown()
    {
        const CliRun run = replay("/products --lightapi-release 9.9.9");
        QVERIFY2(run.exit == 0, run.all().constData());
        QVERIFY2(run.err.contains("LightAPI 9.9.9 is newer than what this version knows; it is taken as 0.4.0"), run.err.constData());
        QVERIFY(run.json().value(text("warnings")).toArray().first().toString().contains(text("taken as 0.4.0")));
        const CliRun known = replay("/products --lightapi-release 0.4.0");
        QVERIFY(!known.err.contains("newer"));
        QVERIFY(known.json().value(text("warnings")).isArray() && known.json().value(text("warnings")).toArray().isEmpty());
    }

    void sentencesAboutInput_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("message");
        QTest::newRow("no target") << QStringList {QString()} << text("An empty text is not a request target.");
        QTest::newRow("header") << QStringList {text("/products"), text("-H"), text("Authorization: a\nb")} << text("Authorization cannot be sent as a header field. Its value holds a line break or a NUL.");
        QTest::newRow("route") << QStringList {text("/products"), text("--endpoint"), text("B=/{a")} << text("B=/{a does not describe an endpoint.");
        QTest::newRow("release") << QStringList {text("/products"), text("--lightapi-release"), text("9.9.x")} << text("--lightapi-release is not right.");
    }
    void sentencesAboutInput()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, message);
        const CliRun run = m_cli.run(QStringList {text("replay"), text("--json")} + words + m_server + m_api);
        QVERIFY2(run.exit == 2, run.all().constData());
        QVERIFY2(run.error().value(text("message")).toString().contains(message), run.all().constData());
        QVERIFY(run.items().isEmpty());
    }

    void badInput_data()
    {
        QTest::addColumn<QString>("words");
        for (const char* words : {"--repeat 0", "--repeat -1", "--repeat 1.5", "--repeat 1000001", "--concurrency 0", "--concurrency 65", "--requests-per-s 0",
                 "--requests-per-s -1", "--requests-per-s nan", "--requests-per-s 5001", "--requests-per-s x", "--for 0", "--for 86401", "--for x",
                 "--no-verdicts --expect HIT", "--method POST --yes --concurrency 2", "--method POST --yes --for 1"})
            QTest::newRow(words) << text(words);
    }
    void badInput()
    {
        QFETCH(QString, words);
        const QByteArray line = "/products " + words.toUtf8();
        const CliRun run = replay(line.constData());
        QVERIFY2(run.exit == 2, run.all().constData());
        QCOMPARE(run.error().value(text("code")).toString(), text("usage"));
        QVERIFY(run.items().isEmpty());
    }

    CliRun given(const char* option, const QByteArray& input, const QStringList& more = {}) const
    {
        return m_cli.run(QStringList {text("replay"), text(option), text("-"), text("--json")} + m_server + m_api + more, input);
    }
    // Text, never run: what a shell would do with it is not done.
    void aCurlCommand()
    {
        const QByteArray url = m_demo.apiUrl().toUtf8();
        const CliRun run = given("--curl", "curl '" + url + "/products?page=2&x=$(touch%20x)' -u me:sesame-7\n");
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.items().first().toObject().value(text("target")).toString(), text("/products?page=2&x=$(touch%20x)"));
        QVERIFY(!run.all().contains("sesame-7"));
        const CliRun plain = given("--curl", "curl '" + url + "/products?page=2' -H 'Authorization: Bearer sesame-7'");
        QVERIFY2(plain.exit == 0, plain.all().constData());
        QCOMPARE(plain.items().first().toObject().value(text("target")).toString(), text("/products?page=2"));
        QVERIFY(!plain.all().contains("sesame-7"));
        QVERIFY(!plain.err.contains("meant for"));
        QCOMPARE(given("--curl", "curl -I " + url + "/products").exit, 4);
        QCOMPARE(given("--curl", "curl -X POST -d '{}' " + url + "/products").error().value(text("code")).toString(), text("unconfirmed"));
        QCOMPARE(given("--curl", "wget /products").exit, 2);
    }
    // What was meant for another server must not reach this one: no credential, and no body, in which one may be.
    void aCurlCommandForAnotherServer()
    {
        const RecordingApi api;
        const auto sent = [&](const QByteArray& command, const QStringList& more = {}) {
            return m_cli.run(QStringList {text("replay"), text("--curl"), text("-"), text("--json"), text("--api"), api.url()} + m_server + more, command);
        };
        const QByteArray post = "/products?page=3' -H 'Authorization: Bearer sesame-7' -d '{\"password\": \"open-7\"}'";
        const QByteArray query = "curl 'https://elsewhere.example/products?key=open-8' -H 'Authorization: Bearer sesame-7' -H 'X-Kept: yes'";
        const CliRun asked = sent(query);
        QVERIFY2(asked.exit == 4, asked.all().constData());
        QCOMPARE(asked.error().value(text("code")).toString(), text("unconfirmed"));
        QVERIFY2(asked.error().value(text("message")).toString().contains(text("with --foreign-query it is sent to ") + api.url()), asked.all().constData());
        QVERIFY2(!asked.error().value(text("hint")).toString().contains(text("only;")), asked.all().constData());
        QVERIFY(!asked.all().contains("open-8"));
        // A method's consent is none to the query.
        QCOMPARE(sent(query, {text("--method"), text("POST"), text("--yes")}).error().value(text("code")).toString(), text("unconfirmed"));
        QCOMPARE(api.requests().size(), 0U);
        const CliRun foreign = sent(query, {text("--foreign-query")});
        QVERIFY2(foreign.exit == 0, foreign.all().constData());
        const QByteArray said = "the request was meant for https://elsewhere.example; its path and query go to the API that is set, " + api.url().toUtf8() + ", without Authorization";
        QVERIFY2(foreign.err.contains(said), foreign.err.constData());
        QCOMPARE(foreign.json().value(text("warnings")).toArray(), QJsonArray {QString::fromUtf8(said)});
        QCOMPARE(api.requests().size(), 1U);
        QVERIFY(!api.requests().front().has_header("Authorization"));
        QVERIFY(api.requests().front().has_header("X-Kept"));
        const CliRun refused = sent("curl 'https://elsewhere.example" + post, {text("--yes"), text("--foreign-query")});
        QVERIFY2(refused.exit == 2, refused.all().constData());
        QVERIFY2(refused.all().contains("is not sent to the API that is set"), refused.all().constData());
        QVERIFY(!refused.all().contains("open-7"));
        QCOMPARE(api.requests().size(), 1U);
        // A path alone is no secret.
        const CliRun path = sent("curl https://elsewhere.example/products");
        QVERIFY2(path.exit == 0 && path.err.contains("its path goes to the API that is set"), path.all().constData());
        // For this server all of it goes, and with GET no body.
        const CliRun own = sent("curl '" + api.url().toUtf8() + post, {text("--yes")});
        QVERIFY2(own.exit == 0, own.all().constData());
        QCOMPARE(api.requests().size(), 3U);
        QVERIFY(api.requests().back().has_header("Authorization"));
        QCOMPARE(api.requests().back().body, std::string(R"({"password": "open-7"})"));
        const CliRun got = sent("curl '" + api.url().toUtf8() + post, {text("--method"), text("GET")});
        QVERIFY2(got.exit == 0, got.all().constData());
        QVERIFY2(got.err.contains("the body is left out"), got.err.constData());
        QCOMPARE(api.requests().back().method, std::string("GET"));
        QVERIFY(api.requests().back().body.empty());
    }
    // As in the window: the name, and nothing less.
    void anotherMethodOnProductionWantsTheName()
    {
        const RecordingApi api;
        const QStringList add = QStringList {text("profiles"), text("add"), text("live"), text("--environment"), text("production"), text("--api"), api.url(), text("--yes")} + m_server;
        const CliRun added = m_cli.run(add);
        QVERIFY2(added.exit == 0, added.all().constData());
        const QByteArray suite = R"({"cachelight_collection": 1, "requests": [{"target": "/products", "method": "POST"}]})";
        size_t sent = 0;
        for (const char* what : {"/products --method POST", "--collection -"}) {
            const auto code = [&](const char* words) {
                const CliRun run = m_cli.run(QStringList {text("replay")} + Cli::words(text(what)) + Cli::words(text(words)) + QStringList {text("--profile"), text("live"), text("--json")}, suite);
                return run.exit == 0 ? text("sent") : run.error().value(text("code")).toString();
            };
            QCOMPARE(code("--yes"), text("unconfirmed"));
            QCOMPARE(code("--yes --confirm dead"), text("guard"));
            QCOMPARE(api.requests().size(), sent);
            QCOMPARE(code("--confirm live"), text("sent"));
            QCOMPARE(api.requests().size(), ++sent);
        }
        const CliRun removed = m_cli.run({text("profiles"), text("remove"), text("live"), text("--yes")});
        QVERIFY2(removed.exit == 0, removed.all().constData());
    }
    // Before a sentence tells the API's URL: it may hold a password, or be none.
    void aCurlCommandWantsAnApi_data()
    {
        QTest::addColumn<QByteArray>("api");
        QTest::addColumn<QString>("hint");
        QTest::newRow("with a password") << QByteArray("http://user:sesame9@127.0.0.1:1") << text("without path, user name and password");
        QTest::newRow("none") << QByteArray() << text("Give its base URL with --api");
    }
    void aCurlCommandWantsAnApi()
    {
        QFETCH(QByteArray, api);
        QFETCH(QString, hint);
        for (const QByteArray command : {"curl https://elsewhere.example/products", "curl 'https://elsewhere.example/products?a=1'"}) {
            const QStringList words = QStringList {text("replay"), text("--curl"), text("-"), text("--json")} + m_server;
            const CliRun given = m_cli.run(api.isEmpty() ? words : words + QStringList {text("--api"), QString::fromUtf8(api)}, command);
            m_cli.setEnvironment(text("CACHELIGHT_API"), QString::fromUtf8(api));
            const CliRun fromEnvironment = m_cli.run(words, command);
            m_cli.unsetEnvironment(text("CACHELIGHT_API"));
            for (const CliRun& run : {given, fromEnvironment}) {
                QVERIFY2(run.exit == 2, run.all().constData());
                QVERIFY2(run.error().value(text("hint")).toString().contains(hint), run.all().constData());
                QVERIFY2(!run.all().contains("sesame9"), run.all().constData());
            }
        }
    }
    void aLogLine()
    {
        const QByteArray line = R"(10.0.0.1 - - [10/Oct/2025:13:55:36 +0000] "GET /products?page=4 HTTP/1.1" 200 12)";
        const CliRun run = given("--log-line", line + '\n');
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.items().first().toObject().value(text("target")).toString(), text("/products?page=4"));
        QCOMPARE(given("--log-line", "nonsense").exit, 2);
        QCOMPARE(given("--log-line", line, {text("/products")}).exit, 2);
        QCOMPARE(given("--log-line", line, {text("--curl"), text("-")}).exit, 2);
    }

    void noServer()
    {
        const CliRun run = m_cli.run(QStringList {text("replay"), text("/a"), text("--repeat"), text("9"), text("--json"), text("--api"), text("http://127.0.0.1:1")} + m_server);
        QVERIFY2(run.exit == 3, run.all().constData());
        QCOMPARE(run.items().size(), 3);
        QCOMPARE(run.summary().value(text("errors_by")).toObject().value(text("unreachable")).toInt(), 3);
    }
};

QTEST_GUILESS_MAIN(TestCliReplay)
#include "tst_clireplay.moc"
