// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytracking.h"
#include "keyspagetest.h"
#include "ui/widgets/label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QSignalSpy>

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

// What is chosen in the list: shown, counted, copied, compared, replayed.
class TestKeysPageSelection final : public KeysPageTest {
    Q_OBJECT
private:
    QString compareStrip() const
    {
        for (const StripStack* strips : m_page->findChildren<StripStack*>()) {
            if (const StripText* text = strips->text(QStringLiteral("compare")))
                return text->what;
        }
        return {};
    }

private slots:
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
};

QTEST_MAIN(TestKeysPageSelection)
#include "tst_keyspageselection.moc"
