// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keystore.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace core::keys;

namespace {

const std::atomic_bool never = false;

QList<QByteArray> keysOf(const KeyStore& store, const Order& order)
{
    QList<QByteArray> keys;
    for (const KeyId id : order)
        keys << store.at(id).toByteArray();
    return keys;
}

}

class TestKeyFilter final : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_store = std::make_unique<KeyStore>();
        std::mt19937 random(9);
        QList<QByteArray> keys {"", "ab", "AB", "aB", "a\nb", QByteArray("a\0b", 3), "x\xff", "CachedProduct:/products?page=1", "cachedproduct:/p", "tag:table:a",
            "lock:tag:", "abab", "ababab"};
        for (int i = 0; i < 5000; ++i)
            keys << "item:" + QByteArray::number(i) << QByteArray::number(random());
        keys << QByteArray(2'000'000, 'q') + "needle" << QByteArray("need") << QByteArray("le");
        for (const QByteArray& key : keys)
            m_store->key(key.constData(), std::size_t(key.size()));
        m_store->batchEnd();
        m_order = sortedOrder(*m_store, m_store->size(), never);
    }

    void passes_data()
    {
        QTest::addColumn<KeyFilter>("filter");
        QTest::addColumn<int>("atLeast");
        const auto row = [](const char* name, const KeyFilter& filter, int atLeast) { QTest::newRow(name) << filter << atLeast; };
        row("everything", {}, 10'000);
        row("contains", {.contains = "ab"}, 4);
        row("contains, any case", {.contains = "aB", .ignoreCase = true}, 6);
        row("one byte", {.contains = "7"}, 1000);
        row("overlapping", {.contains = "abab"}, 2);
        row("NUL", {.contains = QByteArray("\0", 1)}, 1);
        row("newline", {.contains = "\n"}, 1);
        row("bad UTF-8", {.contains = "\xff"}, 1);
        row("across two keys", {.contains = "needle"}, 1);
        row("nothing", {.contains = "zzzz"}, 0);
        row("prefix", {.prefixes = {"item:49"}}, 100);
        row("overlapping prefixes", {.prefixes = {"item:4", "item:49", "a", ""}}, 10'000);
        row("two prefixes", {.prefixes = {"tag:", "lock:"}}, 2);
        row("glob", {.globs = {"item:?"}}, 10);
        row("glob without beginning", {.globs = {"*:1[0-4]"}}, 5);
        row("globs", {.globs = {"item:1", "tag:*", "*product*"}}, 3);
        row("one part", {.onePart = true}, 5000);
        row("one part that contains", {.contains = "7", .onePart = true}, 1000);
        row("one part of globs", {.globs = {"*1*"}, .onePart = true}, 1000);
        row("everything at once", {.contains = "7", .globs = {"item:*"}, .prefixes = {"item:4", "item:5"}}, 100);
        row("contains and glob", {.contains = "12", .globs = {"*5"}}, 10);
        row("contains, any case, and prefix", {.contains = "PRODUCT", .ignoreCase = true, .prefixes = {"cached"}}, 1);
    }
    // The fast ways give what asking each key gives.
    void passes()
    {
        QFETCH(KeyFilter, filter);
        QFETCH(int, atLeast);
        Order expected;
        for (const KeyId id : *m_order) {
            if (filter.matches(m_store->at(id)))
                expected.push_back(id);
        }
        QVERIFY(int(expected.size()) >= atLeast);
        const auto passed = filtered(*m_store, *m_order, filter, never);
        QCOMPARE(keysOf(*m_store, *passed), keysOf(*m_store, expected));
        // of a small part, which is asked key by key
        const Order part(expected.begin(), expected.begin() + std::ptrdiff_t(std::min<std::size_t>(expected.size(), 20)));
        QCOMPARE(*filtered(*m_store, part, filter, never), part);
    }

    void matchesHeedsEachKind()
    {
        const KeyFilter filter {.contains = "b", .ignoreCase = false, .globs = {"a*"}, .prefixes = {"ab", "x"}};
        QVERIFY(filter.matches(QByteArray("abc")));
        QVERIFY(!filter.matches(QByteArray("aBc")));
        QVERIFY(!filter.matches(QByteArray("xb")));
        QVERIFY(!filter.matches(QByteArray("acb")));
        QVERIFY(KeyFilter {.onePart = true}.matches(QByteArray()));
        QVERIFY(!KeyFilter {.onePart = true}.matches(QByteArray("a:")));
        QVERIFY(!KeyFilter {.onePart = true}.isEmpty());
        QVERIFY(KeyFilter {}.isEmpty());
        QVERIFY(!filter.isEmpty());
    }

    void deletedKeysAreNotFound()
    {
        const qint64 position = findKey(*m_store, *m_order, "abab");
        m_store->markDeleted((*m_order)[std::size_t(position)]);
        QCOMPARE(keysOf(*m_store, *filtered(*m_store, *m_order, {.contains = "abab"}, never)), QList<QByteArray> {"ababab"});
        QCOMPARE(filtered(*m_store, *m_order, {}, never)->size(), m_order->size() - 1);
    }

    void cancelledGivesNothing()
    {
        const std::atomic_bool cancelled = true;
        QVERIFY(!filtered(*m_store, *m_order, {.contains = "7"}, cancelled));
        QVERIFY(!filtered(*m_store, *m_order, {.globs = {"*"}}, cancelled));
    }

private:
    std::unique_ptr<KeyStore> m_store;
    std::shared_ptr<const Order> m_order;
};

QTEST_GUILESS_MAIN(TestKeyFilter)
#include "tst_keyfilter.moc"
