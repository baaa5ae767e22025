// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/structuredfields.h"

#include <QTest>

#include <algorithm>
#include <ctime>
#include <limits>

using namespace core::http::structured;

namespace {
QString shown(const Value& value)
{
    if (const auto* number = std::get_if<qint64>(&value))
        return QString::number(*number);
    if (const auto* decimal = std::get_if<Decimal>(&value))
        return QString::number(decimal->thousandths) + QStringLiteral("/1000");
    if (const auto* text = std::get_if<QByteArray>(&value))
        return QStringLiteral("\"%1\"").arg(QString::fromUtf8(*text));
    if (const auto* token = std::get_if<Token>(&value))
        return QString::fromUtf8(token->text);
    if (const auto* bytes = std::get_if<Bytes>(&value))
        return QStringLiteral(":%1:").arg(QString::fromUtf8(bytes->bytes));
    return std::get<bool>(value) ? QStringLiteral("yes") : QStringLiteral("no");
}

QString shown(const Parameters& parameters)
{
    QString out;
    for (const Parameter& parameter : parameters)
        out += QStringLiteral(";%1=%2").arg(QString::fromUtf8(parameter.name), shown(parameter.value));
    return out;
}

QString shown(const Item& item)
{
    return shown(item.value) + shown(item.parameters);
}

QString shown(const std::optional<QList<Member>>& members)
{
    if (!members)
        return QStringLiteral("invalid");
    QStringList out;
    for (const Member& member : *members) {
        if (const auto* item = std::get_if<Item>(&member.what)) {
            out << shown(*item);
            continue;
        }
        const auto& list = std::get<InnerList>(member.what);
        QStringList inner;
        for (const Item& item : list.items)
            inner << shown(item);
        out << u'(' + inner.join(u' ') + u')' + shown(list.parameters);
    }
    return out.join(QStringLiteral(" | "));
}
}

class TestStructuredFields final : public QObject {
    Q_OBJECT
private slots:
    void lists_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const QByteArray& field, const char* expected) {
            QTest::newRow(name) << field << QString::fromUtf8(expected);
        };
        row("empty", "", "");
        row("spaces only", "   ", "");
        row("tokens", "sugar, tea, rum", "sugar | tea | rum");
        row("spaces around", "  a ,\t b  ", "a | b");
        row("no spaces", "a,b", "a | b");
        row("strings", "\"a b\", \"\\\"\\\\\"", "\"a b\" | \"\"\\\"");
        row("empty string", "\"\"", "\"\"");
        row("integers", "0, -0, 42, -999999999999999, 999999999999999, 007", "0 | 0 | 42 | -999999999999999 | 999999999999999 | 7");
        row("decimals", "4.5, -0.001, 123456789012.999, 1.50", "4500/1000 | -1/1000 | 123456789012999/1000 | 1500/1000");
        row("booleans", "?1, ?0", "yes | no");
        row("byte sequences", ":aGVsbG8=:, ::, :aGVsbG8:", ":hello: | :: | :hello:");
        row("token bytes", "*a:b/c!#$%&'*+-.^_`|~", "*a:b/c!#$%&'*+-.^_`|~");
        row("parameters", "a;b;c=1; d=\"x\";*e=?0", "a;b=yes;c=1;d=\"x\";*e=no");
        row("the last value of a name", "a;b=1;c=2;b=3", "a;b=3;c=2");
        row("parameter name bytes", "a;a_-.*0=1", "a;a_-.*0=1");
        row("inner lists", "(a b), (), ( c;x=1  d );y", "(a b) | () | (c;x=1 d);y=yes");
        row("trailing comma", "a,", "invalid");
        row("trailing comma and space", "a, ", "invalid");
        row("empty member", "a,,b", "invalid");
        row("leading comma", ",a", "invalid");
        row("tab in front", "\ta", "invalid");
        row("two items", "a b", "invalid");
        row("open string", "\"a", "invalid");
        row("string ends in a backslash", "\"a\\", "invalid");
        row("unknown escape", "\"\\n\"", "invalid");
        row("control byte in a string", "\"a\x01\"", "invalid");
        row("DEL in a string", "\"a\x7f\"", "invalid");
        row("UTF-8 in a string", "\"caf\xc3\xa9\"", "invalid");
        row("single quotes", "'a'", "invalid");
        row("16 digits", "1000000000000000", "invalid");
        row("13 digits before a point", "1234567890123.0", "invalid");
        row("four behind a point", "1.2345", "invalid");
        row("nothing behind a point", "1.", "invalid");
        row("nothing before a point", ".5", "invalid");
        row("minus alone", "-", "invalid");
        row("plus", "+1", "invalid");
        row("two minuses", "--1", "invalid");
        row("boolean true", "?true", "invalid");
        row("boolean alone", "?", "invalid");
        row("open byte sequence", ":aGVsbG8=", "invalid");
        row("byte sequence with a space", ":aGVs bG8=:", "invalid");
        row("byte sequence with padding inside", ":a=b=:", "invalid");
        row("parameter without a name", "a;", "invalid");
        row("parameter name in capitals", "a;B=1", "invalid");
        row("parameter without a value", "a;b=", "invalid");
        row("space before a semicolon", "a ;b", "invalid");
        row("space before the equals sign", "a;b =1", "invalid");
        row("tab before a parameter", "a;\tb", "invalid");
        row("open inner list", "(a", "invalid");
        row("inner list in an inner list", "((a))", "invalid");
        row("commas in an inner list", "(a, b)", "invalid");
        row("no space in an inner list", "(a\"b\")", "invalid");
        row("NUL", QByteArray("a\0b", 3), "invalid");
        row("NUL in front", QByteArray("\0", 1), "invalid");
        row("bad UTF-8", "\xff\xfe", "invalid");
        row("date of RFC 9651", "@1659578233", "invalid");
    }
    void lists()
    {
        QFETCH(QByteArray, field);
        QTEST(shown(parseList(field)), "expected");
    }

    void items()
    {
        QCOMPARE(shown(*parseItem(" 5;a ")), QStringLiteral("5;a=yes"));
        for (const char* bad : {"", "a, b", "(a)", "a b", "a;"})
            QVERIFY2(!parseItem(bad), bad);
    }

    void membersKnowWhereTheyStood()
    {
        const QByteArray field = "  a;x=1 , (b c);y";
        const auto members = parseList(field);
        QVERIFY(members);
        QCOMPARE(members->at(0).raw, QByteArray("a;x=1"));
        QCOMPARE(members->at(1).raw, QByteArray("(b c);y"));
        for (const Member& member : *members)
            QCOMPARE(field.sliced(member.offset, member.raw.size()), member.raw);
        const auto& item = std::get<Item>(members->at(0).what);
        QCOMPARE(item.parameters.first().raw, QByteArray("x=1"));
        QVERIFY(valueOf<qint64>(item.parameters, "x"));
        QVERIFY(!valueOf<bool>(item.parameters, "x"));
        QVERIFY(!valueOf<qint64>(item.parameters, "y"));
    }

    // Eight times the field, about eight times the time; quadratic would be 64.
    void timeIsLinear_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("members") << QByteArray("a, ");
        QTest::newRow("inner lists") << QByteArray("(a b), ");
        QTest::newRow("same parameter") << QByteArray("a;b=1;b=2, ");
        QTest::newRow("unclosed") << QByteArray("\"\\\\");
        QTest::newRow("parentheses") << QByteArray("(");
    }
    void timeIsLinear()
    {
        QFETCH(QByteArray, part);
        const auto took = [&](qsizetype bytes) {
            const QByteArray field = part.repeated(bytes / part.size()) + 'a';
            std::clock_t best = std::numeric_limits<std::clock_t>::max();
            for (int i = 0; i < 2; ++i) {
                const std::clock_t begin = std::clock();
                const auto parsed = parseList(field);
                best = std::min(best, std::clock() - begin);
                [&] { QVERIFY(parsed || part.contains('(') || part.contains('"')); }();
            }
            return best;
        };
        const std::clock_t small = took(32 * 1024);
        const std::clock_t large = took(256 * 1024);
        QVERIFY2(large < 24 * small + CLOCKS_PER_SEC / 50, qPrintable(QStringLiteral("%1 ticks, then %2 ticks").arg(small).arg(large)));
    }

    void manyParameters()
    {
        QByteArray field = "a";
        for (int i = 0; i < 100'000; ++i)
            field += ";p" + QByteArray::number(i);
        const std::clock_t begin = std::clock();
        const auto members = parseList(field);
        QVERIFY(members);
        QCOMPARE(std::get<Item>(members->first().what).parameters.size(), 100'000);
        QVERIFY(std::clock() - begin < 8 * CLOCKS_PER_SEC); // quadratic takes minutes
    }
};

QTEST_GUILESS_MAIN(TestStructuredFields)
#include "tst_structuredfields.moc"
