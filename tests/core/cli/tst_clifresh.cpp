// SPDX-License-Identifier: GPL-3.0-or-later
#include "clidemo.h"
#include "tests/support/listserver.h"

#include <QFile>
#include <QScopeGuard>
#include <QTest>
#include <QUrl>

#include <atomic>
#include <csignal>
#include <future>

// "replay --diff-fresh" and "replay --collection".
class TestCliFresh final : public CliDemo {
    Q_OBJECT
    CliRun replay(const char* words, const QByteArray& input = {}) const { return run(QStringList {text("replay")} + Cli::words(text(words)), input); }
    QJsonObject fresh(const CliRun& ran, int index = 0) const { return ran.items().at(index).toObject().value(text("fresh")).toObject(); }
    QString state(const CliRun& ran, int index = 0) const { return fresh(ran, index).value(text("state")).toString(); }
    int keys() const { return run({text("keys"), text("--class"), text("ProductsEndpoint"), text("--count-only")}).summary().value(text("matched")).toInt(); }

    // Stores the answer to /products with one value changed.
    void makeStale() const
    {
        QVERIFY(replay("/products").exit == 0);
        const QString key = text("lightapi:ProductsEndpoint:/products:");
        QByteArray value = m_cli.run(QStringList {text("get"), key, text("--raw")} + m_server).out;
        const qsizetype at = value.indexOf("\"id\": ");
        QVERIFY2(at > 0, value.left(200).constData());
        value.insert(at + 6, "77");
        QFile file(m_cli.file(text("value")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(value) == value.size());
        file.close();
        const CliRun put = m_cli.run(QStringList {text("put"), key, text("--file"), file.fileName(), text("--ttl"), text("100")} + m_server);
        QVERIFY2(put.exit == 0, put.all().constData());
    }

private slots:
    void anEqualEntryIsTheSame()
    {
        QCOMPARE(replay("/products").exit, 0);
        const CliRun ran = replay("/products /products?page=2 --diff-fresh --fresh-ignore $.computed_at");
        QVERIFY2(ran.exit == 0, ran.all().constData());
        QCOMPARE(state(ran), text("same"));
        QCOMPARE(fresh(ran).value(text("way")).toString(), text("parameter"));
        QCOMPARE(fresh(ran).value(text("removed_probe")).toObject().value(text("state")).toString(), text("removed"));
        QCOMPARE(state(ran, 1), text("not-cached"));
        QCOMPARE(keys(), 2); // and none of the comparison
        QVERIFY(ran.summary().value(text("own_lookups")).toInt() > 0);
    }

    void whatIsIgnoredIsAPath_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("exit");
        for (const char* path : {"$.computed_at", "$.results[*].seen_at", "$.a[12]", "$[\"a name\"].b", "$.zoë_1"})
            QTest::newRow(path) << text(path) << 0;
        for (const char* path : {"computed_at", "$.", "$.a.", "$.a[x]", "$.a[", "$..a", "$.a b", "/a/b", ""})
            QTest::newRow(path) << text(path) << 2;
    }
    void whatIsIgnoredIsAPath()
    {
        QFETCH(QString, path);
        QFETCH(int, exit);
        const CliRun ran = run({text("replay"), text("/products"), text("--diff-fresh"), text("--fresh-ignore"), path});
        QVERIFY2(ran.exit == exit, ran.all().constData());
        if (exit == 2)
            QVERIFY2(ran.error().value(text("message")).toString().contains(text("it takes a JSON path such as $.computed_at")), ran.all().constData());
    }

    void sentencesOfTheText()
    {
        const auto shown = [this](const char* words) { return m_cli.run(QStringList {text("replay")} + Cli::words(text(words)) + m_server + m_api); };
        QCOMPARE(replay("/products?page=2").exit, 0);
        const CliRun has = shown("/products?page=2 --diff-fresh --fresh-parameter page");
        QVERIFY2(has.out.contains("fresh answer: none to compare with. The target has a parameter \"page\" already.\n"), has.all().constData());
        QVERIFY2(has.err.contains("1 of 1 target could not be compared"), has.all().constData());
        const CliRun bad = shown("/products --diff-fresh --fresh-parameter a=b");
        QVERIFY2(bad.exit == 2 && bad.err.contains("The option or argument --fresh-parameter is not right"), bad.all().constData());
        const CliRun deleting = shown("/products?page=2 --diff-fresh --fresh-unlink");
        QVERIFY2(deleting.exit == 4 && deleting.err.contains("under 1 key of "), deleting.all().constData());
    }

    void whoMayNotDeleteIsRefused()
    {
        QCOMPARE(replay("/products").exit, 0);
        const int before = keys();
        const auto acl = [this](const char* rule) {
            QProcess process;
            process.start(text("redis-cli"), {text("-s"), QUrl(m_demo.redisUrl()).path(), text("ACL"), text("SETUSER"), text("default"), text(rule)});
            return process.waitForFinished() ? process.readAllStandardOutput() : QByteArray();
        };
        QCOMPARE(acl("-unlink"), QByteArray("OK\n"));
        const CliRun byParameter = replay("/products --diff-fresh");
        const CliRun byDeletion = replay("/products --diff-fresh --fresh-unlink --yes");
        QCOMPARE(acl("+unlink"), QByteArray("OK\n"));
        for (const CliRun& ran : {byParameter, byDeletion}) {
            QVERIFY2(ran.exit == 4, ran.all().constData());
            QCOMPARE(ran.error().value(text("code")).toString(), text("permission"));
            QVERIFY2(ran.error().value(text("message")).toString().contains(text("--fresh-api")), ran.all().constData());
            for (const QJsonValue& item : ran.items())
                QVERIFY(!item.toObject().value(text("fresh")).toObject().value(text("entry_deleted")).toBool(true));
        }
        QCOMPARE(keys(), before);
    }

    void aStaleOneExitsOne()
    {
        makeStale();
        const CliRun ran = replay("/products --diff-fresh --fresh-parameter unused --fresh-ignore $.computed_at");
        QVERIFY2(ran.exit == 1, ran.all().constData());
        QCOMPARE(state(ran), text("stale"));
        const QJsonArray differences = fresh(ran).value(text("differences")).toArray();
        QCOMPARE(differences.size(), 1);
        QVERIFY(differences[0].toObject().value(text("path")).toString().endsWith(text(".id")));
        QVERIFY(differences[0].toObject().value(text("cached")).toString().startsWith(text("77")));
        QCOMPARE(ran.summary().value(text("fresh")).toObject().value(text("stale")).toInt(), 1);
        QCOMPARE(keys(), 1);
    }

    void deletingWantsAWord()
    {
        makeStale();
        const CliRun refused = replay("/products --diff-fresh --fresh-unlink");
        QVERIFY2(refused.exit == 4, refused.all().constData());
        QVERIFY2(refused.err.contains("1 key of "), refused.err.constData());
        QCOMPARE(replay("/products --diff-fresh --fresh-unlink --yes --read-only").exit, 4);
        const CliRun ran = replay("/products --diff-fresh --fresh-unlink --yes");
        QVERIFY2(ran.exit == 1, ran.all().constData());
        QVERIFY(fresh(ran).value(text("entry_deleted")).toBool());
        QCOMPARE(state(replay("/products --diff-fresh --fresh-ignore $.computed_at")), text("same")); // the new one was left
        const CliRun audit = m_cli.run({text("audit"), text("--json")});
        QVERIFY2(audit.out.contains("key=lightapi:ProductsEndpoint:/products:"), audit.all().constData());
    }

    // Whatever is wrong with the app: what it may not store again is not deleted, and what was deleted is listed.
    void aBrokenAppLosesOneEntryAtMost()
    {
        const char targets[] = "/products /products?page=2 /products?page=3 /products?page=4";
        const auto against = [this, &targets](const QString& api, const QStringList& form) {
            return m_cli.run(QStringList {text("replay")} + Cli::words(text(targets)) + Cli::words(text("--diff-fresh --fresh-unlink --yes --concurrency 4")) + m_server
                + QStringList {text("--api"), api, text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")} + form);
        };
        const auto deleted = [](const CliRun& ran) { return ran.summary().value(text("fresh")).toObject().value(text("deleted")).toInt(-1); };
        QCOMPARE(replay(targets).exit, 0);
        QCOMPARE(keys(), 4);
        const ListServer failing([](const QByteArray&) { return ListServer::Answer {.body = {}, .status = 500}; });
        const CliRun failed = against(failing.url(), {text("--json")});
        QVERIFY2(failed.exit == 5 && deleted(failed) == 0 && failed.items().size() == 4, failed.all().constData());
        const CliRun gone = against(text("http://127.0.0.1:1"), {text("--json")});
        QVERIFY2(gone.exit == 3 && deleted(gone) == 0 && gone.items().size() == 3, gone.all().constData());
        QCOMPARE(keys(), 4);
        const ListServer forgetful([](const QByteArray&) { return ListServer::Answer {.body = "{}"}; });
        const CliRun lost = against(forgetful.url(), {text("--json")});
        QVERIFY2(lost.exit == 5 && deleted(lost) == 1 && lost.items().size() == 1, lost.all().constData());
        QVERIFY(fresh(lost).value(text("entry_deleted")).toBool() && !fresh(lost).value(text("stored_again")).toBool(true));
        QVERIFY2(lost.err.contains("nothing more is deleted: the app did not store lightapi:ProductsEndpoint:/products: again"), lost.err.constData());
        QCOMPARE(keys(), 3);
        QCOMPARE(replay("/products").exit, 0);
        const CliRun told = against(forgetful.url(), {});
        QVERIFY2(told.exit == 5 && told.out.contains("deleted: lightapi:ProductsEndpoint:/products:\n"), told.all().constData());
        QVERIFY2(told.err.contains("stopped: 1 of 4 targets compared, 1 entry deleted"), told.err.constData());
    }

    // Ctrl-C while the app hangs: soon, and with what was deleted.
    void anInterruptedComparisonListsWhatItDeleted()
    {
        QCOMPARE(replay("/products /products?page=2").exit, 0);
        std::promise<void> end;
        std::atomic<int> asked = 0;
        const ListServer hanging([&asked, held = end.get_future().share()](const QByteArray&) {
            if (++asked > 1)
                held.wait();
            return ListServer::Answer {.body = "{}"};
        });
        const auto release = qScopeGuard([&end] { end.set_value(); });
        QProcess process;
        m_cli.prepare(process, Cli::words(text("replay /products /products?page=2 --diff-fresh --fresh-unlink --yes --json --endpoint ProductsEndpoint=/products,ttl=120 --api")) + QStringList {hanging.url()} + m_server);
        process.start();
        QTRY_COMPARE_WITH_TIMEOUT(asked.load(), 2, 20'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const CliRun ran = Cli::ended(process, 8000);
        QVERIFY2(ran.exit == -SIGINT, ran.all().constData());
        QCOMPARE(ran.error().value(text("code")).toString(), text("cancelled"));
        QCOMPARE(ran.items().size(), 1);
        QVERIFY2(fresh(ran).value(text("entry_deleted")).toBool(), ran.all().constData());
        QCOMPARE(ran.summary().value(text("fresh")).toObject().value(text("deleted")).toInt(), 1);
        QVERIFY2(ran.err.contains("stopping: the app may store again what was deleted, for 1 s at most"), ran.err.constData());
        QCOMPARE(keys(), 1);
    }

    // The comparison is through, and the requests after it hang: what was deleted for it is listed all the same.
    void deletionsAreListedWhereTheRequestsHang()
    {
        QCOMPARE(replay("/products /products?page=2").exit, 0);
        std::promise<void> end;
        std::atomic<int> asked = 0;
        const ListServer hanging([this, &asked, held = end.get_future().share()](const QByteArray& target) {
            const int n = ++asked;
            if (n > 4)
                held.wait();
            if (n % 2 == 0) // what an app would do for a request without an entry
                m_cli.run(QStringList {text("put"), text("lightapi:ProductsEndpoint:/products:") + QString::fromUtf8(target).section(u'?', 1), text("--file"), text("-"), text("--ttl"), text("100")} + m_server, "{}");
            return ListServer::Answer {.body = "{}"};
        });
        const auto release = qScopeGuard([&end] { end.set_value(); });
        QProcess process;
        m_cli.prepare(process, Cli::words(text("replay /products /products?page=2 --diff-fresh --fresh-unlink --yes --json --endpoint ProductsEndpoint=/products,ttl=120 --api")) + QStringList {hanging.url()} + m_server);
        process.start();
        QTRY_COMPARE_WITH_TIMEOUT(asked.load(), 5, 20'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const CliRun ran = Cli::ended(process, 8000);
        QVERIFY2(ran.exit == -SIGINT, ran.all().constData());
        QCOMPARE(ran.items().size(), 2);
        for (int i = 0; i < 2; ++i)
            QVERIFY2(fresh(ran, i).value(text("entry_deleted")).toBool(), ran.all().constData());
        QCOMPARE(ran.summary().value(text("fresh")).toObject().value(text("deleted")).toInt(), 2);
    }

    void anotherApiThatIsTheSame()
    {
        const CliRun ran = run({text("replay"), text("/products"), text("--diff-fresh"), text("--fresh-api"), m_demo.apiUrl()});
        QVERIFY2(ran.exit == 2, ran.all().constData());
    }

    // That there is nothing to compare with is no answer "no": the way it failed says the exit.
    void exitsOfComparisons()
    {
        QCOMPARE(replay("/products").exit, 0);
        const auto against = [this](const QString& api, const QStringList& targets) {
            return run(QStringList {text("replay")} + targets + QStringList {text("--diff-fresh"), text("--fresh-api"), api, text("--fresh-ignore"), text("$.computed_at")});
        };
        const CliRun gone = against(text("http://127.0.0.1:1"), {text("/products")});
        QVERIFY2(gone.exit == 3, gone.all().constData());
        for (const auto& [status, exit] : {std::pair(401, 4), std::pair(403, 4), std::pair(500, 5)}) {
            const ListServer other([status = status](const QByteArray&) { return ListServer::Answer {.body = {}, .status = status}; });
            const CliRun one = against(other.url(), {text("/products")});
            QVERIFY2(one.exit == exit, one.all().constData());
            QVERIFY2(one.err.contains("1 of 1 target could not be compared"), one.err.constData());
            const CliRun some = against(other.url(), {text("/products"), text("/products?page=%1").arg(status)}); // no entry: compared
            QVERIFY2(some.exit == 5, some.all().constData());
        }
        makeStale();
        QCOMPARE(replay("/products /nowhere --diff-fresh --fresh-ignore $.computed_at").exit, 1);
    }

    void aCollectionHoldsOrExitsOne()
    {
        const QByteArray good = R"({"cachelight_collection": 1, "name": "P", "requests": [
            {"name": "cold", "target": "/products", "expect": {"status": 200, "verdict": "MISS", "ttl_max_s": 120}},
            {"name": "kept", "target": "/products", "headers": [["Authorization", "Bearer {{token}}"]], "expect": {"ttl_min_s": 100}}]})";
        const CliRun missing = replay("--collection -", good);
        QVERIFY2(missing.exit == 2 && missing.all().contains("CACHELIGHT_VAR_token"), missing.all().constData());
        QCOMPARE(keys(), 0); // nothing was sent
        m_cli.setEnvironment(text("CACHELIGHT_VAR_token"), text("geheim"));
        const CliRun ran = replay("--collection -", good);
        QVERIFY2(ran.exit == 0, ran.all().constData());
        QVERIFY(!ran.all().contains("geheim"));
        QCOMPARE(ran.summary().value(text("passed")).toInt(), 2);
        const CliRun again = replay("--collection -", good); // no longer cold
        QVERIFY2(again.exit == 1, again.all().constData());
        QCOMPARE(again.summary().value(text("failed")).toInt(), 1);
        QCOMPARE(again.items().at(0).toObject().value(text("outcome")).toString(), text("failed"));
        const QJsonObject check = again.items().at(0).toObject().value(text("checks")).toArray().at(2).toObject();
        QCOMPARE(check.value(text("what")).toString(), text("verdict"));
        QCOMPARE(check.value(text("passed")).toBool(true), false);
    }

    // What stands for a secret is in no report: not in the target, and not in the key that is made of it.
    void variablesAreMasked()
    {
        m_cli.setEnvironment(text("CACHELIGHT_VAR_token"), text("gehe%20im7"));
        const QByteArray json = R"({"cachelight_collection": 1, "requests": [{"target": "/products?q={{token}}", "expect": {"verdict": "HIT"}}]})";
        const CliRun ran = replay("--collection -", json);
        QVERIFY2(ran.exit == 1, ran.all().constData());
        QVERIFY2(!ran.all().contains("im7"), ran.all().constData());
        const QJsonObject item = ran.items().at(0).toObject();
        QCOMPARE(item.value(text("target")).toString(), text("/products?q={{token}}"));
        QCOMPARE(item.value(text("predicted_key")).toString(), text("lightapi:ProductsEndpoint:/products:q={{token}}"));
        const CliRun told = m_cli.run(QStringList {text("replay"), text("--collection"), text("-")} + m_server + m_api, json);
        QVERIFY2(!told.all().contains("im7"), told.all().constData());
    }

    void warningsStandInTheReport()
    {
        const QByteArray json = R"({"cachelight_collection": 1, "requests": [{"target": "/products"}]})";
        const CliRun plain = replay("--collection -", json);
        QVERIFY2(plain.json().value(text("warnings")).isArray(), plain.all().constData());
        const CliRun ran = replay("--collection - --lightapi-release 99.0.0", json);
        QCOMPARE(ran.json().value(text("warnings")).toArray().size(), 1);
    }

    void badCollections()
    {
        QCOMPARE(replay("--collection -", "{").exit, 2);
        const CliRun typo = replay("--collection -", R"({"cachelight_collection": 1, "requests": [{"target": "/products", "expcet": {"status": 500}}]})");
        QVERIFY2(typo.exit == 2 && typo.all().contains("expect"), typo.all().constData());
        QCOMPARE(replay("--collection /nowhere/at/all.json").exit, 6);
        QCOMPARE(replay("--collection - --expect HIT", "{}").exit, 2);
        const CliRun post = replay("--collection -", R"({"cachelight_collection": 1, "requests": [{"target": "/products", "method": "POST"}]})");
        QVERIFY2(post.exit == 5, post.all().constData());
        QCOMPARE(post.summary().value(text("skipped")).toInt(), 1);
    }
};

QTEST_GUILESS_MAIN(TestCliFresh)
#include "tst_clifresh.moc"
