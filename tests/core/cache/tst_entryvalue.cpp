// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/entryvalue.h"

#include <QRandomGenerator>
#include <QTest>

using namespace core::cache;
using Form = EntryValue::Form;

namespace {
// White space outside strings taken away: what indenting must not change.
QByteArray compacted(const QByteArray& json)
{
    QByteArray out;
    bool inString = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inString && c == '\\')
            out += json[i++];
        else if (c == '"')
            inString = !inString;
        if (inString || (c != ' ' && c != '\n' && c != '\r' && c != '\t'))
            out += json[i];
    }
    return out;
}

QByteArray randomJson(QRandomGenerator& random, int depth)
{
    static const QList<QByteArray> scalars {"null", "true", "false", "0", "-0", "1.0", "1e5", "-1.50E-3", "12345678901234567890",
        "\"\"", "\"a\\\"b\"", "\"{[,:]}\"", "\"\\u00e9\"", "\"caf\xC3\xA9\"", "\"\\\\\""};
    const int kind = depth > 4 ? 0 : random.bounded(4);
    if (kind < 2)
        return scalars[random.bounded(static_cast<int>(scalars.size()))];
    QByteArray out;
    for (int n = random.bounded(4); n > 0; --n) {
        out += out.isEmpty() ? "" : random.bounded(2) ? "," : " ,\n ";
        if (kind == 3)
            out += '"' + QByteArray::number(random.bounded(50)) + "\": ";
        out += randomJson(random, depth + 1);
    }
    return kind == 3 ? QByteArray('{' + out + '}') : QByteArray("[ " + out + ']');
}
}

class TestEntryValue final : public QObject {
    Q_OBJECT
private slots:
    void decodes_data()
    {
        QTest::addColumn<QByteArray>("stored");
        QTest::addColumn<QString>("form");
        QTest::addColumn<int>("status"); // -1: none
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<bool>("usable");
        const auto row = [](const char* title, const QByteArray& stored, const char* form, int status, const QByteArray& payload, bool usable) {
            QTest::newRow(title) << stored << QString::fromLatin1(form) << status << payload << usable;
        };
        const auto same = [&row](const char* title, const QByteArray& stored, const char* form, bool usable) {
            row(title, stored, form, -1, stored, usable);
        };
        same("list", "[{\"id\": 1, \"title\": \"caf\\u00e9\"}]", "json", true);
        same("empty list", "[]", "json", true);
        same("number", "12345678901234567890", "json", true);
        same("text value", "\"x\"", "json", true);
        same("null", "null", "json", false);
        same("null in space", " null\n", "json", false);
        same("nothing", "", "text", false);
        same("words", "hello\nworld", "text", false);
        same("html", "<img src=x>", "text", false);
        same("single quotes", "{'a': 1}", "text", false);
        same("trailing", "[1] x", "text", false);
        same("nan", "[NaN]", "text", false);
        same("comment", "[1] // x", "text", false);
        same("nul after", QByteArray("[1]\0", 4), "binary", false);
        same("nul and more", QByteArray("1\0{}", 4), "binary", false);
        same("bytes", "\xFF\xFE", "binary", false);
        same("bad utf-8 inside", "\"\xFF\"", "binary", false);
        same("control", "a\x01", "binary", false);
        row("hashed envelope", "{\"body\": [1, 2.50], \"status\": 404}", "envelope", 404, "[1, 2.50]", true);
        row("hashed envelope turned", "{\"status\": 200, \"body\": null}", "envelope", 200, "null", true);
        same("hashed envelope with text", "{\"body\": 1, \"status\": \"200\"}", "json", true);
        same("hashed envelope and more", "{\"body\": 1, \"status\": 200, \"x\": 1}", "json", true);
        same("mixed envelope", "{\"body\": 1, \"status_code\": 200}", "json", true);
        row("envelope", "{\"data\": [1, 2.50], \"status_code\": 200}", "envelope", 200, "[1, 2.50]", true);
        row("envelope turned", "{\"status_code\":201,\"data\":{\"a\":\"}\"}}", "envelope", 201, "{\"a\":\"}\"}", true);
        row("envelope of null", "{\"data\": null, \"status_code\": 200}", "envelope", 200, "null", true);
        same("one member more", "{\"data\": 1, \"status_code\": 200, \"x\": 1}", "json", true);
        same("data alone", "{\"data\": 1}", "json", true);
        same("status as text", "{\"data\": 1, \"status_code\": \"200\"}", "json", true);
        same("data twice", "{\"data\": 1, \"data\": 2}", "json", true);
        same("in a list", "[{\"data\": 1, \"status_code\": 200}]", "json", true);
        same("empty object", "{}", "json", true);
    }
    void decodes()
    {
        QFETCH(QByteArray, stored);
        const EntryValue value = decodeEntry(stored);
        QTEST(formName(value.form), "form");
        QTEST(value.statusCode.value_or(-1), "status");
        QTEST(value.payload, "payload");
        QTEST(value.usableByLightApi, "usable");
    }

    // A LightAPI 0.1.13 or newer stores the body alone, whatever it looks like.
    void theSchemeDecidesWhatIsAnEnvelope_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<bool>("hashed");
        QTest::addColumn<bool>("seed");
        QTest::newRow("unknown") << QString() << true << true;
        QTest::newRow("lightapi-v2") << QStringLiteral("lightapi-v2") << false << false;
        QTest::newRow("md5-v1") << QStringLiteral("md5-v1") << true << false;
        QTest::newRow("seed-v1") << QStringLiteral("seed-v1") << false << true;
        QTest::newRow("a template") << QStringLiteral("own") << false << true;
    }
    void theSchemeDecidesWhatIsAnEnvelope()
    {
        QFETCH(QString, scheme);
        QTEST(decodeEntry("{\"body\": 1, \"status\": 200}", scheme).form == Form::Envelope, "hashed");
        QTEST(decodeEntry("{\"data\": 1, \"status_code\": 200}", scheme).form == Form::Envelope, "seed");
    }

    void equals_data()
    {
        QTest::addColumn<QByteArray>("left");
        QTest::addColumn<QByteArray>("right");
        QTest::addColumn<bool>("equal");
        int n = 0;
        const auto row = [&n](const QByteArray& left, const QByteArray& right, bool equal) {
            QTest::addRow("%d", ++n) << left << right << equal;
        };
        row("{\"a\": 1, \"b\": \"caf\\u00e9\"}", "{\"b\":\"caf\xC3\xA9\",\"a\":1}", true);
        row("[1, 2]", "[1,2]", true);
        row("[1,2]", "[2,1]", false);
        row("1.0", "1", false);
        row("1.50", "1.5", true);
        row("1e2", "100.0", true);
        row("1E+2", "10e1", true);
        row("1e2", "100", false);
        row("-0.0", "0.0", false);
        row("-0", "0", true);
        row("0.00", "0e7", true);
        row("12345678901234567890", "12345678901234567891", false);
        row("0.1", "0.10000000000000000001", false);
        row("1e-5", "0.00001", true);
        row("\"1\"", "1", false);
        row("\"null\"", "null", false);
        row("true", "\"true\"", false);
        row("true", "false", false);
        row("[]", "{}", false);
        row("[]", "[[]]", false);
        row("[\"a\",\"b\"]", "[\"ab\"]", false);
        row("{\"a\":1,\"a\":2}", "{\"a\":2}", false);
        row("{\"a\":[1,{\"b\":null}]}", "{ \"a\" : [ 1 , { \"b\" : null } ] }", true);
        row("{\"a\":\"b\"}", "[\"a\",\"b\"]", false);
        row("\"\\ud83d\\ude42\"", "\"\xF0\x9F\x99\x82\"", true);
        row("\"\\/\"", "\"/\"", true);
        row("not json", "not json", true);
        row("not json", "other", false);
        row("not json", "1", false);
        row("", "", true);
        row("1e9999999999999", "1e9999999999999", true);
    }
    void equals()
    {
        QFETCH(QByteArray, left);
        QFETCH(QByteArray, right);
        QTEST(jsonEqual(left, right), "equal");
        QTEST(jsonEqual(right, left), "equal");
    }

    void indents_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("indented");
        QTest::newRow("object") << QByteArray("{\"b\":1.0,\"a\":[1,{}],\"c\":[]}")
                                << QByteArray("{\n  \"b\": 1.0,\n  \"a\": [\n    1,\n    {}\n  ],\n  \"c\": []\n}");
        QTest::newRow("scalar") << QByteArray(" 1e5 ") << QByteArray("1e5");
        QTest::newRow("text kept") << QByteArray("[\"a , : \\u00e9 {\"]") << QByteArray("[\n  \"a , : \\u00e9 {\"\n]");
        QTest::newRow("duplicates kept") << QByteArray("{\"a\":1,\"a\":2}") << QByteArray("{\n  \"a\": 1,\n  \"a\": 2\n}");
        QTest::newRow("not json") << QByteArray("{a}") << QByteArray("{a}");
        QTest::newRow("empty") << QByteArray("{ }") << QByteArray("{}");
    }
    void indents()
    {
        QFETCH(QByteArray, json);
        QTEST(jsonIndented(json), "indented");
    }

    void deepNestingNeedsNoStack()
    {
        const QByteArray deep = QByteArray(100'000, '[') + QByteArray(100'000, ']');
        QVERIFY(decodeEntry(deep).usableByLightApi);
        QVERIFY(jsonEqual(deep, ' ' + deep));
        QVERIFY(!jsonEqual(deep, '[' + deep + ']'));
        QVERIFY(jsonIndented(deep, 1024 * 1024).size() <= 1024 * 1024);
        const QByteArray objects = QByteArray("{\"a\":").repeated(100'000) + '1' + QByteArray(100'000, '}');
        QVERIFY(jsonEqual(objects, objects + ' '));
        QVERIFY(decodeEntry("{\"status_code\":1,\"data\":" + objects + '}').form == Form::Envelope);
    }

    void longOutputIsCut()
    {
        const QByteArray json = "[\"" + QByteArray("\xC3\xA9").repeated(1000) + "\"]";
        for (qsizetype limit = 10; limit < 30; ++limit) {
            const QByteArray out = jsonIndented(json, limit);
            QVERIFY(out.size() <= limit);
            QVERIFY(out.endsWith("\n\xE2\x80\xA6"));
            QCOMPARE(QString::fromUtf8(out).toUtf8(), out);
            QVERIFY(!QString::fromUtf8(out).contains(QChar::ReplacementCharacter));
        }
    }

    void randomJsonKeepsItsTokens()
    {
        QRandomGenerator random(11);
        for (int i = 0; i < 5'000; ++i) {
            const QByteArray json = randomJson(random, 0);
            QVERIFY2(decodeEntry(json).form == Form::Json, json.constData());
            const QByteArray indented = jsonIndented(json);
            QCOMPARE(compacted(indented), compacted(json));
            QCOMPARE(jsonIndented(indented), indented);
            QVERIFY(jsonEqual(json, indented));
        }
    }

    void randomBytesAreKept()
    {
        QRandomGenerator random(12);
        const QByteArray favoured("{}[]\",:\\u0eE+-.1tfn ");
        for (int i = 0; i < 20'000; ++i) {
            QByteArray bytes;
            for (int n = random.bounded(16); n > 0; --n)
                bytes += random.bounded(8) ? favoured[random.bounded(static_cast<int>(favoured.size()))] : static_cast<char>(random.bounded(256));
            const EntryValue value = decodeEntry(bytes);
            if (value.form == Form::Json)
                QCOMPARE(compacted(jsonIndented(bytes)), compacted(bytes));
            else if (value.form != Form::Envelope)
                QCOMPARE(jsonIndented(bytes), bytes);
            QVERIFY(jsonEqual(bytes, bytes));
        }
    }
};

QTEST_GUILESS_MAIN(TestEntryValue)
#include "tst_entryvalue.moc"
