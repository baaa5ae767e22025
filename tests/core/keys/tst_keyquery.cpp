// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/keys/keymatcher.h"
#include "core/keys/keymeta.h"

#include <QTest>

using namespace core;
using namespace core::keys;

Q_DECLARE_METATYPE(core::keys::QueryPlace)

// The language of the search field: what is taken, what is refused and where.
class TestKeyQuery final : public QObject {
    Q_OBJECT
private:
    static KeyQuery query(const QString& text, bool ignoreCase = false)
    {
        const ParsedQuery parsed = parseKeyQuery(text, ignoreCase);
        if (!parsed)
            qWarning("%s", qPrintable(oneLine(parsed.error().error)));
        return parsed.value_or(KeyQuery());
    }
    static bool passes(const KeyQuery& asked, const QByteArray& key)
    {
        const cache::RouteTable routes;
        return KeyMatcher(asked, routes).passes(key).value();
    }

private slots:
    void terms_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<bool>("passes");
        const auto row = [](const char* text, const QByteArray& key, bool passes) {
            QTest::addRow("%s | %s", text, qPrintable(displayText(key))) << QString::fromUtf8(text) << key << passes;
        };
        const QByteArray books("lightapi:Book:/books:page=1&q=a+b%2Fc");
        row("", "anything", true);
        row(" \t ", "anything", true);
        row("book", books, true);
        row("Books", books, false);
        row("book page", books, true);
        row("book none", books, false);
        row("-none", books, true);
        row("-book", books, false);
        row("book -page", books, false);
        row("lightapi:Book:", books, true);
        row("Class:", "a Class: b", true);
        row("https://x", "see https://x", true);
        row("a\"b", "a\"b", true);
        row("\"a b\"", "a b", true);
        row("\"a b\"", "b a", false);
        row("\"class:\"", "class:", true);
        row("\"a\\\"b\"", "a\"b", true);
        row("\"a\\\\b\"", "a\\b", true);
        row("\"a\\nb\"", "a\\nb", true);
        row("\"-x\"", "a-x", true);
        row("-\"a b\"", "a b", false);
        row("--x", "a-x", false);
        row("--x", "ax", true);
        row("b64:AP8=", QByteArray("\0\xff", 2), true);
        row("b64:AP8=", "b64:AP8=", false);
        row("\"b64:AP8=\"", "b64:AP8=", true);
        row("ü", "ü", true);
        row("glob:light*page=?&*", books, true);
        row("glob:page", books, false);
        row("glob:\"a b*\"", "a bc", true);
        row("glob:\"\"", "", true);
        row("glob:b64:KgA=", QByteArray("x\0", 2), true);
        row("re:^lightapi:.*c$", books, true);
        row("re:page=\\d", books, true);
        row("re:page=\\D", books, false);
        row("re:\"a b\\\\d\"", "a b7", true);
        row("re:\"a b\\d\"", "a b7", true);
        row("re:^.$", QByteArray("\xff", 1), true);
        row("re:\\xff", QByteArray("a\xff", 2), true);
        row("re:a.b", "a\nb", true);
        row("re:a$", "a\n", false);
        row("re:a\\x00b", QByteArray("a\0b", 3), true);
        row("re:^.$", "ü", false); // two bytes
        row("re:(*UTF)^.$", "ü", true);
        row("re:^[äü]$", "ü", true);
        row("re:^[äü]$", QByteArray("\xc3", 1), false);
        row("re:ü", QByteArray("\xffü", 3), true);
        row("-re:page", books, false);
        row("class:Book", books, true);
        row("class:Boo", books, false);
        row("class:Boo*", books, true);
        row("class:\"Boo*\"", books, false);
        row("-class:Book", "other", true);
        row("class:Book", "lock:lightapi:Book:/books:", false);
        row("class:b64:Qm9vaw==", books, true);
        row("path:/books", books, true);
        row("path:/book", books, false);
        row("path:/book?", books, true);
        row("path:/books", "CachedBook:/books?page=2", true);
        row("query:page=1", books, true);
        row("query:page=2", books, false);
        row("query:page", books, true);
        row("query:size", books, false);
        row("query:p*=1", books, true);
        row("query:q=\"a b/c\"", books, true);
        row("query:\"q\"=\"a b/c\"", books, true);
        row("query:q=a*", books, true);
        row("query:page=", books, false);
        row("query:q=", "lightapi:Book:/books:q=", true);
        row("query:q=*", "lightapi:Book:/books:q=", true);
        row("query:q=\"\"", "lightapi:Book:/books:q=", true);
        row("query:q=a=b", "lightapi:Book:/books:q=a%3Db", true);
        row("-query:page=1", books, false);
        row("kind:entry", books, true);
        row("kind:lock", books, false);
        row("kind:lock,entry", books, true);
        row("kind:lock", "lock:x", true);
        row("kind:tag", "tag:x", true);
        row("kind:health", "health_check", true);
        row("kind:probe", "cachelight:probe:1", true);
        row("kind:unknown", "whatever", true);
        row("class:Book path:/books query:page=1 kind:entry re:c$ book -lock", books, true);
        row("ttl_of_it", "ttl_of_it", true);
        row("sized", "sized", true);
    }
    void terms()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, key);
        QVERIFY(parseKeyQuery(text, false));
        QTEST(passes(query(text), key), "passes");
    }

    void ignoresCase_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"BOOK", "\"books:PAGE\"", "glob:LIGHT*", "re:BOOKS:p", "class:book", "path:/BOOKS", "query:PAGE=1", "glob:*[B]OOKS*"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void ignoresCase()
    {
        QFETCH(QString, text);
        QVERIFY(passes(query(text, true), "lightapi:Book:/books:page=1"));
        QVERIFY(!passes(query(text, false), "lightapi:Book:/books:page=1"));
    }

    void mistakes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QueryPlace>("place");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* text, QueryPlace place, const char* why) {
            QTest::newRow(text) << QString::fromUtf8(text) << place << QString::fromUtf8(why);
        };
        row("class:", {0, 6}, "missing");
        row("a class: b", {2, 6}, "missing");
        row("-path:", {1, 5}, "missing");
        row("glob:", {0, 5}, "missing");
        row("re:", {0, 3}, "missing");
        row("query:", {0, 6}, "missing");
        row("query:=x", {0, 6}, "missing");
        row("b64:", {0, 4}, "missing");
        row("-", {0, 1}, "exclude");
        row("a - b", {2, 1}, "exclude");
        row("\"abc", {0, 4}, "closing quote");
        row("x \"abc\\\"", {2, 6}, "closing quote");
        row("\"\"", {0, 2}, "nothing");
        row("class:\"\"", {6, 2}, "nothing");
        row("\"a\"b", {3, 1}, "space");
        row("query:a=\"b\"c", {11, 1}, "space");
        row("b64:!", {0, 5}, "base64");
        row("class:b64:a", {6, 5}, "base64");
        row("kind:", {0, 5}, "entry, tag");
        row("kind:foo", {5, 3}, "entry, tag");
        row("kind:tag,foo", {9, 3}, "entry, tag");
        row("kind:tag,", {0, 9}, "entry, tag");
        row("re:(abc", {6, 1}, "parenthes");
        row("x re:a{2}**", {9, 1}, "quantifier");
        row("re:[z-a]", {6, 1}, "range");
        row("re:ü(", {4, 1}, "parenthes");
        row("re:\"a\\\\\\\\b(\"", {10, 1}, "parenthes");
        row("re:b64:KA==", {3, 8}, "parenthes");
        row("re:a(*UTF)", {9, 1}, "VERB");
        row("ttl<", {0, 4}, "time");
        row("ttl<x", {4, 1}, "time");
        row("ttl<5y", {4, 2}, "time");
        row("ttl<5m5", {4, 3}, "time");
        row("ttl<1.2.3", {4, 5}, "time");
        row("ttl<.5", {4, 2}, "time");
        row("ttl<99999999999999999999", {4, 20}, "time");
        row("ttl<-5", {4, 2}, "time");
        row("ttl<nan", {4, 3}, "time");
        row("ttl=60", {0, 6}, "none");
        row("ttl=", {0, 4}, "none");
        row("a ttl>=none", {7, 4}, "time");
        row("size>", {0, 5}, "bytes");
        row("size>10q", {5, 3}, "bytes");
        row("size>10kk", {5, 4}, "bytes");
    }
    // Nothing is guessed: the sentence says what, the place says where.
    void mistakes()
    {
        QFETCH(QString, text);
        QFETCH(QueryPlace, place);
        QFETCH(QString, why);
        const ParsedQuery parsed = parseKeyQuery(text, false);
        QVERIFY(!parsed);
        const QString said = oneLine(parsed.error().error);
        QVERIFY2(said.contains(why), qPrintable(said));
        QCOMPARE(parsed.error().error.reason, Reason::BadQuery);
        QCOMPARE(parsed.error().error.code, core::Code::Input);
        QCOMPARE(parsed.error().place.from, place.from);
        QCOMPARE(parsed.error().place.length, place.length);
    }

    void figures_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ttlMs");
        QTest::addColumn<qint64>("bytes");
        QTest::addColumn<bool>("passes");
        const auto row = [](const char* text, qint64 ttlMs, qint64 bytes, bool passes) {
            QTest::addRow("%s | %lld ms %lld B", text, ttlMs, bytes) << QString::fromUtf8(text) << ttlMs << bytes << passes;
        };
        row("ttl<60", 59'999, 1, true);
        row("ttl<60", 60'000, 1, false);
        row("ttl<60s", 59'999, 1, true);
        row("ttl<=1m", 60'000, 1, true);
        row("ttl>1m", 60'000, 1, false);
        row("ttl>=1.5h", 5'400'000, 1, true);
        row("ttl>=5m", 299'999, 1, false);
        row("ttl>2d", 172'800'001, 1, true);
        // of keys that have one
        row("ttl<60", KeyMeta::noExpiry, 1, false);
        row("ttl>60", KeyMeta::noExpiry, 1, false);
        row("-ttl<60", KeyMeta::noExpiry, 1, true);
        row("ttl=none", KeyMeta::noExpiry, 1, true);
        row("ttl=none", 5, 1, false);
        row("-ttl=none", 5, 1, true);
        // not known is neither
        row("ttl<60", KeyMeta::unknown, 1, false);
        row("-ttl<60", KeyMeta::unknown, 1, false);
        row("size>1", KeyMeta::unknown, 2, true);
        row("-size>1", 5, -1, false);
        row("ttl<60", 5, -1, true);
        row("-ttl<60", KeyMeta::gone, -1, false);
        row("-size>1", KeyMeta::gone, 0, false);
        row("size>10k", 1, 10'000, false);
        row("size>10k", 1, 10'001, true);
        row("size>=10K", 1, 10'000, true);
        row("size<1.5M", 1, 1'499'999, true);
        row("size<1.5m", 1, 1'500'000, false);
        row("size>2G", 1, 2'000'000'001, true);
        row("size<1T", 1, 2, true);
        row("size=56", 1, 56, true);
        row("size<=55", 1, 56, false);
        row("ttl<60 size>10", 5, 11, true);
        row("ttl<60 size>10", 5, 10, false);
        row("ttl>10s ttl<20s", 15'000, -1, true);
    }
    void figures()
    {
        QFETCH(qint64, ttlMs);
        QFETCH(qint64, bytes);
        QFETCH(QString, text);
        const KeyQuery asked = query(text);
        QVERIFY(asked.needsMeta());
        QVERIFY(asked.metaPlace());
        QTEST(asked.matchesMeta(ttlMs, bytes), "passes");
        QVERIFY(passes(asked, "any key")); // the rest of the query
    }

    void metaPlace()
    {
        QCOMPARE(*query(QStringLiteral("a -ttl<60 size>1")).metaPlace(), (QueryPlace {3, 6}));
        QVERIFY(!query(QStringLiteral("a")).metaPlace());
        QVERIFY(!query(QStringLiteral("a")).needsMeta());
        QVERIFY(query(QStringLiteral("a")).matchesMeta(KeyMeta::gone, -1));
    }

    void quotedMeansItself_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const QByteArray& text : {QByteArray("a"), QByteArray("a b"), QByteArray("class:"), QByteArray("-x"), QByteArray("\"q\""), QByteArray("a\\b"),
                 QByteArray("b64:AAAA"), QByteArray("\xff"), QByteArray("a\0b", 3), QByteArray("ttl<5"), QByteArray("a*[b]?"), QByteArray("line\nbreak"), QByteArray("\\\""),
                 QByteArray("lightapi:Book:/books:"), QByteArray("ü"), QByteArray("\t"), QByteArray("\xEF\xBB\xBF"), QByteArray("\xEF\xBB\xBF" "a")})
            QTest::newRow(qPrintable(displayText(text))) << text;
    }
    void quotedMeansItself()
    {
        QFETCH(QByteArray, text);
        const QString quoted = queryQuoted(text);
        const KeyQuery asked = query(quoted);
        QVERIFY2(asked.texts().size() == 1 && asked.texts().front().anyOf.front().text == text, qPrintable(quoted));
        QVERIFY(!asked.texts().front().excluded);
        const KeyQuery named = query(QStringLiteral("class:") + quoted);
        QVERIFY(named.parsed().size() == 1 && named.parsed().front().anyOf.front().text.passes(text));
    }

    void termAt_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("position");
        QTest::addColumn<QString>("term");
        const auto row = [](const char* text, int position, const char* term) {
            QTest::addRow("%s at %d", text, position) << QString::fromUtf8(text) << position << QString::fromUtf8(term);
        };
        row("", 0, "");
        row("class:", 6, "class:");
        row("a cla", 5, "cla");
        row("a cla", 1, "a");
        row("a  b", 2, "");
        row("a -kind:t", 9, "kind:t");
        row("\"a b\" c", 3, "\"a b\"");
        row("class:\"a b\" c", 9, "class:\"a b\"");
        row("class:Book path", 8, "class:Book");
    }
    void termAt()
    {
        QFETCH(QString, text);
        QFETCH(int, position);
        const QueryPlace place = queryTermAt(text, position);
        QTEST(text.sliced(place.from, place.length), "term");
    }

    void serverPattern()
    {
        QCOMPARE(query(QStringLiteral("glob:a*b c")).serverPattern(), QByteArray("a*b"));
        QCOMPARE(query(QStringLiteral("-glob:a*b")).serverPattern(), QByteArray());
        QCOMPARE(query(QStringLiteral("glob:a*b"), true).serverPattern(), QByteArray());
        QCOMPARE(query(QStringLiteral("abc")).serverPattern(), QByteArray());
        QCOMPARE(KeyQuery(KeyFilter {.prefixes = {"a*"}}).serverPattern(), QByteArray("a\\**"));
        QCOMPARE(KeyQuery(KeyFilter {.prefixes = {"a", "b"}}).serverPattern(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestKeyQuery)
#include "tst_keyquery.moc"
