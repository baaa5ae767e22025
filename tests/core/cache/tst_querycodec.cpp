// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"

#include <QRandomGenerator>
#include <QTest>

using namespace core;
using namespace core::cache;

namespace {
QByteArray recoded(const QByteArray& raw)
{
    return encodeQuery(parseQuery(raw));
}

// Bytes that make trouble more often than all others.
QByteArray randomBytes(QRandomGenerator& random, int maximum, const QByteArray& favoured)
{
    QByteArray out;
    for (int size = random.bounded(maximum + 1); size > 0; --size) {
        const bool any = random.bounded(4) == 0;
        out += any ? static_cast<char>(random.bounded(256)) : favoured[random.bounded(static_cast<int>(favoured.size()))];
    }
    return out;
}
}

class TestQueryCodec final : public QObject {
    Q_OBJECT
private slots:
    // Table A3 of the LightAPI facts: Starlette's str(QueryParams).
    void starlette_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QByteArray>("encoded");
        const auto row = [](const char* raw, const char* encoded) { QTest::newRow(raw) << QByteArray(raw) << QByteArray(encoded); };
        row("", "");
        row("b=2&a=1", "b=2&a=1");
        row("a", "a=");
        row("a=", "a=");
        row("a=1&a=2&b=3&a=4", "a=1&a=2&b=3&a=4");
        row("a=x%20y", "a=x+y");
        row("a=x+y", "a=x+y");
        row("a=1%26b%3D2", "a=1%26b%3D2");
        row("a&b&&c=1&", "a=&b=&c=1");
        row("=x", "=x");
        row("a==b", "a=%3Db");
        row("%41=1", "A=1");
        row("a=%7e", "a=~");
        row("ids[]=1", "ids%5B%5D=1");
        row("a=%zz", "a=%25zz");
        row("a=%4", "a=%254");
        row("a=%", "a=%25");
        row("q=caf%C3%A9", "q=caf%C3%A9");
        row("q=%ff", "q=%EF%BF%BD");
        row("q=%fe", "q=%EF%BF%BD");
        row("q=%e9", "q=%EF%BF%BD");
        row("q=%E2%82", "q=%EF%BF%BD");
        row("q=%C0%AF", "q=%EF%BF%BD%EF%BF%BD");
        row("q=%ED%A0%80", "q=%EF%BF%BD%EF%BF%BD%EF%BF%BD");
        row("q=%F0%9F%99x", "q=%EF%BF%BDx");
        row("q=%F4%90%80%80", "q=%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD");
        row("x=%0d%0a", "x=%0D%0A");
        row("q=%00", "q=%00");
        row("q=\xC3\xA9", "q=%C3%83%C2%A9");
        row("q=%C3\xA9", "q=%EF%BF%BD%C2%A9");
        row("a;b=1", "a%3Bb=1");
        row("&&&", "");
    }
    void starlette()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QByteArray, encoded);
        QCOMPARE(recoded(raw), encoded);
    }

    void pairsAreDecoded()
    {
        const QueryPairs expected {{"a b", "1&2"}, {"a b", ""}, {"", "x"}};
        QCOMPARE(parseQuery("a+b=1%262&a%20b&=x"), expected);
    }

    void randomQueriesKeepTheirMeaning()
    {
        QRandomGenerator random(20260314);
        for (int i = 0; i < 20'000; ++i) {
            const QByteArray raw = randomBytes(random, 40, "ab=&%+4C3A9eEfF0;:/?");
            const QueryPairs pairs = parseQuery(raw);
            const QByteArray encoded = encodeQuery(pairs);
            QCOMPARE(parseQuery(encoded), pairs);
            QCOMPARE(recoded(encoded), encoded);
            QVERIFY(!encoded.contains(':'));
            QCOMPARE(isEncodedQuery(raw), encoded == raw);
            QVERIFY(isEncodedQuery(encoded));
        }
    }

    void targets_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<bool>("good");
        QTest::newRow("root") << QByteArray("/") << true;
        QTest::newRow("query") << QByteArray("/books?a=x%20y") << true;
        QTest::newRow("high bytes") << QByteArray("/b\xC3\xBC""cher") << true;
        QTest::newRow("hash") << QByteArray("/a#b") << true;
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("no slash") << QByteArray("books") << false;
        QTest::newRow("url") << QByteArray("http://x/books") << false;
        QTest::newRow("space") << QByteArray("/a b") << false;
        QTest::newRow("crlf") << QByteArray("/a\r\nX: 1") << false;
        QTest::newRow("nul") << QByteArray("/a\0", 3) << false;
        QTest::newRow("del") << QByteArray("/a\x7F") << false;
    }
    void targets()
    {
        QFETCH(QByteArray, target);
        QFETCH(bool, good);
        const Result<void> checked = checkTarget(target);
        QCOMPARE(checked.has_value(), good);
        if (!good) {
            QCOMPARE(checked.error().reason, Reason::BadTarget);
            QCOMPARE(checked.error().code, Code::Input);
            QVERIFY(!checked.error().subject.contains(QLatin1Char('\n')));
        }
    }

    void targetsSplit_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("query");
        QTest::newRow("none") << QByteArray("/books") << QByteArray("/books") << QByteArray();
        QTest::newRow("bare ?") << QByteArray("/books?") << QByteArray("/books") << QByteArray();
        QTest::newRow("second ?") << QByteArray("/books?a=?b") << QByteArray("/books") << QByteArray("a=?b");
        QTest::newRow("escapes") << QByteArray("/%62ooks%2F1?a=%31#x") << QByteArray("/books/1") << QByteArray("a=%31#x");
        QTest::newRow("plus stays") << QByteArray("/a+b") << QByteArray("/a+b") << QByteArray();
        QTest::newRow("bad utf-8") << QByteArray("/%FF") << QByteArray("/\xEF\xBF\xBD") << QByteArray();
    }
    void targetsSplit()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, query);
        const SplitTarget split = splitTarget(target);
        QCOMPARE(split.path, path);
        QCOMPARE(split.rawQuery, query);
    }

    void escapesAreBytes()
    {
        QCOMPARE(percentDecoded("%FFa+%zz%4", false), QByteArray("\xFF""a+%zz%4"));
        QCOMPARE(percentDecoded("a+b", true), QByteArray("a b"));
    }
};

QTEST_GUILESS_MAIN(TestQueryCodec)
#include "tst_querycodec.moc"
