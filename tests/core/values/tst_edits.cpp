// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/redis/ownreads.h"
#include "core/values/collectionwriter.h"
#include "core/values/escapes.h"
#include "core/values/jsonstyle.h"
#include "core/values/keychanges.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::redis;
using namespace core::values;
using namespace redistest;

using Answer = Verdict::Answer;

namespace {
    const QByteArray oddKey("k\0\xFF\n", 4);
    const QByteArray odd("v\0\xFE<b>", 6);
}

class TestEdits final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        VERIFY_OK(m_server.startAndWait({}));
        m_session = std::make_unique<Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
    }
    void cleanupTestCase() { m_session.reset(); }
    void init() { QVERIFY(!ask(*m_session, {"FLUSHALL"}).isError()); }

    void escapesAreExact_data();
    void escapesAreExact();
    void jsonKeepsItsStyle_data();
    void jsonKeepsItsStyle();
    void saysWhereATextStops();
    void changesAndUndoes_data();
    void changesAndUndoes();
    void refusesWhatIsNotAsSeen_data();
    void refusesWhatIsNotAsSeen();
    void givesTheKeyOfALastElementBack();
    void makesNoKeyOfOneAmongMany();
    void isSeenAsAReader();
    void setsExtendsAndPersists();
    void changesTheTimeOfThatValueOnly();
    void renamesAndDuplicates();
    void renamesAndDuplicatesThatValueOnly();
    void duplicatesByDumpToo();
    void createsOnlyWhereNothingIs();
    void refusesWhereReadOnly();
    void racesLoseNothing();

private:
    std::unique_ptr<GuardedWriter> run(const Change& change)
    {
        auto writer = std::make_unique<GuardedWriter>(m_session.get(), change);
        QSignalSpy finished(writer.get(), &Job::finished);
        writer->start();
        if (!writer->isFinished())
            finished.wait(patienceMs);
        return writer;
    }
    Reply asked(const Command& command) { return ask(*m_session, command); }
    QList<QByteArray> listed()
    {
        QList<QByteArray> elements;
        for (const Reply& reply : asked({"LRANGE", oddKey, "0", "-1"}).items)
            elements += reply.bytes;
        return elements;
    }
    // All of the key but its expiry.
    QByteArray dumped() { return asked({"DUMP", oddKey}).bytes; }

    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestEdits::escapesAreExact_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("badAt");
    const auto row = [](const char* name, const QString& text, const QByteArray& bytes, int badAt = -1) { QTest::newRow(name) << text << bytes << badAt; };
    row("plain", QStringLiteral("café"), "caf\xC3\xA9");
    row("bytes", QStringLiteral("a\\x00\\xff\\n\\r\\t\\\\x"), QByteArray("a\0\xFF\n\r\t\\x", 8));
    row("characters", QStringLiteral("\\u{200b}\\u{1f600}"), "\xE2\x80\x8B\xF0\x9F\x98\x80");
    row("a byte order mark", QStringLiteral("\\u{feff}a\\u{feff}"), "\xEF\xBB\xBF" "a\xEF\xBB\xBF");
    row("a line", QStringLiteral("a\nb"), "a\nb");
    row("at the end", QStringLiteral("ab\\"), "ab", 2);
    row("unknown", QStringLiteral("a\\q"), "a", 1);
    row("half a byte", QStringLiteral("\\x4"), "", 0);
    row("a sign", QStringLiteral("\\x+4"), "", 0);
    row("a byte and a space", QStringLiteral("\\xf "), "", 0);
    row("a byte and a line", QStringLiteral("\\xf\n"), "", 0);
    row("digits of another script", QStringLiteral("\\x\u0661\u0662"), "", 0);
    row("a character and a space", QStringLiteral("\\u{41 }"), "", 0);
    row("no digits", QStringLiteral("\\u{}"), "", 0);
    row("a surrogate", QStringLiteral("\\u{d800}"), "", 0);
    row("too large", QStringLiteral("\\u{110000}"), "", 0);
    row("unclosed", QStringLiteral("\\u{12345678901}"), "", 0);
}

void TestEdits::escapesAreExact()
{
    QFETCH(QString, text);
    const Unescaped read = bytesFromEscapes(text);
    QTEST(int(read.badAt), "badAt");
    QTEST(read.bytes, "bytes");
    QByteArray all;
    for (int i = 0; i < 4096; ++i)
        all += static_cast<char>((i * 2654435761U) >> 13);
    QCOMPARE(bytesFromEscapes(displayText(all)).bytes, all);
}

void TestEdits::jsonKeepsItsStyle_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("style"); // -1: none
    QTest::newRow("json.dumps") << QByteArray("{\"a\": [1.10, \"x, y:z\"], \"a\": {}}") << int(JsonStyle::Spaced);
    QTest::newRow("compact") << QByteArray("{\"a\":[1.10,\"x, y:z\"],\"a\":{}}") << int(JsonStyle::Compact);
    QTest::newRow("mixed") << QByteArray("{\"a\": [1,2], \"b\":3}") << -1;
    QTest::newRow("laid out") << QByteArray("{\n  \"a\": 1\n}") << -1;
    QTest::newRow("no JSON") << QByteArray("{a}") << -1;
}

void TestEdits::jsonKeepsItsStyle()
{
    QFETCH(QByteArray, json);
    QFETCH(int, style);
    const auto found = jsonStyleOf(json);
    QCOMPARE(found ? int(*found) : -1, style);
    if (found) {
        const QByteArray spread = QByteArray(json).replace("\"a\"", " \n\"a\"\t");
        QCOMPARE(jsonInStyle(spread, *found), json);
    }
}

void TestEdits::saysWhereATextStops()
{
    const QByteArray text("{\n  \"caf\xC3\xA9\": x\n}");
    const TextPosition at = positionOf(text, text.indexOf('x'));
    QCOMPARE(at.line, 2);
    QCOMPARE(at.column, 11);
    QCOMPARE(positionOf(text, text.size()).line, 3);
    QCOMPARE(positionOf({}, 0).column, 1);
}

void TestEdits::changesAndUndoes_data()
{
    QTest::addColumn<Command>("make");
    QTest::addColumn<Change>("change");
    QTest::addColumn<Command>("look");
    QTest::addColumn<QByteArray>("found");
    const Command hash {"HSET", oddKey, "f", "1", odd, "2"};
    QTest::newRow("set a field") << hash << setField(oddKey, odd, "2", odd) << Command {"HGET", oddKey, odd} << odd;
    QTest::newRow("add a field") << hash << setField(oddKey, "", std::nullopt, "new") << Command {"HGET", oddKey, ""} << QByteArray("new");
    QTest::newRow("remove a field") << hash << removeField(oddKey, odd, "2") << Command {"HGET", oddKey, odd} << QByteArray();
    const Command list {"RPUSH", oddKey, "a", "b", "a", odd, "a"};
    QTest::newRow("push first") << list << pushElement(oddKey, ListEnd::First, odd) << Command {"LINDEX", oddKey, "0"} << odd;
    QTest::newRow("push last") << list << pushElement(oddKey, ListEnd::Last, odd) << Command {"LINDEX", oddKey, "5"} << odd;
    QTest::newRow("set an element") << list << setElement(oddKey, 2, "a", "z") << Command {"LINDEX", oddKey, "2"} << QByteArray("z");
    QTest::newRow("remove the first") << list << removeElement(oddKey, 0, "a") << Command {"LINDEX", oddKey, "0"} << QByteArray("b");
    QTest::newRow("remove in the middle") << list << removeElement(oddKey, 2, "a") << Command {"LINDEX", oddKey, "2"} << odd;
    QTest::newRow("remove the last") << list << removeElement(oddKey, 4, "a") << Command {"LINDEX", oddKey, "-1"} << odd;
    const Command set {"SADD", oddKey, "a", odd};
    QTest::newRow("add a member") << set << addMember(oddKey, "new") << Command {"SISMEMBER", oddKey, "new"} << QByteArray("1");
    QTest::newRow("remove a member") << set << removeMember(oddKey, odd) << Command {"SISMEMBER", oddKey, odd} << QByteArray("0");
    const Command zset {"ZADD", oddKey, "1.5", "a", "0.1", odd};
    QTest::newRow("set a score") << zset << setScore(oddKey, odd, "0.1", "-2.25") << Command {"ZSCORE", oddKey, odd} << QByteArray("-2.25");
    QTest::newRow("a score that is written otherwise") << zset << setScore(oddKey, "a", "1.5", "0.3") << Command {"ZRANGEBYSCORE", oddKey, "0.3", "0.3"} << QByteArray();
    QTest::newRow("add with a score") << zset << setScore(oddKey, "n", std::nullopt, "+inf") << Command {"ZSCORE", oddKey, "n"} << QByteArray("inf");
    QTest::newRow("remove a scored") << zset << removeScored(oddKey, odd, "0.10000000000000001") << Command {"ZSCORE", oddKey, odd} << QByteArray();
}

void TestEdits::changesAndUndoes()
{
    QFETCH(Command, make);
    QFETCH(Change, change);
    QFETCH(Command, look);
    QVERIFY(!asked(make).isError());
    asked({"PEXPIRE", oddKey, "500000"});
    const QByteArray before = dumped();
    const auto writer = run(change);
    VERIFY_OK(writer->outcome());
    QCOMPARE(writer->answer(), Answer::Written);
    const Reply now = asked(look);
    QTEST(now.type == Reply::Type::Integer ? QByteArray::number(now.integer) : now.bytes, "found");
    QVERIFY(dumped() != before);
    QVERIFY(asked({"PTTL", oddKey}).integer > 400'000);
    const auto undone = run(*writer->verdict().undo);
    VERIFY_OK(undone->outcome());
    QCOMPARE(undone->answer(), Answer::Written);
    if (make.name() == "RPUSH")
        QCOMPARE(listed(), (QList<QByteArray> {"a", "b", "a", odd, "a"}));
    else
        QCOMPARE(run(change)->answer(), Answer::Written); // what it expects is there again
    QVERIFY(asked({"PTTL", oddKey}).integer > 400'000);
}

void TestEdits::refusesWhatIsNotAsSeen_data()
{
    QTest::addColumn<Command>("make");
    QTest::addColumn<Change>("change");
    QTest::addColumn<int>("answer");
    const Command none {"PING"};
    const auto row = [](const char* name, const Command& make, const Change& change, Answer answer) { QTest::newRow(name) << make << change << int(answer); };
    const Command hash {"HSET", oddKey, "f", "1"};
    row("another field value", hash, setField(oddKey, "f", "0", "2"), Answer::Changed);
    row("a field that is there", hash, setField(oddKey, "f", std::nullopt, "2"), Answer::Changed);
    row("a field that went", hash, removeField(oddKey, "g", "1"), Answer::Changed);
    row("no hash", none, setField(oddKey, "f", std::nullopt, "2"), Answer::Gone);
    row("another type", {"SET", oddKey, "v"}, setField(oddKey, "f", "1", "2"), Answer::Changed);
    const Command list {"RPUSH", oddKey, "a", "b"};
    row("another element", list, setElement(oddKey, 1, "a", "z"), Answer::Changed);
    row("an element beyond", list, removeElement(oddKey, 2, "a"), Answer::Changed);
    row("no list", none, pushElement(oddKey, ListEnd::Last, "a"), Answer::Gone);
    const Command set {"SADD", oddKey, "a"};
    row("a member that is there", set, addMember(oddKey, "a"), Answer::Exists);
    row("a member that went", set, removeMember(oddKey, "b"), Answer::Changed);
    row("no set", none, addMember(oddKey, "a"), Answer::Gone);
    const Command zset {"ZADD", oddKey, "1", "a"};
    row("another score", zset, setScore(oddKey, "a", "2", "3"), Answer::Changed);
    row("a member with a score", zset, setScore(oddKey, "a", std::nullopt, "3"), Answer::Changed);
    row("no sorted set", none, removeScored(oddKey, "a", "1"), Answer::Gone);
}

void TestEdits::refusesWhatIsNotAsSeen()
{
    QFETCH(Command, make);
    QFETCH(Change, change);
    QVERIFY(!asked(make).isError());
    const QByteArray before = dumped();
    const auto writer = run(change);
    VERIFY_OK(writer->outcome());
    QTEST(int(writer->answer()), "answer");
    QVERIFY(!writer->verdict().undo);
    QCOMPARE(dumped(), before);
}

void TestEdits::givesTheKeyOfALastElementBack()
{
    const QList<std::pair<Command, Change>> cases {
        {{"HSET", oddKey, "f", "1"}, removeField(oddKey, "f", "1")},
        {{"RPUSH", oddKey, odd}, removeElement(oddKey, 0, odd)},
        {{"SADD", oddKey, "m"}, removeMember(oddKey, "m")},
        {{"ZADD", oddKey, "1", "m"}, removeScored(oddKey, "m", "1")},
    };
    for (const auto& [make, change] : cases) {
        asked(make);
        asked({"PEXPIRE", oddKey, "500000"});
        const QByteArray before = dumped();
        const auto writer = run(change);
        QCOMPARE(writer->answer(), Answer::Written);
        QCOMPARE(asked({"EXISTS", oddKey}).integer, 0);
        QCOMPARE(run(*writer->verdict().undo)->answer(), Answer::Written);
        QCOMPARE(dumped(), before);
        const qint64 ttl = asked({"PTTL", oddKey}).integer;
        QVERIFY2(ttl > 400'000 && ttl <= 500'000, qPrintable(QString::number(ttl)));
        asked({"DEL", oddKey});
    }
}

// The key went after one of several was removed: putting that one back would make a key of a single stale member.
void TestEdits::makesNoKeyOfOneAmongMany()
{
    const QList<std::pair<Command, Change>> cases {
        {{"HSET", oddKey, "f", "1", "g", "2"}, removeField(oddKey, "f", "1")},
        {{"RPUSH", oddKey, "a", "b"}, removeElement(oddKey, 0, "a")},
        {{"SADD", oddKey, "m", "n"}, removeMember(oddKey, "m")},
        {{"ZADD", oddKey, "1", "m", "2", "n"}, removeScored(oddKey, "m", "1")},
    };
    for (const auto& [make, change] : cases) {
        asked(make);
        const auto writer = run(change);
        QCOMPARE(writer->answer(), Answer::Written);
        asked({"DEL", oddKey});
        QCOMPARE(run(*writer->verdict().undo)->answer(), Answer::Gone);
        QCOMPARE(asked({"EXISTS", oddKey}).integer, 0);
    }
}

// Looking at a value sets its idle time back: a verdict must not take that for the app's read.
void TestEdits::isSeenAsAReader()
{
    asked({"SET", oddKey, odd});
    const redis::OwnReads watch(m_session.get(), {oddKey});
    const auto set = run(setTtl({oddKey, "string", odd.size(), odd}, {TtlWish::Kind::Set, 90'000}));
    QCOMPARE(set->answer(), Answer::Written);
    QCOMPARE(watch.of(oddKey), 1);
    const redis::OwnReads later(m_session.get(), {oddKey}); // it has ended
    QCOMPARE(later.of(oddKey), 0);
}

void TestEdits::setsExtendsAndPersists()
{
    asked({"SET", oddKey, odd, "PX", "500000"});
    const Identity identity {oddKey, "string", odd.size(), odd};
    const auto set = run(setTtl(identity, {TtlWish::Kind::Set, 90'000}));
    QCOMPARE(set->answer(), Answer::Written);
    qint64 ttl = asked({"PTTL", oddKey}).integer;
    QVERIFY2(ttl > 60'000 && ttl <= 90'000, qPrintable(QString::number(ttl)));
    QCOMPARE(run(*set->verdict().undo)->answer(), Answer::Written);
    ttl = asked({"PTTL", oddKey}).integer;
    QVERIFY2(ttl > 400'000 && ttl <= 500'000, qPrintable(QString::number(ttl)));
    const auto extended = run(setTtl(identity, {TtlWish::Kind::Extend, 500'000}));
    QVERIFY(asked({"PTTL", oddKey}).integer > 900'000);
    QCOMPARE(run(*extended->verdict().undo)->answer(), Answer::Written);
    const auto persisted = run(setTtl(identity, {TtlWish::Kind::Persist, 0}));
    QCOMPARE(asked({"PTTL", oddKey}).integer, -1);
    QCOMPARE(run(setTtl(identity, {TtlWish::Kind::Extend, 1000}))->answer(), Answer::Changed); // nothing to extend
    QCOMPARE(run(*persisted->verdict().undo)->answer(), Answer::Written);
    ttl = asked({"PTTL", oddKey}).integer;
    QVERIFY2(ttl > 400'000 && ttl <= 500'000, qPrintable(QString::number(ttl)));
    asked({"PERSIST", oddKey});
    const auto first = run(setTtl(identity, {TtlWish::Kind::Set, 90'000}));
    QCOMPARE(run(*first->verdict().undo)->answer(), Answer::Written);
    QCOMPARE(asked({"PTTL", oddKey}).integer, -1);
}

void TestEdits::changesTheTimeOfThatValueOnly()
{
    const TtlWish wish {TtlWish::Kind::Set, 90'000};
    const Identity text {oddKey, "string", 3, "old"};
    asked({"SET", oddKey, "new"});
    QCOMPARE(run(setTtl(text, wish))->answer(), Answer::Changed);
    asked({"DEL", oddKey});
    QCOMPARE(run(setTtl(text, wish))->answer(), Answer::Gone);
    asked({"RPUSH", oddKey, "old"});
    QCOMPARE(run(setTtl(text, wish))->answer(), Answer::Changed);
    QCOMPARE(run(setTtl({oddKey, "list", 2}, wish))->answer(), Answer::Changed);
    QCOMPARE(asked({"PTTL", oddKey}).integer, -1);
    QCOMPARE(run(setTtl({oddKey, "list", 1}, wish))->answer(), Answer::Written);
}

void TestEdits::renamesAndDuplicates()
{
    const QByteArray to("to\0", 3);
    asked({"HSET", oddKey, "f", odd});
    asked({"PEXPIRE", oddKey, "500000"});
    const QByteArray before = dumped();
    asked({"SET", to, "mine"});
    const Identity identity {oddKey, "hash", 1};
    QCOMPARE(run(renameKey(identity, to))->answer(), Answer::Exists);
    QCOMPARE(run(duplicateKey({oddKey, "hash", 1}, to, m_session->facts().version))->answer(), Answer::Exists);
    QCOMPARE(asked({"GET", to}).bytes, QByteArray("mine"));
    asked({"DEL", to});
    const auto copied = run(duplicateKey({oddKey, "hash", 1}, to, m_session->facts().version));
    QCOMPARE(copied->answer(), Answer::Written);
    QCOMPARE(asked({"DUMP", to}).bytes, before);
    QVERIFY(asked({"PTTL", to}).integer > 400'000);
    asked({"HSET", to, "g", "more"}); // not ours alone any more
    QCOMPARE(run(*copied->verdict().undo)->answer(), Answer::Changed);
    asked({"HDEL", to, "g"});
    QCOMPARE(run(*copied->verdict().undo)->answer(), Answer::Written);
    QCOMPARE(asked({"EXISTS", to}).integer, 0);
    const auto renamed = run(renameKey(identity, to));
    QCOMPARE(renamed->answer(), Answer::Written);
    QCOMPARE(asked({"EXISTS", oddKey}).integer, 0);
    QCOMPARE(asked({"DUMP", to}).bytes, before);
    QCOMPARE(run(renameKey(identity, "x"))->answer(), Answer::Gone);
    QCOMPARE(run(*renamed->verdict().undo)->answer(), Answer::Written);
    QCOMPARE(dumped(), before);
    QVERIFY(asked({"PTTL", oddKey}).integer > 400'000);
}

// Another value than the one on screen has another name, or a copy, only when it has been seen.
void TestEdits::renamesAndDuplicatesThatValueOnly()
{
    const QString version = m_session->facts().version, before62 = QStringLiteral("6.0.16");
    const Identity seen {oddKey, "string", 3, "old"}, list {oddKey, "list", 2};
    for (const Command& other : {Command {"SET", oddKey, "new"}, Command {"RPUSH", oddKey, "old"}}) {
        asked({"DEL", oddKey});
        asked(other);
        const QByteArray before = dumped();
        for (const Identity& identity : {seen, list}) {
            QCOMPARE(run(renameKey(identity, "to"))->answer(), Answer::Changed);
            QCOMPARE(run(duplicateKey(identity, "to", version))->answer(), Answer::Changed);
            QCOMPARE(run(duplicateKey(identity, "to", before62))->answer(), Answer::Changed);
        }
        QCOMPARE(asked({"EXISTS", "to"}).integer, 0);
        QCOMPARE(dumped(), before);
    }
    asked({"SET", oddKey, "old"});
    const auto renamed = run(renameKey(seen, "to"));
    QCOMPARE(renamed->answer(), Answer::Written);
    asked({"SET", "to", "of another"});
    QCOMPARE(run(*renamed->verdict().undo)->answer(), Answer::Changed);
    QCOMPARE(asked({"GET", "to"}).bytes, QByteArray("of another"));
    QCOMPARE(asked({"EXISTS", oddKey}).integer, 0);
}

void TestEdits::duplicatesByDumpToo()
{
    asked({"ZADD", oddKey, "1", odd});
    const Identity identity {oddKey, "zset", 1};
    QCOMPARE(run(duplicateKey(identity, "unending", QStringLiteral("6.0.16")))->answer(), Answer::Written);
    QCOMPARE(asked({"PTTL", "unending"}).integer, -1);
    asked({"PEXPIRE", oddKey, "500000"});
    QCOMPARE(run(duplicateKey(identity, "copy", QStringLiteral("6.0.16")))->answer(), Answer::Written);
    QCOMPARE(asked({"DUMP", "copy"}).bytes, dumped());
    const qint64 ttl = asked({"PTTL", "copy"}).integer;
    QVERIFY2(ttl > 400'000 && ttl <= 500'000, qPrintable(QString::number(ttl)));
}

void TestEdits::createsOnlyWhereNothingIs()
{
    const auto made = run(createString(oddKey, odd, 90'000));
    QCOMPARE(made->answer(), Answer::Written);
    QCOMPARE(asked({"GET", oddKey}).bytes, odd);
    QVERIFY(asked({"PTTL", oddKey}).integer > 60'000);
    QCOMPARE(run(createString(oddKey, "other", -1))->answer(), Answer::Exists);
    QCOMPARE(asked({"GET", oddKey}).bytes, odd);
    asked({"SET", oddKey, "others"});
    QCOMPARE(run(*made->verdict().undo)->answer(), Answer::Changed);
    asked({"SET", oddKey, odd});
    QCOMPARE(run(*made->verdict().undo)->answer(), Answer::Written);
    QCOMPARE(asked({"EXISTS", oddKey}).integer, 0);
    QCOMPARE(run(createString(oddKey, odd, -1))->answer(), Answer::Written);
    QCOMPARE(asked({"PTTL", oddKey}).integer, -1);
}

void TestEdits::refusesWhereReadOnly()
{
    asked({"HSET", oddKey, "f", "1"});
    m_session->setReadOnly(true);
    const auto writer = run(setField(oddKey, "f", "1", "2"));
    m_session->setReadOnly(false);
    VERIFY_FAILED(writer->outcome(), Code::ReadOnly, Reason::ProfileReadOnly);
    QCOMPARE(asked({"HGET", oddKey, "f"}).bytes, QByteArray("1"));
}

// Three writers count one field up, each over what it saw: every write that was told as one is in the sum.
void TestEdits::racesLoseNothing()
{
    static constexpr int edits = 300;
    asked({"HSET", oddKey, "f", "0"});
    int started = 0, written = 0, changed = 0, running = 0;
    std::function<void(int)> next = [&](int seen) {
        if (started == edits)
            return;
        ++started;
        ++running;
        auto* writer = new GuardedWriter(m_session.get(), setField(oddKey, "f", QByteArray::number(seen), QByteArray::number(seen + 1)), {}, this);
        connect(writer, &Job::finished, this, [&, writer, seen] {
            --running;
            writer->deleteLater();
            const bool isWritten = writer->answer() == Answer::Written;
            written += isWritten;
            changed += writer->answer() == Answer::Changed;
            next(isWritten ? seen + 1 : writer->verdict().current.value_or("0").toInt());
        });
        writer->start();
    };
    for (int i = 0; i < 3; ++i)
        next(0);
    QTRY_VERIFY_WITH_TIMEOUT(started == edits && running == 0, patienceMs);
    QCOMPARE(written + changed, edits);
    QVERIFY(changed > 0); // they did race
    QCOMPARE(asked({"HGET", oddKey, "f"}).bytes.toInt(), written);
}

QTEST_GUILESS_MAIN(TestEdits)
#include "tst_edits.moc"
