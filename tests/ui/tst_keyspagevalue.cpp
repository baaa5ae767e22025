// SPDX-License-Identifier: GPL-3.0-or-later
#include "keyspagetest.h"
#include "ui/pages/keys/searchfield.h"
#include "ui/pages/keys/valueeditor.h"
#include "ui/widgets/jsonview.h"

#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTabBar>

#include <algorithm>

using namespace ui;
using core::keys::KeyIndex;

// The value beside the list, and the form for a new key in its place.
class TestKeysPageValue final : public KeysPageTest {
    Q_OBJECT
private slots:
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
};

QTEST_MAIN(TestKeysPageValue)
#include "tst_keyspagevalue.moc"
