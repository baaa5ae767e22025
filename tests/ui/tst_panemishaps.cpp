// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "panetest.h"

#include <QLabel>
#include <QLineEdit>
#include <QScopeGuard>
#include <QTimer>

using namespace ui;

// What went wrong under the hands of who used the pane for the first time.
class TestPaneMishaps final : public PaneTest {
    Q_OBJECT
private slots:
    void cutsNoLongName_data();
    void cutsNoLongName();
    void shortensNames_data();
    void shortensNames();
    void replacesWhatIsPrefilled();
    void comparesWithNothingAtFirst();
    void followsTheServer_data();
    void followsTheServer();
    void asksWhoIsEditing();
    void takesQuestionsAwayWithTheEditor();
    void takesComplaintsBack();
    void callsADraftADraft();
    void keepsTheFocus();

private:
    void watchFast() { m_pane->findChild<QTimer*>(QStringLiteral("watch"))->setInterval(40); }
    bool says(const char* text) const
    {
        const QList<QLabel*> labels = m_pane->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(QString::fromUtf8(text)); });
    }
};

void TestPaneMishaps::cutsNoLongName_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QString>("act");
    QTest::addColumn<QString>("verb");
    for (const auto& [act, verb] : {std::pair("Rename…", "Rename"), std::pair("Duplicate…", "Duplicate")}) {
        QTest::addRow("%s, 40,000 letters", verb) << QByteArray(40'000, 'n') << QString::fromUtf8(act) << QString::fromUtf8(verb);
        QTest::addRow("%s, 10,000 bytes as escapes", verb) << QByteArray(10'000, '\xFF') << QString::fromUtf8(act) << QString::fromUtf8(verb);
    }
}

void TestPaneMishaps::cutsNoLongName()
{
    QFETCH(QByteArray, key);
    QFETCH(QString, act);
    QFETCH(QString, verb);
    send({{"SET", key, "one"}});
    show(key);
    choose(act.toUtf8().constData());
    auto* name = form()->findChild<QLineEdit*>();
    QVERIFY(name->text().isEmpty());
    QVERIFY(!button(form(), verb)->isEnabled());
    QTest::keyClick(name, Qt::Key_Return);
    name->setText(core::displayText(key)); // as a paste would be: the field cuts it
    QVERIFY(!button(form(), verb)->isEnabled());
    QCOMPARE(ask({"DBSIZE"}).integer, 1);
    QCOMPARE(stored(key), QByteArray("one"));
    name->setText(QStringLiteral("short"));
    press(form(), verb.toUtf8().constData());
    QTRY_COMPARE(stored("short"), QByteArray("one"));
    QTRY_VERIFY(notice()->isVisible());
    QVERIFY2(notice()->text().what.size() < 600, qPrintable(QString::number(notice()->text().what.size())));
    QVERIFY(notice()->minimumSizeHint().width() <= m_pane->width());
}

void TestPaneMishaps::shortensNames_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("shown");
    QTest::newRow("short") << QByteArray("a\\b") << QStringLiteral("a\\\\b");
    QTest::newRow("long") << QByteArray(QByteArray(1'000'000, 'a') + "end") << QString(QString(80, u'a') + u'…' + QString(37, u'a') + QStringLiteral("end"));
    QTest::newRow("whole characters") << QByteArray("a" + QByteArray("\xC3\xA9").repeated(200)) << QString(u'a' + QString(39, u'é') + u'…' + QString(20, u'é'));
    QTest::newRow("no characters") << QByteArray(200, '\x80') << QString(QStringLiteral("\\x80").repeated(77) + u'…' + QStringLiteral("\\x80").repeated(37));
}

void TestPaneMishaps::shortensNames()
{
    QFETCH(QByteArray, bytes);
    QTEST(inSentence(bytes), "shown");
}

void TestPaneMishaps::replacesWhatIsPrefilled()
{
    send({{"SET", "k", "one", "PX", "500000"}});
    show("k");
    for (const char* act : {"Change expiry…", "Rename…", "Duplicate…"}) {
        choose(act);
        auto* field = form()->findChild<QLineEdit*>();
        QVERIFY(!field->text().isEmpty());
        QTest::keyClicks(field, QStringLiteral("77"));
        QCOMPARE(field->text(), QStringLiteral("77"));
        press(form(), "Cancel");
    }
}

void TestPaneMishaps::comparesWithNothingAtFirst()
{
    send({{"SET", "k", "one"}, {"SET", "other", "two"}});
    show("k");
    choose("Compare with…");
    auto* field = form()->findChild<QLineEdit*>();
    QCOMPARE(field->text(), QString());
    QVERIFY(!button(form(), QStringLiteral("Compare"))->isEnabled());
    field->setText(QStringLiteral("k"));
    QVERIFY(!button(form(), QStringLiteral("Compare"))->isEnabled());
    field->setText(QStringLiteral("other"));
    QVERIFY(button(form(), QStringLiteral("Compare"))->isEnabled());
}

void TestPaneMishaps::followsTheServer_data()
{
    QTest::addColumn<Command>("write");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("says");
    QTest::newRow("no expiry any more") << Command {"PERSIST", "k"} << QStringLiteral("one") << QStringLiteral("no expiry");
    QTest::newRow("more time") << Command {"EXPIRE", "k", "7000"} << QStringLiteral("one") << QStringLiteral("116 m");
    QTest::newRow("another value") << Command {"SET", "k", "two"} << QStringLiteral("two") << QStringLiteral("no expiry");
    QTest::newRow("another size") << Command {"APPEND", "k", QByteArray(1000, '!')} << QString(QStringLiteral("one") + QString(1000, u'!')) << QStringLiteral("8 m");
}

void TestPaneMishaps::followsTheServer()
{
    QFETCH(Command, write);
    QFETCH(QString, value);
    QFETCH(QString, says);
    send({{"SET", "k", "one", "EX", "500"}});
    show("k");
    QTRY_COMPARE(m_pane->valueText(), QStringLiteral("one"));
    watchFast();
    send({write});
    QTRY_COMPARE(m_pane->valueText(), value);
    QTRY_VERIFY(this->says(says.toUtf8().constData()));
    QVERIFY(!notice()->isVisible());
}

void TestPaneMishaps::asksWhoIsEditing()
{
    send({{"SET", "k", "one", "EX", "500"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    watchFast();
    send({{"SET", "k", "theirs"}});
    QTRY_VERIFY(tells("Changed meanwhile."));
    QCOMPARE(editor()->text(), QStringLiteral("mine"));
    press(notice(), "Read again");
    QTRY_VERIFY(says("no expiry"));
    QCOMPARE(editor()->text(), QStringLiteral("mine"));
    press(editor(), "Save");
    QTRY_VERIFY(tells("Not saved: another value is there by now."));
    QCOMPARE(stored("k"), QByteArray("theirs"));
}

void TestPaneMishaps::takesQuestionsAwayWithTheEditor()
{
    send({{"SET", "k", "one"}, {"SET", "other", "two"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    press(editor(), "Cancel");
    QVERIFY(tells("Let your changes go?"));
    m_pane->showKey("other");
    QVERIFY(!notice()->isVisible());
    show("k");
    QTRY_VERIFY(editor()->isVisible());
    press(editor(), "Cancel");
    field()->setPlainText(QStringLiteral("one")); // nothing is left to be let go
    press(editor(), "Cancel");
    QVERIFY(!editor()->isVisible());
    QVERIFY(!notice()->isVisible());
}

void TestPaneMishaps::takesComplaintsBack()
{
    send({{"SET", "k", "{}"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("{x"));
    press(editor(), "Save");
    QVERIFY(tells("Not saved: this is not JSON."));
    field()->setPlainText(QStringLiteral("{\"n\": 2}"));
    QTRY_VERIFY(!notice()->isVisible());
    QVERIFY(editor()->isVisible());
}

void TestPaneMishaps::callsADraftADraft()
{
    send({{"SET", "k", "one"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    send({{"DEL", "k"}});
    m_pane->check();
    QTRY_VERIFY(says("Your text is kept below"));
    QVERIFY(!says("Below is what it held"));
    press(editor(), "Cancel");
    press(notice(), "Discard");
    QTRY_VERIFY(says("Below is what it held"));
}

void TestPaneMishaps::keepsTheFocus()
{
    send({{"SET", "k", "one"}, {"SET", "taken", "two"}});
    QWidget window; // as the list beside the pane, first and last to take a focus that is lost
    QLineEdit before(&window);
    m_pane->setParent(&window);
    QLineEdit after(&window);
    const auto parted = qScopeGuard([this] { m_pane->setParent(nullptr); });
    window.show();
    m_pane->show();
    const auto focus = [&window] { return window.focusWidget(); };
    show("k");
    choose("Duplicate…");
    auto* name = form()->findChild<QLineEdit*>();
    name->setText(QStringLiteral("taken"));
    name->setFocus();
    QTest::keyClick(name, Qt::Key_Return);
    QTRY_VERIFY(tells("exists already"));
    QCOMPARE(focus(), name);
    name->setText(QStringLiteral("copy"));
    QTest::keyClick(name, Qt::Key_Return);
    QTRY_VERIFY(tells("Copied k to copy."));
    QTRY_VERIFY(m_pane->isAncestorOf(focus()));
    QAbstractButton* undo = button(notice(), QStringLiteral("Undo"));
    undo->setFocus();
    undo->click();
    QTRY_VERIFY(tells("Undone"));
    QTRY_COMPARE(m_pane->key(), QByteArray("k"));
    QVERIFY(m_pane->isAncestorOf(focus()));
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    press(editor(), "Cancel");
    QAbstractButton* keep = button(notice(), QStringLiteral("Keep editing"));
    keep->setFocus();
    keep->click();
    QCOMPARE(focus(), field());
}

QTEST_MAIN(TestPaneMishaps)
#include "tst_panemishaps.moc"
