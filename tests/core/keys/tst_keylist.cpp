// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keylist.h"
#include "core/keys/rowset.h"

#include <QRandomGenerator>
#include <QTest>

#include <set>

using namespace core;
using namespace core::keys;

class TestKeyList final : public QObject {
    Q_OBJECT
private slots:
    void emptyOnes();
    void sortedWithoutRepeats();
    void partsAndPlaces();
    void filtered();
    void cancelled();
    void staysWhenItsStoreMarksDeletions();
    void rowsAgainstASet();
    void tenMillionRowsAreOneInterval();
};

void TestKeyList::emptyOnes()
{
    QVERIFY(KeyList().isEmpty());
    QCOMPARE(KeyList().indexOf("a"), -1);
    QVERIFY(KeyList(QList<QByteArray>()) == KeyList());
    QCOMPARE(KeyList().mid(0, 10), QList<QByteArray>());
}

void TestKeyList::sortedWithoutRepeats()
{
    const KeyList list {"b", "", "a\nb", QByteArray("nul\0", 4), "b", "\xff\xfe", ""};
    QCOMPARE(list.toList(), (QList<QByteArray> {"", "a\nb", "b", QByteArray("nul\0", 4), "\xff\xfe"}));
    const KeyList copy = list;
    QVERIFY(copy == list);
    QVERIFY(!(copy == KeyList {"", "a\nb", "b", "nul", "\xff\xfe"}));
}

void TestKeyList::partsAndPlaces()
{
    const KeyList list {"a", "b", "c", "d"};
    QCOMPARE(list.mid(1, 2), (QList<QByteArray> {"b", "c"}));
    QCOMPARE(list.mid(3, 10), QList<QByteArray> {"d"});
    QCOMPARE(list.mid(9, 1), QList<QByteArray>());
    for (const qsizetype hint : {-1, 0, 1, 3, 4, 100}) {
        QCOMPARE(list.indexOf("b", hint), 1);
        QCOMPARE(list.indexOf("bb", hint), -1);
    }
    QVERIFY(list.contains("d") && !list.contains("e"));
}

void TestKeyList::filtered()
{
    const std::atomic_bool never = false;
    const auto kept = KeyList {"a1", "a2", "b1"}.filtered([](QByteArrayView key) { return key.startsWith('a'); }, never);
    QVERIFY(kept);
    QCOMPARE(kept->toList(), (QList<QByteArray> {"a1", "a2"}));
}

void TestKeyList::cancelled()
{
    const std::atomic_bool at = true;
    const auto kept = KeyList {"a"}.filtered([](QByteArrayView) { return true; }, at);
    QVERIFY(!kept);
    QCOMPARE(kept.error().code, Code::Cancelled);
}

void TestKeyList::staysWhenItsStoreMarksDeletions()
{
    auto store = std::make_shared<KeyStore>();
    for (const QByteArray& key : QList<QByteArray> {"a", "b"})
        store->key(key.constData(), std::size_t(key.size()));
    store->batchEnd();
    const std::atomic_bool never = false;
    const KeyList list(store, sortedOrder(*store, 2, never));
    store->markDeleted(0);
    QCOMPARE(list.toList(), (QList<QByteArray> {"a", "b"}));
}

void TestKeyList::rowsAgainstASet()
{
    QRandomGenerator random(4);
    RowSet rows;
    std::set<std::int64_t> expected;
    for (int step = 0; step < 2000; ++step) {
        const std::int64_t first = random.bounded(300);
        const std::int64_t last = first + random.bounded(20) - 1; // now and then none
        const bool add = random.bounded(3) != 0;
        for (std::int64_t row = first; row <= last; ++row) {
            if (add)
                expected.insert(row);
            else
                expected.erase(row);
        }
        if (add)
            rows.add(first, last);
        else
            rows.remove(first, last);
        QCOMPARE(rows.count(), std::int64_t(expected.size()));
        for (std::int64_t row = -1; row < 330; ++row)
            QCOMPARE(rows.contains(row), expected.contains(row));
        for (std::size_t i = 1; i < rows.intervals().size(); ++i)
            QVERIFY(rows.intervals()[i].first > rows.intervals()[i - 1].last + 1);
    }
}

void TestKeyList::tenMillionRowsAreOneInterval()
{
    RowSet rows(0, 9'999'999);
    QCOMPARE(rows.count(), std::int64_t(10'000'000));
    rows.remove(5, 5);
    QCOMPARE(rows.intervals(), (std::vector<RowSet::Interval> {{0, 4}, {6, 9'999'999}}));
    rows.add(5, 5);
    QCOMPARE(rows, RowSet(0, 9'999'999));
}

QTEST_GUILESS_MAIN(TestKeyList)
#include "tst_keylist.moc"
