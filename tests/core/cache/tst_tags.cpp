// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/taglist.h"
#include "core/cache/tags.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::cache;
using namespace core::redis;
using namespace redistest;

namespace {
    const QByteArray odd("odd\n\0\xff*?[x]<b>", 14);

    bool runJob(Job& job)
    {
        job.start();
        return QTest::qWaitFor([&] { return job.isFinished(); }, patienceMs);
    }
}

class TestTags final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void templates_data();
    void templates();
    void refusedTemplates_data();
    void refusedTemplates();
    void lists_data();
    void lists();
    void brokenLists_data();
    void brokenLists();

    void readsEveryLayout_data();
    void readsEveryLayout();
    void saysWhatCannotBeRead_data();
    void saysWhatCannotBeRead();
    void readsOddNamesExactly();
    void readsManyMembers();
    void warns();
    void aTagThatIsGone();
    void namesOnlyAsksForNoMember();
    void countsItsLookups();
    void cancelled();
    void readsManyTags_data();
    void readsManyTags();
    void manyTagsKeepWhatWasRead();

private:
    void store(const QByteArray& layout, const QByteArray& key, const QList<QByteArray>& names);

    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestTags::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({}));
}

void TestTags::init()
{
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
}

void TestTags::cleanup()
{
    m_session.reset();
}

void TestTags::store(const QByteArray& layout, const QByteArray& key, const QList<QByteArray>& names)
{
    if (layout == "json") {
        QList<QByteArray> quoted;
        for (const QByteArray& name : names)
            quoted << '"' + name + '"';
        QCOMPARE(ask(*m_session, {"SET", key, '[' + quoted.join(", ") + ']'}).bytes, "OK");
    }
    for (const QByteArray& name : names) {
        if (layout == "set")
            ask(*m_session, {"SADD", key, name});
        else if (layout == "zset")
            ask(*m_session, {"ZADD", key, "1900000000", name});
        else if (layout == "hash")
            ask(*m_session, {"HSET", key, name, R"(["a", "b"])"});
    }
}

void TestTags::templates_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("spelled");
    QTest::addColumn<QByteArray>("key");
    QTest::addRow("a tag") << QByteArray("tag:{tag}") << QByteArray("table:products") << QByteArray("tag:table:products");
    QTest::addRow("its key") << QByteArray("tag:{tag}") << QByteArray("tag:table:products") << QByteArray("tag:table:products");
    QTest::addRow("around") << QByteArray("ns:{tag}:entries") << QByteArray("a") << QByteArray("ns:a:entries");
    QTest::addRow("around, its key") << QByteArray("ns:{tag}:entries") << QByteArray("ns:a:entries") << QByteArray("ns:a:entries");
    QTest::addRow("empty tag") << QByteArray("tag:{tag}") << QByteArray() << QByteArray("tag:");
    QTest::addRow("bytes") << QByteArray("\xfftags\x01{tag}") << odd << "\xfftags\x01" + odd;
}

void TestTags::templates()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, spelled);
    QFETCH(QByteArray, key);
    const auto made = TagTemplate::fromText(text);
    VERIFY_OK(made);
    QCOMPARE(made->text(), text);
    QCOMPARE(made->keyFromSpelling(spelled), key);
    const auto tag = made->tagOf(key);
    QVERIFY(tag.has_value());
    QCOMPARE(made->keyOf(*tag), key);
    QVERIFY(!made->tagOf("other:" + key));
}

void TestTags::refusedTemplates_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addRow("nothing") << QByteArray();
    QTest::addRow("no tag") << QByteArray("tag:");
    QTest::addRow("every key") << QByteArray("{tag}");
    QTest::addRow("twice") << QByteArray("{tag}:{tag}");
}

void TestTags::refusedTemplates()
{
    QFETCH(QByteArray, text);
    VERIFY_FAILED(TagTemplate::fromText(text), Code::Input, Reason::BadOption);
}

void TestTags::lists_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QList<QByteArray>>("names");
    QTest::addRow("empty") << QByteArray("[]") << QList<QByteArray> {};
    QTest::addRow("python") << QByteArray(R"(["a", "b"])") << QList<QByteArray> {"a", "b"};
    QTest::addRow("repeats stay") << QByteArray(R"(["a","a"])") << QList<QByteArray> {"a", "a"};
    QTest::addRow("escapes") << QByteArray(R"(["caf\u00e9 \ud83d\ude00 \n \/ \u0000"])")
                             << QList<QByteArray> {QByteArray("caf\xc3\xa9 \xf0\x9f\x98\x80 \n / \0", 16)};
    // cjson.encode writes bytes that are not UTF-8 as they are
    QTest::addRow("raw bytes") << QByteArray("[\"\xff\xfe\"]") << QList<QByteArray> {"\xff\xfe"};
}

void TestTags::lists()
{
    QFETCH(QByteArray, json);
    QFETCH(QList<QByteArray>, names);
    const auto read = parseTagList(json);
    VERIFY_OK(read);
    QCOMPARE(*read, names);
}

void TestTags::brokenLists_data()
{
    QTest::addColumn<QByteArray>("json");
    const QByteArrayList broken {"", "x", "[", R"(["a")", R"(["a"] ["b"])", R"({"a": "b"})", R"(["a", 1])", R"(["a", null])",
        R"(["a", ["b"]])", R"(["a", {"b": "c"}])", R"("a")", "null", R"(["\ud800"])", QByteArray("[\"a\"]\0[", 7)};
    for (const QByteArray& json : broken)
        QTest::addRow("%s", json.isEmpty() ? "nothing" : json.constData()) << json;
}

void TestTags::brokenLists()
{
    QFETCH(QByteArray, json);
    const auto read = parseTagList(json);
    VERIFY_FAILED(read, Code::Data, Reason::CorruptTag);
    QVERIFY(!read.error().detail.isEmpty());
}

void TestTags::readsEveryLayout_data()
{
    QTest::addColumn<QByteArray>("layout");
    QTest::addColumn<QString>("name");
    QTest::addRow("json") << QByteArray("json") << QStringLiteral("json-list");
    QTest::addRow("set") << QByteArray("set") << QStringLiteral("set");
    QTest::addRow("zset") << QByteArray("zset") << QStringLiteral("zset");
    QTest::addRow("hash") << QByteArray("hash") << QStringLiteral("hash");
}

void TestTags::readsEveryLayout()
{
    QFETCH(QByteArray, layout);
    QFETCH(QString, name);
    store(layout, "tag:t", {"live", "dead", "immortal"});
    ask(*m_session, {"SET", "live", "1", "EX", "100"});
    ask(*m_session, {"SET", "immortal", "1"});
    TagReader reader(m_session.get(), "tag:t");
    QVERIFY(runJob(reader));
    VERIFY_OK(reader.outcome());
    const TagInfo& info = reader.info();
    QCOMPARE(tagLayoutName(info.layout), name);
    QCOMPARE(info.tag, "t");
    QCOMPARE(info.members, 3);
    QCOMPARE(info.live, 2);
    QCOMPARE(info.dead, 1);
    QCOMPARE(info.ttlMs, -1);
    QVERIFY(info.warnings.isEmpty());
    VERIFY_OK(checkReadable(info));
    QHash<QByteArray, TagMember::State> states;
    for (const TagMember& member : reader.members())
        states.insert(member.key, member.state);
    QCOMPARE(states.size(), 3);
    QCOMPARE(states.value("live"), TagMember::State::Live);
    QCOMPARE(states.value("dead", TagMember::State::Live), TagMember::State::Dead);
    QCOMPARE(states.value("immortal"), TagMember::State::Immortal);
}

void TestTags::saysWhatCannotBeRead_data()
{
    QTest::addColumn<Pipeline>("make");
    QTest::addColumn<QString>("layout");
    QTest::addRow("not JSON") << Pipeline {{"SET", "tag:t", "a,b"}} << QStringLiteral("unreadable");
    QTest::addRow("half a list") << Pipeline {{"SET", "tag:t", "[\"a\", \"b"}} << QStringLiteral("unreadable");
    QTest::addRow("an object") << Pipeline {{"SET", "tag:t", "{}"}} << QStringLiteral("unreadable");
    QTest::addRow("empty text") << Pipeline {{"SET", "tag:t", ""}} << QStringLiteral("unreadable");
    QTest::addRow("a list key") << Pipeline {{"RPUSH", "tag:t", "a"}} << QStringLiteral("unreadable");
    QTest::addRow("a stream") << Pipeline {{"XADD", "tag:t", "*", "a", "b"}} << QStringLiteral("unreadable");
    QTest::addRow("a counter") << Pipeline {{"SET", "tag:t", "17"}} << QStringLiteral("counter");
}

void TestTags::saysWhatCannotBeRead()
{
    QFETCH(Pipeline, make);
    QFETCH(QString, layout);
    VERIFY_OK(wait(m_session->send(make)));
    TagReader reader(m_session.get(), "tag:t");
    QVERIFY(runJob(reader));
    VERIFY_OK(reader.outcome());
    QCOMPARE(tagLayoutName(reader.info().layout), layout);
    QCOMPARE(reader.info().members, -1); // unknown, not none
    QCOMPARE(reader.info().live, -1);
    QCOMPARE(reader.info().warnings.size(), 1);
    VERIFY_FAILED(checkReadable(reader.info()), Code::Data, Reason::CorruptTag);

    TagsReader list(m_session.get(), {"tag:t"}, {});
    QVERIFY(runJob(list));
    VERIFY_OK(list.outcome());
    QCOMPARE(tagLayoutName(list.infos().first().layout), layout);
    QCOMPARE(list.infos().first().members, -1);
    VERIFY_FAILED(checkReadable(list.infos().first()), Code::Data, Reason::CorruptTag);
}

void TestTags::readsOddNamesExactly()
{
    const QByteArray tagKey = "tag:" + odd;
    ask(*m_session, {"SADD", tagKey, odd});
    ask(*m_session, {"SET", odd, "1", "EX", "100"});
    TagReader reader(m_session.get(), tagKey);
    QVERIFY(runJob(reader));
    VERIFY_OK(reader.outcome());
    QCOMPARE(reader.info().tag, odd);
    QCOMPARE(reader.members().size(), 1);
    QCOMPARE(reader.members().first().key, odd);
    QCOMPARE(reader.members().first().state, TagMember::State::Live);
}

// More than one SSCAN part and more than one batch of PTTL.
void TestTags::readsManyMembers()
{
    Command add {"SADD", "tag:t"};
    Pipeline make;
    for (int i = 0; i < 3000; ++i) {
        add << "key:" + QByteArray::number(i);
        if (i % 3 == 0)
            make << Command {"SET", "key:" + QByteArray::number(i), "1", "EX", "1000"};
    }
    make << add;
    VERIFY_OK(wait(m_session->send(make)));
    TagReader reader(m_session.get(), "tag:t");
    QVERIFY(runJob(reader));
    VERIFY_OK(reader.outcome());
    QCOMPARE(reader.info().members, 3000);
    QCOMPARE(reader.info().live, 1000);
    QCOMPARE(reader.info().dead, 2000);
    QCOMPARE(reader.info().warnings, QStringList {QStringLiteral("2000 of 3000 names are dead")});
    QCOMPARE(reader.done(), 3000);
}

void TestTags::warns()
{
    ask(*m_session, {"SET", "tag:t", R"(["long", "long", "short"])", "EX", "50"});
    ask(*m_session, {"SET", "long", "1", "EX", "500"});
    ask(*m_session, {"SET", "short", "1", "EX", "5"});
    ask(*m_session, {"HSET", "tag:h", "field", "not a list"});
    TagReader reader(m_session.get(), "tag:t");
    QVERIFY(runJob(reader));
    QCOMPARE(reader.info().members, 2);
    QCOMPARE(reader.info().warnings,
        (QStringList {QStringLiteral("1 name is listed twice"), QStringLiteral("tag expires before its longest member")}));
    QVERIFY(reader.info().ttlMs > 40'000);

    TagReader hash(m_session.get(), "tag:h");
    QVERIFY(runJob(hash));
    QVERIFY(hash.info().warnings.contains(QStringLiteral("1 of its fields do not hold a JSON list")));
}

void TestTags::aTagThatIsGone()
{
    TagReader reader(m_session.get(), "tag:none");
    QVERIFY(runJob(reader));
    VERIFY_OK(reader.outcome());
    QVERIFY(reader.info().isGone());
    VERIFY_OK(checkReadable(reader.info()));
    QVERIFY(reader.members().isEmpty());
}

void TestTags::namesOnlyAsksForNoMember()
{
    store("set", "tag:t", {"a", "b"});
    TagReader reader(m_session.get(), "tag:t");
    reader.setNamesOnly(true);
    const qint64 before = m_session->ownLookups();
    QVERIFY(runJob(reader));
    QCOMPARE(reader.members().size(), 2);
    QCOMPARE(reader.info().live, -1);
    QTRY_COMPARE(m_session->ownLookups() - before, 3); // TYPE, PTTL, SSCAN
}

void TestTags::countsItsLookups()
{
    store("json", "tag:j", {"a", "b"});
    store("set", "tag:s", {"a", "b"});
    store("zset", "tag:z", {"a"});
    ask(*m_session, {"RPUSH", "tag:l", "a"});
    const QList<QByteArray> keys {"tag:j", "tag:s", "tag:z", "tag:l", "tag:none"};
    const qint64 server = serverLookups(*m_session);
    const qint64 own = m_session->ownLookups();
    for (const bool liveAndDead : {false, true}) {
        TagsReader reader(m_session.get(), keys, {liveAndDead, {}});
        QVERIFY(runJob(reader));
        VERIFY_OK(reader.outcome());
    }
    QCOMPARE(m_session->ownLookups() - own, serverLookups(*m_session) - server);
}

void TestTags::cancelled()
{
    store("set", "tag:t", {"a", "b"});
    TagReader reader(m_session.get(), "tag:t");
    QSignalSpy finished(&reader, &Job::finished);
    reader.start();
    reader.cancel();
    QCOMPARE(finished.size(), 1);
    VERIFY_FAILED(reader.outcome(), Code::Cancelled, Reason::None);
    QCOMPARE(ask(*m_session, {"PING"}).bytes, "PONG"); // late answers find nobody
    QCOMPARE(finished.size(), 1);
}

void TestTags::readsManyTags_data()
{
    QTest::addColumn<bool>("liveAndDead");
    QTest::addRow("counts") << false;
    QTest::addRow("live and dead") << true;
}

void TestTags::readsManyTags()
{
    QFETCH(bool, liveAndDead);
    store("json", "tag:j", {"a", "b", "a"});
    store("set", "tag:s", {"a"});
    store("zset", "tag:z", {"a", "b"});
    store("hash", "tag:h", {"a", "b", "c"});
    ask(*m_session, {"SET", "a", "1"});
    QList<QByteArray> keys {"tag:j", "tag:s", "tag:z", "tag:h", "tag:none"};
    Pipeline make;
    for (int i = 0; i < 120; ++i) { // more than two batches
        keys << "tag:" + QByteArray::number(i);
        make << Command {"SADD", keys.last(), "a", "x"};
    }
    VERIFY_OK(wait(m_session->send(make)));
    TagsReader reader(m_session.get(), keys, {liveAndDead, {}});
    QVERIFY(runJob(reader));
    VERIFY_OK(reader.outcome());
    QCOMPARE(reader.infos().size(), keys.size());
    QCOMPARE(reader.done(), keys.size());
    const QList<qint64> members {2, 1, 2, 3, 0};
    for (qsizetype i = 0; i < keys.size(); ++i) {
        const TagInfo& info = reader.infos().at(i);
        QCOMPARE(info.key, keys.at(i));
        QCOMPARE(info.members, i < members.size() ? members.at(i) : 2);
        QCOMPARE(info.isGone(), keys.at(i) == "tag:none");
        if (liveAndDead && !info.isGone()) {
            QCOMPARE(info.live, 1);
            QCOMPARE(info.dead, info.members - 1);
        } else {
            QCOMPARE(info.live, -1);
        }
    }
    QVERIFY(reader.infos().first().warnings.contains(QStringLiteral("1 name is listed twice")));
}

void TestTags::manyTagsKeepWhatWasRead()
{
    QList<QByteArray> keys;
    for (int i = 0; i < 500; ++i)
        keys << "tag:" + QByteArray::number(i);
    TagsReader reader(m_session.get(), keys, {});
    QVERIFY(reader.infos().isEmpty());
    connect(&reader, &Job::progressed, &reader, [&reader](qint64 done) {
        if (done > 0)
            reader.cancel();
    });
    // The first batch reports at once, later ones by the clock: cancel by hand when all went by unseen.
    QVERIFY(runJob(reader));
    QVERIFY(reader.infos().size() <= keys.size());
    QCOMPARE(reader.outcome().has_value(), reader.infos().size() == keys.size() && !reader.wasCancelled());
    for (qsizetype i = 0; i < reader.infos().size(); ++i)
        QCOMPARE(reader.infos().at(i).key, keys.at(i));
}

QTEST_GUILESS_MAIN(TestTags)
#include "tst_tags.moc"
