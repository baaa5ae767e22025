// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "panetest.h"

#include <QLineEdit>

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

QTEST_MAIN(TestPaneMishaps)
#include "tst_panemishaps.moc"
