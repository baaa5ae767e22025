// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/cache/keyscheme.h"
#include "core/keys/glob.h"
#include "core/keys/keymatcher.h"

#include <QElapsedTimer>
#include <QTest>
#include <QtConcurrentRun>

#include <functional>
#include <random>

using namespace core;
using namespace core::keys;

namespace {

const std::atomic_bool never = false;
using Oracle = std::function<bool(const QByteArray&)>;

// What the odd keys are made of.
const QList<QByteArray> pieces {"lightapi:", "Book", "Author", ":/books", "/1", ":", "page=1", "&q=a+b", "lock:", "tag:", "\n", QByteArray("\0", 1), "\xff", "\xc3",
    "ü", "*", "[a]", "?", "\\", "{", "}", " ", "\"", "-", "item:", "7", "needle", "x", "AB", "ab", ":/authors", "?page=2", "%2F", "<b>"};

KeyQuery parsed(const QString& text, bool ignoreCase = false)
{
    const ParsedQuery query = parseKeyQuery(text, ignoreCase);
    if (!query)
        qFatal("%s", qPrintable(oneLine(query.error().error)));
    return *query;
}

Oracle contains(const QByteArray& text)
{
    return [text](const QByteArray& key) { return key.contains(text); };
}

Oracle parsedAs(const std::function<bool(const cache::ParsedKey&)>& test)
{
    return [test](const QByteArray& key) { return test(cache::parseKey(key, {})); };
}

}

Q_DECLARE_METATYPE(Oracle)

// Searching 20,000 odd keys gives what asking each key in the plainest way gives.
class TestKeySearch final : public QObject {
    Q_OBJECT
private:
    KeyStore m_store;
    std::shared_ptr<const Order> m_order;

    QList<QByteArray> keysOf(const Order& order) const
    {
        QList<QByteArray> keys;
        for (const KeyId id : order)
            keys << m_store.at(id).toByteArray();
        return keys;
    }
    void put(const QByteArray& key) { m_store.key(key.constData(), std::size_t(key.size())); }

private slots:
    void initTestCase()
    {
        std::mt19937 random(20);
        put("");
        for (int i = 0; i < 20'000; ++i) {
            QByteArray key;
            for (unsigned parts = 1 + random() % 7; parts > 0; --parts)
                key += pieces[qsizetype(random() % std::size_t(pieces.size()))];
            put(i % 3 == 0 ? key + QByteArray::number(i) : key); // the others repeat
        }
        put(QByteArray(1'500'000, 'q') + "needle");
        put("lightapi:Book:/books:page=1&q=the+one+needle");
        put("lightapi:Book:/books:page=2&q=a+b");
        m_store.batchEnd();
        m_order = sortedOrder(m_store, m_store.size(), never);
        for (std::size_t i = 0; i < m_order->size(); i += 97)
            m_store.markDeleted((*m_order)[i]);
    }

    void search_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("ignoreCase");
        QTest::addColumn<Oracle>("oracle");
        const auto row = [](const char* text, const Oracle& oracle, bool ignoreCase = false) {
            QTest::addRow("%s%s", text, ignoreCase ? ", any case" : "") << QString::fromUtf8(text) << ignoreCase << oracle;
        };
        row("", [](const QByteArray&) { return true; });
        row("needle", contains("needle"));
        row("7", contains("7"));
        row("needle 7 x", [](const QByteArray& key) { return key.contains("needle") && key.contains("7") && key.contains("x"); });
        row("\"the+one\"", contains("the+one")); // one hit, looked up
        row("needle -Book", [](const QByteArray& key) { return key.contains("needle") && !key.contains("Book"); });
        row("-x", [](const QByteArray& key) { return !key.contains("x"); });
        row("aB", [](const QByteArray& key) { return key.toLower().contains("ab"); }, true);
        row("b64:AA==", contains(QByteArray("\0", 1)));
        row("b64:/w==", contains("\xff"));
        row("\"\\\\\"", contains("\\"));
        row("glob:lightapi:*needle*", [](const QByteArray& key) { return key.startsWith("lightapi:") && key.sliced(9).contains("needle"); });
        row("glob:*\\**", contains("*"));
        row("glob:item:*", [](const QByteArray& key) { return key.startsWith("item:"); });
        row("-glob:item:*", [](const QByteArray& key) { return !key.startsWith("item:"); });
        row("glob:*needle*", contains("needle"));
        row("glob:*NEEDLE*", [](const QByteArray& key) { return key.contains("needle"); }, true);
        row("glob:item:* glob:*7", [](const QByteArray& key) { return key.startsWith("item:") && key.sliced(5).endsWith("7"); });
        row("glob:ITEM:*", [](const QByteArray& key) { return key.toLower().startsWith("item:") && key.size() > 4; }, true);
        row("re:^item:\\d+$", [](const QByteArray& key) {
            return key.startsWith("item:") && key.size() > 5 && std::all_of(key.begin() + 5, key.end(), [](char c) { return c >= '0' && c <= '9'; });
        });
        row("re:\\xff.?\\x00", [](const QByteArray& key) {
            return key.contains(QByteArray("\xff\0", 2)) || [&] { for (qsizetype i = 0; i + 2 < key.size(); ++i) if (key[i] == '\xff' && key[i + 2] == '\0') return true; return false; }();
        });
        row("-re:[[:alpha:]]", [](const QByteArray& key) { return std::none_of(key.begin(), key.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }); });
        row("re:\"\\n| \"", [](const QByteArray& key) { return key.contains('\n') || key.contains(' '); });
        row("class:Book", parsedAs([](const auto& key) { return key.className == QByteArray("Book"); }));
        row("class:BOOK", parsedAs([](const auto& key) { return key.className && key.className->toLower() == "book"; }), true);
        row("class:*o*", parsedAs([](const auto& key) { return key.className && key.className->contains("o"); }));
        row("-class:Book 7", [](const QByteArray& key) { return key.contains("7") && cache::parseKey(key, {}).className != QByteArray("Book"); });
        row("path:/books", parsedAs([](const auto& key) { return key.path == QByteArray("/books"); }));
        row("path:/*s", parsedAs([](const auto& key) { return key.path && key.path->startsWith("/") && key.path->sliced(1).endsWith("s"); }));
        row("query:page=1", parsedAs([](const auto& key) { return key.query.contains({"page", "1"}); }));
        row("query:q=\"a b\"", parsedAs([](const auto& key) { return key.query.contains({"q", "a b"}); }));
        row("query:page", parsedAs([](const auto& key) { return std::any_of(key.query.begin(), key.query.end(), [](const auto& pair) { return pair.first == "page"; }); }));
        row("kind:lock,tag", parsedAs([](const auto& key) { return key.kind == cache::Kind::Lock || key.kind == cache::Kind::TagIndex; }));
        row("-kind:unknown", parsedAs([](const auto& key) { return key.kind != cache::Kind::Unknown; }));
        row("kind:entry class:Book needle re:1 -path:/authors", [](const QByteArray& key) {
            const auto parsed = cache::parseKey(key, {});
            return parsed.kind == cache::Kind::Entry && parsed.className == QByteArray("Book") && key.contains("needle") && key.contains("1") && parsed.path != QByteArray("/authors");
        });
    }
    void search()
    {
        QFETCH(QString, text);
        QFETCH(bool, ignoreCase);
        QFETCH(Oracle, oracle);
        const KeyQuery query = parsed(text, ignoreCase);
        Order expected;
        for (const KeyId id : *m_order) {
            if (!m_store.isDeleted(id) && oracle(m_store.at(id).toByteArray()))
                expected.push_back(id);
        }
        QVERIFY(!expected.empty());
        const auto found = filtered(m_store, *m_order, query, {}, never);
        QVERIFY(found);
        QCOMPARE(keysOf(**found), keysOf(expected));
        // A part of the order, asked key by key.
        const Order part(m_order->begin(), m_order->begin() + 500);
        const auto few = filtered(m_store, part, query, {}, never);
        QVERIFY(few);
        Order expectedFew;
        std::copy_if(part.begin(), part.end(), std::back_inserter(expectedFew), [&](KeyId id) { return !m_store.isDeleted(id) && oracle(m_store.at(id).toByteArray()); });
        QCOMPARE(keysOf(**few), keysOf(expectedFew));
    }

    // Options of the command line: repeats of one kind unite, kinds intersect.
    void clausesUnite()
    {
        KeyQuery query;
        query.add(Clause<TextTest> {{{TextTest::How::Start, "item:"}, {TextTest::How::Start, "tag:"}}});
        query.add(Clause<TextTest> {{{TextTest::How::Part, "needle"}, {TextTest::How::Part, "7"}}});
        query.add(KeyQuery(KeyFilter {.contains = "x"}));
        QList<QByteArray> expected;
        for (const QByteArray& key : keysOf(*m_order)) {
            const auto id = (*m_order)[std::size_t(findKey(m_store, *m_order, key))];
            if (!m_store.isDeleted(id) && (key.startsWith("item:") || key.startsWith("tag:")) && (key.contains("needle") || key.contains("7")) && key.contains("x"))
                expected << key;
        }
        QVERIFY(expected.size() > 10);
        QCOMPARE(keysOf(**filtered(m_store, *m_order, query, {}, never)), expected);
    }

    void byMeta()
    {
        MetaColumns columns(6);
        const qint64 now = 1'000'000;
        columns.set(0, {now + 59'999, 100, "string"});
        columns.set(1, {now + 60'000, 20'000, "string"});
        columns.set(2, {MetaColumns::Facts::never, -1, "string"});
        columns.setGone(3);
        columns.set(4, {now, 20'000, "string"}); // expired since it was asked
        const Order all {0, 1, 2, 3, 4, 5}; // 5: not asked
        const auto found = [&](const char* text) { return *filteredByMeta(all, parsed(QString::fromUtf8(text)), columns, now, never); };
        QCOMPARE(found("ttl<60"), Order {0});
        QCOMPARE(found("ttl>=60"), Order {1});
        QCOMPARE(found("ttl=none"), Order {2});
        QCOMPARE(found("-ttl<60"), (Order {1, 2}));
        QCOMPARE(found("size>10k"), Order {1});
        QCOMPARE(found("-size>10k"), Order {0}); // not known of 2
        const std::atomic_bool cancelled = true;
        QVERIFY(!filteredByMeta(all, parsed(QStringLiteral("ttl<60")), columns, now, cancelled));
    }

    void catastrophe_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"re:(q+)+$", "re:(q|qq)+$", "re:(q*)*$", "re:^(q|q)*$", "re:(?:q?){40}q{40}z", "re:(.*)(.*)(.*)(.*)(.*)(.*)(.*)z"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    // The limit is an error, never "no match".
    void catastrophe()
    {
        QFETCH(QString, text);
        KeyStore store;
        const QByteArray key = QByteArray(60, 'q') + 'y';
        store.key(key.constData(), std::size_t(key.size()));
        const QByteArray large = QByteArray(1'000'000, 'q') + 'y';
        store.key(large.constData(), std::size_t(large.size()));
        store.batchEnd();
        QElapsedTimer clock;
        clock.start();
        const auto found = filtered(store, *sortedOrder(store, store.size(), never), parsed(text), {}, never);
        const qint64 ms = clock.elapsed();
        QVERIFY(!found);
        QCOMPARE(found.error().reason, Reason::SearchTooCostly);
        QVERIFY2(oneLine(found.error()).contains(QStringLiteral("qqqq")), qPrintable(oneLine(found.error())));
        QVERIFY2(ms < 4000, qPrintable(QString::number(ms)));
    }

    // Expressions that people write find their way through a long key.
    void honestExpressionsEnd_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("passes");
        const auto row = [](const char* text, bool passes) { QTest::newRow(text) << QString::fromUtf8(text) << passes; };
        row("re:q+needle$", true);
        row("re:^.*needle$", true);
        row("re:^.*needl$", false);
        row("re:needle|x", true);
        row("re:^[a-z]+$", true);
        row("re:(q|z)needle", true);
    }
    void honestExpressionsEnd()
    {
        QFETCH(QString, text);
        const KeyQuery query = parsed(text);
        const cache::RouteTable routes;
        const QByteArray key = QByteArray(1'000'000, 'q') + "needle";
        const Result<bool> answer = KeyMatcher(query, routes).passes(key);
        QVERIFY2(answer, answer ? "" : qPrintable(oneLine(answer.error())));
        QTEST(*answer, "passes");
    }

    void cancelledWithinMilliseconds_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"re:(a|b|q)*z[0-9]z", "class:*", "needle", "glob:*a*b*c*d*e*f*"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void cancelledWithinMilliseconds()
    {
        QFETCH(QString, text);
        const KeyQuery query = parsed(text);
        std::atomic_bool cancelled = false;
        std::atomic_bool running = true;
        // Asked again and again until it is cancelled: however fast it is, the cancel comes in the middle.
        const auto run = QtConcurrent::run([&] {
            Result<std::shared_ptr<const Order>> last = std::make_shared<const Order>();
            while (last)
                last = filtered(m_store, *m_order, query, {}, cancelled);
            running = false;
            return last;
        });
        QTRY_VERIFY(run.isRunning() || run.isFinished());
        QElapsedTimer clock;
        clock.start();
        cancelled = true;
        QTRY_VERIFY_WITH_TIMEOUT(!running, 2000);
        QVERIFY2(clock.elapsed() < 500, qPrintable(QString::number(clock.elapsed()))); // a busy machine, sanitizers
        QCOMPARE(run.result().error().code, core::Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestKeySearch)
#include "tst_keysearch.moc"
