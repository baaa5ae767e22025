// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runtest.h"

using namespace core;
using namespace core::invalidate;
using namespace core::redis;
using namespace redistest;
using namespace runtest;
using Kind = Selector::Kind;

class TestPlanner final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void selects_data();
    void selects();
    void selectsOddKeysExactly_data();
    void selectsOddKeysExactly();
    void tagsGoWithTheirIndexOnlyAlone_data();
    void tagsGoWithTheirIndexOnlyAlone();
    void tagsOfEveryLayout_data();
    void tagsOfEveryLayout();
    void aTagByItsTemplate();
    void tagsThatCannotBeRead();
    void nothingToSelectBy_data();
    void nothingToSelectBy();
    void knowsWhereItWasMade();
    void aListIsWhatItStandsFor();
    void asksForSizes();
    void samplesSizesOfMany();
    void sizesNeedAPermission();
    void countsItsLookups();
    void cancelled();
    void aLostLineMakesNoPlan();
    void whatIsPlannedIsDeleted();

private:
    Plan made(const Selection& selectors, const Selection& except = {});

    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestPlanner::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({}));
}

void TestPlanner::init()
{
    m_session = std::make_unique<Session>(m_server.endpoint(1));
    VERIFY_OK(wait(m_session->open()));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
}

void TestPlanner::cleanup()
{
    m_session.reset();
}

// An id-less plan when it failed.
Plan TestPlanner::made(const Selection& selectors, const Selection& except)
{
    Planner planner(m_session.get(), cache::RouteTable(), selectors, except);
    if (!finishes(planner) || !planner.outcome())
        return {};
    return planner.plan();
}

void TestPlanner::selects_data()
{
    QTest::addColumn<Selection>("selectors");
    QTest::addColumn<Selection>("except");
    QTest::addColumn<QList<QByteArray>>("keys");
    const auto row = [](const char* name, const Selection& selectors, const Selection& except, const QList<QByteArray>& keys) {
        QTest::addRow("%s", name) << selectors << except << keys;
    };
    const QByteArray list = "lightapi:Book:/books:";
    const QByteArray page = "lightapi:Book:/books:page=1";
    const QByteArray one = "lightapi:Book:/books/1:";
    const QByteArray store = "lightapi:BookStore:/books:";
    row("class", {{Kind::Class, "Book"}}, {}, {one, list, page});
    row("two classes", {{Kind::Class, "Book"}, {Kind::Class, "BookStore"}}, {}, {one, list, page, store});
    row("class but one key", {{Kind::Class, "Book"}}, {{Kind::Key, page}}, {one, list});
    row("class but a path and a key", {{Kind::Class, "Book"}}, {{Kind::Path, "/books"}, {Kind::Key, one}}, {});
    row("path of a class", {{Kind::Class, "Book"}, {Kind::Path, "/books"}}, {}, {list, page});
    row("path", {{Kind::Path, "/books"}}, {}, {list, page, store});
    row("path prefix", {{Kind::PathPrefix, "/books/"}}, {}, {one});
    row("prefix", {{Kind::Prefix, "lightapi:Book:"}}, {}, {one, list, page});
    row("prefixes", {{Kind::Prefix, "lightapi:BookS"}, {Kind::Prefix, "x["}}, {}, {store, "x[1]"});
    row("glob", {{Kind::Glob, "x\\[*"}}, {}, {"x[1]"});
    row("glob as a class of characters", {{Kind::Glob, "x[12]"}}, {}, {"x1"});
    row("prefix and glob", {{Kind::Prefix, "lightapi:"}, {Kind::Glob, "*page=*"}}, {}, {page});
    row("keys, there or not", {{Kind::Key, "x1"}, {Kind::Key, "none"}, {Kind::Key, "x1"}}, {}, {"none", "x1"});
    row("everything", {{Kind::Glob, "*"}}, {}, {one, list, page, store, "lock:x1", "tag:t", "x1", "x[1]"});
    row("tag: what lives of it", {{Kind::Tag, "t"}}, {}, {page, "x1"});
    row("tag by its key", {{Kind::Tag, "tag:t"}}, {}, {page, "x1"});
    row("tag and class", {{Kind::Tag, "t"}, {Kind::Class, "Book"}}, {}, {page});
    row("tag and key", {{Kind::Tag, "t"}, {Kind::Key, "x1"}, {Kind::Key, "x[1]"}}, {}, {"x1"});
    row("a tag that is gone", {{Kind::Tag, "none"}}, {}, {});
    row("all but a tag", {{Kind::Prefix, "x"}}, {{Kind::Tag, "t"}}, {"x[1]"});
    row("nothing fits", {{Kind::Class, "Nobody"}}, {}, {});
}

void TestPlanner::selects()
{
    QFETCH(Selection, selectors);
    QFETCH(Selection, except);
    QFETCH(QList<QByteArray>, keys);
    QVERIFY(store(*m_session, {"lightapi:Book:/books:", "lightapi:Book:/books:page=1", "lightapi:Book:/books/1:",
                                  "lightapi:BookStore:/books:", "x[1]", "x1", "lock:x1"}));
    ask(*m_session, {"SET", "tag:t", jsonList({"lightapi:Book:/books:page=1", "x1", "expired"})});
    const Plan plan = made(selectors, except);
    QVERIFY(!plan.id.isEmpty());
    std::ranges::sort(keys);
    QCOMPARE(plan.keys.toList(), keys);
}

void TestPlanner::selectsOddKeysExactly_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addRow("star") << QByteArray("a*");
    QTest::addRow("brackets") << QByteArray("a[b]");
    QTest::addRow("question mark") << QByteArray("a?");
    QTest::addRow("backslash") << QByteArray("a\\");
    QTest::addRow("newline") << QByteArray("a\nb");
    QTest::addRow("NUL") << QByteArray("a\0b", 3);
    QTest::addRow("not UTF-8") << QByteArray("a\xff\xfe");
    QTest::addRow("HTML") << QByteArray("a<img src=x>");
}

void TestPlanner::selectsOddKeysExactly()
{
    QFETCH(QByteArray, key);
    QVERIFY(store(*m_session, {"a", "ab", "axb", "a\n", "a\xff", QByteArray("a\0", 2), "a\\*", "abc"}));
    QVERIFY(store(*m_session, {key}));
    QCOMPARE(made({{Kind::Prefix, key}}).keys.toList(), QList<QByteArray> {key} + (key == "a\\" ? QList<QByteArray> {"a\\*"} : QList<QByteArray>()));
    QCOMPARE(made({{Kind::Key, key}}).keys.toList(), QList<QByteArray> {key});
}

void TestPlanner::tagsGoWithTheirIndexOnlyAlone_data()
{
    QTest::addColumn<Selection>("selectors");
    QTest::addColumn<Selection>("except");
    QTest::addColumn<QList<QByteArray>>("tagKeys");
    QTest::addRow("alone") << Selection {{Kind::Tag, "t"}} << Selection() << QList<QByteArray> {"tag:t"};
    QTest::addRow("two") << Selection {{Kind::Tag, "t"}, {Kind::Tag, "s"}} << Selection() << QList<QByteArray> {"tag:s", "tag:t"};
    QTest::addRow("twice") << Selection {{Kind::Tag, "t"}, {Kind::Tag, "tag:t"}} << Selection() << QList<QByteArray> {"tag:t"};
    QTest::addRow("one is gone") << Selection {{Kind::Tag, "t"}, {Kind::Tag, "none"}} << Selection() << QList<QByteArray> {"tag:t"};
    QTest::addRow("with a prefix") << Selection {{Kind::Tag, "t"}, {Kind::Prefix, "a"}} << Selection() << QList<QByteArray> {};
    QTest::addRow("but a key") << Selection {{Kind::Tag, "t"}} << Selection {{Kind::Key, "a"}} << QList<QByteArray> {};
}

void TestPlanner::tagsGoWithTheirIndexOnlyAlone()
{
    QFETCH(Selection, selectors);
    QFETCH(Selection, except);
    QFETCH(QList<QByteArray>, tagKeys);
    QVERIFY(store(*m_session, {"a", "b"}));
    ask(*m_session, {"SADD", "tag:t", "a", "b"});
    ask(*m_session, {"SADD", "tag:s", "a"});
    const Plan plan = made(selectors, except);
    QVERIFY(!plan.id.isEmpty());
    QCOMPARE(plan.tagKeys, tagKeys);
}

void TestPlanner::tagsOfEveryLayout_data()
{
    QTest::addColumn<Command>("make");
    QTest::addRow("json") << Command {"SET", "tag:t", R"(["a", "b", "dead"])"};
    QTest::addRow("set") << Command {"SADD", "tag:t", "a", "b", "dead"};
    QTest::addRow("zset") << Command {"ZADD", "tag:t", "1", "a", "2", "b", "3", "dead"};
    QTest::addRow("hash") << Command {"HSET", "tag:t", "a", "[]", "b", "[]", "dead", "[]"};
}

void TestPlanner::tagsOfEveryLayout()
{
    QFETCH(Command, make);
    QVERIFY(store(*m_session, {"a", "b"}));
    ask(*m_session, make);
    const Plan plan = made({{Kind::Tag, "t"}});
    QCOMPARE(plan.keys.toList(), (QList<QByteArray> {"a", "b"}));
    QCOMPARE(plan.tagKeys, QList<QByteArray> {"tag:t"});
}

void TestPlanner::aTagByItsTemplate()
{
    QVERIFY(store(*m_session, {"a"}));
    ask(*m_session, {"SADD", "ns:t:entries", "a"});
    Planner planner(m_session.get(), cache::RouteTable(), {{Kind::Tag, "t"}}, {});
    planner.setTagTemplate(*cache::TagTemplate::fromText("ns:{tag}:entries"));
    QVERIFY(finishes(planner));
    VERIFY_OK(planner.outcome());
    QCOMPARE(planner.plan().keys.toList(), QList<QByteArray> {"a"});
    QCOMPARE(planner.plan().tagKeys, QList<QByteArray> {"ns:t:entries"});
}

void TestPlanner::tagsThatCannotBeRead()
{
    ask(*m_session, {"SET", "tag:t", "broken"});
    for (const bool asException : {false, true}) {
        const Selection tag {{Kind::Tag, "t"}};
        const Selection all {{Kind::Glob, "*"}};
        Planner planner(m_session.get(), cache::RouteTable(), asException ? all : tag, asException ? tag : Selection());
        QVERIFY(finishes(planner));
        VERIFY_FAILED(planner.outcome(), Code::Data, Reason::CorruptTag);
    }
}

void TestPlanner::nothingToSelectBy_data()
{
    QTest::addColumn<Selection>("selectors");
    QTest::addColumn<Selection>("except");
    QTest::addRow("nothing") << Selection() << Selection();
    QTest::addRow("exceptions alone") << Selection() << Selection {{Kind::Key, "a"}};
    QTest::addRow("no class") << Selection {{Kind::Class, ""}} << Selection();
    QTest::addRow("no tag") << Selection {{Kind::Tag, ""}} << Selection();
    QTest::addRow("no path") << Selection {{Kind::Key, "a"}, {Kind::Path, ""}} << Selection();
    QTest::addRow("no class excepted") << Selection {{Kind::Key, "a"}} << Selection {{Kind::Class, ""}};
}

void TestPlanner::nothingToSelectBy()
{
    QFETCH(Selection, selectors);
    QFETCH(Selection, except);
    const qint64 sent = m_session->commandsSent();
    Planner planner(m_session.get(), cache::RouteTable(), selectors, except);
    QVERIFY(finishes(planner));
    VERIFY_FAILED(planner.outcome(), Code::Input, Reason::EmptySelection);
    QCOMPARE(exitStatus(planner.outcome().error().code), 2);
    QCOMPARE(m_session->commandsSent(), sent);
}

void TestPlanner::knowsWhereItWasMade()
{
    const Plan plan = made({{Kind::Key, "a"}});
    QCOMPARE(plan.server, endpointLabel(m_server.endpoint(1)));
    QCOMPARE(plan.runId, m_session->facts().runId);
    QCOMPARE(plan.database, 1);
    QVERIFY(plan.madeAt.isValid());
    QVERIFY(made({{Kind::Key, "a"}}).id != plan.id);
}

void TestPlanner::aListIsWhatItStandsFor()
{
    QVERIFY(store(*m_session, {"a:1", "a:2", "b:1", "c"}));
    const Selector listed {Kind::List, "a file"};
    const auto planOf = [this](Selection selectors, Selection except) {
        Planner planner(m_session.get(), cache::RouteTable(), std::move(selectors), std::move(except));
        planner.setList({"b:1", "a:2", "never there", "a:2", QByteArray("nul\0", 4)});
        return finishes(planner) && planner.outcome() ? planner.plan().keys.toList() : QList<QByteArray>();
    };
    QCOMPARE(planOf({listed}, {}), (QList<QByteArray> {"a:2", "b:1", "never there", QByteArray("nul\0", 4)}));
    QCOMPARE(planOf({listed, {Kind::Prefix, "a:"}}, {}), QList<QByteArray> {"a:2"});
    QCOMPARE(planOf({listed}, {{Kind::Glob, "*:*"}}), (QList<QByteArray> {"never there", QByteArray("nul\0", 4)}));
}

void TestPlanner::asksForSizes()
{
    QVERIFY(store(*m_session, numbered("k", 1200)));
    const Plan plan = made({{Kind::Prefix, "k"}});
    QCOMPARE(plan.bytesSampled, 1200);
    qint64 sum = 0;
    for (const QByteArray& key : plan.keys.mid(0, 3))
        sum += ask(*m_session, {"MEMORY", "USAGE", key}).integer;
    QVERIFY(sum > 0);
    QVERIFY(plan.bytes >= sum * 300 && plan.bytes <= sum * 500);
    QCOMPARE(made({{Kind::Prefix, "none"}}).bytes, 0);
}

void TestPlanner::samplesSizesOfMany()
{
    QVERIFY(store(*m_session, numbered("k", 21'000)));
    Planner planner(m_session.get(), cache::RouteTable(), {{Kind::Prefix, "k"}}, {});
    QSignalSpy progressed(&planner, &Job::progressed);
    QVERIFY(finishes(planner));
    VERIFY_OK(planner.outcome());
    QCOMPARE(planner.plan().keys.size(), 21'000);
    QCOMPARE(planner.plan().bytesSampled, 20'000);
    const qint64 one = ask(*m_session, {"MEMORY", "USAGE", "k1"}).integer;
    QVERIFY(planner.plan().bytes > one * 20'500 && planner.plan().bytes < one * 25'000);
    QVERIFY(std::ranges::is_sorted(planner.plan().keys.toList()));
    QVERIFY(!progressed.isEmpty());
}

void TestPlanner::sizesNeedAPermission()
{
    QVERIFY(store(*m_session, {"a", "b"}));
    ask(*m_session, {"ACL", "SETUSER", "limited", "reset", "on", ">secret", "~*", "&*", "+@all", "-memory"});
    Endpoint endpoint = m_server.endpoint(1);
    endpoint.user = "limited";
    endpoint.password = "secret";
    Session session(endpoint);
    VERIFY_OK(wait(session.open()));
    Planner planner(&session, cache::RouteTable(), {{Kind::Glob, "*"}}, {});
    QVERIFY(finishes(planner));
    VERIFY_OK(planner.outcome());
    QCOMPARE(planner.plan().keys.size(), 2);
    QCOMPARE(planner.plan().bytes, -1);
    QCOMPARE(planner.plan().bytesSampled, 0);
}

void TestPlanner::countsItsLookups()
{
    QVERIFY(store(*m_session, numbered("k", 700)));
    ask(*m_session, {"SET", "tag:t", jsonList(numbered("k", 700))});
    const qint64 server = serverLookups(*m_session);
    const qint64 own = m_session->ownLookups();
    QCOMPARE(made({{Kind::Prefix, "k"}}).keys.size(), 700);
    QCOMPARE(serverLookups(*m_session) - server, 0); // SCAN and MEMORY USAGE move nothing
    QCOMPARE(made({{Kind::Tag, "t"}}).keys.size(), 700);
    QCOMPARE(m_session->ownLookups() - own, serverLookups(*m_session) - server);
}

void TestPlanner::cancelled()
{
    QVERIFY(store(*m_session, numbered("k", 5000)));
    ask(*m_session, {"SADD", "tag:t", "k1"});
    for (const Selection& selectors : {Selection {{Kind::Prefix, "k"}}, Selection {{Kind::Tag, "t"}}, Selection {{Kind::Key, "k1"}}}) {
        Planner planner(m_session.get(), cache::RouteTable(), selectors, {});
        QSignalSpy finished(&planner, &Job::finished);
        planner.start();
        planner.cancel();
        QVERIFY(finishes(planner));
        VERIFY_FAILED(planner.outcome(), Code::Cancelled, Reason::None);
        QCOMPARE(finished.size(), 1);
    }
    // Destroyed while it works.
    for (const Kind kind : {Kind::Prefix, Kind::Key}) {
        Planner planner(m_session.get(), cache::RouteTable(), {{kind, "k"}}, {});
        planner.start();
    }
    QCOMPARE(ask(*m_session, {"PING"}).bytes, "PONG");
}

void TestPlanner::aLostLineMakesNoPlan()
{
    demo::RedisProcess server;
    VERIFY_OK(server.startAndWait({}));
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    QVERIFY(store(session, numbered("k", 1000)));
    Planner planner(&session, cache::RouteTable(), {{Kind::Prefix, "k"}}, {});
    planner.start();
    server.kill();
    QVERIFY(finishes(planner));
    QVERIFY(!planner.outcome());
    QCOMPARE(exitStatus(planner.outcome().error().code), 3);
}

// The chain a deploy script uses: plan, file, run.
void TestPlanner::whatIsPlannedIsDeleted()
{
    QTemporaryDir folder;
    const QList<QByteArray> books {"lightapi:Book:/books:", "lightapi:Book:/books:q=%0A", QByteArray("lightapi:Book:/b\0\xff:", 20)};
    QVERIFY(store(*m_session, books + QList<QByteArray> {"lightapi:Author:/authors:", "Bookish"}));
    const QString file = folder.filePath(QStringLiteral("plan.json"));
    VERIFY_OK(savePlan(made({{Kind::Class, "Book"}}), file));
    QVERIFY(store(*m_session, {"lightapi:Book:/books/9:"})); // after the plan: not in it
    const auto plan = loadPlan(file);
    VERIFY_OK(plan);
    Run run(m_session.get(), *plan, {0, folder.filePath(QStringLiteral("audit")), {}});
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 3);
    QVERIFY(run.summary().verified);
    QCOMPARE(keyCount(*m_session), 3);
}

QTEST_GUILESS_MAIN(TestPlanner)
#include "tst_planner.moc"
