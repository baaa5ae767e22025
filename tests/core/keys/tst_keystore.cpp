// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keystore.h"

#include <QSet>
#include <QTest>

#include <algorithm>
#include <random>
#include <thread>

using namespace core::keys;

namespace {

void add(KeyStore& store, const QByteArray& key)
{
    store.key(key.constData(), std::size_t(key.size()));
}

void fill(KeyStore& store, const QList<QByteArray>& keys)
{
    for (const QByteArray& key : keys)
        add(store, key);
    store.batchEnd();
}

QList<QByteArray> keysOf(const KeyStore& store, const Order& order)
{
    QList<QByteArray> keys;
    for (const KeyId id : order)
        keys << store.at(id).toByteArray();
    return keys;
}

QList<QByteArray> sortedUnique(QList<QByteArray> keys)
{
    std::sort(keys.begin(), keys.end(), [](const QByteArray& a, const QByteArray& b) {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return uchar(x) < uchar(y); });
    });
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

const std::atomic_bool never = false;

}

class TestKeyStore final : public QObject {
    Q_OBJECT
private slots:
    void publishesAtBatchEnd()
    {
        KeyStore store;
        add(store, "a");
        QCOMPARE(store.size(), KeyId(0));
        store.batchEnd();
        QCOMPARE(store.size(), KeyId(1));
        QCOMPARE(store.at(0).toByteArray(), QByteArray("a"));
    }

    void keepsEveryByte()
    {
        const QList<QByteArray> keys {"", QByteArray("a\0b", 3), QByteArray("\0", 1), "line\nbreak", "\xff\xfe", "<img src=x>", "", "z"};
        KeyStore store;
        fill(store, keys);
        for (int i = 0; i < keys.size(); ++i)
            QCOMPARE(store.at(KeyId(i)).toByteArray(), keys[i]);
    }

    // 1 MB names, neighbours at the border of a chunk, and runs of large keys, where the table of hints alone is not enough.
    void largeKeys()
    {
        QList<QByteArray> keys;
        for (int i = 0; i < 40; ++i) {
            keys << QByteArray("small:") + QByteArray::number(i);
            keys << QByteArray::number(i).rightJustified(4, '0') + QByteArray(1'000'000, char('a' + i % 20));
        }
        keys << QByteArray(3'000'000, 'x') << "" << QByteArray(1 << 20, 'y') << "end";
        KeyStore store;
        fill(store, keys);
        for (int i = 0; i < keys.size(); ++i)
            QVERIFY2(store.at(KeyId(i)) == keys[i], QByteArray::number(i).constData());
        QCOMPARE(keysOf(store, *sortedOrder(store, store.size(), never)), sortedUnique(keys));
    }

    void atMost50BytesAKey()
    {
        KeyStore store;
        for (int i = 0; i < 200'000; ++i)
            add(store, QByteArray::number(i).rightJustified(40, 'k'));
        store.batchEnd();
        const std::size_t order = sortedOrder(store, store.size(), never)->size() * sizeof(KeyId);
        const double each = double(store.bytesUsed() + order) / 200'000;
        QVERIFY2(each <= 50, QByteArray::number(each).constData());
    }

    void sorts_data()
    {
        QTest::addColumn<QList<QByteArray>>("keys");
        QTest::newRow("none") << QList<QByteArray> {};
        QTest::newRow("one") << QList<QByteArray> {"a"};
        // Ends that only NULs tell apart: the cached prefixes are equal.
        QList<QByteArray> nuls;
        for (int length = 0; length < 20; ++length)
            nuls << QByteArray(length, '\0') << "abc" + QByteArray(length, '\0') << "abcdefgh" + QByteArray(length, '\0') + "x";
        QTest::newRow("NULs") << nuls + nuls;
        std::mt19937 random(3);
        QList<QByteArray> few;
        QList<QByteArray> similar;
        QList<QByteArray> bytes;
        for (int i = 0; i < 20'000; ++i) {
            few << QByteArray::number(random() % 50);
            similar << "lightapi:ProductEndpoint:/products:page=" + QByteArray::number(random() % 15'000);
            QByteArray any;
            for (auto left = random() % 20; left > 0; --left)
                any += char(random() % 4 == 0 ? 0xff : random() % 3);
            bytes << any;
        }
        QTest::newRow("few values") << few;
        QTest::newRow("long beginnings") << similar;
        QTest::newRow("high bytes and NULs") << bytes;
        QList<QByteArray> ascending = sortedUnique(similar);
        QTest::newRow("sorted") << ascending;
        std::reverse(ascending.begin(), ascending.end());
        QTest::newRow("reversed") << ascending;
        // What most have in common is passed over at once; these few must still find their places.
        QList<QByteArray> exceptions = similar;
        for (qsizetype size : {1, 8, 9, 16, 24, 30, 38})
            exceptions << similar.first().first(size) << similar.first().first(size) + '\0' << similar.first().first(size) + "\xff" << similar.first().first(size - 1) + '!';
        std::shuffle(exceptions.begin(), exceptions.end(), random);
        QTest::newRow("long beginnings with exceptions") << exceptions;
        QList<QByteArray> deep;
        for (int i = 0; i < 200; ++i)
            deep << QByteArray(20'000, 'd').replace(19'000 + int(random() % 1000), 1, "e") << QByteArray(20'000 - int(random() % 50), 'd');
        QTest::newRow("a very long beginning") << deep;
        QTest::newRow("all the same") << QList<QByteArray>(5000, QByteArray("the same key, longer than a prefix"));
    }
    void sorts()
    {
        QFETCH(QList<QByteArray>, keys);
        KeyStore store;
        fill(store, keys);
        const auto order = sortedOrder(store, store.size(), never);
        QCOMPARE(keysOf(store, *order), sortedUnique(keys));
        for (const KeyId part : {KeyId(0), store.size() / 100, store.size() / 2, store.size()}) {
            const auto begin = sortedOrder(store, part, never);
            QCOMPARE(*extendedOrder(store, *begin, part, store.size(), never), *order);
        }
    }
    void sortsMany_data() { sorts_data(); }
    // Many runs one after another, as during a scan.
    void sortsMany()
    {
        QFETCH(QList<QByteArray>, keys);
        KeyStore store;
        fill(store, keys);
        auto order = std::make_shared<const Order>();
        KeyId done = 0;
        for (KeyId next = 1; done < store.size(); next = std::min(store.size(), next * 2 + 7)) {
            next = std::min(next, store.size());
            order = extendedOrder(store, *order, done, next, never);
            done = next;
        }
        QCOMPARE(keysOf(store, *order), sortedUnique(keys));
    }

    void deletedKeysLeaveTheOrder()
    {
        KeyStore store;
        fill(store, {"a", "b", "c", "d"});
        QVERIFY(!store.isDeleted(1));
        store.markDeleted(1);
        QVERIFY(store.isDeleted(1));
        QVERIFY(!store.isDeleted(0));
        QCOMPARE(keysOf(store, *sortedOrder(store, 4, never)), (QList<QByteArray> {"a", "c", "d"}));
    }

    // SCAN may return a key twice. Deleted after the second time: gone; scanned again after the deletion: back.
    void theLastArrivalCounts()
    {
        KeyStore store;
        fill(store, {"a", "b", "a", "c"});
        store.markDeleted(2);
        QCOMPARE(keysOf(store, *sortedOrder(store, 4, never)), (QList<QByteArray> {"b", "c"}));
        const auto begin = sortedOrder(store, 2, never);
        QCOMPARE(keysOf(store, *extendedOrder(store, *begin, 2, 4, never)), (QList<QByteArray> {"b", "c"}));
        fill(store, {"a"});
        QCOMPARE(keysOf(store, *sortedOrder(store, 5, never)), (QList<QByteArray> {"a", "b", "c"}));
    }

    void cancelledSortGivesNothing()
    {
        KeyStore store;
        fill(store, QList<QByteArray>(1000, "k"));
        const std::atomic_bool cancelled = true;
        QVERIFY(!sortedOrder(store, store.size(), cancelled));
        QVERIFY(!extendedOrder(store, Order {}, 0, store.size(), cancelled));
    }

    void findsKeysAndBeginnings()
    {
        KeyStore store;
        fill(store, {"b", "ab", "a", "abc", "\xff", "abd", "ac", "\xff\xff", ""});
        const auto order = sortedOrder(store, store.size(), never); // "" a ab abc abd ac b ff ffff
        QCOMPARE(findKey(store, *order, "abd"), 4);
        QCOMPARE(findKey(store, *order, ""), 0);
        QCOMPARE(findKey(store, *order, "abz"), -1);
        QCOMPARE(findKey(store, *order, "\xff\xff\xff"), -1);
        QCOMPARE(lowerBound(store, *order, "ab"), std::size_t(2));
        QCOMPARE(prefixEnd(store, *order, "ab", 2), std::size_t(5));
        QCOMPARE(prefixEnd(store, *order, "\xff", 7), std::size_t(9));
        QCOMPARE(prefixEnd(store, *order, "", 0), std::size_t(9));
        QCOMPARE(lowerBound(store, Order {}, "a"), std::size_t(0));
    }

    // Readers follow the writer without a lock; what is published never changes.
    void readsWhileWritten()
    {
        KeyStore store;
        constexpr int total = 300'000;
        const auto keyOf = [](int i) -> QByteArray { return "key:" + QByteArray::number(i) + QByteArray(i % 50, 'x'); };
        std::thread writer([&] {
            for (int i = 0; i < total; ++i) {
                add(store, keyOf(i));
                if (i % 500 == 499)
                    store.batchEnd();
            }
            store.batchEnd();
        });
        int wrong = 0;
        std::mt19937 random(5);
        KeyId seen = 0;
        while (seen < total) {
            seen = store.size();
            for (int i = 0; i < 100 && seen > 0; ++i) {
                const KeyId id = i == 0 ? seen - 1 : KeyId(random() % seen);
                wrong += store.at(id) == keyOf(int(id)) ? 0 : 1;
                if (i == 50)
                    store.markDeleted(id);
            }
        }
        writer.join();
        QCOMPARE(wrong, 0);
        QVERIFY(sortedOrder(store, store.size(), never)->size() < total);
    }
};

QTEST_GUILESS_MAIN(TestKeyStore)
#include "tst_keystore.moc"
