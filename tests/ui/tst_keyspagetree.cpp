// SPDX-License-Identifier: GPL-3.0-or-later
#include "keyspagetest.h"

#include <QAbstractItemModelTester>
#include <QMenu>
#include <QScopeGuard>

using namespace ui;
using core::keys::KeyIndex;

// The tree beside the list of keys.
class TestKeysPageTree final : public KeysPageTest {
    Q_OBJECT
private slots:
    void keysOfOnePartAreRowsOfTheTree()
    {
        send({{"FLUSHALL"}, {"SET", "a:1", "v"}, {"SET", "a:2", "v"}, {"SET", "plain", "v"}, {"SET", "other", "v"}, {"SET", "", "v"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 5);
        auto* tree = keyTree();
        const QAbstractItemModelTester tester(tree->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_COMPARE(tree->model()->rowCount(), 5);
        const QModelIndex node = tree->model()->index(1, 0);
        QCOMPARE(node.data().toString(), QStringLiteral("a:"));
        tree->setCurrentIndex(node);
        QTRY_COMPARE(model()->rowCount(), 2);
        QCOMPARE(model()->headerData(KeyTableModel::Key, Qt::Horizontal).toString(), QStringLiteral("Key after a:"));
        QCOMPARE(model()->index(1, KeyTableModel::Key).data().toString(), QStringLiteral("2"));
        m_page->refresh(); // the choice outlives a new tree
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Complete);
        QTRY_COMPARE(tree->currentIndex().data().toString(), QStringLiteral("a:"));
        QCOMPARE(model()->rowCount(), 2);
    }

    // A key in the tree shows its value, with the keys beside it in the list; a node that goes gives way to what was above it.
    void keysOfTheTreeShowTheirValues()
    {
        send({{"FLUSHALL"}, {"SET", "a:b:1", "v"}, {"SET", "a:b:2", "v"}, {"SET", "a:c:1", "v"}, {"SET", "a:c:2", "v"}, {"SET", "plain", "v"}});
        connectTo(core::settings::Environment::Development);
        auto* tree = keyTree();
        QTRY_COMPARE(tree->model()->rowCount(), 3);
        const QModelIndex a = tree->model()->index(1, 0);
        tree->expand(a);
        QTRY_COMPARE(tree->model()->rowCount(a), 2);
        const QModelIndex b = tree->model()->index(0, 0, a);
        tree->expand(b);
        QTRY_COMPARE(tree->model()->rowCount(b), 2);
        tree->setCurrentIndex(tree->model()->index(1, 0, b));
        QTRY_COMPARE(pane()->valueText(), QStringLiteral("v"));
        QCOMPARE(pane()->key(), QByteArray("a:b:2"));
        QTRY_COMPARE(model()->rowCount(), 2);
        QTRY_COMPARE(model()->keyAt(table()->currentIndex().row()), QByteArray("a:b:2"));
        m_workspace->keyIndex()->markDeleted({"a:b:1", "a:b:2"});
        QTRY_COMPARE(tree->currentIndex().data().toString(), QStringLiteral("a:"));
        QTRY_COMPARE(model()->keyAt(0), QByteArray("a:c:1")); // as many rows as before
        QCOMPARE(model()->rowCount(), 2);
        QVERIFY(tree->isExpanded(tree->model()->index(1, 0)));
    }

    void delimitersOfTheTreeAreASetting()
    {
        send({{"FLUSHALL"}, {"SET", "a/b:1", "v"}, {"SET", "a/c:1", "v"}});
        VERIFY_OK(m_store->setChoice(QStringLiteral("tree/delimiters"), QStringLiteral("/")));
        const auto restore = qScopeGuard([this] { QVERIFY(m_store->setChoice(QStringLiteral("tree/delimiters"), {})); });
        connectTo(core::settings::Environment::Development);
        auto* tree = keyTree();
        QTRY_COMPARE(tree->model()->rowCount(), 2);
        QCOMPARE(tree->model()->index(1, 0).data().toString(), QStringLiteral("a/"));
        emit tree->customContextMenuRequested({5, 5});
        QMenu* levels = nullptr;
        for (QMenu* menu : m_page->findChildren<QMenu*>()) {
            if (menu->title() == QStringLiteral("Levels end at"))
                levels = menu;
        }
        QVERIFY(levels);
        QVERIFY(levels->actions().at(1)->isChecked());
        levels->actions().at(0)->trigger();
        QTRY_COMPARE(m_store->choice(QStringLiteral("tree/delimiters")), QStringLiteral("/ :"));
        QTRY_COMPARE(tree->model()->rowCount(), 2);
    }

    // Elided is what really has no room: the column of the counts is as wide as its header, not as its figures.
    void namesOfTheTreeRunOnBeforeTheirCounts()
    {
        send({{"FLUSHALL"}, {"SET", "lightapi:ProductsEndpoint:/products:", "v"}});
        connectTo(core::settings::Environment::Development);
        auto* tree = keyTree();
        QTRY_COMPARE(tree->model()->rowCount(), 2);
        struct Probe final : CellDelegate {
            using CellDelegate::roomBeside;
        };
        QStyleOptionViewItem option;
        option.initFrom(tree);
        option.widget = tree;
        const QModelIndex name = tree->model()->index(1, 0);
        const int room = Probe::roomBeside(option, name);
        QVERIFY2(room > 20 && room < tree->columnWidth(1) - 12, qPrintable(QString::number(room)));
        QCOMPARE(Probe::roomBeside(option, name.siblingAtColumn(1)), 0);
    }

    void foldedTreeTakesThePlaceOfTheValue()
    {
        send({{"FLUSHALL"}, {"SET", "a:1", "v"}, {"SET", "plain", "v"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 2);
        m_page->setMinimumSize(1, 1);
        m_page->resize(844, 664);
        QPushButton* fold = button(QStringLiteral("All keys"));
        QVERIFY(fold);
        QVERIFY(fold->isVisible());
        fold->click();
        auto* tree = keyTree();
        QVERIFY(tree->isVisible());
        QVERIFY(!pane()->isVisible());
        tree->setCurrentIndex(tree->model()->index(1, 0));
        QTRY_COMPARE(model()->rowCount(), 1);
        fold->click();
        QVERIFY(!tree->isVisible());
        QVERIFY(pane()->isVisible());
        QCOMPARE(fold->text(), QStringLiteral("a:"));
        m_page->resize(1088, 664);
        QTRY_VERIFY(tree->isVisible());
        QVERIFY(!fold->isVisible());
    }
};

QTEST_MAIN(TestKeysPageTree)
#include "tst_keyspagetree.moc"
