// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/decoder.h"
#include "core/values/diff.h"
#include "tests/support/redistest.h"

#include <QByteArrayList>
#include <QRandomGenerator>

#include <algorithm>

using namespace core::values;

using Kind = DiffLine::Kind;

class TestDiff final : public QObject {
    Q_OBJECT
private slots:
    void tellsLines_data();
    void tellsLines();
    void linesJoinToBothSides();
    void staysWithinItsLimits();
    void tellsPaths_data();
    void tellsPaths();
    void survivesDeepNesting();
    void comparesStoredValues();
};

namespace {
    QByteArrayList toldLines(const LineDiff& diff)
    {
        QByteArrayList told;
        for (const DiffLine& line : diff.lines) {
            if (line.kind == Kind::Left)
                told += '~' + QByteArray::number(line.count);
            else
                told += (line.kind == Kind::Same ? ' ' : line.kind == Kind::Removed ? '-' : '+') + line.text;
        }
        return told;
    }

    QByteArrayList toldPaths(const PathDiff& diff)
    {
        QByteArrayList told;
        for (const PathChange& change : diff.changes)
            told += change.path + ": " + change.before.value_or("none") + " > " + change.after.value_or("none");
        return told;
    }

    PathDiff pathsOf(const QByteArray& before, const QByteArray& after, const DiffLimits& limits = {})
    {
        return diffStructures(decode(before).structure, decode(after).structure, limits);
    }
}

void TestDiff::tellsLines_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QByteArrayList>("told");
    const auto row = [](const char* name, const char* before, const char* after, const QByteArrayList& told) { QTest::newRow(name) << QByteArray(before) << QByteArray(after) << told; };
    row("both empty", "", "", {});
    row("from nothing", "", "a\nb", {"+a", "+b"});
    row("to nothing", "a\n", "", {"-a"});
    row("a line changed", "a\nb\nc", "a\nx\nc", {" a", "-b", "+x", " c"});
    row("moved", "a\nb\nc\nd", "b\nc\nd\na", {"-a", " b", " c", " d", "+a"});
    row("two places", "1\na\n2\nb\n3", "1\n2\nB\n3\n4", {" 1", "-a", " 2", "-b", "+B", " 3", "+4"});
    row("context", "1\n2\n3\n4\n5\n6\n7\n8\n9\nx", "1\n2\n3\n4\n5\n6\n7\n8\n9\ny", {"~6", " 7", " 8", " 9", "-x", "+y"});
    row("between", "x\n1\n2\n3\n4\n5\n6\n7\n8\n9\nx", "y\n1\n2\n3\n4\n5\n6\n7\n8\n9\ny",
        {"-x", "+y", " 1", " 2", " 3", "~3", " 7", " 8", " 9", "-x", "+y"});
    row("a carriage return", "a\r\nb", "a\nb", {"-a\r", "+a", " b"});
}

void TestDiff::tellsLines()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QTEST(toldLines(diffLines(before, after)), "told");
}

// What is not added is the one side, what is not removed the other, whatever they are.
void TestDiff::linesJoinToBothSides()
{
    QRandomGenerator random(7);
    for (int round = 0; round < 500; ++round) {
        QByteArrayList sides[2];
        for (QByteArrayList& side : sides) {
            for (int i = random.bounded(12); i > 0; --i)
                side += QByteArray(1, static_cast<char>('a' + random.bounded(4)));
        }
        const LineDiff diff = diffLines(sides[0].join('\n'), sides[1].join('\n'));
        QByteArrayList joined[2];
        bool isWhole = true;
        for (const DiffLine& line : diff.lines) {
            isWhole = isWhole && line.kind != Kind::Left;
            if (line.kind != Kind::Added)
                joined[0] += line.text;
            if (line.kind != Kind::Removed)
                joined[1] += line.text;
        }
        if (!isWhole)
            continue;
        QCOMPARE(joined[0], sides[0]);
        QCOMPARE(joined[1], sides[1]);
        QCOMPARE(diff.removed - diff.added, sides[0].size() - sides[1].size());
    }
}

void TestDiff::staysWithinItsLimits()
{
    QByteArray before, after;
    for (int i = 0; i < 20'000; ++i) {
        before += "left " + QByteArray::number(i) + '\n';
        after += "right " + QByteArray::number(i) + '\n';
    }
    const LineDiff rough = diffLines("same\n" + before + "end", "same\n" + after + "end");
    QVERIFY(rough.isRough);
    QCOMPARE(rough.removed, 20'000);
    QCOMPARE(rough.added, 20'000);
    QCOMPARE(rough.lines.first().text, QByteArray("same"));
    QVERIFY(!diffLines({}, after).isRough); // nothing to search for
    DiffLimits few;
    few.maxChanges = 10;
    QByteArray list("[");
    for (int i = 1; i <= 100; ++i)
        list += QByteArray::number(i) + ',';
    const PathDiff cut = pathsOf(list + "0]", QByteArray(list).replace(',', "1,") + "0]", few);
    QVERIFY(cut.isCut);
    QCOMPARE(cut.changes.size(), 10);
}

void TestDiff::tellsPaths_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QByteArrayList>("told");
    const auto row = [](const char* name, const char* before, const char* after, const QByteArrayList& told) { QTest::newRow(name) << QByteArray(before) << QByteArray(after) << told; };
    row("the same", R"({"a":[1,{"b":2}]})", R"({ "a" : [ 1, {"b":2} ] })", {});
    row("order of members", R"({"a":1,"b":2})", R"({"b":2,"a":1})", {});
    row("as written", R"({"n":1.10,"big":123456789012345678901})", R"({"n":1.1,"big":123456789012345678902})",
        {"$.n: 1.10 > 1.1", "$.big: 123456789012345678901 > 123456789012345678902"});
    row("added and removed", R"({"a":{"x":1},"gone":[1,{"k":"v"}]})", R"({"a":{"x":1,"y":null}})", {"$.a.y: none > null", "$.gone: [1, {\"k\": \"v\"}] > none"});
    row("a name of its own", R"({"na me":1,"0":2})", R"({"na me":2,"0":3})", {"$[\"na me\"]: 1 > 2", "$[\"0\"]: 2 > 3"});
    row("a name twice", R"({"a":1,"a":2})", R"({"a":1,"a":3})", {"$.a: 2 > 3"});
    row("an element in front", R"([1,2,3])", R"([0,1,2,3])", {"$[0]: none > 0"});
    row("an element inside", R"([1,2,3,4])", R"([1,3,4])", {"$[1]: 2 > none"});
    row("another kind", R"({"a":[]})", R"({"a":{}})", {"$.a: [] > {}"});
    row("a plain value", "1", "2", {"$: 1 > 2"});
    row("string and number", R"(["1"])", R"([1])", {"$[0]: \"1\" > 1"});
}

void TestDiff::tellsPaths()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const PathDiff diff = pathsOf(before, after);
    QTEST(toldPaths(diff), "told");
    QVERIFY(!diff.isCut);
}

void TestDiff::survivesDeepNesting()
{
    static constexpr int depth = 100'000;
    const QByteArray open = QByteArray("[").repeated(depth);
    const QByteArray close = QByteArray("]").repeated(depth);
    const PathDiff diff = pathsOf(open + '1' + close, open + '2' + close);
    QCOMPARE(diff.changes.size(), 1);
    QCOMPARE(diff.changes.first().before, QByteArray("1"));
    QVERIFY(diff.changes.first().path.startsWith("…[0]"));
}

void TestDiff::comparesStoredValues()
{
    const QByteArray before = qCompress(QByteArray(R"({"data": {"price": 1.10}, "status_code": 200})")).mid(4);
    const QByteArray after(R"({"data":{"price":1.20},"status_code":200})");
    const auto found = redistest::wait(diffAsync(before, after));
    VERIFY_OK(found);
    QVERIFY(!found->isEqual && !found->isCut && found->paths);
    QCOMPARE(toldPaths(*found->paths), QByteArrayList {"$.data.price: 1.10 > 1.20"});
    QCOMPARE(found->lines.removed, 1);
    QCOMPARE(found->lines.added, 1);
    const auto bytes = redistest::wait(diffAsync("a\xFF", "a\xFE"));
    VERIFY_OK(bytes);
    QVERIFY(!bytes->isEqual && !bytes->paths);
    QCOMPARE(toldLines(bytes->lines), (QByteArrayList {"-a\\xff", "+a\\xfe"}));
    DiffLimits small;
    small.maxBytes = 100;
    const auto cut = redistest::wait(diffAsync(QByteArray(1000, 'a'), QByteArray(1000, 'b'), small));
    VERIFY_OK(cut);
    QVERIFY(cut->isCut);
}

QTEST_GUILESS_MAIN(TestDiff)
#include "tst_diff.moc"
