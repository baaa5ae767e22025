// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/models/roles.h"
#include "ui/pages/keys/keytablemodel.h"
#include "ui/pages/keys/keytreemodel.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QHelpEvent>
#include <QScopeGuard>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>
#include <QTextDocument>
#include <QThreadPool>
#include <QToolTip>

using namespace ui;
using core::keys::KeyStore;
using core::keys::KeyTree;
using core::keys::TreeRef;
using Level = core::keys::TreeNode::Level;

namespace {

const std::atomic_bool never = false;

KeyTree treeOf(const QList<QByteArray>& keys, const QList<QByteArray>& deleted = {})
{
    auto store = std::make_shared<KeyStore>();
    for (const QByteArray& key : keys)
        store->key(key.constData(), std::size_t(key.size()));
    store->batchEnd();
    for (const QByteArray& key : deleted)
        store->markDeleted(core::keys::KeyId(keys.indexOf(key)));
    const auto order = core::keys::sortedOrder(*store, store->size(), never);
    return {store, order};
}

QList<QByteArray> items(int count, const QByteArray& prefix = "item:")
{
    QList<QByteArray> keys;
    for (int i = 0; i < count; ++i)
        keys << prefix + QByteArray::number(i).rightJustified(6, '0');
    return keys;
}

QStringList names(const QAbstractItemModel& model, const QModelIndex& parent = {})
{
    QStringList all;
    for (int row = 0; row < model.rowCount(parent); ++row)
        all << model.index(row, 0, parent).data().toString();
    return all;
}

QModelIndex child(const QAbstractItemModel& model, const QString& name, const QModelIndex& parent = {})
{
    return model.index(static_cast<int>(names(model, parent).indexOf(name)), 0, parent);
}

// The tip at this place, as it is read.
QString tipOf(QWidget* viewport, const QPoint& at)
{
    QHelpEvent help(QEvent::ToolTip, at, viewport->mapToGlobal(at));
    QCoreApplication::sendEvent(viewport, &help);
    const QString tip = QToolTip::text();
    QToolTip::hideText();
    if (!Qt::mightBeRichText(tip))
        return tip;
    QTextDocument shown;
    shown.setHtml(tip);
    return shown.toPlainText();
}

}

class TestKeyTreeModel final : public QObject {
    Q_OBJECT
private:
    using Tester = QAbstractItemModelTester;
    static constexpr auto strictly = Tester::FailureReportingMode::QtTest;
    demo::RedisProcess m_redis;

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
    }

    void rowsSayWhatTheyAre()
    {
        KeyTreeModel model;
        const Tester tester(&model, strictly);
        QCOMPARE(model.rowCount(), 0);
        model.setTree(treeOf({"lightapi:Book:/books:", "lightapi:Book:/books:page=1", "tag:a", "tag:b", "tag:c", "plain", "", QByteArray("x\0\xff<b>", 6)}));
        QCOMPARE(names(model), (QStringList {QStringLiteral("All keys"), QStringLiteral("tag:"), QStringLiteral("Book"), QStringLiteral("(empty key)"), QStringLiteral("plain"), QStringLiteral("x\\x00\\xff<b>")}));
        const QModelIndex book = model.index(2, 0);
        QCOMPARE(book.siblingAtColumn(KeyTreeModel::Keys).data().toString(), QStringLiteral("2"));
        QCOMPARE(book.data(ShareRole).toDouble(), 2.0 / 8);
        QCOMPARE(book.data(BytesRole).toByteArray(), QByteArray("lightapi:Book:"));
        QVERIFY(!model.index(0, 0).data(ShareRole).isValid());
        QVERIFY(!model.hasChildren(model.index(0, 0)));
        QVERIFY(!model.hasChildren(model.index(4, 0)));
        QTRY_COMPARE(model.rowCount(book), 1); // opened by the tester
        const QModelIndex path = model.index(0, 0, book);
        QTRY_COMPARE(model.rowCount(path), 2);
        QCOMPARE(path.data().toString(), QStringLiteral("/books"));
        QCOMPARE(names(model, path), (QStringList {QStringLiteral("(no query)"), QStringLiteral("page=1")}));
        QCOMPARE(model.refOf(model.index(1, 0, path)), (TreeRef {Level::Key, "lightapi:Book:/books:page=1", {}, {}}));
        QVERIFY(model.isLeaf(model.index(1, 0, path)));
        QCOMPARE(model.refOf({}), TreeRef());
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    // Nothing below a row is made before it is opened.
    void lazy()
    {
        KeyTreeModel model;
        model.setTree(treeOf(items(1500, "a:") + items(3, "b:")));
        const QModelIndex a = child(model, QStringLiteral("a:"));
        QCOMPARE(model.rowCount(a), 0);
        QVERIFY(model.hasChildren(a));
        QVERIFY(model.canFetchMore(a));
        model.fetchMore(a);
        QVERIFY(!model.canFetchMore(a));
        QTRY_COMPARE(model.rowCount(a), 1500);
        QCOMPARE(model.rowCount(child(model, QStringLiteral("b:"))), 0);
        const Tester tester(&model, strictly);
    }

    // Many rows come from the pool; a row says so meanwhile.
    void largeNodeFillsLater()
    {
        KeyTreeModel model;
        model.setTree(treeOf(items(120'000) + items(2, "b:")));
        QThreadPool* pool = QThreadPool::globalInstance();
        const int threads = pool->maxThreadCount();
        const auto restore = qScopeGuard([=] { pool->setMaxThreadCount(threads); });
        pool->setMaxThreadCount(1);
        QSemaphore busy;
        const auto free = qScopeGuard([&] {
            busy.release();
            pool->waitForDone();
        });
        pool->start([&] { busy.acquire(); });
        const QModelIndex item = child(model, QStringLiteral("item:"));
        TreeView view(QStringLiteral("Tree"));
        view.setModel(&model);
        view.show();
        view.expand(item);
        QTRY_COMPARE(names(model, item), QStringList {QStringLiteral("…")});
        const QModelIndex waiting = model.index(0, 0, item);
        QVERIFY(model.isWaiting(waiting));
        QVERIFY(!waiting.flags().testFlag(Qt::ItemIsSelectable));
        QCOMPARE(model.refOf(waiting), TreeRef());
        busy.release();
        QTRY_COMPARE(model.rowCount(item), 12);
        QVERIFY(view.isExpanded(item));
        QCOMPARE(names(model, item).at(2), QStringLiteral("020000 to 029999"));
        const QModelIndex range = model.index(2, 0, item);
        QCOMPARE(range.siblingAtColumn(KeyTreeModel::Keys).data().toString(), QStringLiteral("10,000"));
        model.fetchMore(range);
        QTRY_COMPARE(model.rowCount(range), 10'000);
        QCOMPARE(model.index(9'999, 0, range).data().toString(), QStringLiteral("029999"));
        QCOMPARE(model.refOf(model.index(7, 0, range)).prefix, QByteArray("item:020007"));
        const Tester tester(&model, strictly);
    }

    // A re-scan or a deletion does not fold the tree; what is current stays by its name, not by its row.
    void staysOpen()
    {
        KeyTreeModel model;
        const Tester tester(&model, strictly);
        QList<QByteArray> keys = items(5, "a:x:") + items(3, "b:y:") + items(2, "b:z:") + items(4, "c:");
        model.setTree(treeOf(keys));
        TreeView view(QStringLiteral("Tree"));
        view.setModel(&model);
        view.show();
        const QModelIndex b = child(model, QStringLiteral("b:"));
        view.expand(b);
        QTRY_COMPARE(model.rowCount(b), 2);
        const QModelIndex z = child(model, QStringLiteral("z:"), b);
        view.expand(z);
        QTRY_COMPARE(model.rowCount(z), 2);
        view.setCurrentIndex(model.index(1, 0, z));
        const QList<TreeRef> path = model.pathOf(view.currentIndex());
        QCOMPARE(path.size(), 3);
        QCOMPARE(path.last().prefix, QByteArray("b:z:000001"));
        QSignalSpy changed(&model, &KeyTreeModel::treeChanged);
        keys += items(9, "aa:") + items(7, "b:zz:");
        model.setTree(treeOf(keys, {"b:z:000000", "a:x:000000", "a:x:000001"}));
        QVERIFY(changed.wait(5000));
        QCOMPARE(names(model).first(), QStringLiteral("All keys"));
        const QModelIndex b2 = child(model, QStringLiteral("b:"));
        QVERIFY(view.isExpanded(b2));
        QCOMPARE(b2.siblingAtColumn(KeyTreeModel::Keys).data().toString(), QStringLiteral("11"));
        // Of "b:z:" one key is left, so that it is a row itself.
        QCOMPARE(names(model, b2), (QStringList {QStringLiteral("zz:"), QStringLiteral("y:"), QStringLiteral("z:000001")}));
        QVERIFY(!view.currentIndex().isValid());
        QCOMPARE(model.indexOf(path), b2);

        view.setCurrentIndex(model.index(2, 0, b2));
        model.setTree(treeOf(keys + items(3, "zzz:"), {"c:000000"}));
        QVERIFY(changed.wait(5000));
        const QModelIndex b3 = child(model, QStringLiteral("b:"));
        QVERIFY(view.isExpanded(b3));
        QCOMPARE(view.currentIndex(), QModelIndex()); // "z:" has two keys again
        view.setCurrentIndex(child(model, QStringLiteral("y:"), b3));
        model.setTree(treeOf(keys));
        QVERIFY(changed.wait(5000));
        QCOMPARE(view.currentIndex().data().toString(), QStringLiteral("y:"));
        QCOMPARE(view.selectionModel()->selectedRows().value(0), view.currentIndex());
    }

    // What is open in a large node is made on the pool; the old tree is shown until then, and only the last wish is carried out.
    void largeOpenNodesStayOpen()
    {
        KeyTreeModel model;
        const QList<QByteArray> keys = items(30'000) + items(2, "b:");
        model.setTree(treeOf(keys));
        TreeView view(QStringLiteral("Tree"));
        view.setModel(&model);
        view.show();
        view.expand(child(model, QStringLiteral("item:")));
        QTRY_COMPARE(model.rowCount(child(model, QStringLiteral("item:"))), 30'000);
        view.setCurrentIndex(model.index(20'000, 0, child(model, QStringLiteral("item:"))));
        QSignalSpy changed(&model, &KeyTreeModel::treeChanged);
        model.setTree(treeOf(keys.mid(5)));
        QCOMPARE(model.rowCount(child(model, QStringLiteral("item:"))), 30'000);
        model.setTree(treeOf(keys.mid(100)));
        QVERIFY(changed.wait(5000));
        QCOMPARE(changed.count(), 1);
        const QModelIndex item = child(model, QStringLiteral("item:"));
        QCOMPARE(model.rowCount(item), 29'900);
        QVERIFY(view.isExpanded(item));
        QCOMPARE(view.currentIndex(), model.index(19'900, 0, item));
        const Tester tester(&model, strictly);
    }

    void keyWithNothingAfterItsNodeHasItsName()
    {
        KeyTreeModel model;
        TreeView view(QStringLiteral("Tree"));
        view.setModel(&model);
        model.setTree(treeOf({"shop:", "shop:1", "shop:2", "z"}));
        const QModelIndex node = child(model, QStringLiteral("shop:"));
        view.expand(node);
        QTRY_COMPARE(model.rowCount(node), 3);
        const QModelIndex same = model.index(0, 0, node);
        QCOMPARE(same.data().toString(), QStringLiteral("shop:"));
        QVERIFY(!same.data(Qt::FontRole).isValid());
    }

    // What was opened after the new tree was begun is in it, too, with what is current there.
    void openedWhileTheNextTreeIsMade()
    {
        KeyTreeModel model;
        const QList<QByteArray> keys = items(30'000) + items(3, "b:x:") + items(3, "b:y:");
        model.setTree(treeOf(keys));
        TreeView view(QStringLiteral("Tree"));
        view.setModel(&model);
        view.show();
        view.expand(child(model, QStringLiteral("item:")));
        QTRY_COMPARE(model.rowCount(child(model, QStringLiteral("item:"))), 30'000);
        QThreadPool* pool = QThreadPool::globalInstance();
        QSemaphore busy;
        const auto restore = qScopeGuard([&busy, pool, threads = pool->maxThreadCount()] {
            busy.release();
            pool->waitForDone();
            pool->setMaxThreadCount(threads);
        });
        pool->setMaxThreadCount(1);
        pool->start([&] { busy.acquire(); });
        QSignalSpy changed(&model, &KeyTreeModel::treeChanged);
        model.setTree(treeOf(keys.mid(5)));
        const QModelIndex b = child(model, QStringLiteral("b:"));
        view.expand(b);
        QTRY_COMPARE(model.rowCount(b), 2);
        view.setCurrentIndex(child(model, QStringLiteral("y:"), b));
        busy.release();
        QVERIFY(changed.wait(5000));
        QCOMPARE(model.rowCount(child(model, QStringLiteral("item:"))), 29'995);
        QCOMPARE(view.currentIndex().data().toString(), QStringLiteral("y:"));
        QVERIFY(view.isExpanded(child(model, QStringLiteral("b:"))));
        const Tester tester(&model, strictly);
    }

    // What the user sees: of a name that looks like markup its characters.
    void tipsShowTheNameAsItIs()
    {
        KeyTreeModel model;
        model.setTree(treeOf({"<b>product</b>:1", "<b>product</b>:2", "x"}));
        TreeView view(QStringLiteral("Tree"));
        view.setModel(&model);
        view.resize(400, 300);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.setColumnWidth(KeyTreeModel::Name, 300);
        QCOMPARE(tipOf(view.viewport(), view.visualRect(child(model, QStringLiteral("<b>product</b>:"))).center()),
            QStringLiteral("<b>product</b>:\n2 keys"));
        KeyTableModel table;
        const auto store = std::make_shared<KeyStore>();
        const auto order = std::make_shared<const core::keys::Order>();
        table.setKeys(store, order, order);
        table.setPrefix("a&b<i>");
        TableView list(QStringLiteral("List"));
        list.setModel(&table);
        list.resize(400, 300);
        list.show();
        QVERIFY(QTest::qWaitForWindowExposed(&list));
        QCOMPARE(tipOf(list.horizontalHeader()->viewport(), {10, 10}), QStringLiteral("Key after a&b<i>"));
    }

    // Rows that were on their way belong to a tree that is gone.
    void newTreeWhileFilling()
    {
        KeyTreeModel model;
        model.setTree(treeOf(items(30'000)));
        const QModelIndex item = child(model, QStringLiteral("item:"));
        model.fetchMore(item);
        QTRY_COMPARE(model.rowCount(item), 1);
        QVERIFY(model.isWaiting(model.index(0, 0, item)));
        model.setTree(treeOf(items(20'000)));
        QTRY_COMPARE(model.rowCount(child(model, QStringLiteral("item:"))), 20'000);
        model.fetchMore(child(model, QStringLiteral("item:")));
        model.clear();
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QCOMPARE(model.rowCount(), 0);
        const Tester tester(&model, strictly);
    }

    void deletedWhileWorking()
    {
        auto model = std::make_unique<KeyTreeModel>();
        model->setTree(treeOf(items(100'000)));
        model->fetchMore(child(*model, QStringLiteral("item:")));
        QTRY_COMPARE(model->rowCount(child(*model, QStringLiteral("item:"))), 1);
        model->setTree(treeOf(items(90'000)));
        model.reset();
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
    }

    // Asked for the rows on screen only, once a tree, without a lookup.
    void memoryOfVisibleRows()
    {
        core::redis::Session session(m_redis.endpoint());
        VERIFY_OK(redistest::wait(session.open()));
        core::redis::Pipeline pipeline {{"FLUSHALL"}};
        const QList<QByteArray> keys = items(300, "a:") + items(2, "b:") + items(200, "c:");
        for (const QByteArray& key : keys)
            pipeline << core::redis::Command {"SET", key, QByteArray(static_cast<int>(pipeline.size()), 'v')};
        VERIFY_OK(redistest::wait(session.send(pipeline)));
        KeyTreeModel model;
        const Tester tester(&model, strictly);
        model.setSession(&session);
        model.setTree(treeOf(keys));
        const QModelIndex a = child(model, QStringLiteral("a:"));
        const QModelIndex b = child(model, QStringLiteral("b:"));
        const qint64 sent = session.commandsSent(), lookups = session.ownLookups();
        const auto memory = [](const QModelIndex& index) { return index.siblingAtColumn(KeyTreeModel::Memory).data().toString(); };
        QCOMPARE(memory(a), QStringLiteral("…"));
        model.setVisible({a, b});
        QTRY_VERIFY(memory(a).startsWith(QStringLiteral("≈ ")));
        QVERIFY2(memory(a).endsWith(QStringLiteral(" %")), qPrintable(memory(a)));
        QVERIFY(!memory(b).contains(u'±'));
        QCOMPARE(memory(child(model, QStringLiteral("c:"))), QStringLiteral("…"));
        QCOMPARE(session.commandsSent() - sent, 64 + 2);
        QCOMPARE(session.ownLookups(), lookups);
        QVERIFY(a.data(Qt::ToolTipRole).toString().contains(memory(a)));
        model.setVisible({b, a});
        model.setVisible({child(model, QStringLiteral("c:"))});
        QTRY_VERIFY(memory(child(model, QStringLiteral("c:"))).startsWith(QStringLiteral("≈ ")));
        QCOMPARE(session.commandsSent() - sent, 64 + 2 + 64);
        QVERIFY(model.headerData(KeyTreeModel::Memory, Qt::Horizontal, Qt::ToolTipRole).toString().contains(QStringLiteral("64 keys")));
    }

    void memoryThatIsNotPermitted()
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        VERIFY_OK(redistest::wait(admin.send({{"ACL", "SETUSER", "blind", "on", ">pw", "~*", "+@all", "-memory|usage"}, {"SET", "a:1", "v"}, {"SET", "a:2", "v"}})));
        core::Endpoint endpoint = m_redis.endpoint();
        endpoint.user = "blind";
        endpoint.password = "pw";
        core::redis::Session session(endpoint);
        VERIFY_OK(redistest::wait(session.open()));
        KeyTreeModel model;
        const Tester tester(&model, strictly);
        model.setSession(&session);
        model.setTree(treeOf({"a:1", "a:2", "b:1"}));
        const QModelIndex memory = model.index(1, KeyTreeModel::Memory);
        model.setVisible({memory});
        QTRY_COMPARE(memory.data().toString(), QStringLiteral("not permitted"));
        QVERIFY2(memory.data(Qt::ToolTipRole).toString().contains(QStringLiteral("memory|usage")), qPrintable(memory.data(Qt::ToolTipRole).toString()));
        const qint64 sent = session.commandsSent();
        model.setVisible({model.index(2, 0)});
        KeyTreeModel later; // who is asked after that and may
        later.setSession(&admin);
        later.setTree(treeOf({"a:1", "a:2", "b:1"}));
        const QModelIndex answered = later.index(1, KeyTreeModel::Memory);
        later.setVisible({answered});
        QTRY_VERIFY(answered.data().toString() != QStringLiteral("…"));
        QCOMPARE(session.commandsSent(), sent);
    }

    // The chosen prefix stands in the header; what is copied and read aloud is whole.
    void prefixMovesToTheHeader()
    {
        KeyTableModel table;
        const Tester tester(&table, strictly);
        const KeyTree tree = treeOf({"lightapi:Book:/books:", "lightapi:Book:/books:page=1", "other"});
        auto store = std::make_shared<KeyStore>();
        for (const QByteArray& key : {QByteArray("lightapi:Book:/books:"), QByteArray("lightapi:Book:/books:page=1"), QByteArray("other")})
            store->key(key.constData(), std::size_t(key.size()));
        store->batchEnd();
        const auto order = core::keys::sortedOrder(*store, store->size(), never);
        table.setKeys(store, order, order);
        const auto title = [&] { return table.headerData(KeyTableModel::Key, Qt::Horizontal).toString(); };
        QCOMPARE(title(), QStringLiteral("Key"));
        QSignalSpy header(&table, &QAbstractItemModel::headerDataChanged);
        table.setPrefix("lightapi:Book:/books:");
        QCOMPARE(header.count(), 1);
        QCOMPARE(title(), QStringLiteral("Key after lightapi:Book:/books:"));
        const QModelIndex page = table.index(1, KeyTableModel::Key);
        QCOMPARE(page.data().toString(), QStringLiteral("page=1"));
        QCOMPARE(page.data(BytesRole).toByteArray(), QByteArray("lightapi:Book:/books:page=1"));
        QCOMPARE(page.data(Qt::ToolTipRole).toString(), QStringLiteral("lightapi:Book:/books:page=1"));
        QCOMPARE(page.data(Qt::AccessibleTextRole).toString(), QStringLiteral("lightapi:Book:/books:page=1"));
        QCOMPARE(copyRow(page, {KeyTableModel::Key}), QStringLiteral("lightapi:Book:/books:page=1"));
        const QModelIndex same = table.index(0, KeyTableModel::Key); // nothing comes after
        QCOMPARE(same.data().toString(), QStringLiteral("lightapi:Book:/books:"));
        QVERIFY(!same.data(Qt::FontRole).isValid());
        QCOMPARE(table.index(2, KeyTableModel::Key).data().toString(), QStringLiteral("other"));
        table.setPrefix(QByteArray("<b>\0", 4) + QByteArray(1'000'000, 'x'));
        QVERIFY(title().startsWith(QStringLiteral("Key after <b>\\x00xxx")));
        QVERIFY(title().size() < 200);
        QVERIFY(table.headerData(KeyTableModel::Key, Qt::Horizontal, Qt::ToolTipRole).toString().contains(QStringLiteral("&lt;b&gt;")));
        table.setPrefix({});
        QCOMPARE(title(), QStringLiteral("Key"));
        QCOMPARE(page.data().toString(), QStringLiteral("lightapi:Book:/books:page=1"));
    }
};

QTEST_MAIN(TestKeyTreeModel)
#include "tst_keytreemodel.moc"
