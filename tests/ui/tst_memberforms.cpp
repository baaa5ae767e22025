// SPDX-License-Identifier: GPL-3.0-or-later
#include "panetest.h"
#include "ui/pages/keys/collectionmodel.h"
#include "ui/pages/keys/diffview.h"
#include "ui/pages/keys/valueview.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/tableview.h"

#include <QLabel>
#include <QLineEdit>

using namespace ui;
using core::redis::Command;

class TestMemberForms final : public PaneTest {
    Q_OBJECT
private slots:
    void addsChangesAndRemovesFields();
    void changesElements();
    void addsAndRemovesMembers();
    void changesScores();
    void takesTheKeyAlongAndGivesItBack();
    void overwritesNothing();
    void isLockedWhereReadOnly();
    void leavesStreamsAlone();
    void comparesTwoKeys();
    void comparesCollections();
    void endsAComparisonByEscape();
    void saysWhatCannotBeCompared();

private:
    void showRows(const QByteArray& key, int rows)
    {
        show(key);
        QTRY_COMPARE(m_pane->findChild<CollectionModel*>()->rowCount(), rows);
    }
    void choosesRow(int row) { m_pane->findChild<TableView*>()->selectRow(row); }
    void type(const char* text) { form()->findChild<QPlainTextEdit*>()->setPlainText(QString::fromUtf8(text)); }
    void name(const char* text) { form()->findChild<QLineEdit*>()->setText(QString::fromUtf8(text)); }
    QByteArray elements(const QByteArray& key)
    {
        QByteArrayList list;
        for (const auto& reply : ask({"LRANGE", key, "0", "-1"}).items)
            list += reply.bytes;
        return list.join(' ');
    }
};

void TestMemberForms::addsChangesAndRemovesFields()
{
    send({{"HSET", "k", "f", "one"}, {"PEXPIRE", "k", "500000"}});
    showRows("k", 1);
    press(m_pane.get(), "Add");
    name("f");
    type("two");
    press(form(), "Add");
    QTRY_VERIFY(tells("Nothing was changed"));
    QCOMPARE(ask({"HGET", "k", "f"}).bytes, QByteArray("one"));
    name("g\\x00");
    type("a\\xff\\n");
    press(form(), "Add");
    QTRY_VERIFY(tells("Added field g\\x00 to k."));
    QCOMPARE(ask({"HGET", "k", QByteArray("g\0", 2)}).bytes, QByteArray("a\xFF\n"));
    QVERIFY(ask({"PTTL", "k"}).integer > 400'000);
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(ask({"HLEN", "k"}).integer, 1);
    QTRY_COMPARE(m_pane->findChild<CollectionModel*>()->rowCount(), 1);
    choosesRow(0);
    press(m_pane.get(), "Change");
    QVERIFY(!button(form(), QStringLiteral("Change"))->isEnabled()); // it is the same
    type("two");
    press(form(), "Change");
    QTRY_VERIFY(tells("Changed field f of k."));
    QCOMPARE(ask({"HGET", "k", "f"}).bytes, QByteArray("two"));
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(ask({"HGET", "k", "f"}).bytes, QByteArray("one"));
}

void TestMemberForms::changesElements()
{
    send({{"RPUSH", "k", "a", "b", "a"}});
    showRows("k", 3);
    choosesRow(2);
    press(m_pane.get(), "Change");
    type("z");
    press(form(), "Change");
    QTRY_VERIFY(tells("Changed element 2 of k."));
    QCOMPARE(elements("k"), QByteArray("a b z"));
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QTRY_COMPARE(elements("k"), QByteArray("a b a"));
    showRows("k", 3);
    press(m_pane.get(), "Add");
    type("first");
    form()->findChild<SegmentedControl*>()->setCurrent(1);
    press(form(), "Add");
    QTRY_VERIFY(tells("Added an element to k."));
    QCOMPARE(elements("k"), QByteArray("first a b a"));
    showRows("k", 4);
    choosesRow(1);
    press(m_pane.get(), "Remove");
    press(form(), "Remove");
    QTRY_VERIFY(tells("Removed element 1 of k."));
    QCOMPARE(elements("k"), QByteArray("first b a"));
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(elements("k"), QByteArray("first a b a"));
}

void TestMemberForms::addsAndRemovesMembers()
{
    send({{"SADD", "k", "a"}});
    showRows("k", 1);
    QVERIFY(!button(m_pane.get(), QStringLiteral("Change"))); // nothing of it to change
    press(m_pane.get(), "Add");
    name("b");
    press(form(), "Add");
    QTRY_VERIFY(tells("Added member b to k."));
    QCOMPARE(ask({"SCARD", "k"}).integer, 2);
    showRows("k", 2);
    choosesRow(0);
    const QString member = m_pane->findChild<CollectionModel*>()->index(0, 1).data().toString();
    press(m_pane.get(), "Remove");
    press(form(), "Remove");
    QTRY_VERIFY(tells("Removed member"));
    QCOMPARE(ask({"SISMEMBER", "k", member.toUtf8()}).integer, 0);
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(ask({"SISMEMBER", "k", member.toUtf8()}).integer, 1);
}

void TestMemberForms::changesScores()
{
    send({{"ZADD", "k", "0.1", "a"}});
    showRows("k", 1);
    choosesRow(0);
    press(m_pane.get(), "Change");
    name("many");
    QVERIFY(!button(form(), QStringLiteral("Change"))->isEnabled());
    name("-2.5");
    press(form(), "Change");
    QTRY_VERIFY(tells("Changed member a of k."));
    QCOMPARE(ask({"ZSCORE", "k", "a"}).bytes, QByteArray("-2.5"));
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(ask({"ZSCORE", "k", "a"}).bytes.toDouble(), 0.1);
}

void TestMemberForms::takesTheKeyAlongAndGivesItBack()
{
    send({{"HSET", "k", "f", "one"}, {"PEXPIRE", "k", "500000"}});
    showRows("k", 1);
    choosesRow(0);
    press(m_pane.get(), "Remove");
    const QList<QLabel*> labels = form()->findChildren<QLabel*>();
    QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(QStringLiteral("the key goes with it")); }));
    press(form(), "Remove");
    QTRY_VERIFY(tells("Removed field f of k."));
    QCOMPARE(ask({"EXISTS", "k"}).integer, 0);
    press(notice(), "Undo");
    QTRY_VERIFY(tells("Undone"));
    QCOMPARE(ask({"HGET", "k", "f"}).bytes, QByteArray("one"));
    QVERIFY(ask({"PTTL", "k"}).integer > 400'000);
}

void TestMemberForms::overwritesNothing()
{
    send({{"HSET", "k", "f", "one"}});
    showRows("k", 1);
    choosesRow(0);
    press(m_pane.get(), "Change");
    type("mine");
    send({{"HSET", "k", "f", "theirs"}});
    press(form(), "Change");
    QTRY_VERIFY(tells("Found: theirs"));
    QCOMPARE(ask({"HGET", "k", "f"}).bytes, QByteArray("theirs"));
    QVERIFY(form());
    QCOMPARE(form()->findChild<QPlainTextEdit*>()->toPlainText(), QStringLiteral("mine"));
    send({{"DEL", "k"}});
    press(form(), "Change");
    QTRY_VERIFY(tells("k is gone"));
    QCOMPARE(ask({"EXISTS", "k"}).integer, 0);
}

void TestMemberForms::isLockedWhereReadOnly()
{
    send({{"HSET", "k", "f", "one"}});
    showRows("k", 1);
    choosesRow(0);
    m_workspace->setReadOnly(true);
    for (const char* act : {"Add", "Change", "Remove"}) {
        const QAbstractButton* found = button(m_pane.get(), QString::fromUtf8(act));
        QVERIFY2(found && !found->isEnabled(), act);
        QCOMPARE(found->toolTip(), QStringLiteral("This connection is read-only"));
    }
    m_workspace->setReadOnly(false);
    QVERIFY(button(m_pane.get(), QStringLiteral("Remove"))->isEnabled());
}

void TestMemberForms::leavesStreamsAlone()
{
    send({{"XADD", "k", "1-1", "f", "v"}});
    showRows("k", 1);
    QVERIFY(!button(m_pane.get(), QStringLiteral("Add")));
    QVERIFY(!button(m_pane.get(), QStringLiteral("Remove")));
}

void TestMemberForms::comparesTwoKeys()
{
    send({{"SET", "k", "{\"a\": 1.0, \"b\": [1, 2]}"}, {"SET", "l", "{\"b\":[1,3],\"a\":1.0}"}});
    m_workspace->setReadOnly(true); // it only reads
    show("k");
    choose("Compare with…");
    QVERIFY(!button(form(), QStringLiteral("Compare"))->isEnabled()); // the key itself
    name("l");
    press(form(), "Compare");
    auto* diff = m_pane->findChild<DiffView*>();
    QTRY_COMPARE(diff->text(), QStringLiteral("$.b[1]\n− 2\n+ 3"));
    diff->findChild<SegmentedControl*>()->setCurrent(1);
    QVERIFY2(diff->text().contains(QStringLiteral("−     2")) && diff->text().contains(QStringLiteral("+     3")), qPrintable(diff->text()));
    press(diff, "Close comparison");
    QVERIFY(!diff->isVisible());
    QTRY_VERIFY(m_pane->valueText().contains(QStringLiteral("1.0")));
}

void TestMemberForms::comparesCollections()
{
    send({{"HSET", "k", "a", "1", "b", "2"}, {"HSET", "l", "b", "3", "a", "1"}});
    show("k");
    choose("Compare with…");
    name("l");
    press(form(), "Compare");
    QTRY_COMPARE(m_pane->findChild<DiffView*>()->text(), QStringLiteral("  a: 1\n− b: 2\n+ b: 3"));
}

void TestMemberForms::endsAComparisonByEscape()
{
    send({{"SET", "k", "one"}, {"SET", "l", "two"}});
    show("k");
    QVERIFY(!m_pane->cancel()); // there is nothing
    choose("Compare with…");
    name("l");
    QVERIFY(m_pane->cancel());
    QVERIFY(!form());
    choose("Compare with…");
    name("l");
    press(form(), "Compare");
    auto* diff = m_pane->findChild<DiffView*>();
    QTRY_COMPARE(diff->text(), QStringLiteral("− one\n+ two"));
    QVERIFY(m_pane->cancel());
    QVERIFY(!diff->isVisible());
    m_pane->startEdit();
    QVERIFY(editor()->isVisible());
    m_pane->hide(); // in a narrow window: what is not seen is not ended
    QVERIFY(!m_pane->cancel());
    m_pane->show();
    QVERIFY(m_pane->cancel());
    QVERIFY(!editor()->isVisible());
}

void TestMemberForms::saysWhatCannotBeCompared()
{
    send({{"SET", "k", "one"}});
    show("k");
    choose("Compare with…");
    name("nowhere");
    press(form(), "Compare");
    QTRY_VERIFY(tells("There is no key nowhere."));
    QVERIFY(form());
}

QTEST_MAIN(TestMemberForms)
#include "tst_memberforms.moc"
