// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pagestage.h"
#include "ui/pages/invalidate/invalidatepage.h"

#include <QSignalSpy>
#include <QTest>

using namespace ui;

// The keys of a plan on their way to the Warm page.
class TestWarmKeys final : public QObject, PageStage<InvalidatePage> {
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(build()); }
    void cleanupTestCase() { closePage(); }

    void beforeAndAfterTheRun()
    {
        QVERIFY(m_stage.ask({"MSET", "lightapi:Book:/books/1:", "[]", "lightapi:Book:/books/2:", "[]", "other", "1"}));
        openPage();
        QVERIFY(connectForWriting(profile("local", {})));
        PageHint hint;
        hint.selection = {{core::invalidate::Selector::Kind::Class, "Book"}};
        m_page->openHint(hint);
        QSignalSpy asked(m_workspace.get(), &Workspace::pageRequested);
        QTRY_VERIFY(button("Warm these keys…") && button("Warm these keys…")->isEnabled());
        QVERIFY(press("Warm these keys…"));
        const QList<QByteArray> keys {"lightapi:Book:/books/1:", "lightapi:Book:/books/2:"};
        QTRY_COMPARE(asked.size(), 1);
        QCOMPARE(asked.last().at(0).value<PageId>(), PageId::Warm);
        QCOMPARE(asked.last().at(1).value<PageHint>().list.toList(), keys);
        QTRY_VERIFY(button("Invalidate 2 keys") && button("Invalidate 2 keys")->isEnabled());
        QVERIFY(press("Invalidate 2 keys"));
        QTRY_VERIFY(button("Warm them"));
        QCOMPARE(m_stage.ask({"DBSIZE"})->integer, 1);
        QVERIFY(press("Warm them"));
        QTRY_COMPARE(asked.size(), 2);
        QCOMPARE(asked.last().at(1).value<PageHint>().list.toList(), keys);
    }
};

QTEST_MAIN(TestWarmKeys)
#include "tst_warmkeys.moc"
