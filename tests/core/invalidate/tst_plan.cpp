// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/invalidate/conditions.h"
#include "core/invalidate/plan.h"
#include "tests/support/redistest.h"

#include <QTemporaryDir>

using namespace core;
using namespace core::invalidate;
using Kind = Selector::Kind;

namespace {
    Plan samplePlan()
    {
        Plan plan;
        plan.id = QStringLiteral("6f0e4a2c-1111-4222-8333-444455556666");
        plan.madeAt = QDateTime::fromMSecsSinceEpoch(1'790'000'000'123, Qt::UTC);
        plan.server = QStringLiteral("localhost:6379/3");
        plan.runId = QStringLiteral("0123456789012345678901234567890123456789");
        plan.database = 3;
        plan.selectors = {{Kind::Tag, "table:products"}, {Kind::Prefix, QByteArray("\xff\0", 2)}};
        plan.except = {{Kind::Glob, "a*"}};
        plan.keys = {"", "a\nb", QByteArray("nul\0", 4), "plain", "\xc3\xa9", "\xff\xfe"};
        plan.tagKeys = {"tag:table:products"};
        plan.bytes = 1234;
        plan.bytesSampled = 6;
        return plan;
    }

    QByteArray replaced(QByteArray text, const QByteArray& from, const QByteArray& to)
    {
        Q_ASSERT(text.contains(from));
        return text.replace(from, to);
    }
}

class TestPlan final : public QObject {
    Q_OBJECT
private slots:
    void comesBackFromAFile();
    void isWrittenForItsOwnerOnly();
    void replacesAnOlderFile();
    void badFiles_data();
    void badFiles();
    void filesThatCannotBeOpened();
    void digestCoversAll();
    void danger_data();
    void danger();
    void arithmetic_data();
    void arithmetic();
    void exceptionsHoldEachByItself();
    void emptyNamesAreRefused();
    void labels();
};

void TestPlan::comesBackFromAFile()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("plan.json"));
    const Plan plan = samplePlan();
    VERIFY_OK(savePlan(plan, file));
    const auto loaded = loadPlan(file);
    VERIFY_OK(loaded);
    QCOMPARE(loaded->id, plan.id);
    QCOMPARE(loaded->madeAt, plan.madeAt);
    QCOMPARE(loaded->server, plan.server);
    QCOMPARE(loaded->runId, plan.runId);
    QCOMPARE(loaded->database, plan.database);
    QVERIFY(loaded->selectors == plan.selectors);
    QVERIFY(loaded->except == plan.except);
    QCOMPARE(loaded->keys, plan.keys);
    QCOMPARE(loaded->tagKeys, plan.tagKeys);
    QCOMPARE(loaded->bytes, plan.bytes);
    QCOMPARE(loaded->bytesSampled, plan.bytesSampled);
    QCOMPARE(loaded->sha256(), plan.sha256());
    QVERIFY(isUtf8(planToJson(plan)));
}

void TestPlan::isWrittenForItsOwnerOnly()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("plan.json"));
    VERIFY_OK(savePlan(samplePlan(), file));
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QCOMPARE(QFile::permissions(file) & others, QFile::Permissions());
}

void TestPlan::replacesAnOlderFile()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("plan.json"));
    Plan plan = samplePlan();
    VERIFY_OK(savePlan(plan, file));
    plan.keys = {"other"};
    VERIFY_OK(savePlan(plan, file));
    QCOMPARE(loadPlan(file)->keys, plan.keys);
}

void TestPlan::badFiles_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<Code>("code");
    QTest::addColumn<Reason>("reason");
    const QByteArray good = planToJson(samplePlan());
    const auto changed = [&](const char* name, const QByteArray& from, const QByteArray& to) {
        QTest::addRow("%s", name) << replaced(good, from, to) << Code::Guard << Reason::PlanChanged;
    };
    const auto damaged = [](const char* name, const QByteArray& json) {
        QTest::addRow("%s", name) << json << Code::File << Reason::FileDamaged;
    };
    changed("another key", "\"plain\"", "\"pla1n\"");
    changed("a key less", ",\"plain\"", "");
    changed("keys out of order", R"("plain","é")", R"("é","plain")");
    changed("a tag key more", R"("tag:table:products"],"keys")", R"("tag:table:products","tag:x"],"keys")");
    changed("another database", "\"db\":3", "\"db\":4");
    changed("another run", "0123456789012345678901234567890123456789", "1123456789012345678901234567890123456789");
    changed("another server", "localhost:6379/3", "localhost:6380/3");
    changed("younger than it is", "\"made_at\":\"2026-", "\"made_at\":\"2027-");
    changed("no instant", "\"made_at\":\"2026-", "\"made_at\":\"soon-");
    changed("another selector", "\"kind\":\"tag\",\"text\":\"table:products\"", "\"kind\":\"tag\",\"text\":\"table:orders\"");
    changed("another kind", "\"kind\":\"tag\"", "\"kind\":\"key\"");
    changed("another exception", "\"a*\"", "\"b*\"");
    changed("other sizes", "\"bytes\":1234", "\"bytes\":12");
    changed("no digest", samplePlan().sha256(), "");
    damaged("nothing", "");
    damaged("not JSON", "keys");
    damaged("cut short", good.first(good.size() / 2));
    damaged("a list", "[]");
    damaged("other JSON", R"({"schema":1,"items":[]})");
    damaged("earlier version", replaced(good, "\"schema\":2", "\"schema\":1"));
    damaged("later version", replaced(good, "\"schema\":2", "\"schema\":3"));
    damaged("no keys", replaced(good, ",\"keys\":", ",\"key\":"));
    damaged("keys that are no list", replaced(good, "\"tag_keys\":[\"tag:table:products\"]", "\"tag_keys\":{}"));
    damaged("a number among keys", replaced(good, "\"plain\"", "7"));
    damaged("bad base64", replaced(good, QByteArray("\xff\xfe").toBase64(), "//4*"));
    damaged("no such selector", replaced(good, "\"kind\":\"tag\"", "\"kind\":\"tags\""));
}

void TestPlan::badFiles()
{
    QFETCH(QByteArray, json);
    QFETCH(Code, code);
    QFETCH(Reason, reason);
    const auto plan = planFromJson(json, QStringLiteral("plan.json"));
    VERIFY_FAILED(plan, code, reason);
    QCOMPARE(plan.error().subject, QStringLiteral("plan.json"));
}

void TestPlan::filesThatCannotBeOpened()
{
    QTemporaryDir folder;
    VERIFY_FAILED(loadPlan(folder.filePath(QStringLiteral("none"))), Code::File, Reason::FileMissing);
    VERIFY_FAILED(savePlan(samplePlan(), folder.filePath(QStringLiteral("no/such/folder"))), Code::File, Reason::FileMissing);
    VERIFY_FAILED(loadPlan(folder.path()), Code::File, Reason::FileDamaged); // a folder
    VERIFY_FAILED(loadPlan(QStringLiteral("/dev/zero")), Code::File, Reason::FileDamaged);
}

void TestPlan::digestCoversAll()
{
    const Plan plan = samplePlan();
    QCOMPARE(plan.sha256().size(), 64);
    Plan other = plan;
    other.keys = {"", "a\nb", QByteArray("nul\0", 4), "plain\xc3\xa9", "\xff\xfe"}; // the same bytes in a row
    QVERIFY(other.sha256() != plan.sha256());
    other = plan;
    other.selectors.swap(other.except);
    QVERIFY(other.sha256() != plan.sha256());
    other = plan;
    other.tagKeys.clear();
    other.keys = core::keys::KeyList(plan.keys.toList() << "tag:table:products");
    QVERIFY(other.sha256() != plan.sha256());
}

void TestPlan::danger_data()
{
    QTest::addColumn<Selector>("selector");
    QTest::addColumn<bool>("dangerous");
    QTest::addRow("*") << Selector {Kind::Glob, "*"} << true;
    QTest::addRow("**") << Selector {Kind::Glob, "**"} << true;
    QTest::addRow("?*") << Selector {Kind::Glob, "?*"} << true;
    QTest::addRow("empty prefix") << Selector {Kind::Prefix, ""} << true;
    QTest::addRow("empty path prefix") << Selector {Kind::PathPrefix, ""} << true;
    QTest::addRow("path prefix of all paths") << Selector {Kind::PathPrefix, "/"} << true;
    QTest::addRow("path prefix") << Selector {Kind::PathPrefix, "/books"} << false;
    QTest::addRow("prefix of one character") << Selector {Kind::Prefix, "/"} << false;
    QTest::addRow("a*") << Selector {Kind::Glob, "a*"} << false;
    QTest::addRow("escaped") << Selector {Kind::Glob, "\\*"} << false;
    QTest::addRow("one character") << Selector {Kind::Glob, "?"} << false;
    QTest::addRow("empty glob") << Selector {Kind::Glob, ""} << false; // the empty key
    QTest::addRow("prefix *") << Selector {Kind::Prefix, "*"} << false; // literal
    QTest::addRow("empty key") << Selector {Kind::Key, ""} << false;
    QTest::addRow("class") << Selector {Kind::Class, "Book"} << false;
}

void TestPlan::danger()
{
    QFETCH(Selector, selector);
    QFETCH(bool, dangerous);
    Plan plan;
    plan.selectors = {{Kind::Key, "k"}, selector};
    QCOMPARE(plan.dangerous(), dangerous);
}

void TestPlan::arithmetic_data()
{
    QTest::addColumn<Selection>("selection");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<bool>("fits");
    const QByteArray book1 = "lightapi:Book:/books/1:";
    const QByteArray list = "lightapi:Book:/books:page=1";
    const auto row = [](const char* name, const Selection& selection, const QByteArray& key, bool fits) {
        QTest::addRow("%s", name) << selection << key << fits;
    };
    row("repeats unite, first", {{Kind::Key, "a"}, {Kind::Key, "b"}}, "a", true);
    row("repeats unite, second", {{Kind::Key, "a"}, {Kind::Key, "b"}}, "b", true);
    row("kinds intersect", {{Kind::Key, "ab"}, {Kind::Prefix, "a"}}, "ab", true);
    row("kinds intersect, not", {{Kind::Key, "ab"}, {Kind::Prefix, "b"}}, "ab", false);
    row("class", {{Kind::Class, "Book"}}, book1, true);
    row("class, another's", {{Kind::Class, "Boo"}}, book1, false);
    row("class of the caching example", {{Kind::Class, "Book"}}, "Book:/books?page=1", true);
    row("path", {{Kind::Path, "/books"}}, list, true);
    row("path is not a prefix", {{Kind::Path, "/books"}}, book1, false);
    row("path prefix", {{Kind::PathPrefix, "/books"}}, book1, true);
    row("path prefix, not", {{Kind::PathPrefix, "/books/"}}, list, false);
    row("class and path", {{Kind::Class, "Book"}, {Kind::Path, "/books"}}, list, true);
    row("a lock is no entry", {{Kind::Class, "Book"}}, "lock:Book:/books", false);
    row("a lock by its prefix", {{Kind::Prefix, "lock:"}}, "lock:Book:/books", true);
    row("prefix is literal", {{Kind::Prefix, "a*"}}, "ab", false);
    row("prefix with a star", {{Kind::Prefix, "a*"}}, "a*b", true);
    row("glob", {{Kind::Glob, "Book:/books\\?*"}}, "Book:/books?page=1", true);
    row("glob, escaped", {{Kind::Glob, "Book:/books\\?*"}}, "Book:/books/1", false);
    row("glob over odd bytes", {{Kind::Glob, "a?c*"}}, QByteArray("a\nc\0\xff", 5), true);
    row("empty prefix is all", {{Kind::Prefix, ""}}, "x", true);
    row("tag", {{Kind::Tag, "t"}}, "member", true);
    row("tag, not a member", {{Kind::Tag, "t"}}, "other", false);
    row("tag and prefix", {{Kind::Tag, "t"}, {Kind::Prefix, "x"}}, "member", false);
}

void TestPlan::arithmetic()
{
    QFETCH(Selection, selection);
    QFETCH(QByteArray, key);
    QFETCH(bool, fits);
    Conditions conditions(selection, cache::RouteTable());
    conditions.setTagMembers({"member"});
    QCOMPARE(conditions.fitsEveryKind(key), fits);
}

void TestPlan::exceptionsHoldEachByItself()
{
    const Conditions except({{Kind::Key, "a"}, {Kind::Prefix, "b"}}, cache::RouteTable());
    QVERIFY(except.fitsAny("a"));
    QVERIFY(except.fitsAny("bc"));
    QVERIFY(!except.fitsAny("c"));
    QVERIFY(!Conditions({}, cache::RouteTable()).fitsAny("a"));
}

void TestPlan::emptyNamesAreRefused()
{
    for (const Kind kind : {Kind::Tag, Kind::Class, Kind::Path})
        VERIFY_FAILED(Conditions({{kind, ""}}, cache::RouteTable()).check(), Code::Input, Reason::EmptySelection);
    for (const Kind kind : {Kind::Key, Kind::Prefix, Kind::PathPrefix, Kind::Glob})
        VERIFY_OK(Conditions({{kind, ""}}, cache::RouteTable()).check());
}

void TestPlan::labels()
{
    QCOMPARE(selectorText({Kind::Tag, "a\nb"}), QStringLiteral("tag=a\\nb"));
    QCOMPARE(selectorText({Kind::Glob, "*"}), QStringLiteral("match=*"));
    const Selector key {Kind::Key, "k"};
    QCOMPARE(selectionText({key}), QStringLiteral("key=k"));
    QCOMPARE(selectionText({key, key, key, key}), QStringLiteral("key=k, key=k, key=k, …"));
}

QTEST_GUILESS_MAIN(TestPlan)
#include "tst_plan.moc"
