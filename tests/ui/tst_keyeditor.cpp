// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "panetest.h"
#include "ui/pages/keys/diffview.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QLabel>
#include <QLineEdit>

using namespace ui;
using core::redis::Command;

class TestKeyEditor final : public PaneTest {
    Q_OBJECT
private slots:
    void givesTextBackExactly_data();
    void givesTextBackExactly();
    void saysWhatIsNotEditable_data();
    void saysWhatIsNotEditable();
    void editsALargeText();
    void savesKeepsTheExpiryAndUndoes();
    void neverOverwritesAnother();
    void doesNotReviveAKey();
    void undoSpoilsNothing();
    void refusesWhatIsNotJson();
    void countsTheExpiryFromWhenItWasRead();
    void isLockedWhereReadOnly();
    void readsTimes_data();
    void readsTimes();
    void changesTheExpiry();
    void renamesAndUndoes();
    void duplicates();
    void createsAKey();
    void logsNamesAndNoValues();
};

void TestKeyEditor::givesTextBackExactly_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("form");
    QTest::newRow("text") << QByteArray("caf\xC3\xA9\n\ttwo  ") << int(EditableText::Form::Text);
    QTest::newRow("no-break space") << QByteArray("a\xC2\xA0z") << int(EditableText::Form::Text);
    QTest::newRow("empty") << QByteArray("") << int(EditableText::Form::Text);
    QTest::newRow("carriage return") << QByteArray("a\r\nb") << int(EditableText::Form::Escaped);
    QTest::newRow("line separator") << QByteArray("a\xE2\x80\xA8z") << int(EditableText::Form::Escaped);
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF" "a") << int(EditableText::Form::Escaped);
    QTest::newRow("NUL and bad UTF-8") << QByteArray("a\0\xFF\\x00", 7) << int(EditableText::Form::Escaped);
    QTest::newRow("json.dumps") << QByteArray("{\"a\": [1.10, \"x\\u00e9, y\"], \"a\": {}}") << int(EditableText::Form::LaidOut);
    QTest::newRow("compact") << QByteArray("{\"a\":[123456789012345678901,[]]}") << int(EditableText::Form::LaidOut);
    QTest::newRow("its own way") << QByteArray("{\"a\":1 ,\n \"b\":2}\n") << int(EditableText::Form::Text);
}

void TestKeyEditor::givesTextBackExactly()
{
    QFETCH(QByteArray, bytes);
    const Editable found = editableText(bytes, core::values::decode(bytes));
    QVERIFY2(found.text, qPrintable(found.refusal));
    QTEST(int(found.text->form), "form");
    ValueEditor typed;
    typed.edit(bytes, *found.text, false);
    QVERIFY(!typed.isModified());
    QCOMPARE(typed.typed().bytes, bytes);
}

void TestKeyEditor::saysWhatIsNotEditable_data()
{
    QTest::addColumn<Command>("make");
    QTest::addColumn<QString>("why");
    QTest::newRow("large") << Command {"SET", "k", QByteArray(3'000'000, 'x')} << QStringLiteral("up to 1.00 MB can be edited");
    QTest::newRow("in part") << Command {"SETRANGE", "k", "20000000", "x"} << QStringLiteral("is shown in part");
    QTest::newRow("compressed") << Command {"SET", "k", qCompress(QByteArray("{\"n\":1}")).mid(4)} << QStringLiteral("stored as zlib");
    QTest::newRow("many bytes") << Command {"SET", "k", QByteArray(100'000, '\xFF')} << QStringLiteral("not text");
    QTest::newRow("a long line") << Command {"SET", "k", QByteArray(60'000, 'x')} << QStringLiteral("60,000 characters");
    QTest::newRow("a hash") << Command {"HSET", "k", "f", "v"} << QStringLiteral("one at a time");
}

void TestKeyEditor::saysWhatIsNotEditable()
{
    QFETCH(Command, make);
    QFETCH(QString, why);
    send({make});
    show("k");
    QAbstractButton* edit = button(m_pane.get(), QStringLiteral("Edit (F2)"));
    QVERIFY(edit && !edit->isEnabled());
    QTRY_VERIFY2(edit->toolTip().contains(why), qPrintable(edit->toolTip()));
    m_pane->startEdit(); // F2 says the same
    QVERIFY(tells(qPrintable(why)));
    QVERIFY(!editor()->isVisible());
}

// What it finds out in the thread pool is of the key on screen.
void TestKeyEditor::editsALargeText()
{
    QByteArray json("[0");
    while (json.size() < 100'000)
        json += ", {\"n\": 1.10}";
    json += ']';
    send({{"SET", "k", json}, {"SET", "other", "two"}, {"HSET", "hash", "f", "v"}});
    show("k");
    m_pane->showKey("hash");
    QTRY_VERIFY(button(m_pane.get(), QStringLiteral("Edit (F2)"))->toolTip().contains(QStringLiteral("one at a time")));
    beginEdit("other");
    QCOMPARE(editor()->text(), QStringLiteral("two"));
    beginEdit("k");
    QVERIFY(editor()->text().startsWith(QStringLiteral("[\n  0,\n  {\n    \"n\": 1.10")));
    QCOMPARE(editor()->typed().bytes, json);
}

void TestKeyEditor::savesKeepsTheExpiryAndUndoes()
{
    send({{"SET", "k", "{\"n\": 1.10}", "PX", "500000"}});
    beginEdit("k");
    QCOMPARE(editor()->text(), QStringLiteral("{\n  \"n\": 1.10\n}"));
    field()->setPlainText(QStringLiteral("{\n  \"n\": 1.20\n}"));
    press(editor(), "Save");
    QTRY_VERIFY(tells("Saved k."));
    QCOMPARE(stored("k"), QByteArray("{\"n\": 1.20}"));
    QVERIFY(ask({"PTTL", "k"}).integer > 400'000);
    QVERIFY(!editor()->isVisible());
    QTRY_VERIFY(m_pane->valueText().contains(QStringLiteral("1.20")));
    press(notice(), "Difference");
    auto* diff = m_pane->findChild<DiffView*>();
    QTRY_COMPARE(diff->text(), QStringLiteral("$.n\n− 1.10\n+ 1.20"));
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(stored("k"), QByteArray("{\"n\": 1.10}"));
    QVERIFY(ask({"PTTL", "k"}).integer > 400'000);
    QVERIFY(!button(notice(), QStringLiteral("Undo")));
}

void TestKeyEditor::neverOverwritesAnother()
{
    send({{"SET", "k", "one"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    send({{"SET", "k", "theirs"}});
    press(editor(), "Save");
    QTRY_VERIFY(tells("Not saved: another value is there by now."));
    QCOMPARE(stored("k"), QByteArray("theirs"));
    QVERIFY(editor()->isVisible());
    QCOMPARE(editor()->text(), QStringLiteral("mine"));
    press(notice(), "Difference");
    QTRY_COMPARE(m_pane->findChild<DiffView*>()->text(), QStringLiteral("− theirs\n+ mine"));
    press(notice(), "Edit over it");
    QVERIFY(editor()->isVisible());
    send({{"SET", "k", "theirs again"}});
    press(editor(), "Save");
    QTRY_VERIFY(tells("Not saved: another value is there by now."));
    QCOMPARE(stored("k"), QByteArray("theirs again"));
    press(notice(), "Edit over it");
    press(editor(), "Save");
    QTRY_VERIFY(tells("Saved k."));
    QCOMPARE(stored("k"), QByteArray("mine"));
}

void TestKeyEditor::doesNotReviveAKey()
{
    send({{"SET", "k", "one"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    send({{"DEL", "k"}});
    press(editor(), "Save");
    QTRY_VERIFY(tells("Not saved: the key is gone."));
    QCOMPARE(ask({"EXISTS", "k"}).integer, 0);
    QCOMPARE(editor()->text(), QStringLiteral("mine"));
    send({{"HSET", "k", "f", "v"}}); // as another type
    press(editor(), "Save");
    QTRY_VERIFY(tells("Nothing was changed"));
    QCOMPARE(ask({"TYPE", "k"}).bytes, QByteArray("hash"));
}

void TestKeyEditor::undoSpoilsNothing()
{
    send({{"SET", "k", "one"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("mine"));
    press(editor(), "Save");
    QTRY_VERIFY(tells("Saved k."));
    send({{"SET", "k", "theirs"}});
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Not undone."));
    QCOMPARE(stored("k"), QByteArray("theirs"));
}

void TestKeyEditor::refusesWhatIsNotJson()
{
    const QByteArray key("lightapi:Book:/books:");
    send({{"SET", key, "{\"data\": [], \"status_code\": 200}"}});
    beginEdit(key);
    field()->setPlainText(QStringLiteral("{\n  \"data\": x\n}"));
    press(editor(), "Save");
    QVERIFY(tells("Not saved: this is not JSON. It stops being JSON at line 2, column 11. LightAPI cannot read such an entry."));
    QCOMPARE(stored(key), QByteArray("{\"data\": [], \"status_code\": 200}"));
    press(notice(), "Show where");
    QCOMPARE(field()->textCursor().blockNumber(), 1);
    QCOMPARE(field()->textCursor().positionInBlock(), 10);
    press(notice(), "Save as text");
    QTRY_VERIFY(tells("Saved"));
    QCOMPARE(stored(key), QByteArray("{\n  \"data\": x\n}"));
}

void TestKeyEditor::countsTheExpiryFromWhenItWasRead()
{
    send({{"SET", "k", "one", "PX", "500500"}});
    show("k");
    choose("Change expiry…");
    QTRY_VERIFY_WITH_TIMEOUT(ask({"PTTL", "k"}).integer < 498'000, 4000);
    auto* time = form()->findChild<QLineEdit*>();
    form()->findChild<SegmentedControl*>()->setCurrent(1);
    time->setText(QStringLiteral("1000 s")); // extended by
    const QList<QLabel*> labels = form()->findChildren<QLabel*>();
    const auto preview = std::ranges::find_if(labels, [](const QLabel* label) { return label->text().startsWith(QStringLiteral("It will end in")); });
    QVERIFY(preview != labels.end());
    QVERIFY2((*preview)->text().contains(QStringLiteral("Before: 8 m 1")), qPrintable((*preview)->text())); // not the 20 s of when it was read
    show("k");
    press(form(), "Cancel");
    choose("Change expiry…"); // the same value, older
    QVERIFY(form()->findChild<QLineEdit*>()->text().section(u' ', 0, 0).toInt() < 500);
}

void TestKeyEditor::isLockedWhereReadOnly()
{
    send({{"SET", "k", "one"}});
    show("k");
    m_workspace->setReadOnly(true);
    QAbstractButton* edit = button(m_pane.get(), QStringLiteral("Edit (F2)"));
    QVERIFY(!edit->isEnabled());
    QCOMPARE(edit->toolTip(), QStringLiteral("This connection is read-only"));
    QVERIFY(!m_pane->newKeyButton()->isEnabled());
    m_workspace->setReadOnly(false);
    QVERIFY(edit->isEnabled());
    press(m_pane.get(), "Edit (F2)");
    field()->setPlainText(QStringLiteral("mine"));
    m_workspace->setReadOnly(true);
    QVERIFY(!button(editor(), QStringLiteral("Save"))->isEnabled());
    QCOMPARE(stored("k"), QByteArray("one"));
}

void TestKeyEditor::readsTimes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("ms"); // -1: none
    const auto row = [](const char* text, qint64 ms) { QTest::newRow(text) << QString::fromUtf8(text) << ms; };
    row("90", 90'000);
    row(" 1.5 s ", 1500);
    row("15m", 900'000);
    row("2 h", 7'200'000);
    row("7d", 604'800'000);
    row("250ms", 250);
    row("0", -1);
    row("-5", -1);
    row("", -1);
    row("1e9", -1);
    row("5 weeks", -1);
    row("99999d", -1);
}

void TestKeyEditor::readsTimes()
{
    QFETCH(QString, text);
    QTEST(durationMs(text).value_or(-1), "ms");
}

void TestKeyEditor::changesTheExpiry()
{
    send({{"SET", "k", "one", "PX", "500000"}});
    show("k");
    choose("Change expiry…");
    QVERIFY(form());
    auto* time = form()->findChild<QLineEdit*>();
    time->setText(QStringLiteral("soon"));
    QVERIFY(!button(form(), QStringLiteral("Change"))->isEnabled());
    time->setText(QStringLiteral("2 h"));
    press(form(), "Change");
    QTRY_VERIFY(tells("k ends in 2 h"));
    QVERIFY(!form());
    QVERIFY(ask({"PTTL", "k"}).integer > 7'000'000);
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    const qint64 ttl = ask({"PTTL", "k"}).integer;
    QVERIFY(ttl > 400'000 && ttl <= 500'000);
    show("k");
    choose("Change expiry…");
    form()->findChild<SegmentedControl*>()->setCurrent(2);
    press(form(), "Change");
    QTRY_VERIFY(tells("k has no expiry any more."));
    QCOMPARE(ask({"PTTL", "k"}).integer, -1);
    QTRY_VERIFY(!form());
    choose("Change expiry…");
    send({{"SET", "k", "another"}}); // not the value that was looked at
    press(form(), "Change");
    QTRY_VERIFY(tells("Nothing was changed"));
    QCOMPARE(ask({"PTTL", "k"}).integer, -1);
}

void TestKeyEditor::renamesAndUndoes()
{
    const QByteArray odd("k\0\xFF", 3);
    send({{"SET", odd, "one", "PX", "500000"}, {"SET", "taken", "mine"}});
    show(odd);
    choose("Rename…");
    auto* name = form()->findChild<QLineEdit*>();
    QCOMPARE(name->text(), QStringLiteral("k\\x00\\xff"));
    QVERIFY(!button(form(), QStringLiteral("Rename"))->isEnabled()); // the same
    name->setText(QStringLiteral("k\\"));
    QVERIFY(!button(form(), QStringLiteral("Rename"))->isEnabled());
    name->setText(QStringLiteral("taken"));
    press(form(), "Rename");
    QTRY_VERIFY(tells("taken exists already"));
    QCOMPARE(stored("taken"), QByteArray("mine"));
    QVERIFY(form()); // for another name
    name->setText(QStringLiteral("k\\xfe"));
    press(form(), "Rename");
    QTRY_VERIFY(tells("Renamed"));
    QCOMPARE(stored("k\xFE"), QByteArray("one"));
    QTRY_COMPARE(m_pane->key(), QByteArray("k\xFE"));
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(stored(odd), QByteArray("one"));
    QVERIFY(ask({"PTTL", odd}).integer > 400'000);
    QTRY_COMPARE(m_pane->key(), odd);
}

void TestKeyEditor::duplicates()
{
    send({{"HSET", "k", "f", "v"}, {"PEXPIRE", "k", "500000"}});
    show("k");
    choose("Duplicate…");
    form()->findChild<QLineEdit*>()->setText(QStringLiteral("copy"));
    press(form(), "Duplicate");
    QTRY_VERIFY(tells("Copied k to copy."));
    QCOMPARE(ask({"HGET", "copy", "f"}).bytes, QByteArray("v"));
    QVERIFY(ask({"PTTL", "copy"}).integer > 400'000);
    QTRY_COMPARE(m_pane->key(), QByteArray("copy"));
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(ask({"EXISTS", "copy"}).integer, 0);
    QCOMPARE(ask({"EXISTS", "k"}).integer, 1);
}

void TestKeyEditor::createsAKey()
{
    m_pane->newKeyButton()->click();
    QVERIFY(form());
    const auto fields = form()->findChildren<QLineEdit*>();
    auto* text = form()->findChild<QPlainTextEdit*>();
    fields.first()->setText(QStringLiteral("new\\xff"));
    text->setPlainText(QStringLiteral("{\"a\": }"));
    QVERIFY(!button(form(), QStringLiteral("Create"))->isEnabled());
    text->setPlainText(QStringLiteral("{\"a\": 1}"));
    fields.last()->setText(QStringLiteral("15 m"));
    press(form(), "Create");
    QTRY_VERIFY(tells("Created new\\xff."));
    QCOMPARE(stored("new\xFF"), QByteArray("{\"a\": 1}"));
    QVERIFY(ask({"PTTL", "new\xFF"}).integer > 800'000);
    QTRY_COMPARE(m_pane->key(), QByteArray("new\xFF"));
    m_pane->newKeyButton()->click();
    form()->findChildren<QLineEdit*>().first()->setText(QStringLiteral("new\\xff"));
    form()->findChild<SegmentedControl*>()->setCurrent(1);
    press(form(), "Create");
    QTRY_VERIFY(tells("exists already"));
    QCOMPARE(stored("new\xFF"), QByteArray("{\"a\": 1}"));
}

void TestKeyEditor::logsNamesAndNoValues()
{
    send({{"SET", "k", "secret one"}});
    beginEdit("k");
    field()->setPlainText(QStringLiteral("secret two"));
    press(editor(), "Save");
    QTRY_VERIFY(tells("Saved k."));
    const auto contents = m_workspace->audit().read();
    VERIFY_OK(contents);
    QCOMPARE(contents->entries.size(), 1);
    QCOMPARE(contents->entries.first().act, QStringLiteral("edit"));
    QCOMPARE(contents->entries.first().outcome, QStringLiteral("done"));
    QCOMPARE(contents->entries.first().selectors, QStringList {QStringLiteral("key=k")});
    QFile file(m_workspace->audit().file());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains("secret"));
    QFile::remove(file.fileName());
    QVERIFY(QDir().mkpath(file.fileName())); // a folder in its place: no line can be written, nothing is sent
    beginEdit("k");
    field()->setPlainText(QStringLiteral("secret three"));
    press(editor(), "Save");
    QTRY_VERIFY(notice()->isVisible());
    QVERIFY(!tells("Saved"));
    QCOMPARE(stored("k"), QByteArray("secret two"));
    QVERIFY(QDir(file.fileName()).removeRecursively());
}

QTEST_MAIN(TestKeyEditor)
#include "tst_keyeditor.moc"
