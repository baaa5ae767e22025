// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/keys/keytracking.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/models/roles.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/pages/keys/keyspage.h"
#include "ui/pages/keys/keytablemodel.h"
#include "ui/pages/keys/keytablepanel.h"
#include "ui/pages/keys/keytreemodel.h"
#include "ui/pages/keys/searchfield.h"
#include "ui/pages/keys/valueeditor.h"
#include "ui/pages/keys/valuepane.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/jsonview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScopeGuard>
#include <QScrollBar>
#include <QSemaphore>
#include <QShortcut>
#include <QSignalSpy>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <QToolButton>

#include <algorithm>

using namespace ui;
using core::keys::KeyIndex;

namespace {
// Asked for a cell is a row walked: what the view needs for a screen is far below this.
constexpr int rowsOfAFewScreens = 1000;

class CountingModel final : public QAbstractTableModel {
public:
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 10'000'000; }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 2; }
    QVariant data(const QModelIndex& index, int role) const override
    {
        if (role == Qt::DisplayRole)
            ++asked;
        return role == Qt::DisplayRole ? QVariant(QString::number(index.row())) : QVariant();
    }
    mutable int asked = 0;
};
}

class TestKeysPage final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<KeysPage> m_page;

    void send(const core::redis::Pipeline& pipeline)
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        VERIFY_OK(redistest::wait(admin.send(pipeline)));
    }
    void fill(const QByteArray& prefix, int keys)
    {
        core::redis::Pipeline pipeline {{"FLUSHALL"}};
        for (int i = 0; i < keys; ++i)
            pipeline << core::redis::Command {"SET", prefix + QByteArray::number(i), "v"};
        send(pipeline);
    }
    void connectTo(core::settings::Environment environment)
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("keys");
        profile.endpoint = m_redis.endpoint();
        profile.environment = environment;
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
    }
    KeyTableModel* model() const { return m_page->findChild<KeyTableModel*>(); }
    // The value beside the list has views of its own.
    template <typename View, typename Model>
    View* viewOf() const
    {
        const QList<View*> views = m_page->findChildren<View*>();
        const auto at = std::ranges::find_if(views, [](const View* view) { return qobject_cast<const Model*>(view->model()) != nullptr; });
        return at == views.end() ? nullptr : *at;
    }
    TableView* table() const { return viewOf<TableView, KeyTableModel>(); }
    TreeView* keyTree() const { return viewOf<TreeView, KeyTreeModel>(); }
    // Runs a filter at once, without the pause of typing.
    void filterNow() { m_page->findChild<QToolButton*>()->toggle(); }
    ValuePane* pane() const { return m_page->findChild<ValuePane*>(); }
    QPushButton* button(const QString& text) const
    {
        for (QPushButton* candidate : m_page->findChildren<QPushButton*>()) {
            if (candidate->text() == text)
                return candidate;
        }
        return nullptr;
    }
    bool says(const QString& text) const
    {
        const QList<QLabel*> labels = pane()->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(text); });
    }
    // The value of the row's key, read.
    void showRow(int row)
    {
        table()->selectRow(row);
        QTRY_COMPARE(pane()->valueText(), QStringLiteral("v"));
        QTRY_VERIFY(button(QStringLiteral("Delete…"))->isVisible());
    }
    QString face() const
    {
        for (const EmptyState* empty : m_page->findChildren<EmptyState*>()) {
            if (empty->isVisible())
                return empty->text().title;
        }
        return {};
    }

    QString compareStrip() const
    {
        for (const StripStack* strips : m_page->findChildren<StripStack*>()) {
            if (const StripText* text = strips->text(QStringLiteral("compare")))
                return text->what;
        }
        return {};
    }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
    }
    void init()
    {
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<KeysPage>(m_workspace.get());
        m_page->resize(1100, 700);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup()
    {
        m_page->close(); // as the window does: to hide it is not left to its destructor
        m_page.reset();
        m_workspace.reset();
    }

    // Ids of the old store mean other keys, or none, in the new one.
    void filterThatOutlivesItsScan()
    {
        fill("old:", 3000);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 3000);
        fill("new:", 5);
        QStringList wrong;
        connect(model(), &QAbstractItemModel::modelReset, this, [&] {
            const QByteArray first = model()->keyAt(0);
            if (model()->rowCount() != (first.startsWith("old:") ? 3000 : 5))
                wrong << QString::fromUtf8(first);
        });
        connect(m_workspace->keyIndex(), &KeyIndex::orderChanged, this, [this] { filterNow(); });
        m_page->refresh();
        QTRY_COMPARE(model()->rowCount(), 5);
        QCOMPARE(wrong, QStringList());
    }

    void otherDatabaseShowsNothingOfTheOld()
    {
        fill("old:", 20);
        connectTo(core::settings::Environment::Production);
        m_workspace->keyIndex()->start();
        QTRY_COMPARE(model()->rowCount(), 20);
        QSignalSpy changed(m_workspace.get(), &Workspace::databaseChanged);
        m_workspace->selectDatabase(1);
        QVERIFY(changed.wait(5000));
        filterNow();
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QCOMPARE(model()->rowCount(), 0);
        // Nobody has looked yet: the page must not call the database empty.
        QVERIFY(!QTest::qWaitFor([this] { return face() != QStringLiteral("The keys have not been read yet"); }, 500));
    }

    void oneRowIsShownAndManyAreOnlyCounted()
    {
        fill("k:", 300);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 300);
        table()->selectRow(7);
        auto* pane = m_page->findChild<ValuePane*>();
        const QByteArray shown = model()->keyAt(7);
        QCOMPARE(pane->key(), shown);
        table()->selectAll();
        QCOMPARE(m_page->findChild<KeyTablePanel*>()->selectedCount(), 300);
        QCOMPARE(pane->key(), shown);
        QCOMPARE(table()->copyText().count(u'\n'), 299);
    }

    void severalKeysAreCopiedTogether()
    {
        send({{"FLUSHALL"}, {"SET", "a", "v"}, {"SET", "b\x1b[m", "v"}, {"SET", "c", "v"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 3);
        const auto footer = [this] {
            const QList<ElidedLabel*> labels = m_page->findChild<KeyTablePanel*>()->findChildren<ElidedLabel*>();
            return labels.size() == 1 ? labels.first()->text() : QString();
        };
        QTRY_COMPARE(footer(), QStringLiteral("3 keys"));
        const auto entries = [this] {
            emit table()->customContextMenuRequested(table()->visualRect(model()->index(1, 0)).center());
            QMenu* menu = m_page->findChild<KeyTablePanel*>()->findChild<QMenu*>(QString(), Qt::FindDirectChildrenOnly);
            return menu ? menu->actions() : QList<QAction*>();
        };
        const auto close = [this] { delete m_page->findChild<KeyTablePanel*>()->findChild<QMenu*>(QString(), Qt::FindDirectChildrenOnly); };
        table()->selectRow(1);
        QCOMPARE(footer(), QStringLiteral("3 keys"));
        QCOMPARE(entries().value(0)->text(), QStringLiteral("Copy key"));
        entries().first()->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("b64:YhtbbQ=="));
        close();
        close();
        table()->selectAll();
        QCOMPARE(footer(), QStringLiteral("3 keys, 3 selected"));
        const QList<QAction*> many = entries();
        QStringList texts;
        for (const QAction* action : many)
            texts += action->text();
        QCOMPARE(texts.mid(0, 5), (QStringList {QStringLiteral("Copy 3 keys"), QStringLiteral("Only b\\x1b[m"), QString(), QStringLiteral("Delete 3 selected…"), QStringLiteral("Export 3 selected…")}));
        QVERIFY(many.at(1)->menu());
        many.first()->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("a\nb64:YhtbbQ==\nc"));
        close();
    }

    // Every selected key that names a request, as its target, to the tab of Replay that compares.
    void selectedKeysGoToTheComparison()
    {
        send({{"FLUSHALL"}, {"SET", "lightapi:Book:/books:", "[]"}, {"SET", "lightapi:Book:/books/7:page=1", "{}"}, {"SET", "tag:books", "[]"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 3);
        QSignalSpy asked(m_workspace.get(), &Workspace::pageRequested);
        auto* panel = m_page->findChild<KeyTablePanel*>();
        table()->selectAll();
        panel->compareSelected();
        QTRY_COMPARE(asked.size(), 1);
        QCOMPARE(asked.first().at(0).value<PageId>(), PageId::Replay);
        const auto hint = asked.first().at(1).value<PageHint>();
        QVERIFY(hint.compare);
        QCOMPARE(hint.targets.size(), 2);
        QVERIFY(hint.targets.contains("/books") && hint.targets.contains("/books/7?page=1"));
        QVERIFY(compareStrip().startsWith(QStringLiteral("1 key ")));
        // None that can be asked for: said, and the page stays.
        QVERIFY(panel->selectKey("tag:books", true));
        panel->compareSelected();
        QTRY_VERIFY(compareStrip().startsWith(QStringLiteral("None ")));
        QCOMPARE(asked.size(), 1);
        emit table()->customContextMenuRequested(table()->visualRect(model()->index(1, 0)).center());
        const QMenu* menu = panel->findChild<QMenu*>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(menu);
        const auto actions = menu->actions();
        const auto compare = std::ranges::find_if(actions, [](const QAction* each) { return each->text() == QStringLiteral("Fresh or stale"); });
        QVERIFY(compare != actions.end() && !(*compare)->isEnabled()); // no LightAPI address here
        delete menu;
    }

    void tooManyAreNotCompared()
    {
        fill("lightapi:Book:/books/:", 5001);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 5001);
        QSignalSpy asked(m_workspace.get(), &Workspace::pageRequested);
        table()->selectAll();
        m_page->findChild<KeyTablePanel*>()->compareSelected();
        QTRY_VERIFY(compareStrip().startsWith(QStringLiteral("5,001 keys")));
        QCOMPARE(asked.size(), 0);
    }

    void escapeEndsTheEditFirst()
    {
        fill("k:", 3);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 3);
        showRow(0);
        m_page->findChild<SearchField*>()->lookFor("k:0");
        QTRY_COMPARE(model()->rowCount(), 1);
        pane()->startEdit();
        auto* editor = m_page->findChild<ValueEditor*>();
        QVERIFY(editor->isVisible());
        QVERIFY(m_page->unsaved().isEmpty());
        editor->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("mine"));
        QVERIFY(!m_page->unsaved().isEmpty());
        editor->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("v"));
        QVERIFY(m_page->cancel());
        QVERIFY(!editor->isVisible());
        QCOMPARE(model()->rowCount(), 1);
        QVERIFY(m_page->cancel()); // only now the search
        QTRY_COMPARE(model()->rowCount(), 3);
    }
    void deletedKeyIsSaidToBeGone()
    {
        fill("k:", 5);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 5);
        showRow(1);
        const QByteArray key = pane()->key();
        send({{"DEL", key}});
        m_workspace->keyIndex()->markDeleted({key});
        QTRY_COMPARE(model()->rowCount(), 4);
        QTRY_VERIFY(says(QStringLiteral("This key is gone")));
        QCOMPARE(pane()->key(), key);
        QCOMPARE(pane()->valueText(), QStringLiteral("v"));
        QVERIFY(says(QStringLiteral("gone")));
        for (const char* act : {"Replay", "Warm", "Delete…"})
            QVERIFY2(!button(QString::fromUtf8(act))->isEnabled(), act);
        send({{"SET", key, "v"}});
        m_page->refresh();
        QTRY_VERIFY(!says(QStringLiteral("This key is gone")));
        QVERIFY(button(QStringLiteral("Delete…"))->isEnabled());
    }

    void keyWhoseTimeRunsOutIsGone()
    {
        fill("k:", 2);
        send({{"PEXPIRE", "k:0", "900"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 2);
        showRow(0);
        QTRY_VERIFY(says(QStringLiteral("This key is gone")));
        QCOMPARE(pane()->valueText(), QStringLiteral("v"));
        QVERIFY(!button(QStringLiteral("Delete…"))->isEnabled());
    }

    // The server decides, not the clock of this window.
    void keyThatGotMoreTimeLives()
    {
        fill("k:", 2);
        send({{"PEXPIRE", "k:0", "900"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 2);
        showRow(0);
        send({{"SET", "k:0", "w"}});
        QTRY_COMPARE(pane()->valueText(), QStringLiteral("w"));
        QVERIFY(!says(QStringLiteral("This key is gone")));
        QVERIFY(says(QStringLiteral("no expiry")));
    }

    void nothingSelectedNothingToDelete()
    {
        fill("k:", 5);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 5);
        showRow(1);
        QVERIFY(button(QStringLiteral("Delete selected…"))->isEnabled());
        m_page->findChild<QLineEdit*>()->setText(QStringLiteral("k:3"));
        QTRY_COMPARE(model()->rowCount(), 1);
        QTRY_VERIFY(!button(QStringLiteral("Delete selected…"))->isEnabled());
        QVERIFY(says(QStringLiteral("Not in the list")));
        m_page->findChild<QLineEdit*>()->clear();
        QTRY_COMPARE(model()->rowCount(), 5);
        QTRY_VERIFY(button(QStringLiteral("Delete selected…"))->isEnabled());
        QVERIFY(!says(QStringLiteral("Not in the list")));
    }

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

    // The strip of the scan is gone long before a million keys are in order.
    void countsAreNotFinalWhileSorting()
    {
        fill("k:", 3);
        connectTo(core::settings::Environment::Development);
        m_workspace->tracking()->setEnabled(false); // it would find the fourth key by itself
        QTRY_COMPARE(m_page->fact(), QStringLiteral("3 keys in database 0"));
        send({{"SET", "k:3", "v"}});
        QThreadPool* pool = QThreadPool::globalInstance();
        const int threads = pool->maxThreadCount();
        const auto restore = qScopeGuard([=] { pool->setMaxThreadCount(threads); });
        pool->setMaxThreadCount(1);
        QSemaphore sort, build;
        const auto free = qScopeGuard([&] {
            sort.release();
            build.release();
            pool->waitForDone();
        });
        pool->start([&] { sort.acquire(); });
        m_page->refresh();
        QTRY_COMPARE(m_page->fact(), QStringLiteral("Sorting 4 keys"));
        connect(m_workspace->keyIndex(), &KeyIndex::orderChanged, pool, [&] { pool->start([&] { build.acquire(); }); });
        sort.release();
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Complete);
        QCOMPARE(model()->rowCount(), 3);
        QCOMPARE(m_page->fact(), QStringLiteral("4 keys in database 0, sorting"));
        build.release();
        QTRY_COMPARE(model()->rowCount(), 4);
        QCOMPARE(m_page->fact(), QStringLiteral("4 keys in database 0"));
    }

    void ageOfTheScanIsSaid()
    {
        QCOMPARE(IndexedPage::scannedAgo(-1), QString());
        QCOMPARE(IndexedPage::scannedAgo(59'999), QString());
        QCOMPARE(IndexedPage::scannedAgo(150'000), QStringLiteral("scanned 2 min ago"));
        QCOMPARE(IndexedPage::scannedAgo(3 * 3'600'000), QStringLiteral("scanned 3 h ago"));
        QCOMPARE(IndexedPage::scannedAgo(72 * 3'600'000LL), QStringLiteral("scanned 3 days ago"));
    }

    // Each row is whole, and says where it is once.
    void hexRowsFitTheirWidth()
    {
        send({{"FLUSHALL"}, {"SET", "k:0", QByteArray(100, 'x')}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 1);
        ValuePane alone(m_workspace.get());
        alone.resize(320, 700);
        alone.show();
        alone.findChild<QTabBar*>()->setCurrentIndex(2);
        alone.showKey("k:0");
        QTRY_COMPARE(alone.valueText().count(u'\n'), 13);
        QVERIFY2(alone.valueText().startsWith(QStringLiteral("0000  78 78 78 78 78 78 78 78  xxxxxxxx\n0008  ")), qPrintable(alone.valueText()));
        const QList<JsonView*> views = alone.findChildren<JsonView*>();
        const JsonView* view = *std::ranges::find_if(views, &QWidget::isVisible);
        QCOMPARE(view->horizontalScrollBar()->maximum(), 0);
        QCOMPARE(view->viewport()->width(), view->width());
        alone.resize(700, 700);
        QTRY_COMPARE(alone.valueText().count(u'\n'), 7);
        QCOMPARE(view->horizontalScrollBar()->maximum(), 0);
    }

    void emptyKeyIsNoBlankRow()
    {
        send({{"FLUSHALL"}, {"SET", "", "v"}, {"SET", "k:0", "w"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 2);
        const QModelIndex cell = model()->index(0, KeyTableModel::Key);
        QCOMPARE(cell.data().toString(), QStringLiteral("(empty key)"));
        QVERIFY(cell.data(Qt::FontRole).value<QFont>().italic());
        QCOMPARE(cell.data(BytesRole).toByteArray(), QByteArray());
        QCOMPARE(copyRow(cell, {KeyTableModel::Key}), QString());
        showRow(0);
        QVERIFY(pane()->hasKey());
        QVERIFY(button(QStringLiteral("Delete selected…"))->isEnabled());
        QMenu menu;
        addCopyActions(&menu, m_workspace.get(), {});
        QGuiApplication::clipboard()->setText(QStringLiteral("before"));
        QVERIFY(menu.actions().first()->isEnabled());
        menu.actions().first()->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QString());
    }

    // Elided is what really has no room: the column of the counts is as wide as its header, not as its figures.
    // In the list, the tree, the value's title and the folded tree's button; nothing lays its name out whole.
    void keyOfAMegabyteStopsNothing()
    {
        const QByteArray huge = "huge:" + QByteArray(1'000'000, 'x');
        send({{"FLUSHALL"}, {"SET", huge, "v"}, {"SET", "other", "v"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 2);
        showRow(0);
        QCOMPARE(pane()->key(), huge);
        keyTree()->expandAll();
        QTRY_VERIFY(keyTree()->model()->rowCount() > 1);
        keyTree()->setCurrentIndex(keyTree()->model()->index(1, 0));
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 5; ++i)
            m_page->grab();
        QVERIFY2(cellToolTip(*table(), model()->index(0, KeyTableModel::Key)).contains(QStringLiteral("1.00 MB")), "no size");
        QVERIFY(cellToolTip(*keyTree(), keyTree()->model()->index(1, 0)).size() < 4000);
        for (int i = 0; i < 5; ++i)
            m_page->grab();
        QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
        for (const QWidget* widget : m_page->findChildren<QWidget*>())
            QVERIFY2(widget->accessibleName().size() < 5000 && widget->toolTip().size() < 5000, widget->metaObject()->className());
    }

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

    void nothingIsCutOff_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<bool>("folded");
        QTest::newRow("window of 900") << 844 << true;
        QTest::newRow("window of 1024") << 968 << false;
        QTest::newRow("window of 1280") << 1088 << false;
    }
    void nothingIsCutOff()
    {
        QFETCH(int, width);
        QFETCH(bool, folded);
        fill("k:", 100);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 100);
        m_page->setMinimumSize(1, 1); // the window's own least width counts
        m_page->resize(width, 664);
        auto* tree = keyTree();
        QTRY_COMPARE(tree->isVisible(), !folded);
        QVERIFY(pane()->isVisible());
        QTRY_COMPARE(table()->horizontalScrollBar()->maximum(), 0);
        QVERIFY(!table()->isColumnHidden(KeyTableModel::Ttl));
        if (!folded) // there it depends on the font
            QTRY_COMPARE(table()->isColumnHidden(KeyTableModel::Memory), width == 968);
        QVERIFY(table()->columnWidth(KeyTableModel::Key) >= 240);
        table()->selectRow(0);
        QTRY_VERIFY(button(QStringLiteral("Delete…"))->isVisible());
        for (const char* act : {"Replay", "Warm", "Delete…"})
            QTRY_VERIFY2(button(QString::fromUtf8(act))->width() >= button(QString::fromUtf8(act))->sizeHint().width(), act);
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

    void homeAndEndGoToTheFirstAndLastRow()
    {
        fill("k:", 300);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 300);
        table()->selectRow(7);
        QTest::keyClick(table(), Qt::Key_End);
        QCOMPARE(table()->currentIndex().row(), 299);
        QCOMPARE(pane()->key(), model()->keyAt(299));
        QTest::keyClick(table(), Qt::Key_Home);
        QCOMPARE(table()->currentIndex().row(), 0);
        QTest::keyClick(table(), Qt::Key_End, Qt::ShiftModifier);
        QCOMPARE(m_page->findChild<KeyTablePanel*>()->selectedCount(), 300);
    }

    void copyingMillionsIsRefused()
    {
        CountingModel rows;
        TableView view(QStringLiteral("Rows"));
        view.setModel(&rows);
        view.resize(400, 300);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy refused(&view, &TableView::copyRefused);
        view.selectAll();
        QTest::keySequence(&view, QKeySequence::Copy);
        QCOMPARE(refused.count(), 1);
        QCOMPARE(refused.first().first().toLongLong(), 10'000'000);
        QCOMPARE(view.copyText(), QString());
        QVERIFY2(rows.asked < rowsOfAFewScreens, qPrintable(QString::number(rows.asked)));
    }

    void refusedCopyIsSaidByThePage()
    {
        QCoreApplication::processEvents();
        emit table()->copyRefused(200'000);
        auto* strips = m_page->findChild<StripStack*>();
        const StripText* strip = strips->text(QStringLiteral("copy"));
        QVERIFY(strip);
        QVERIFY2(strip->what.contains(QStringLiteral("200,000")), qPrintable(strip->what));
    }

    // The list for a plan that comes after the database was left is of keys that are not here.
    void listOfADatabaseThatWasLeftIsDropped()
    {
        fill("old:", 20);
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 20);
        QSignalSpy requested(m_workspace.get(), &Workspace::pageRequested);
        QSignalSpy wanted(m_page->findChild<KeyTablePanel*>(), &KeyTablePanel::planWanted);
        table()->selectAll();
        button(QStringLiteral("Delete selected…"))->click(); // the answer comes with the event loop
        emit m_workspace->databaseChanged(1);
        m_workspace->selectDatabase(1);
        QTRY_COMPARE(m_workspace->keyIndex()->snapshot().database, 1);
        QTRY_COMPARE(face(), QStringLiteral("This database is empty"));
        QCOMPARE(wanted.size(), 0);
        QCOMPARE(requested.size(), 0);
    }

    // By the shortcut for the key that is shown, by the menu for the one under the pointer; what no request makes is told.
    void aKeyIsReplayed()
    {
        send({{"FLUSHALL"}, {"SET", "lightapi:Book:/books:page=1", "{}"}, {"SET", "lightapi:Book:/books:page=2", "{}"}, {"SET", "session:1", "v"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(model()->rowCount(), 3);
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Complete);
        QSignalSpy requested(m_workspace.get(), &Workspace::pageRequested);
        table()->selectRow(1);
        QTRY_COMPARE(pane()->key(), QByteArray("lightapi:Book:/books:page=2"));
        for (QShortcut* shortcut : m_page->findChildren<QShortcut*>()) {
            if (shortcut->key() == QKeySequence(Qt::CTRL | Qt::Key_R))
                emit shortcut->activated();
        }
        QTRY_COMPARE(requested.size(), 1);
        QCOMPARE(requested.last().at(0).value<PageId>(), PageId::Replay);
        QCOMPARE(requested.last().at(1).value<PageHint>().targets, QList<QByteArray> {"/books?page=2"});
        const auto replay = [this](int row) {
            emit table()->customContextMenuRequested(table()->visualRect(model()->index(row, 0)).center());
            QMenu* menu = m_page->findChild<KeyTablePanel*>()->findChild<QMenu*>(QString(), Qt::FindDirectChildrenOnly);
            for (QAction* action : menu->actions()) {
                if (action->text().startsWith(QStringLiteral("Replay this key")))
                    action->trigger();
            }
            delete menu;
        };
        replay(0);
        QTRY_COMPARE(requested.size(), 2);
        QCOMPARE(requested.last().at(1).value<PageHint>().targets, QList<QByteArray> {"/books?page=1"});
        QCOMPARE(requested.last().at(1).value<PageHint>().key, QByteArray("lightapi:Book:/books:page=1"));
        replay(2);
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("replay-key")));
        QVERIFY(strips->text(QStringLiteral("replay-key"))->what.contains(QStringLiteral("session:1")));
        QCOMPARE(requested.size(), 2);
    }

    void keyFormInAnEmptyDatabase()
    {
        send({{"FLUSHALL"}});
        connectTo(core::settings::Environment::Development);
        QTRY_COMPARE(face(), QStringLiteral("This database is empty"));
        button(QStringLiteral("New key"))->click();
        QVERIFY(pane()->isVisible());
        QVERIFY(pane()->hasForm());
        m_page->refresh();
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Scanning);
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Complete);
        QTRY_COMPARE(m_page->fact(), QStringLiteral("0 keys in database 0, live"));
        QVERIFY2(pane()->isVisible(), qPrintable(face()));
        button(QStringLiteral("Cancel"))->click();
        QTRY_COMPARE(face(), QStringLiteral("This database is empty"));
    }

    void keyFormInAnUnreadDatabase()
    {
        fill("k:", 5);
        connectTo(core::settings::Environment::Production);
        m_workspace->setReadOnly(false);
        QTRY_COMPARE(face(), QStringLiteral("The keys have not been read yet"));
        button(QStringLiteral("New key"))->click();
        QVERIFY(pane()->isVisible());
        button(QStringLiteral("Cancel"))->click();
        QTRY_COMPARE(face(), QStringLiteral("The keys have not been read yet"));
    }

    // One that comes long after it was asked for does not take the place of what was chosen meanwhile.
    void keyThatComesLateDoesNotChoose()
    {
        fill("k:", 5);
        connectTo(core::settings::Environment::Development);
        m_workspace->tracking()->setEnabled(false);
        QTRY_COMPARE(model()->rowCount(), 5);
        PageHint hint;
        hint.key = "late";
        m_page->openHint(hint);
        table()->selectAll();
        send({{"SET", "late", "v"}});
        m_page->refresh();
        QTRY_COMPARE(model()->rowCount(), 6);
        QCOMPARE(m_page->findChild<KeyTablePanel*>()->selectedCount(), 5);
        hint.key = "later";
        m_page->openHint(hint);
        send({{"SET", "later", "v"}});
        m_page->refresh();
        QTRY_COMPARE(model()->rowCount(), 7);
        QTRY_COMPARE(model()->keyAt(table()->currentIndex().row()), QByteArray("later"));
        QCOMPARE(m_page->findChild<KeyTablePanel*>()->selectedCount(), 1);
    }

    void firstScanThatIsStoppedSaysSo()
    {
        fill("k:", 5);
        connectTo(core::settings::Environment::Production);
        QTRY_COMPARE(face(), QStringLiteral("The keys have not been read yet"));
        m_redis.pause();
        const auto resume = qScopeGuard([this] { m_redis.resume(); });
        m_page->refresh();
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Scanning);
        QVERIFY(m_page->cancel());
        QTRY_COMPARE(face(), QStringLiteral("The scan was stopped"));
        m_page->hide();
        m_page->show();
        QTRY_COMPARE(face(), QStringLiteral("The scan was stopped"));
        m_redis.resume();
        m_page->refresh();
        QTRY_COMPARE(model()->rowCount(), 5);
        QTRY_VERIFY(table()->isVisible());
    }

    void rowsOfALostLineAreAskedAgain()
    {
        fill("k:", 10);
        core::Endpoint endpoint = m_redis.endpoint();
        endpoint.replyTimeoutMs = 1000;
        core::redis::Session session(endpoint);
        VERIFY_OK(redistest::wait(session.open()));
        KeyIndex index(&session);
        index.start();
        QTRY_COMPARE(index.state(), KeyIndex::State::Complete);
        KeyTableModel rows;
        const QAbstractItemModelTester tester(&rows, QAbstractItemModelTester::FailureReportingMode::QtTest);
        rows.setSession(&session);
        rows.setKeys(index.snapshot().store, index.snapshot().order, index.snapshot().order);
        m_redis.pause();
        rows.setVisibleRows(0, 9); // the question that nobody answers
        QTRY_VERIFY(session.state() != core::redis::Session::State::Connected);
        m_redis.resume();
        const QModelIndex type = rows.index(0, KeyTableModel::Type);
        session.retryNow();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), core::redis::Session::State::Connected, 20'000);
        QTRY_VERIFY(type.data().toString() != QStringLiteral("…"));
    }
};

QTEST_MAIN(TestKeysPage)
#include "tst_keyspage.moc"
