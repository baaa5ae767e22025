// SPDX-License-Identifier: GPL-3.0-or-later
#include "clidemo.h"
#include "tests/support/listserver.h"

#include <QFile>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <atomic>
#include <csignal>

// Where the targets of "warm" come from.
class TestCliWarm final : public CliDemo {
    Q_OBJECT
    CliRun warm(const QStringList& words, const QByteArray& input = {}) const { return run(QStringList {text("warm")} + words, input); }
    QString logWith(const QByteArray& bytes) const
    {
        QFile file(m_cli.file(text("access.log")));
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size() ? file.fileName() : QString();
    }
    static QByteArray line(const QByteArray& target) { return "127.0.0.1 - - [x] \"GET " + target + " HTTP/1.1\" 200 1\n"; }
    static QStringList targets(const CliRun& run)
    {
        QStringList out;
        for (const QJsonValue& item : run.items())
            out << item.toObject().value(text("target")).toString();
        return out;
    }

private slots:
    // An API that takes the first request and answers nothing.
    void interruptedRunSaysWhatWasUnderWay()
    {
        QTcpServer api;
        QVERIFY(api.listen(QHostAddress::LocalHost));
        QProcess process;
        QStringList options = m_server + m_api + QStringList {text("--json")};
        options.replace(options.indexOf(text("--api")) + 1, text("http://127.0.0.1:%1").arg(api.serverPort()));
        m_cli.prepare(process, QStringList {text("warm"), text("/products"), text("/products?page=2"), text("/products?page=3")} + options);
        process.start();
        QTRY_VERIFY_WITH_TIMEOUT(api.hasPendingConnections(), 20'000);
        const QTcpSocket* asking = api.nextPendingConnection(); // a child of the server
        QTRY_VERIFY_WITH_TIMEOUT(asking->bytesAvailable() > 0, 20'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const CliRun run = Cli::ended(process);
        QVERIFY2(run.exit == -SIGINT, run.all().constData());
        QVERIFY2(run.err.contains("stopped: 1 request was sent, and its result not waited for; 2 targets were not requested\n"), run.err.constData());
        QVERIFY2(!run.err.contains("nothing was requested"), run.err.constData());
        QCOMPARE(run.summary().value(text("unfinished")).toInt(-1), 1);
        QCOMPARE(run.summary().value(text("not_requested")).toInt(-1), 2);
    }
    void oneToldToWaitWasAnswered()
    {
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"{}", 503, {{"Retry-After", "200"}}}; });
        const QStringList words {text("warm"), text("/products"), text("/products?page=2"), text("--json"), text("--max-time"), text("3"), text("--url"), m_demo.redisUrl(), text("--api"), api.url(),
            text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")};
        const CliRun run = m_cli.run(words);
        QCOMPARE(api.asked().size(), 1);
        QVERIFY2(run.err.contains("stopped: 1 target was answered with 429 or 503, and not requested again; 1 target was not requested\n"), run.err.constData());
        QVERIFY2(!run.err.contains("nothing was requested"), run.err.constData());
        QCOMPARE(run.summary().value(text("told_to_wait")).toInt(-1), 1);
        QCOMPARE(run.summary().value(text("unfinished")).toInt(-1), 0);
        QCOMPARE(run.summary().value(text("not_requested")).toInt(-1), 1);
    }
    void textSaysTheTimeOnce()
    {
        const CliRun run = m_cli.run(QStringList {text("warm"), text("/products")} + m_server + m_api);
        QVERIFY2(run.exit == 0, run.all().constData());
        const QRegularExpression once(text("^warmed       /products   (\\d+ m )?\\d+ s to live\n$"));
        QVERIFY2(once.match(QString::fromUtf8(run.out)).hasMatch(), run.out.constData());
    }

    void severalSourcesOneRun()
    {
        const QString log = logWith(line("/products?page=3").repeated(5) + line("/products?page=2").repeated(9) + line("/products?page=1") + "broken\n");
        const CliRun run = warm({text("/products"), text("--access-log"), log, text("--top"), text("2"), text("--from-config"), text("--param"), text("page=1"), text("--param"), text("page=2")});
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(targets(run), (QStringList {text("/products"), text("/products?page=2"), text("/products?page=3"), text("/products?page=1")}));
        QCOMPARE(run.items().at(1).toObject().value(text("source")).toString(), log);
        QCOMPARE(run.items().at(3).toObject().value(text("source")).toString(), text("routes"));
        QCOMPARE(run.summary().value(text("warmed")).toInt(), 4);
        QCOMPARE(run.summary().value(text("repeated")).toInt(), 1);
        QVERIFY2(run.err.contains("16 lines read, 15 taken") && run.err.contains("1 broken"), run.err.constData());
    }

    void aDryRunRequestsNothing()
    {
        QVERIFY(warm({text("/products")}).exit == 0);
        const QStringList words {text("/products"), text("/products?page=2"), text("/unknown"), text("--requests-per-s"), text("2"), text("--dry-run")};
        const CliRun run = warm(words);
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(run.items().at(0).toObject().value(text("before")).toString(), text("warm"));
        QVERIFY(run.items().at(0).toObject().value(text("ttl_ms")).toInt() > 0);
        QCOMPARE(run.items().at(1).toObject().value(text("before")).toString(), text("absent"));
        QCOMPARE(run.items().at(2).toObject().value(text("before")).toString(), text("unknown"));
        const QJsonObject plan = run.json().value(text("plan")).toObject();
        QCOMPARE(plan.value(text("requests")).toInt(), 3);
        QCOMPARE(plan.value(text("duration_ms")).toInt(), 1500);
        QCOMPARE(plan.value(text("already_warm")).toInt(), 1);
        QCOMPARE(plan.value(text("sources")).toArray().size(), 1);
        QCOMPARE(run.summary().value(text("absent")).toInt(), 1);
        // Nothing was stored by it.
        QCOMPARE(warm(words).items().at(1).toObject().value(text("before")).toString(), text("absent"));
        const CliRun lines = m_cli.run(QStringList {text("warm")} + words + m_server + m_api + QStringList {text("--ndjson")});
        QCOMPARE(lines.lines().size(), 4);
        QVERIFY(lines.lines().last().contains(text("plan")));
        const CliRun people = m_cli.run(QStringList {text("warm")} + words + m_server + m_api);
        QVERIFY2(people.out.startsWith("warm    /products") && people.err.contains("3 requests, about 1.5"), people.all().constData());
    }

    // As invalidate's --keys-from takes them; what names no request is left out and said.
    void keysOfAFile()
    {
        QFile file(m_cli.file(text("keys.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("lightapi:ProductsEndpoint:/products:page=2\ntag:products\nlightapi:ProductsEndpoint:/products:page=1\n") > 0);
        file.close();
        const CliRun run = warm({text("/products?page=1"), text("--keys-from"), file.fileName()});
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(targets(run), (QStringList {text("/products?page=1"), text("/products?page=2")}));
        QCOMPARE(run.items().at(1).toObject().value(text("source")).toString(), file.fileName());
        QCOMPARE(run.items().at(1).toObject().value(text("key")).toString(), text("lightapi:ProductsEndpoint:/products:page=2"));
        QVERIFY2(run.err.contains("left out are 1 key") && run.err.contains("tag:products"), run.err.constData());
        QCOMPARE(warm({text("--keys-from"), text("/nowhere/keys")}).exit, 6);
        const CliRun fromStdin = warm({text("--keys-from"), text("-"), text("--dry-run")}, "lightapi:ProductsEndpoint:/products:page=3\n");
        QCOMPARE(targets(fromStdin), QStringList {text("/products?page=3")});
    }

    // Entries that live shorter than asked for, and no other key.
    void entriesAboutToExpire()
    {
        QVERIFY(warm({text("/products?page=1"), text("/products?page=2")}).exit == 0); // 120 s each
        QVERIFY(m_cli.run(QStringList {text("expire"), text("lightapi:ProductsEndpoint:/products:page=2"), text("30")} + m_server).exit == 0);
        const CliRun run = warm({text("--ttl-below"), text("60"), text("--dry-run")});
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(targets(run), QStringList {text("/products?page=2")});
        QVERIFY(run.summary().value(text("own_lookups")).toInt() > 0);
        QCOMPARE(targets(warm({text("--ttl-below"), text("1000"), text("--dry-run")})).size(), 2);
        QCOMPARE(warm({text("--ttl-below"), text("no")}).exit, 2);
    }

    void aPlanOfRoutesNeedsNoApi()
    {
        const CliRun run = m_cli.run({text("warm"), text("--from-config"), text("--dry-run"), text("--json"), text("--url"), m_demo.redisUrl(), text("--endpoint"), text("A=/a/{id:int},ttl=60"),
            text("--endpoint"), text("B=/b,cached=no"), text("--param"), text("id=7"), text("--param"), text("q=x y")});
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(targets(run), (QStringList {text("/a/7?q=x+y")}));
        QVERIFY2(run.err.contains("left out: /b"), run.err.constData());
    }

    // Finding pages is requesting lists, which LightAPI stores.
    void aDryRunWithPagesSaysWhatItRequested()
    {
        ListServer api([](const QByteArray& target) -> ListServer::Answer {
            return {target.startsWith("/list") ? R"({"count": 3, "total_pages": 3, "page": 1, "results": [1]})" : "{}"};
        });
        const QStringList server {text("--url"), m_demo.redisUrl(), text("--api"), api.url(), text("--endpoint"), text("List=/list,ttl=60")};
        const QStringList words {text("warm"), text("--from-config"), text("--pages"), text("--dry-run")};
        const CliRun run = m_cli.run(words + server + QStringList {text("--json")});
        const auto sent = api.asked().size();
        QVERIFY2(sent > 0, run.all().constData());
        QCOMPARE(run.summary().value(text("pages_requested")).toInt(), int(sent));
        QCOMPARE(run.summary().value(text("sitemaps_requested")).toInt(-1), 0);
        QVERIFY2(!run.err.contains("nothing was requested") && run.err.contains("may have stored"), run.err.constData());
        const CliRun none = m_cli.run(QStringList {text("warm"), text("--from-config"), text("--dry-run")} + server);
        QVERIFY2(none.err.contains("nothing was requested"), none.err.constData());
        QCOMPARE(api.asked().size(), sent);
    }

    void aDryRunThatFailsSaysWhatItRequested()
    {
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"", 404}; });
        const CliRun run = m_cli.run({text("warm"), text("--sitemap"), text("/sitemap.xml"), text("--dry-run"), text("--url"), m_demo.redisUrl(), text("--api"), api.url()});
        QVERIFY2(run.exit == 3, run.all().constData());
        QCOMPARE(api.asked().size(), 1);
        QVERIFY2(run.err.contains("sent to find the targets: 1 sitemap\n"), run.err.constData());
    }

    void aSitemapThatIsCutOff()
    {
        ListServer api([](const QByteArray&) -> ListServer::Answer { return {"<urlset><url><loc>http://h/a</loc>"}; });
        const CliRun run = m_cli.run({text("warm"), text("--sitemap"), text("/sitemap.xml"), text("--json"), text("--url"), m_demo.redisUrl(), text("--api"), api.url()});
        QVERIFY2(run.exit == 2, run.all().constData());
        QCOMPARE(run.error().value(text("code")).toString(), text("input"));
    }

    // What it did with those who asked to wait.
    void attemptsAndWaitsAreTold()
    {
        std::atomic<int> asked = 0;
        ListServer api([&asked](const QByteArray& target) -> ListServer::Answer {
            if (target == "/products?page=2")
                return {"{}", 429, {{"Retry-After", "86400"}}};
            return ++asked < 3 ? ListServer::Answer {"{}", 503, {{"Retry-After", "0"}}} : ListServer::Answer {"{}", 404};
        });
        const CliRun run = m_cli.run({text("warm"), text("/products"), text("/products?page=2"), text("--json"), text("--url"), m_demo.redisUrl(), text("--api"), api.url(),
            text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")});
        QVERIFY2(run.exit == 1, run.all().constData());
        QCOMPARE(run.items().size(), 2);
        const QJsonObject tried = run.items().at(0).toObject(), refused = run.items().at(1).toObject();
        QCOMPARE(tried.value(text("reason")).toString(), text("status 404, after 3 attempts"));
        QCOMPARE(tried.value(text("attempts")).toInt(), 3);
        QCOMPARE(refused.value(text("reason")).toString(), text("status 429, asked to wait 86400 s, longer than the limit of 300 s"));
        QCOMPARE(refused.value(text("attempts")).toInt(), 1);
        QCOMPARE(run.summary().value(text("held_back")).toInt(), 2);
        QVERIFY2(run.err.contains("2 requests were answered with 429 or 503, and tried again later"), run.err.constData());
    }

    void aSitemapOfTheApi()
    {
        std::atomic<int> port = 0;
        ListServer api([&port](const QByteArray& target) -> ListServer::Answer {
            const QByteArray base = "http://127.0.0.1:" + QByteArray::number(port.load());
            if (target == "/sitemap.xml")
                return {"<sitemapindex><sitemap><loc>" + base + "/one.xml</loc></sitemap><sitemap><loc>" + base + "/missing.xml</loc></sitemap></sitemapindex>"};
            if (target == "/one.xml")
                return {"<urlset><url><loc>" + base + "/a?x=1&amp;y=2</loc></url><url><loc>http://evil.example/</loc></url></urlset>"};
            return {"{}", 404};
        });
        port = api.url().section(u':', -1).toInt();
        const QStringList server {text("--url"), m_demo.redisUrl(), text("--api"), api.url(), text("--json"), text("--endpoint"), text("A=/a,ttl=60")};
        const CliRun run = m_cli.run(QStringList {text("warm"), text("--sitemap"), api.url() + text("/sitemap.xml"), text("--dry-run"), text("--bearer-file"), text("-")} + server, "secret");
        QVERIFY2(run.exit == 5, run.all().constData()); // a part of it is missing
        QCOMPARE(targets(run), (QStringList {text("/a?x=1&y=2")}));
        QVERIFY2(run.err.contains("http://evil.example/") && run.err.contains("missing.xml"), run.err.constData());
        QVERIFY(!run.all().contains("secret"));
        QCOMPARE(api.asked().size(), 3);
        QCOMPARE(api.asked().first().authorization, QByteArray("Bearer secret"));

        const CliRun other = m_cli.run(QStringList {text("warm"), text("--sitemap"), text("http://127.0.0.1:1/sitemap.xml")} + server);
        QVERIFY2(other.exit == 2, other.all().constData());
        QCOMPARE(api.asked().size(), 3);
    }

    void badSources_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("exit");
        const auto row = [](const char* name, QStringList words, int exit) { QTest::newRow(name) << std::move(words) << exit; };
        row("no log", {text("--access-log"), text("/nowhere/at/all")}, 6);
        row("a folder", {text("--access-log"), text("/")}, 6);
        row("a log with nothing in it", {text("--access-log"), text("/dev/null")}, 1);
        row("no sitemap there", {text("--sitemap"), text("/sitemap.xml")}, 3);
        row("a sitemap that is a file", {text("--sitemap"), text("file:///etc/passwd")}, 2);
    }
    void badSources()
    {
        QFETCH(QStringList, words);
        QFETCH(int, exit);
        const CliRun run = warm(words);
        QVERIFY2(run.exit == exit, run.all().constData());
    }

    void whatFailedStaysToBeDone()
    {
        const QString file = m_cli.file(text("failed.run"));
        const CliRun run = warm({text("/products"), text("/nowhere"), text("--resume"), file});
        QVERIFY2(run.exit == 5, run.all().constData());
        QCOMPARE(run.summary().value(text("remaining")).toInt(), 1);
        const CliRun again = warm({text("--resume"), file});
        QCOMPARE(targets(again), QStringList {text("/nowhere")});
        QCOMPARE(again.summary().value(text("remaining")).toInt(-1), 1);
        QVERIFY(QFile::exists(file));
    }

    void aStoppedRunGoesOn()
    {
        QFile file(m_cli.file(text("stopped.run")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"schema\":1,\"type\":\"warm-run\",\"api\":\"" + m_demo.apiUrl().toUtf8() + "\",\"targets\":3}\n/products?page=1\n/products?page=2\n/products?page=3\n1\n2");
        file.close();
        const CliRun run = warm({text("--resume"), file.fileName()});
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(targets(run), (QStringList {text("/products?page=1"), text("/products?page=3")})); // the last line was cut off
        QCOMPARE(run.summary().value(text("remaining")).toInt(-1), 0);
        QVERIFY2(run.err.contains("2 of 3 targets remain"), run.err.constData());
        QVERIFY(!file.exists());
    }

    void anInterruptedRunIsKept()
    {
        const QString file = m_cli.file(text("interrupted.run"));
        QStringList words {text("--requests-per-s"), text("10"), text("--max-time"), text("1"), text("--resume"), file};
        for (int i = 1; i <= 40; ++i)
            words << text("/products?page=%1").arg(i);
        const CliRun run = warm(words);
        QVERIFY2(run.exit == 3, run.all().constData());
        QFile kept(file);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        const auto lines = kept.readAll().count('\n');
        QVERIFY2(lines > 42 && lines < 70, QByteArray::number(lines).constData()); // a head, 40 targets, and some that are done
    }

    // Going on without them would store other answers; their values stand in no file.
    void headerFieldsAreWantedAgain()
    {
        const QString file = m_cli.file(text("headers.run"));
        QFile token(m_cli.file(text("token")));
        QVERIFY(token.open(QIODevice::WriteOnly) && token.write("s3cr3t-token") > 0);
        token.close();
        const QStringList bearer {text("--bearer-file"), token.fileName()};
        QCOMPARE(warm(QStringList {text("/nowhere"), text("-H"), text("X-Tenant: blue-house"), text("--resume"), file} + bearer).summary().value(text("remaining")).toInt(), 1);
        QFile kept(file);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        const QByteArray record = kept.readAll();
        QVERIFY2(!record.contains("s3cr3t") && !record.contains("blue-house"), record.constData());
        for (const QStringList& given : {QStringList(), bearer}) {
            const CliRun refused = warm(QStringList {text("--resume"), file} + given);
            QCOMPARE(refused.exit, 2);
            QVERIFY2(refused.out.contains("x-tenant"), refused.all().constData());
            QCOMPARE(refused.out.contains("authorization"), given.isEmpty());
        }
        const CliRun again = warm(QStringList {text("-H"), text("x-tenant: blue-house"), text("--resume"), file} + bearer);
        QCOMPARE(targets(again), QStringList {text("/nowhere")});
    }

    void resumesThatCannotBe()
    {
        QFile file(m_cli.file(text("other.run")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"schema\":1,\"type\":\"warm-run\",\"api\":\"http://other.example\",\"targets\":1}\n/products\n");
        file.close();
        QCOMPARE(warm({text("--resume"), file.fileName()}).exit, 2);
        QVERIFY(file.exists());
        QCOMPARE(warm({text("--resume"), logWith("no record")}).exit, 2);
        QCOMPARE(warm({text("/products"), text("--dry-run"), text("--resume"), file.fileName()}).exit, 2);
        QCOMPARE(warm({text("--resume"), m_cli.file(text("none.run"))}).exit, 2); // nothing to begin with
        QCOMPARE(warm({text("/products"), text("--resume"), m_cli.file(text("no/folder"))}).exit, 6);
    }

    void noRoutesAreKnown()
    {
        const CliRun run = m_cli.run({text("warm"), text("--from-config"), text("--json"), text("--url"), m_demo.redisUrl(), text("--api"), m_demo.apiUrl()});
        QVERIFY2(run.exit == 2, run.all().constData());
    }
};

QTEST_GUILESS_MAIN(TestCliWarm)
#include "tst_cliwarm.moc"
