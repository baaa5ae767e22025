// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytracking.h"
#include "keyspagetest.h"
#include "ui/models/roles.h"
#include "ui/pages/keys/keycopy.h"
#include "ui/widgets/label.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QMenu>
#include <QScopeGuard>
#include <QScrollBar>
#include <QSemaphore>
#include <QSignalSpy>
#include <QThreadPool>

using namespace ui;
using core::keys::KeyIndex;

// The list itself: scans, databases, odd keys, sizes.
class TestKeysPage final : public KeysPageTest {
    Q_OBJECT
private slots:
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

    // The index may have taken a key out that the list still shows: both tell of the list.
    void headerAndListCountTheSame()
    {
        fill("k:", 3);
        connectTo(core::settings::Environment::Development);
        const auto footer = [this] { return m_page->findChild<KeyTablePanel*>()->findChild<ElidedLabel*>()->text(); };
        QTRY_COMPARE(footer(), QStringLiteral("3 keys"));
        QStringList apart;
        int looks = 0;
        const auto compare = [&] {
            emit m_page->scanProgressed(); // as any progress: the page counts again
            ++looks;
            const QString listed = footer().section(u' ', 0, 1);
            if (!footer().startsWith(QStringLiteral("sorting")) && !m_page->fact().startsWith(listed))
                apart << QString(m_page->fact() + u'|' + footer());
        };
        connect(m_workspace->keyIndex(), &KeyIndex::orderChanged, this, compare);
        m_workspace->keyIndex()->markDeleted(core::keys::KeyList(QList<QByteArray> {"k:0"}));
        QTRY_COMPARE(footer(), QStringLiteral("2 keys"));
        compare();
        QVERIFY(looks >= 2);
        QVERIFY2(apart.isEmpty(), qPrintable(apart.join(u' ')));
        QVERIFY2(m_page->fact().startsWith(QStringLiteral("2 keys")), qPrintable(m_page->fact()));
    }

    void ageOfTheScanIsSaid()
    {
        QCOMPARE(IndexedPage::scannedAgo(-1), QString());
        QCOMPARE(IndexedPage::scannedAgo(59'999), QString());
        QCOMPARE(IndexedPage::scannedAgo(150'000), QStringLiteral("scanned 2 min ago"));
        QCOMPARE(IndexedPage::scannedAgo(3 * 3'600'000), QStringLiteral("scanned 3 h ago"));
        QCOMPARE(IndexedPage::scannedAgo(72 * 3'600'000LL), QStringLiteral("scanned 3 days ago"));
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
