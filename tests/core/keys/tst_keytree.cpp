// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytree.h"

#include <QTest>

using namespace core;
using namespace core::keys;

namespace {

const std::atomic_bool never = false;

TreeNode treeOf(const QList<QByteArray>& keys, const cache::RouteTable& routes = {})
{
    KeyStore store;
    for (const QByteArray& key : keys)
        store.key(key.constData(), std::size_t(key.size()));
    store.batchEnd();
    return keyTree(store, *sortedOrder(store, store.size(), never), routes, never);
}

QByteArray levelMark(TreeNode::Level level)
{
    switch (level) {
    case TreeNode::Level::Root:
        return "root";
    case TreeNode::Level::Class:
        return "class";
    case TreeNode::Level::Path:
        return "path";
    case TreeNode::Level::Part:
        return "part";
    case TreeNode::Level::Others:
        return "others";
    case TreeNode::Level::OnePart:
        return "one part";
    }
    return {};
}

void list(const TreeNode& node, int depth, QList<QByteArray>& lines)
{
    for (const TreeNode& child : node.children) {
        lines << QByteArray(depth, '.') + levelMark(child.level) + ' ' + child.label + ' ' + child.prefix + ' ' + QByteArray::number(child.keys);
        list(child, depth + 1, lines);
    }
}

QList<QByteArray> linesOf(const TreeNode& root)
{
    QList<QByteArray> lines;
    list(root, 0, lines);
    return lines;
}

}

class TestKeyTree final : public QObject {
    Q_OBJECT
private slots:
    void classesAndPaths()
    {
        const TreeNode root = treeOf({"lightapi:Book:/books:", "lightapi:Book:/books:page=1", "lightapi:Book:/books:page=2&q=a%3Ab", "lightapi:Book:/books/7:",
            "lightapi:Author:/authors:", "lightapi:Book:/books:page=1&x=", "plain", "CachedProduct:/products?page=1"});
        QCOMPARE(root.keys, 8);
        QCOMPARE(linesOf(root),
            (QList<QByteArray> {"class Book lightapi:Book: 5", ".path /books lightapi:Book:/books: 4", ".path /books/7 lightapi:Book:/books/7: 1",
                "part CachedProduct: CachedProduct: 1", "class Author lightapi:Author: 1", ".path /authors lightapi:Author:/authors: 1", "one part   1"}));
    }

    // Paths that hold a ':' and neighbours that only begin alike are not taken for one another.
    void similarPaths()
    {
        const TreeNode root = treeOf({"lightapi:A:/x:", "lightapi:A:/x:a:", "lightapi:A:/x:a:q=1", "lightapi:A:/x:q=1", "lightapi:A:/xy:", "lightapi:AB:/x:"});
        QCOMPARE(linesOf(root),
            (QList<QByteArray> {"class A lightapi:A: 5", ".path /x lightapi:A:/x: 2", ".path /x:a lightapi:A:/x:a: 2", ".path /xy lightapi:A:/xy: 1",
                "class AB lightapi:AB: 1", ".path /x lightapi:AB:/x: 1"}));
    }

    // What begins like LightAPI's keys without being one is counted by its parts.
    void notLightApi()
    {
        const TreeNode root = treeOf({"lightapi:", "lightapi:hello", "lightapi:a:b", "lightapi:a:c", "lightapi:A:/x:"});
        QCOMPARE(root.keys, 5);
        QCOMPARE(linesOf(root),
            (QList<QByteArray> {"part lightapi: lightapi: 4", ".part a: lightapi:a: 2", "class A lightapi:A: 1", ".path /x lightapi:A:/x: 1"}));
    }

    void parts()
    {
        const TreeNode root = treeOf({"category:1:items", "category:1:count", "category:2:items", "item:1", "item:2", "item:3", "item:4", "alone", "", ":", "::a", "tag:table:x"});
        QCOMPARE(root.keys, 12);
        QCOMPARE(linesOf(root),
            (QList<QByteArray> {"part item: item: 4", "part category: category: 3", ".part 1: category:1: 2", ".part 2: category:2: 1", "part : : 2",
                ".part : :: 1", "part tag: tag: 1", "one part   2"}));
    }

    void oddBytes()
    {
        const TreeNode root = treeOf({QByteArray("a\0:\n\xff", 5), QByteArray("a\0:<b>", 6)});
        QCOMPARE(root.children.size(), 1);
        QCOMPARE(root.children.first().label, QByteArray("a\0:", 3));
        QCOMPARE(root.children.first().keys, 2);
    }

    // Nothing is lost in the sums: the children beyond the limit are one node.
    void manyChildren()
    {
        QList<QByteArray> keys;
        for (int i = 0; i < 1500; ++i) {
            keys << "n:" + QByteArray::number(i) + ":a";
            if (i < 10)
                keys << "n:" + QByteArray::number(i) + ":b";
            keys << "lightapi:C:/p" + QByteArray::number(i) + ':';
        }
        const TreeNode root = treeOf(keys);
        QCOMPARE(root.children.size(), 2);
        for (const TreeNode& node : root.children) {
            QCOMPARE(node.children.size(), 1001);
            QCOMPARE(node.children.last().level, TreeNode::Level::Others);
            QCOMPARE(node.children.last().prefix, QByteArray());
            qint64 sum = 0;
            for (const TreeNode& child : node.children)
                sum += child.keys;
            QCOMPARE(sum, node.keys);
        }
        QCOMPARE(root.children.first().label, QByteArray("n:"));
        QCOMPARE(root.children.first().children.first().keys, 2);
    }

    // Whatever the keys are like, each is in one node below the root.
    void nodesSumUpToAllKeys()
    {
        QList<QByteArray> keys {"", "plain", "user-1", "lightapi", "lightapi:", "lightapi:A:/x:", "item:1", ":"};
        for (int i = 0; i < 1100; ++i)
            keys << "p" + QByteArray::number(i) + ":a";
        const TreeNode root = treeOf(keys);
        qint64 sum = 0;
        for (const TreeNode& child : root.children)
            sum += child.keys;
        QCOMPARE(sum, root.keys);
        QCOMPARE(root.children.last().level, TreeNode::Level::OnePart);
        QCOMPARE(root.children.last().keys, 4);
    }

    void deepKeysAreCut()
    {
        const QByteArray deep(1'000'000, ':');
        const TreeNode root = treeOf({deep, deep + "a", deep + "b"});
        const TreeNode* node = &root;
        int depth = 0;
        for (; !node->children.isEmpty(); ++depth)
            node = &node->children.first();
        QCOMPARE(depth, 16);
        QVERIFY(node->cut);
        QCOMPARE(node->keys, 3);
    }

    void cancelled()
    {
        KeyStore store;
        store.key("a:b", 3);
        store.batchEnd();
        const std::atomic_bool now = true;
        QCOMPARE(keyTree(store, {0}, {}, now).keys, 0);
    }
};

QTEST_GUILESS_MAIN(TestKeyTree)
#include "tst_keytree.moc"
