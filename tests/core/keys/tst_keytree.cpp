// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytree.h"

#include "core/cache/routes.h"

#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace core;
using namespace core::keys;
using Level = TreeNode::Level;

namespace {

const std::atomic_bool never = false;

std::shared_ptr<KeyStore> storeOf(const QList<QByteArray>& keys)
{
    auto store = std::make_shared<KeyStore>();
    for (const QByteArray& key : keys)
        store->key(key.constData(), std::size_t(key.size()));
    store->batchEnd();
    return store;
}

KeyTree treeOf(const QList<QByteArray>& keys, const TreeRules& rules = {})
{
    const auto store = storeOf(keys);
    return {store, sortedOrder(*store, store->size(), never), rules};
}

QByteArray mark(Level level)
{
    constexpr const char* names[] {"root", "class", "path", "part", "key", "range"};
    return names[int(level)];
}

void list(const KeyTree& tree, const TreeNode& node, int depth, QList<QByteArray>& lines)
{
    const auto rows = tree.rows(node, never);
    for (const TreeNode& row : *rows) {
        lines << QByteArray(depth, '.') + mark(row.level) + ' ' + tree.label(row, node) + ' ' + QByteArray::number(row.keys());
        list(tree, row, depth + 1, lines);
    }
}

QList<QByteArray> linesOf(const KeyTree& tree)
{
    QList<QByteArray> lines;
    list(tree, tree.root(), 0, lines);
    return lines;
}

// Walks down to all keys by rows alone. What is wrong is said in `faults`.
void reach(const KeyTree& tree, const TreeNode& node, QList<QByteArray>& keys, QStringList& faults)
{
    if (node.isLeaf()) {
        keys << tree.prefix(node).toByteArray();
        return;
    }
    const auto rows = *tree.rows(node, never);
    qint64 sum = 0;
    for (const TreeNode& row : rows) {
        sum += row.keys();
        if (row.begin < node.begin || row.end > node.end || row.keys() < 1)
            faults << QStringLiteral("a child outside its node");
        if (rows.size() == 1 && row.begin == node.begin && row.end == node.end && row.prefixSize == node.prefixSize && !row.isLeaf())
            faults << QStringLiteral("a child that is its parent");
    }
    if (sum != node.keys())
        faults << QStringLiteral("%1 keys in the children of a node of %2").arg(sum).arg(node.keys());
    const std::size_t step = rows.size() < 1000 ? 1 : 97; // else the checks would take the longest
    for (std::size_t i = 0; i < rows.size(); i += step) {
        const TreeRef ref = tree.ref(rows[i]);
        if (tree.findRow(rows, ref) != qint64(i))
            faults << QStringLiteral("a row that is not found again");
        if (keysOf(*tree.store(), tree.order(), ref)->size() < std::size_t(rows[i].keys()))
            faults << QStringLiteral("a node that does not list its keys");
    }
    for (const TreeNode& row : rows)
        reach(tree, row, keys, faults);
}

QByteArray randomKey(QRandomGenerator& random)
{
    static const QList<QByteArray> parts {":", ":", ":", "::", "a", "b", "lightapi:", "A:/x:", "/x:", "A", QByteArray(1, '\0'), "\xff\xfe", "\n", "q=1", "/", "|", "a:"};
    QByteArray key = random.bounded(4) == 0 ? QByteArray("lightapi:") : QByteArray();
    for (quint32 i = random.bounded(7U); i > 0; --i)
        key += parts.at(random.bounded(parts.size()));
    return key;
}

}

class TestKeyTree final : public QObject {
    Q_OBJECT
private slots:
    void classesPathsAndQueries()
    {
        const KeyTree tree = treeOf({"lightapi:Book:/books:", "lightapi:Book:/books:page=1", "lightapi:Book:/books:page=2&q=a%3Ab", "lightapi:Book:/books/7:",
            "lightapi:Author:/authors:", "lightapi:Book:/books:page=1&x=", "plain", "CachedProduct:/products?page=1"});
        QCOMPARE(tree.root().keys(), 8);
        QCOMPARE(linesOf(tree),
            (QList<QByteArray> {"class Book 5", ".path /books 4", "..key  1", "..key page=1 1", "..key page=1&x= 1", "..key page=2&q=a%3Ab 1", ".path /books/7 1",
                "..key  1", "part CachedProduct: 1", ".key /products?page=1 1", "class Author 1", ".path /authors 1", "..key  1", "key plain 1"}));
    }

    // A path may hold a ':'; neighbours that only begin alike are not taken for one another.
    void similarPaths()
    {
        const KeyTree tree = treeOf({"lightapi:A:/x:", "lightapi:A:/x:a:", "lightapi:A:/x:a:q=1", "lightapi:A:/x:q=1", "lightapi:A:/xy:", "lightapi:AB:/x:"});
        QCOMPARE(linesOf(tree),
            (QList<QByteArray> {"class A 5", ".path /x 4", "..path a 2", "...key  1", "...key q=1 1", "..key  1", "..key q=1 1", ".path /xy 1", "..key  1",
                "class AB 1", ".path /x 1", "..key  1"}));
    }

    // With vary_on a query is not encoded: its ':' is no level.
    void queriesWithColons()
    {
        TreeRules rules;
        rules.routes.add(*cache::routeFromArgument(QStringLiteral("Clock=/clock,vary_on=at")));
        const KeyTree tree = treeOf({"lightapi:Clock:/clock:at=12:30", "lightapi:Clock:/clock:at=12:45", "lightapi:Clock:/clock/7:at=1:2"}, rules);
        QCOMPARE(linesOf(tree),
            (QList<QByteArray> {"class Clock 3", ".path /clock 2", "..key at=12:30 1", "..key at=12:45 1", ".path /clock/7 1", "..key at=1:2 1"}));
    }

    // What begins like LightAPI's keys without being one stands beside the classes, by its parts.
    void notLightApi()
    {
        const KeyTree tree = treeOf({"lightapi:", "lightapi:hello", "lightapi:a:b", "lightapi:a:c", "lightapi:A:/x:", "lightapi:A:y", "lightapi:A:/z"});
        QCOMPARE(linesOf(tree),
            (QList<QByteArray> {"class A 3", ".path /x 1", "..key  1", ".key /z 1", ".key y 1", "part lightapi:a: 2", ".key b 1", ".key c 1", "key lightapi: 1",
                "key lightapi:hello 1"}));
        QCOMPARE(linesOf(treeOf({"lightapi:a:b", "lightapi:c"})), (QList<QByteArray> {"part lightapi: 2", ".key a:b 1", ".key c 1"}));
    }

    // Many keys of somebody else do not drown the root.
    void strangersUnderTheScheme()
    {
        QList<QByteArray> keys {"lightapi:Book:/books:", "lightapi:Book:/books:page=1", "a:1", "a:2"};
        for (int i = 0; i < 3000; ++i)
            keys << "lightapi:" + QByteArray::number(i);
        const KeyTree tree = treeOf(keys);
        const auto rows = *tree.rows(tree.root(), never);
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(tree.label(rows[0], tree.root()).toByteArray(), QByteArray("lightapi:"));
        const auto inside = *tree.rows(rows[0], never);
        QCOMPARE(inside.size(), std::size_t(3001));
        QCOMPARE(inside.back().level, Level::Class);
        QCOMPARE(tree.label(inside.back(), rows[0]).toByteArray(), QByteArray("Book"));
        QCOMPARE(inside.back().keys(), 2);
    }

    void parts()
    {
        const KeyTree tree = treeOf({"category:1:items", "category:1:count", "category:2:items", "item:1", "item:2", "item:3", "item:4", "alone", "", "tag:table:x"});
        QCOMPARE(linesOf(tree),
            (QList<QByteArray> {"part item: 4", ".key 1 1", ".key 2 1", ".key 3 1", ".key 4 1", "part category: 3", ".part 1: 2", "..key count 1", "..key items 1",
                ".key 2:items 1", "part tag: 1", ".key table:x 1", "key  1", "key alone 1"}));
    }

    void runsOfDelimiters()
    {
        QCOMPARE(linesOf(treeOf({"::a:", "::a:b", "a::", "a::b", ":", "a:"})),
            (QList<QByteArray> {"part : 3", ".part : 2", "..part a: 2", "...key  1", "...key b 1", ".key  1", "part a: 3", ".part : 2", "..key  1", "..key b 1", ".key  1"}));
    }

    void delimiters_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QList<QByteArray>>("lines");
        QTest::newRow("default") << "" << QList<QByteArray> {"part a/b: 2", ".key c/d 1", ".key c/e 1", "key a/x 1"};
        QTest::newRow("slash") << "/" << QList<QByteArray> {"part a/ 3", ".part b:c/ 2", "..key d 1", "..key e 1", ".key x 1"};
        QTest::newRow("two") << "/ :" << QList<QByteArray> {"part a/ 3", ".part b: 2", "..part c/ 2", "...key d 1", "...key e 1", ".key x 1"};
        QTest::newRow("longer") << ":c/ :c/" << QList<QByteArray> {"part a/b:c/ 2", ".key d 1", ".key e 1", "key a/x 1"};
        QTest::newRow("absent") << "b64:AA==" << QList<QByteArray> {"key a/b:c/d 1", "key a/b:c/e 1", "key a/x 1"};
    }
    void delimiters()
    {
        QFETCH(QString, setting);
        QFETCH(QList<QByteArray>, lines);
        QCOMPARE(linesOf(treeOf({"a/b:c/d", "a/b:c/e", "a/x"}, {{}, delimitersFromText(setting)})), lines);
    }

    // LightAPI's own levels do not depend on the delimiters.
    void delimitersLeaveClassesAlone()
    {
        const KeyTree tree = treeOf({"lightapi:Book:/books/7:", "lightapi:Book:/books/7:q=1", "a/b", "a:c"}, {{}, {"/"}});
        QCOMPARE(linesOf(tree), (QList<QByteArray> {"class Book 2", ".path /books/7 2", "..key  1", "..key q=1 1", "part a/ 1", ".key b 1", "key a:c 1"}));
    }

    void oddBytes()
    {
        const KeyTree tree = treeOf({QByteArray("a\0:\n\xff", 5), QByteArray("a\0:<b>", 6)});
        const auto rows = *tree.rows(tree.root(), never);
        QCOMPARE(rows.size(), std::size_t(1));
        QCOMPARE(tree.label(rows[0], tree.root()).toByteArray(), QByteArray("a\0:", 3));
        QCOMPARE(rows[0].keys(), 2);
    }

    void everyKeyIsReached_data()
    {
        QTest::addColumn<QByteArrayList>("delimiters");
        QTest::newRow("colon") << QByteArrayList {":"};
        QTest::newRow("several") << QByteArrayList {"::", ":", "/x", QByteArray(1, '\0')};
    }
    void everyKeyIsReached()
    {
        QFETCH(QByteArrayList, delimiters);
        QRandomGenerator random(7);
        for (int round = 0; round < 60; ++round) {
            QSet<QByteArray> all;
            for (int i = 0; i < 200; ++i)
                all << randomKey(random);
            const KeyTree tree = treeOf(all.values(), {{}, delimiters});
            QList<QByteArray> keys;
            QStringList faults;
            reach(tree, tree.root(), keys, faults);
            QCOMPARE(faults, QStringList());
            QCOMPARE(QSet<QByteArray>(keys.begin(), keys.end()), all);
            QCOMPARE(keys.size(), all.size());
        }
    }

    void fewByCountManyByBytes()
    {
        QList<QByteArray> keys;
        for (int i = 0; i < 1200; ++i) {
            const QByteArray name = "n:" + QByteArray::number(i).rightJustified(4, '0');
            keys << name + ":a" << name + ":b";
            if (i == 700)
                keys << name + ":c";
        }
        const KeyTree many = treeOf(keys);
        const TreeNode node = many.rows(many.root(), never)->front();
        const auto rows = *many.rows(node, never);
        QCOMPARE(rows.size(), std::size_t(1200));
        QVERIFY(std::is_sorted(rows.begin(), rows.end(), [](const TreeNode& a, const TreeNode& b) { return a.begin < b.begin; }));
        const KeyTree few = treeOf(keys.mid(1300));
        const auto largest = few.rows(few.rows(few.root(), never)->front(), never)->front();
        QCOMPARE(largest.keys(), 3);
        QCOMPARE(few.prefix(largest).toByteArray(), QByteArray("n:0700:"));
    }

    // 250,000 children are ranges; each opens to the rows that are in it, none is left out.
    void rangesOpen_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<std::size_t>("rows");
        QTest::newRow("just rows") << 100'000 << std::size_t(100'000);
        QTest::newRow("one more") << 100'001 << std::size_t(11);
        QTest::newRow("many") << 250'000 << std::size_t(25);
    }
    void rangesOpen()
    {
        QFETCH(int, count);
        QFETCH(std::size_t, rows);
        QList<QByteArray> keys {"other"};
        for (int i = 0; i < count; ++i)
            keys << "item:" + QByteArray::number(i).rightJustified(6, '0');
        const KeyTree tree = treeOf(keys);
        const TreeNode node = tree.rows(tree.root(), never)->front();
        QVERIFY(!tree.rowsAtOnce(node));
        const auto top = *tree.rows(node, never);
        QCOMPARE(top.size(), rows);
        QStringList faults;
        QList<QByteArray> reached;
        reach(tree, node, reached, faults);
        QCOMPARE(faults, QStringList());
        QCOMPARE(reached.size(), count);
        QVERIFY(std::is_sorted(reached.begin(), reached.end()));
        if (top.front().level != Level::Range)
            return;
        QCOMPARE(top[1].keys(), 10'000);
        const auto [first, last] = tree.rangeLabels(top[1]);
        QCOMPARE(first.toByteArray(), QByteArray("010000"));
        QCOMPARE(last.toByteArray(), QByteArray("019999"));
        QCOMPARE(tree.label(tree.rows(top[1], never)->front(), top[1]).toByteArray(), QByteArray("010000"));
        QCOMPARE(keysOf(*tree.store(), tree.order(), tree.ref(top[1]))->size(), std::size_t(10'000));
    }

    // Another order of other keys: the node is found by its name, a range by where it begins.
    void nodesAreFoundInAnotherOrder()
    {
        QList<QByteArray> keys;
        for (int i = 0; i < 120'000; ++i)
            keys << "item:" + QByteArray::number(i).rightJustified(6, '0');
        const KeyTree before = treeOf(keys);
        const TreeNode item = before.rows(before.root(), never)->front();
        const TreeRef range = before.ref(before.rows(item, never)->at(3));
        QCOMPARE(range.first, QByteArray("item:030000"));
        const KeyTree after = treeOf(keys.mid(20'000 - 1) << "z:1");
        const auto root = *after.rows(after.root(), never);
        QCOMPARE(after.findRow(root, before.ref(item)), 0);
        const auto rows = *after.rows(root[0], never);
        QCOMPARE(after.findRow(rows, range), 1);
        QCOMPARE(keysOf(*after.store(), after.order(), range)->size(), std::size_t(10'000));
        QCOMPARE(after.findRow(root, {Level::Part, "gone:", {}, {}}), -1);
        QCOMPARE(after.findRow(root, {Level::Part, "a", {}, {}}), -1);
        QCOMPARE(keysOf(*after.store(), after.order(), {Level::Key, "item:019999", {}, {}})->size(), std::size_t(1));
        QCOMPARE(keysOf(*after.store(), after.order(), {Level::Key, "item:01", {}, {}})->size(), std::size_t(0));
        QCOMPARE(keysOf(*after.store(), after.order(), {}), after.order());
    }

    // An order has no deleted keys, so neither has its tree.
    void deletedKeysAreInNoNode()
    {
        const auto store = storeOf({"a:1", "a:2", "b:1"});
        store->markDeleted(0);
        store->markDeleted(2);
        const KeyTree tree(store, sortedOrder(*store, store->size(), never));
        QCOMPARE(linesOf(tree), (QList<QByteArray> {"part a: 1", ".key 2 1"}));
    }

    // A key of nothing but delimiters is not as many clicks away as it is long.
    void deepKeysStayReachable()
    {
        const QByteArray deep(1'000'000, ':');
        const KeyTree tree = treeOf({deep, deep + "a", deep + "b"});
        QList<QByteArray> keys;
        QStringList faults;
        reach(tree, tree.root(), keys, faults);
        QCOMPARE(faults, QStringList());
        QCOMPARE(keys.size(), 3);
        TreeNode node = tree.root();
        int depth = 0;
        for (; !node.isLeaf(); ++depth)
            node = tree.rows(node, never)->front();
        QVERIFY2(depth <= 20, qPrintable(QString::number(depth)));
    }

    // The deepest level ends where the keys part, also where one of them goes on with a delimiter.
    void deepKeysPartAtADelimiter()
    {
        const QByteArray deep = QByteArray(20, ':') + "x";
        const QList<QByteArray> all {deep + ":1", deep + ":2", deep + "a"};
        const KeyTree tree = treeOf(all);
        QList<QByteArray> keys;
        QStringList faults;
        reach(tree, tree.root(), keys, faults);
        QCOMPARE(faults, QStringList());
        std::sort(keys.begin(), keys.end());
        QCOMPARE(keys, all);
        QVERIFY(linesOf(tree).contains(QByteArray(16, '.') + "part x: 2"));
    }

    void nothing()
    {
        QCOMPARE(KeyTree().root().keys(), 0);
        QVERIFY(KeyTree().rows(KeyTree().root(), never)->empty());
        const KeyTree empty = treeOf({});
        QVERIFY(empty.rowsAtOnce(empty.root())->empty());
    }

    void cancelled()
    {
        const std::atomic_bool now = true;
        const KeyTree tree = treeOf({"a:b"});
        QVERIFY(!tree.rows(tree.root(), now));
    }
};

QTEST_GUILESS_MAIN(TestKeyTree)
#include "tst_keytree.moc"
