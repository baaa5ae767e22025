// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/jsondiff.h"

#include <QTest>

using namespace core::values;

class TestJsonDiff final : public QObject {
    Q_OBJECT
private slots:
    void differences_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QByteArray>("told"); // "path before after" of each, joined by " | "
        QTest::newRow("escapes") << QByteArray(R"({"t": "caf\u00e9 \ud83d\ude00", "u": "\/"})") << QByteArray("{\"t\":\"caf\xC3\xA9 \xF0\x9F\x98\x80\",\"u\":\"/\"}") << QByteArray();
        QTest::newRow("escaped names") << QByteArray(R"({"\u00e9": 1})") << QByteArray("{\"\xC3\xA9\":1}") << QByteArray();
        QTest::newRow("order of members") << QByteArray(R"({"a": 1, "b": 2})") << QByteArray(R"({"b":2,"a":1})") << QByteArray();
        QTest::newRow("the same number") << QByteArray("[1.10, 100.0]") << QByteArray("[11e-1,1e2]") << QByteArray();
        QTest::newRow("an integer is no float") << QByteArray("[1]") << QByteArray("[1.0]") << QByteArray("$[0] 1 1.0");
        QTest::newRow("large numbers") << QByteArray("[12345678901234567890]") << QByteArray("[12345678901234567891]")
                                       << QByteArray("$[0] 12345678901234567890 12345678901234567891");
        QTest::newRow("deep") << QByteArray(R"({"results": [{"id": 1, "title": "caf\u00e9"}, {"id": 2}]})")
                              << QByteArray("{\"results\":[{\"id\":1,\"title\":\"th\xC3\xA9\"},{\"id\":2}]}")
                              << QByteArray("$.results[0].title \"caf\xC3\xA9\" \"th\xC3\xA9\"");
        QTest::newRow("added and removed") << QByteArray(R"({"a": 1})") << QByteArray(R"({"b":null})") << QByteArray("$.a 1 - | $.b - null");
        QTest::newRow("scalars") << QByteArray("\"x\"") << QByteArray("5") << QByteArray("$ \"x\" 5");
        QTest::newRow("control characters") << QByteArray(R"(["\u0000\u001f"])") << QByteArray(R"(["\u0000\u001F"])") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("<p>") << QByteArray("1") << QByteArray("none");
        QTest::newRow("empty") << QByteArray() << QByteArray("1") << QByteArray("none");
    }
    void differences()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        const auto found = diffJson(before, after);
        QByteArrayList told;
        if (!found)
            told << "none";
        else {
            for (const PathChange& change : found->changes)
                told << change.path + ' ' + change.before.value_or("-") + ' ' + change.after.value_or("-");
        }
        QTEST(told.join(" | "), "told");
    }

    void deepNestingCostsNoStack()
    {
        const QByteArray deep = QByteArray(100'000, '[') + QByteArray(100'000, ']');
        QCOMPARE(withPlainStrings(deep), deep);
        const auto found = diffJson(deep, deep);
        QVERIFY(found && found->changes.isEmpty());
    }

    void manyDifferencesAreCut()
    {
        DiffLimits limits;
        limits.maxChanges = 10;
        const auto found = diffJson('[' + QByteArray("1,").repeated(100) + "1]", '[' + QByteArray("2,").repeated(100) + "2]", limits);
        QVERIFY(found && found->isCut);
        QCOMPARE(found->changes.size(), 10);
    }
};

QTEST_GUILESS_MAIN(TestJsonDiff)
#include "tst_jsondiff.moc"
