// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runtest.h"

using namespace core;
using namespace core::invalidate;
using namespace core::redis;
using namespace redistest;
using namespace runtest;

namespace {
    const QByteArray tagKey = "tag:table:books";
}

// Tags without writers in between: each layout by each way. What writers do meanwhile: tests/integration/tst_tagrace.cpp.
class TestTagRun final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void everyLayoutEveryWay_data();
    void everyLayoutEveryWay();
    void longListsGoWithoutLua();
    void aPaceAlsoHoldsForTags_data();
    void aPaceAlsoHoldsForTags();
    void oddNames_data();
    void oddNames();
    void membersBeyondThePlanAppeared_data();
    void membersBeyondThePlanAppeared();
    void planKeysThatLeftTheTag();
    void severalTagsShareMembers();
    void aTagThatIsGone();
    void corruptTagsDeleteNothing_data();
    void corruptTagsDeleteNothing();
    void oneCorruptTagStopsAll();
    void namesThatMayNotBeDeleted();
    void withoutMultiSetsAreKept();
    void cancelKeepsTheRestTagged();
    void countsItsLookups();
    void aLineLostInTheScriptIsUnknown();

private:
    Run::Options options(int keysPerS = 0) const { return {keysPerS, m_folder->filePath(QStringLiteral("audit.ndjson")), {}}; }
    void tag(const QByteArray& layout, const QByteArray& key, const QList<QByteArray>& names);
    std::unique_ptr<Session> sessionAs(const QList<QByteArray>& rules);

    demo::RedisProcess m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Session> m_session;
};

void TestTagRun::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({}));
}

void TestTagRun::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
}

void TestTagRun::cleanup()
{
    m_session.reset();
}

void TestTagRun::tag(const QByteArray& layout, const QByteArray& key, const QList<QByteArray>& names)
{
    Pipeline make;
    if (layout == "json")
        make << Command {"SETEX", key, "86400", jsonList(names)};
    for (const QByteArray& name : names) {
        if (layout == "set")
            make << Command {"SADD", key, name};
        else if (layout == "zset")
            make << Command {"ZADD", key, "1900000000", name};
        else if (layout == "hash")
            make << Command {"HSET", key, name, "[\"a\"]"};
    }
    VERIFY_OK(wait(m_session->send(make)));
}

std::unique_ptr<Session> TestTagRun::sessionAs(const QList<QByteArray>& rules)
{
    Command make {"ACL", "SETUSER", "limited", "reset", "on", ">secret"};
    for (const QByteArray& rule : rules)
        make << rule;
    ask(*m_session, make);
    Endpoint endpoint = m_server.endpoint();
    endpoint.user = "limited";
    endpoint.password = "secret";
    auto session = std::make_unique<Session>(endpoint);
    const auto opened = wait(session->open());
    return opened ? std::move(session) : nullptr;
}

void TestTagRun::everyLayoutEveryWay_data()
{
    QTest::addColumn<QByteArray>("layout");
    QTest::addColumn<bool>("eval");
    QTest::addRow("json by Lua") << QByteArray("json") << true;
    QTest::addRow("json by WATCH") << QByteArray("json") << false;
    QTest::addRow("set") << QByteArray("set") << true;
    QTest::addRow("zset") << QByteArray("zset") << true;
    QTest::addRow("hash") << QByteArray("hash") << true;
}

void TestTagRun::everyLayoutEveryWay()
{
    QFETCH(QByteArray, layout);
    QFETCH(bool, eval);
    const QList<QByteArray> names = numbered("Book:/books/", 1500);
    const QList<QByteArray> live = names.first(1000);
    QVERIFY(store(*m_session, live + numbered("other:", 20)));
    tag(layout, tagKey, names);
    auto session = sessionAs({"~*", "&*", "+@all", eval ? "+eval" : "-eval"});
    QVERIFY(session);
    const qint64 evals = callsOf(*m_session, "eval");
    Run run(session.get(), planOf(*session, live, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    const RunSummary& summary = run.summary();
    QCOMPARE(summary.deleted, 1000);
    QCOMPARE(summary.vanished + summary.failed + summary.appeared + summary.unknown + summary.notReached + summary.reappeared, 0);
    QCOMPARE(summary.tagKeysDeleted, 1);
    QVERIFY(summary.verified);
    QCOMPARE(keyCount(*m_session), 20);
    QCOMPARE(callsOf(*m_session, "eval") - evals, layout == "json" && eval ? 1 : 0);
}

// Beyond 10,000 names the list goes in batches of short commands, and only at the end with the index.
void TestTagRun::longListsGoWithoutLua()
{
    const QList<QByteArray> names = numbered("Book:/books/", 11'000);
    QVERIFY(store(*m_session, names));
    tag("json", tagKey, names);
    const qint64 evals = callsOf(*m_session, "eval");
    Run run(m_session.get(), planOf(*m_session, names, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 11'000);
    QCOMPARE(run.summary().appeared, 0);
    QVERIFY(run.summary().verified);
    QCOMPARE(keyCount(*m_session), 0);
    QCOMPARE(callsOf(*m_session, "eval"), evals);
}

void TestTagRun::aPaceAlsoHoldsForTags_data()
{
    QTest::addColumn<QByteArray>("layout");
    QTest::addRow("json") << QByteArray("json");
    QTest::addRow("set") << QByteArray("set");
}

void TestTagRun::aPaceAlsoHoldsForTags()
{
    QFETCH(QByteArray, layout);
    const QList<QByteArray> names = numbered("key-of-a-tag:", 900);
    QVERIFY(store(*m_session, names));
    tag(layout, tagKey, names);
    Run run(m_session.get(), planOf(*m_session, names, {tagKey}), options(800));
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 900);
    QCOMPARE(keyCount(*m_session), 0);
    QVERIFY2(run.summary().durationMs >= 600, qPrintable(QString::number(run.summary().durationMs)));
}

void TestTagRun::oddNames_data()
{
    QTest::addColumn<QByteArray>("layout");
    QTest::addRow("json") << QByteArray("json");
    QTest::addRow("set") << QByteArray("set");
    QTest::addRow("zset") << QByteArray("zset");
    QTest::addRow("hash") << QByteArray("hash");
}

void TestTagRun::oddNames()
{
    QFETCH(QByteArray, layout);
    const QList<QByteArray> odd {"a*", "a?[b]\\", "a\nb", QByteArray("a\0b", 3), "\xff\xfe", "<b>", "\xe2\x82\xac"};
    const QList<QByteArray> lookalikes {"ab", "axb", "a\nc", QByteArray("a\0", 2), "\xff", "a"};
    QVERIFY(store(*m_session, odd + lookalikes));
    if (layout == "json") // by cjson, as a Lua writer does
        ask(*m_session, Command(QList<QByteArray> {"EVAL", "redis.call('SET', KEYS[1], cjson.encode(ARGV))", "1", tagKey} + odd));
    else
        tag(layout, tagKey, odd);
    Run run(m_session.get(), planOf(*m_session, odd, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, odd.size());
    QVERIFY(run.summary().verified);
    QCOMPARE(keyCount(*m_session), lookalikes.size());
}

void TestTagRun::membersBeyondThePlanAppeared_data()
{
    everyLayoutEveryWay_data();
}

void TestTagRun::membersBeyondThePlanAppeared()
{
    QFETCH(QByteArray, layout);
    QFETCH(bool, eval);
    QVERIFY(store(*m_session, {"planned", "new1", "new2"}));
    tag(layout, tagKey, {"planned", "gone", "new1", "dead", "new2"});
    auto session = sessionAs({"~*", "&*", "+@all", eval ? "+eval" : "-eval"});
    QVERIFY(session);
    Run run(session.get(), planOf(*session, {"planned", "gone"}, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 1);
    QCOMPARE(run.summary().vanished, 1);
    QCOMPARE(run.summary().appeared, 2);
    QVERIFY(run.summary().verified);
    QCOMPARE(keyCount(*m_session), 0);
}

// The list is frozen: a key of the plan goes although the tag has lost its name meanwhile.
void TestTagRun::planKeysThatLeftTheTag()
{
    QVERIFY(store(*m_session, {"a", "b"}));
    tag("json", tagKey, {"a"});
    Run run(m_session.get(), planOf(*m_session, {"a", "b"}, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 2);
    QVERIFY(run.summary().verified);
    QCOMPARE(keyCount(*m_session), 0);
}

void TestTagRun::severalTagsShareMembers()
{
    QVERIFY(store(*m_session, {"a", "b", "c"}));
    tag("json", "tag:1", {"a", "b"});
    tag("set", "tag:2", {"b", "c"});
    Run run(m_session.get(), planOf(*m_session, {"a", "b", "c"}, {"tag:1", "tag:2"}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 3);
    QCOMPARE(run.summary().appeared, 0);
    QCOMPARE(run.summary().tagKeysDeleted, 2);
    QCOMPARE(keyCount(*m_session), 0);
}

void TestTagRun::aTagThatIsGone()
{
    QVERIFY(store(*m_session, {"a"}));
    Run run(m_session.get(), planOf(*m_session, {"a"}, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(run.summary().deleted, 1);
    QCOMPARE(run.summary().tagKeysDeleted, 0);
}

void TestTagRun::corruptTagsDeleteNothing_data()
{
    QTest::addColumn<Command>("make");
    QTest::addRow("not JSON") << Command {"SET", tagKey, "a,b"};
    QTest::addRow("half a list") << Command {"SET", tagKey, R"(["a", "b)"};
    QTest::addRow("an object") << Command {"SET", tagKey, R"({"a": 1})"};
    QTest::addRow("an empty object") << Command {"SET", tagKey, "{}"};
    QTest::addRow("a number in it") << Command {"SET", tagKey, R"(["a", 1])"};
    QTest::addRow("a null in it") << Command {"SET", tagKey, R"(["a", null])"};
    QTest::addRow("a counter") << Command {"SET", tagKey, "5"};
    QTest::addRow("a list key") << Command {"RPUSH", tagKey, "a"};
}

void TestTagRun::corruptTagsDeleteNothing()
{
    QFETCH(Command, make);
    QVERIFY(store(*m_session, {"a", "b"}));
    ask(*m_session, make);
    Run run(m_session.get(), planOf(*m_session, {"a", "b"}, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Data, Reason::CorruptTag);
    QCOMPARE(run.outcome().error().subject, QString::fromUtf8(tagKey));
    QCOMPARE(run.summary().notReached, 2);
    QCOMPARE(keyCount(*m_session), 3);
}

void TestTagRun::oneCorruptTagStopsAll()
{
    QVERIFY(store(*m_session, {"a", "b"}));
    tag("json", "tag:1", {"a"});
    ask(*m_session, {"SET", "tag:2", "broken"});
    Run run(m_session.get(), planOf(*m_session, {"a", "b"}, {"tag:1", "tag:2"}), options());
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Data, Reason::CorruptTag);
    QCOMPARE(keyCount(*m_session), 4);
}

void TestTagRun::namesThatMayNotBeDeleted()
{
    QVERIFY(store(*m_session, {"open:1", "shut:1"}));
    tag("json", "tag:open", {"open:1", "shut:1"});
    auto session = sessionAs({"~open:*", "~tag:*", "&*", "+@all"});
    QVERIFY(session);
    Run run(session.get(), planOf(*session, {"open:1", "shut:1"}, {"tag:open"}), options());
    QVERIFY(finishes(run));
    QCOMPARE(run.outcome().error().code, Code::Permission);
    QCOMPARE(run.summary().deleted, 1);
    QCOMPARE(run.summary().failed, 1);
    QCOMPARE(run.summary().tagKeysDeleted, 0);
    QCOMPARE(run.failures().first().key, "shut:1");
    QCOMPARE(ask(*m_session, {"EXISTS", "tag:open", "shut:1", "open:1"}).integer, 2); // what stays live stays tagged
}

void TestTagRun::withoutMultiSetsAreKept()
{
    QVERIFY(store(*m_session, {"a", "later"}));
    tag("set", tagKey, {"a", "later"});
    auto session = sessionAs({"~*", "&*", "+@all", "-multi"});
    QVERIFY(session);
    Run run(session.get(), planOf(*session, {"a"}, {tagKey}), options());
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Permission, Reason::NoPermission);
    QCOMPARE(run.summary().deleted, 1); // the plan's keys go, the index and what it gained stay
    QCOMPARE(ask(*m_session, {"SCARD", tagKey}).integer, 2);
    QCOMPARE(ask(*m_session, {"GET", "later"}).bytes, "value");
}

void TestTagRun::cancelKeepsTheRestTagged()
{
    const QList<QByteArray> names = numbered("key-of-a-tag:", 2000);
    QVERIFY(store(*m_session, names));
    tag("set", tagKey, names);
    Run run(m_session.get(), planOf(*m_session, names, {tagKey}), options(1000));
    connect(&run, &Job::progressed, &run, [&run](qint64 done) {
        if (done > 0)
            run.cancel();
    });
    QVERIFY(finishes(run));
    VERIFY_FAILED(run.outcome(), Code::Cancelled, Reason::None);
    QVERIFY(run.summary().deleted > 0 && run.summary().notReached > 0);
    QCOMPARE(ask(*m_session, {"SCARD", tagKey}).integer, run.summary().notReached);
    QCOMPARE(keyCount(*m_session), run.summary().notReached + 1);
}

void TestTagRun::countsItsLookups()
{
    const QList<QByteArray> names = numbered("k", 700);
    QVERIFY(store(*m_session, names));
    tag("json", "tag:1", names);
    tag("set", "tag:2", names);
    const qint64 server = serverLookups(*m_session);
    const qint64 own = m_session->ownLookups();
    Run run(m_session.get(), planOf(*m_session, names, {"tag:1", "tag:2"}), options());
    QVERIFY(finishes(run));
    VERIFY_OK(run.outcome());
    QCOMPARE(m_session->ownLookups() - own, serverLookups(*m_session) - server);
}

void TestTagRun::aLineLostInTheScriptIsUnknown()
{
    demo::RedisProcess server;
    VERIFY_OK(server.startAndWait({}));
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    QVERIFY(store(session, {"a", "b", "c"}));
    ask(session, {"SET", tagKey, jsonList({"a", "b"})});
    // Writes wait, reads do not: the script is what hangs when the server dies.
    QCOMPARE(ask(session, {"CLIENT", "PAUSE", "60000", "WRITE"}).bytes, "OK");
    Run run(&session, planOf(session, {"a", "b", "c"}, {tagKey}), options());
    run.start();
    QTRY_VERIFY(ask(session, {"INFO", "clients"}).bytes.contains("blocked_clients:1"));
    server.kill();
    QVERIFY(finishes(run));
    QCOMPARE(run.outcome().error().code, Code::Lost);
    QCOMPARE(run.summary().deleted, 0);
    QCOMPARE(run.summary().unknown, 3); // which of them the list held, only the server knew
    VERIFY_OK(server.restartAndWait());
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Connected, patienceMs);
    QCOMPARE(callsOf(session, "eval"), 0);
    QCOMPARE(callsOf(session, "unlink"), 0);
}

QTEST_GUILESS_MAIN(TestTagRun)
#include "tst_tagrun.moc"
