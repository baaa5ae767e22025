// SPDX-License-Identifier: GPL-3.0-or-later
#include "panetest.h"
#include "ui/shell/joblist.h"
#include "ui/shell/placeline.h"
#include "ui/widgets/label.h"

#include <QLineEdit>

using namespace ui;

// What was typed and what was begun, when another key, database or server comes on screen or the window closes.
class TestEditDrafts final : public PaneTest {
    Q_OBJECT
private slots:
    void keepsWhatWasTyped();
    void leavesActsBehindWithTheKey();
    void leavesActsBehindWithTheServer();
    void keepsDraftsApart();
    void dropsTheDraftOfWhatWasSaved();
    void tellsNothingOfAnotherServer();
    void keepsWhatWasTypedOfANewKey();
    void saysWhatWouldBeLost();
    void isWaitedForUntilItIsOnRecord();
};

void TestEditDrafts::keepsWhatWasTyped()
{
    send({{"SET", "k", "one"}, {"SET", "other", "two"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("half done"));
    show("other");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("two"));
    QVERIFY(!editor()->isVisible());
    m_pane->showKey("k");
    QTRY_VERIFY(editor()->isVisible());
    QCOMPARE(editor()->text(), QStringLiteral("half done"));
    press(editor(), "Cancel");
    QVERIFY(tells("Let your changes go?"));
    press(notice(), "Discard");
    QVERIFY(!editor()->isVisible());
    QCOMPARE(stored("k"), QByteArray("one"));
    show("other");
    show("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("one"));
    QVERIFY(!editor()->isVisible());
}

void TestEditDrafts::leavesActsBehindWithTheKey()
{
    const QByteArray key("lightapi:Book:/books:");
    send({{"SET", key, "{}"}, {"SET", "other", "two"}});
    beginEdit(key);
    field()->setPlainText(QStringLiteral("{\"data\": x"));
    press(editor(), "Save");
    QVERIFY(tells("Not saved: this is not JSON."));
    const auto saveAsText = actOf("Save as text");
    show("other");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("two"));
    QVERIFY(!notice()->isVisible());
    saveAsText();
    QCOMPARE(stored("other"), QByteArray("two"));
    QCOMPARE(stored(key), QByteArray("{}"));
    QVERIFY(outcomes().isEmpty());
}

void TestEditDrafts::leavesActsBehindWithTheServer()
{
    send({{"SET", "k", "one"}, {"COPY", "k", "l", "DB", "1"}});
    show("k");
    choose("Rename…");
    form()->findChild<QLineEdit*>()->setText(QStringLiteral("l"));
    press(form(), "Rename");
    QTRY_VERIFY(tells("Renamed"));
    QTRY_COMPARE(m_pane->key(), QByteArray("l"));
    QVERIFY(button(notice(), QStringLiteral("Undo"))); // another key is no reason to take it away
    connectTo(1);
    QVERIFY(!notice()->isVisible());
    connectTo(0);
    show("l");
    choose("Change expiry…");
    press(form(), "Change");
    QTRY_VERIFY(tells("l ends in"));
    selectDatabase(1);
    QVERIFY(!notice()->isVisible());
}

void TestEditDrafts::keepsDraftsApart()
{
    send({{"SET", "k", "one"}, {"COPY", "k", "k", "DB", "1"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("half done"));
    selectDatabase(1);
    show("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("one"));
    QVERIFY(!editor()->isVisible());
    QVERIFY(!notice()->isVisible());
    selectDatabase(0);
    m_pane->showKey("k");
    QTRY_VERIFY(editor()->isVisible());
    QCOMPARE(editor()->text(), QStringLiteral("half done"));
}

void TestEditDrafts::dropsTheDraftOfWhatWasSaved()
{
    send({{"SET", "k", "one"}, {"SET", "other", "two"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    press(editor(), "Save");
    m_pane->showKey("other"); // before there is an answer
    QTRY_VERIFY(tells("Saved k."));
    show("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("mine"));
    QVERIFY(!editor()->isVisible());
    QVERIFY(!tells("not saved"));
}

void TestEditDrafts::tellsNothingOfAnotherServer()
{
    send({{"SET", "k", "one"}});
    show("k");
    choose("Rename…");
    form()->findChild<QLineEdit*>()->setText(QStringLiteral("l"));
    press(form(), "Rename");
    {
        const PoolGate gate; // the line that begins it is under way, the one that ends it waits
        QTRY_COMPARE(ask({"EXISTS", "l"}).integer, 1);
        connectTo(1);
    }
    QTRY_VERIFY(outcomes().contains(QStringLiteral("done")));
    QTRY_VERIFY(m_workspace->jobs()->running().isEmpty());
    QVERIFY(!notice()->isVisible());
    QVERIFY(!m_pane->hasKey());
    send({{"COPY", "l", "l", "DB", "1"}});
    show("l"); // and the next act can run
    choose("Change expiry…");
    press(form(), "Change");
    QTRY_VERIFY(tells("l ends in"));
}

void TestEditDrafts::keepsWhatWasTypedOfANewKey()
{
    send({{"SET", "k", "one"}});
    m_pane->newKeyButton()->click();
    form()->findChildren<QLineEdit*>().first()->setText(QStringLiteral("new"));
    show("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("one"));
    QVERIFY(!form());
    QVERIFY(m_pane->unsaved().contains(QStringLiteral("New key")));
    choose("Rename…"); // another form in its place
    connectTo(1);
    QVERIFY(!form());
    m_pane->newKeyButton()->click();
    QVERIFY(form());
    QCOMPARE(form()->findChildren<QLineEdit*>().first()->text(), QStringLiteral("new"));
    QVERIFY(form()->findChild<PlaceLine*>()->findChild<ElidedLabel*>()->text().endsWith(QStringLiteral("/1"))); // where it goes by now
    form()->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("1"));
    press(form(), "Create");
    QTRY_VERIFY(tells("Created new."));
    QVERIFY(m_pane->unsaved().isEmpty());
    m_pane->newKeyButton()->click();
    QVERIFY(form()->findChildren<QLineEdit*>().first()->text().isEmpty());
    form()->findChildren<QLineEdit*>().first()->setText(QStringLiteral("let go"));
    press(form(), "Cancel");
    QVERIFY(m_pane->unsaved().isEmpty());
}

void TestEditDrafts::saysWhatWouldBeLost()
{
    send({{"SET", "k", "one"}, {"SET", "other", "two"}});
    beginEdit("k");
    QVERIFY(m_pane->unsaved().isEmpty());
    field()->setPlainText(QStringLiteral("mine"));
    QCOMPARE(m_pane->unsaved(), QStringLiteral("It would be lost: the value of k."));
    beginEdit("other");
    field()->setPlainText(QStringLiteral("mine, too"));
    QCOMPARE(m_pane->unsaved(), QStringLiteral("It would be lost: the value of k, the value of other."));
    press(editor(), "Save");
    QTRY_VERIFY(tells("Saved other."));
    QCOMPARE(m_pane->unsaved(), QStringLiteral("It would be lost: the value of k."));
    m_pane->showKey("k");
    QTRY_VERIFY(editor()->isVisible());
    field()->setPlainText(QStringLiteral("one")); // as it is stored
    show("other");
    QVERIFY(m_pane->unsaved().isEmpty());
}

void TestEditDrafts::isWaitedForUntilItIsOnRecord()
{
    send({{"SET", "k", "one"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    press(editor(), "Save");
    QCOMPARE(m_workspace->jobs()->deleting().size(), 1);
    {
        const PoolGate gate;
        QTRY_COMPARE(stored("k"), QByteArray("mine"));
        QCOMPARE(m_workspace->jobs()->deleting().size(), 1);
        m_workspace->jobs()->deleting().first()->cancel(); // by a window that closes: what was sent is waited for
        m_pane.reset();
        QCOMPARE(m_workspace->jobs()->deleting().size(), 1);
    }
    QTRY_VERIFY(m_workspace->jobs()->deleting().isEmpty());
    QCOMPARE(outcomes(), QStringList {QStringLiteral("done")});
}

QTEST_MAIN(TestEditDrafts)
#include "tst_editdrafts.moc"
