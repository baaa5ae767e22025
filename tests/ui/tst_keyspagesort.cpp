// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/keys/keytracking.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/models/roles.h"
#include "ui/pages/keys/keyfigures.h"
#include "ui/pages/keys/keyspage.h"
#include "ui/pages/keys/keytablemodel.h"
#include "ui/pages/keys/keytablepanel.h"
#include "ui/pages/keys/searchfield.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>

#include <algorithm>

using namespace ui;
using core::keys::KeyIndex;

// Sorting by every column and searching by TTL and size, over a real server.
class TestKeysPageSort final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<KeysPage> m_page;
    std::unique_ptr<QAbstractItemModelTester> m_tester;

    void send(const core::redis::Pipeline& pipeline)
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        VERIFY_OK(redistest::wait(admin.send(pipeline)));
    }
    // Five keys that every column puts in another order.
    void fillFive()
    {
        send({{"FLUSHALL"}, {"SET", "a", QByteArray(300, 'x'), "EX", "5000"}, {"SET", "b", "v"}, {"RPUSH", "c", QByteArray(5000, 'x')},
            {"SET", "tag:d", QByteArray(90'000, 'x'), "EX", "100"}, {"SADD", "e", QByteArray(900, 'x')}, {"EXPIRE", "e", "900"}});
    }
    void fill(int keys)
    {
        core::redis::Pipeline pipeline {{"FLUSHALL"}};
        for (int i = 0; i < keys; ++i)
            pipeline << core::redis::Command {"SET", "k:" + QByteArray::number(i), "v", "EX", QByteArray::number(1'000'000 - 100 * i)};
        send(pipeline);
    }
    void makePage()
    {
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        VERIFY_OK(m_store->load());
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<KeysPage>(m_workspace.get());
        m_tester = std::make_unique<QAbstractItemModelTester>(model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        m_page->resize(1400, 700);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void closePage()
    {
        m_page->close();
        m_tester.reset();
        m_page.reset();
        m_workspace.reset();
    }
    void connectTo(const core::Endpoint& endpoint, core::settings::Environment environment = core::settings::Environment::Development)
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("keys");
        profile.endpoint = endpoint;
        profile.environment = environment;
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        m_workspace->tracking()->setEnabled(false); // what the page finds by itself
    }
    void showKeys(int count)
    {
        connectTo(m_redis.endpoint());
        QTRY_COMPARE(model()->rowCount(), count);
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Complete);
    }
    KeyTableModel* model() const { return m_page->findChild<KeyTableModel*>(); }
    TableView* table() const
    {
        for (TableView* view : m_page->findChildren<TableView*>()) {
            if (view->model() == model())
                return view;
        }
        return nullptr;
    }
    QHeaderView* header() const { return table()->horizontalHeader(); }
    QByteArrayList keys() const
    {
        QByteArrayList all;
        for (int row = 0; row < model()->rowCount(); ++row)
            all << model()->keyAt(row);
        return all;
    }
    QByteArrayList selected() const
    {
        QByteArrayList all;
        const ChosenKeys chosen = m_page->findChild<KeyTablePanel*>()->chosen();
        for (const auto& interval : chosen.chosen->intervals()) {
            for (auto row = interval.first; row <= interval.last; ++row)
                all << model()->keyAt(int(row));
        }
        return all;
    }
    void clickHeader(int column) { QTest::mouseClick(header()->viewport(), Qt::LeftButton, {}, {header()->sectionViewportPosition(column) + 15, 10}); }
    void search(const char* text)
    {
        m_page->findChild<QLineEdit*>()->setText(QString::fromUtf8(text));
        emit m_page->findChild<SearchField*>()->searched(); // without the pause of typing
    }
    const StripText* strip(const char* id) const { return m_page->findChild<StripStack*>()->text(QString::fromUtf8(id)); }
    int jobs() const { return int(m_workspace->jobs()->running().size()); }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
    }
    void init() { makePage(); }
    void cleanup() { closePage(); }

    void sortsByEveryColumn_data()
    {
        QTest::addColumn<int>("column");
        QTest::addColumn<QByteArrayList>("once");
        QTest::addColumn<QByteArrayList>("twice");
        const QByteArray tag = "tag:d";
        QTest::newRow("key") << int(KeyTableModel::Key) << QByteArrayList {tag, "e", "c", "b", "a"} << QByteArrayList {"a", "b", "c", "e", tag};
        QTest::newRow("expiry") << int(KeyTableModel::Ttl) << QByteArrayList {tag, "e", "a", "b", "c"} << QByteArrayList {"b", "c", "a", "e", tag};
        QTest::newRow("memory, largest first") << int(KeyTableModel::Memory) << QByteArrayList {tag, "c", "e", "a", "b"} << QByteArrayList {"b", "a", "e", "c", tag};
        QTest::newRow("type") << int(KeyTableModel::Type) << QByteArrayList {"c", "e", "a", "b", tag} << QByteArrayList {"a", "b", tag, "e", "c"};
        QTest::newRow("kind") << int(KeyTableModel::Kind) << QByteArrayList {tag, "a", "b", "c", "e"} << QByteArrayList {"a", "b", "c", "e", tag};
    }
    void sortsByEveryColumn()
    {
        QFETCH(int, column);
        QFETCH(QByteArrayList, once);
        QFETCH(QByteArrayList, twice);
        fillFive();
        showKeys(5);
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Key));
        table()->selectRow(1); // b
        clickHeader(column);
        QTRY_COMPARE(keys(), once);
        QCOMPARE(header()->sortIndicatorSection(), column);
        QCOMPARE(selected(), QByteArrayList {"b"});
        clickHeader(column);
        QTRY_COMPARE(keys(), twice);
        QCOMPARE(selected(), QByteArrayList {"b"});
        for (const QByteArray& key : twice)
            QCOMPARE(model()->rowOf(key), int(twice.indexOf(key)));
        QCOMPARE(model()->rowOf("nowhere"), -1);
    }

    // The list for a plan is by key, whatever the rows are by.
    void selectionOfASortedList()
    {
        fillFive();
        showKeys(5);
        clickHeader(KeyTableModel::Ttl);
        QTRY_COMPARE(model()->keyAt(0), QByteArray("tag:d"));
        table()->selectionModel()->select(QItemSelection(model()->index(0, 0), model()->index(2, 0)), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        QCOMPARE(selected().size(), 3);
        QSignalSpy requested(m_workspace.get(), &Workspace::pageRequested);
        for (QPushButton* button : m_page->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Delete selected…"))
                button->click();
        }
        QVERIFY(requested.wait());
        QCOMPARE(requested.first().at(1).value<PageHint>().list.toList(), QByteArrayList({"a", "e", "tag:d"}));
        clickHeader(KeyTableModel::Type); // c e a b tag:d: what is chosen is not together any more
        QTRY_COMPARE(selected(), QByteArrayList({"e", "a", "tag:d"}));
        QCOMPARE(table()->copyText().count(u'\n'), 2);
        table()->selectAll();
        clickHeader(KeyTableModel::Ttl);
        QTRY_COMPARE(model()->keyAt(0), QByteArray("tag:d"));
        QCOMPARE(selected().size(), 5);
    }

    void searchesByTtlAndSize_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArrayList>("found");
        const QByteArray tag = "tag:d";
        QTest::newRow("soon") << QByteArray("ttl<1000") << QByteArrayList {"e", tag};
        QTest::newRow("never") << QByteArray("ttl=none") << QByteArrayList {"b", "c"};
        QTest::newRow("large") << QByteArray("size>4k") << QByteArrayList {"c", tag};
        QTest::newRow("both, and what the key says") << QByteArray("ttl<1h size<2k -kind:tag") << QByteArrayList {"e"};
        QTest::newRow("not") << QByteArray("-size>4k") << QByteArrayList {"a", "b", "e"};
        QTest::newRow("nothing") << QByteArray("size>1G") << QByteArrayList {};
    }
    void searchesByTtlAndSize()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArrayList, found);
        fillFive();
        showKeys(5);
        search(text.constData());
        QTRY_COMPARE(keys(), found);
        QVERIFY(!strip("filter"));
        QVERIFY(!m_page->findChild<SearchField*>()->marked());
        search("");
        QTRY_COMPARE(model()->rowCount(), 5);
    }

    // Only what the other terms leave, and nothing twice.
    void asksNothingThatIsNotNeeded()
    {
        fill(3000);
        showKeys(3000);
        const auto sizesAsked = [this] {
            core::redis::Session admin(m_redis.endpoint());
            const auto opened = redistest::wait(admin.open());
            const auto info = opened ? redistest::wait(admin.send({{"INFO", "commandstats"}})) : core::Result<core::redis::Replies>(core::fail(opened.error()));
            const QByteArray text = info ? info->first().bytes : QByteArray();
            const qsizetype at = text.indexOf("cmdstat_memory|usage:calls=");
            return at < 0 ? 0 : text.mid(at + 27, text.indexOf(',', at) - at - 27).toInt();
        };
        send({{"CONFIG", "RESETSTAT"}});
        search("k:12 size>1"); // k:12, k:120 … k:1299
        QTRY_COMPARE(model()->rowCount(), 111);
        QVERIFY2(sizesAsked() < 300, qPrintable(QString::number(sizesAsked()))); // and the rows on screen
        search("size>1");
        QTRY_COMPARE(model()->rowCount(), 3000);
        QVERIFY2(sizesAsked() < 3300, qPrintable(QString::number(sizesAsked())));
        const int asked = sizesAsked();
        clickHeader(KeyTableModel::Ttl);
        QTRY_COMPARE(model()->keyAt(0), QByteArray("k:2999"));
        QVERIFY2(sizesAsked() < asked + 200, qPrintable(QString::number(sizesAsked())));
    }

    void cancelLeavesTheListAsItWas()
    {
        fill(3000);
        showKeys(3000);
        m_redis.pause();
        const auto resume = qScopeGuard([this] { m_redis.resume(); });
        clickHeader(KeyTableModel::Ttl);
        QTRY_COMPARE(jobs(), 1);
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Ttl));
        QVERIFY(m_page->cancel());
        QTRY_VERIFY(strip("sort"));
        QVERIFY2(strip("sort")->what.contains(QStringLiteral("Stopped after 0 of 3,000 keys")), qPrintable(strip("sort")->what));
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Key));
        QCOMPARE(model()->keyAt(0), QByteArray("k:0"));
        QCOMPARE(jobs(), 0);
        m_redis.resume();
        strip("sort")->actions.first().run();
        QTRY_COMPARE(model()->keyAt(0), QByteArray("k:2999"));
        QVERIFY(!strip("sort"));
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Ttl));
    }

    void cancelledSearchSaysSo()
    {
        fill(3000);
        showKeys(3000);
        m_redis.pause();
        const auto resume = qScopeGuard([this] { m_redis.resume(); });
        search("ttl<800050");
        QTRY_COMPARE(jobs(), 1);
        m_workspace->jobs()->running().first().job->cancel(); // as in the job strip
        QTRY_VERIFY(strip("filter"));
        QVERIFY(m_page->findChild<SearchField*>()->marked());
        QCOMPARE(model()->rowCount(), 3000);
        m_redis.resume();
        strip("filter")->actions.first().run();
        QTRY_COMPARE(model()->rowCount(), 1000);
        QVERIFY(!strip("filter"));
        QVERIFY(!m_page->findChild<SearchField*>()->marked());
    }

    // What is not needed any more is not asked on.
    void searchThatIsTakenBackStopsAsking()
    {
        fill(3000);
        showKeys(3000);
        m_redis.pause();
        const auto resume = qScopeGuard([this] { m_redis.resume(); });
        search("ttl<800050");
        QTRY_COMPARE(jobs(), 1);
        search("k:12");
        QTRY_COMPARE(model()->rowCount(), 111);
        QCOMPARE(jobs(), 0);
        QVERIFY(!strip("filter"));
    }

    void missingPermissionIsNamed()
    {
        fillFive();
        send({{"ACL", "SETUSER", "weak", "on", ">pw", "~*", "+@all", "-pttl", "-memory|usage"}});
        core::Endpoint endpoint = m_redis.endpoint();
        endpoint.user = "weak";
        endpoint.password = "pw";
        connectTo(endpoint);
        QTRY_COMPARE(model()->rowCount(), 5);
        QTRY_COMPARE(model()->index(0, KeyTableModel::Ttl).data().toString(), QStringLiteral("+pttl"));
        QCOMPARE(model()->index(0, KeyTableModel::Memory).data().toString(), QStringLiteral("+memory|usage"));
        QCOMPARE(model()->index(0, KeyTableModel::Type).data().toString(), QStringLiteral("string"));
        QVERIFY(model()->index(0, KeyTableModel::Ttl).data(ExactRole).toString().contains(QStringLiteral("+pttl")));
        QTRY_VERIFY(strip("refused"));
        QVERIFY2(strip("refused")->what.contains(QStringLiteral("+pttl, +memory|usage")), qPrintable(strip("refused")->what));
        clickHeader(KeyTableModel::Ttl);
        QTRY_VERIFY(strip("sort"));
        QVERIFY2(strip("sort")->what.contains(QStringLiteral("+pttl")), qPrintable(strip("sort")->what));
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Key));
        QCOMPARE(keys().first(), QByteArray("a"));
    }

    void anotherScanSortsByKeyAndSaysSo()
    {
        fillFive();
        showKeys(5);
        clickHeader(KeyTableModel::Ttl);
        QTRY_COMPARE(keys().first(), QByteArray("tag:d"));
        m_page->refresh();
        QTRY_VERIFY(strip("sort"));
        QTRY_COMPARE(keys().first(), QByteArray("a"));
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Key));
        strip("sort")->actions.first().run();
        QTRY_COMPARE(keys().first(), QByteArray("tag:d"));
        QVERIFY(!strip("sort"));
    }

    // A search that still stands is answered for the new keys, too.
    void anotherScanAnswersTheSearchAnew()
    {
        fillFive();
        showKeys(5);
        search("ttl<1000");
        QTRY_COMPARE(keys(), QByteArrayList({"e", "tag:d"}));
        send({{"SET", "f", "v", "EX", "10"}});
        m_page->refresh();
        QTRY_COMPARE(keys(), QByteArrayList({"e", "f", "tag:d"}));
    }

    void productionIsToldTheCostFirst()
    {
        fill(1500);
        connectTo(m_redis.endpoint(), core::settings::Environment::Production);
        m_workspace->keyIndex()->start();
        QTRY_COMPARE(model()->rowCount(), 1500);
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Complete);
        clickHeader(KeyTableModel::Ttl);
        QTRY_VERIFY(strip("sort"));
        QVERIFY2(strip("sort")->what.contains(QStringLiteral("1,500")), qPrintable(strip("sort")->what));
        QCOMPARE(jobs(), 0);
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Key));
        strip("sort")->actions.first().run();
        QTRY_COMPARE(model()->keyAt(0), QByteArray("k:1499"));
    }

    // The click was for the keys that were named, in the database where they are.
    void consentIsForOnePass()
    {
        fill(1500);
        connectTo(m_redis.endpoint(), core::settings::Environment::Production);
        m_workspace->keyIndex()->start();
        QTRY_COMPARE(model()->rowCount(), 1500);
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Complete);
        clickHeader(KeyTableModel::Ttl);
        QTRY_VERIFY(strip("sort"));
        strip("sort")->actions.first().run();
        QTRY_COMPARE(model()->keyAt(0), QByteArray("k:1499"));
        m_page->refresh();
        QTRY_VERIFY(strip("sort")); // of another scan
        QTRY_COMPARE(model()->keyAt(0), QByteArray("k:0"));
        search("ttl>1");
        QTRY_VERIFY(strip("filter"));
        QVERIFY2(strip("filter")->what.contains(QStringLiteral("1,500")), qPrintable(strip("filter")->what));
        QCOMPARE(jobs(), 0);
        search("");
        QTRY_VERIFY(!strip("filter"));
        clickHeader(KeyTableModel::Ttl);
        QTRY_VERIFY(strip("sort"));
        search("ttl>1");
        QTRY_VERIFY(strip("filter"));
        emit m_workspace->databaseChanged(0); // nothing of them is offered in the next one
        QVERIFY(!strip("sort"));
        QVERIFY(!strip("filter"));
    }

    // What waits for the end of a scan goes on when it was stopped, too.
    void searchIsAnsweredAfterAStoppedScan()
    {
        fillFive();
        showKeys(5);
        m_page->hide(); // nothing of the scan before is still to be delivered
        m_page->show();
        m_redis.pause();
        const auto resume = qScopeGuard([this] { m_redis.resume(); });
        m_page->refresh();
        QTRY_COMPARE(m_workspace->keyIndex()->state(), KeyIndex::State::Scanning);
        QSignalSpy searched(m_page->findChild<SearchField*>(), &SearchField::searched);
        m_page->findChild<QLineEdit*>()->setText(QStringLiteral("ttl<1000"));
        QVERIFY(searched.wait()); // the last one: the pause of typing is over
        QTRY_VERIFY(strip("filter"));
        m_workspace->keyIndex()->cancel();
        m_redis.resume();
        QTRY_COMPARE(keys(), QByteArrayList({"e", "tag:d"}));
        QVERIFY(!strip("filter"));
        QVERIFY2(strip("scan")->why == QStringLiteral("What was there before is shown."), qPrintable(strip("scan")->why));
    }

    // Its row goes out of table and tree when the server has said that it is gone; one that got more time stays.
    void keysLeaveWhenTheirTimeRunsOut()
    {
        fillFive();
        send({{"PEXPIRE", "a", "700"}, {"PEXPIRE", "b", "700"}});
        showKeys(5);
        QTRY_VERIFY(model()->index(0, KeyTableModel::Ttl).data(TtlRole).value<TtlCell>().state == TtlCell::State::Known);
        send({{"PERSIST", "b"}});
        QTRY_COMPARE(model()->rowCount(), 4);
        QCOMPARE(keys().first(), QByteArray("b"));
        QTRY_COMPARE(model()->index(0, KeyTableModel::Ttl).data(TtlRole).value<TtlCell>().state, TtlCell::State::NoExpiry);
        QCOMPARE(m_workspace->keyIndex()->snapshot().order->size(), 4U);
    }

    // Another has written them: they are asked about by themselves, and no other is again.
    void keysThatComeAreSortedIn()
    {
        fillFive();
        showKeys(5);
        clickHeader(KeyTableModel::Ttl);
        QTRY_COMPARE(keys().first(), QByteArray("tag:d"));
        send({{"SET", "0", "v", "EX", "500"}});
        m_workspace->keyIndex()->add(core::keys::KeyList({QByteArray("0")}));
        QTRY_COMPARE(keys(), QByteArrayList({"tag:d", "0", "e", "a", "b", "c"}));
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Ttl));
        QVERIFY(!strip("sort"));
    }

    void keysOutOfSightLeaveAfterTheyWereAsked()
    {
        fill(3000);
        showKeys(3000);
        send({{"DEL", "k:998"}, {"DEL", "k:999"}});
        clickHeader(KeyTableModel::Ttl);
        QTRY_COMPARE(model()->keyAt(0), QByteArray("k:2999"));
        QTRY_COMPARE(model()->rowCount(), 2998);
        QCOMPARE(model()->rowOf("k:999"), -1);
        QCOMPARE(model()->keyAt(0), QByteArray("k:2999")); // and it stays sorted
        QCOMPARE(header()->sortIndicatorSection(), int(KeyTableModel::Ttl));
    }

    // A pass takes its time: what it did not find may be stored again at its end, and who follows knows it.
    void figuresTakeNoKeyOutWhereTrackingFollows_data()
    {
        QTest::addColumn<bool>("follows");
        QTest::newRow("list of a scan") << false;
        QTest::newRow("list that is kept fresh") << true;
    }
    void figuresTakeNoKeyOutWhereTrackingFollows()
    {
        QFETCH(bool, follows);
        fill(10);
        showKeys(10);
        KeyIndex* index = m_workspace->keyIndex();
        if (follows) {
            m_workspace->tracking()->setEnabled(true);
            QTRY_COMPARE(m_workspace->tracking()->state(), core::keys::KeyTracking::State::Following);
            index->start();
            QTRY_VERIFY(m_workspace->tracking()->covers(index->snapshot()));
            QTRY_COMPARE(index->state(), KeyIndex::State::Complete);
        }
        const KeyIndex::Snapshot before = index->snapshot();
        KeyFigures figures(m_workspace.get());
        QSignalSpy ready(&figures, &KeyFigures::ready), gone(&figures, &KeyFigures::gone);
        send({{"DEL", "k:3"}});
        figures.ask(before.store, before.order);
        QVERIFY(ready.wait());
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QCOMPARE(gone.size(), follows ? 0 : 1);
        if (follows) // it tells by itself
            QTRY_COMPARE(index->snapshot().order->size(), std::size_t(9));
        else
            QCOMPARE(gone.first().first().value<core::keys::KeyList>().toList(), QByteArrayList {"k:3"});
    }

    void nobodyLooksNothingIsAsked()
    {
        fillFive();
        send({{"PEXPIRE", "a", "1500"}});
        showKeys(5);
        QTRY_VERIFY(model()->index(0, KeyTableModel::Ttl).data(TtlRole).value<TtlCell>().state == TtlCell::State::Known);
        m_page->hide();
        QVERIFY(!QTest::qWaitFor([this] { return m_workspace->keyIndex()->snapshot().order->size() < 5; }, 2200));
        m_page->show();
        QTRY_COMPARE(model()->rowCount(), 4);
    }

    void columnsAreRemembered()
    {
        fillFive();
        showKeys(5);
        const auto visible = [this] {
            QList<int> columns;
            for (int at = 0; at < header()->count(); ++at) {
                if (!header()->isSectionHidden(header()->logicalIndex(at)))
                    columns << header()->logicalIndex(at);
            }
            return columns;
        };
        const auto menuAction = [this](const QString& text) {
            emit header()->customContextMenuRequested({5, 5});
            const QList<QMenu*> menus = table()->findChildren<QMenu*>();
            const QList<QAction*> actions = menus.last()->actions();
            return *std::ranges::find(actions, text, &QAction::text);
        };
        QCOMPARE(visible(), QList<int>({0, 1, 2, 3, 4}));
        menuAction(QStringLiteral("Type"))->trigger();
        header()->moveSection(header()->visualIndex(KeyTableModel::Memory), 0);
        header()->resizeSection(KeyTableModel::Ttl, 150);
        QCOMPARE(visible(), QList<int>({2, 0, 1, 4}));
        QTRY_VERIFY(m_store->choice(QStringLiteral("keys/columns")).contains(QStringLiteral("ttl:150")));
        closePage();
        makePage();
        showKeys(5);
        QCOMPARE(visible(), QList<int>({2, 0, 1, 4}));
        QCOMPARE(header()->sectionSize(KeyTableModel::Ttl), 150);
        m_page->setMinimumSize(1, 1); // the window's own least width counts
        m_page->resize(968, 664); // what has no room comes back with it, and what was hidden does not
        QTRY_COMPARE(visible(), QList<int>({0, 1}));
        QVERIFY(menuAction(QStringLiteral("Memory (no room)"))->isChecked());
        m_page->resize(1400, 700);
        QTRY_COMPARE(visible(), QList<int>({2, 0, 1, 4}));
        menuAction(QStringLiteral("Reset columns"))->trigger();
        QCOMPARE(visible(), QList<int>({0, 1, 2, 3, 4}));
        QCOMPARE(header()->sectionSize(KeyTableModel::Ttl), 136);
    }

    void columnsAreSavedAlsoWhenThePageGoes()
    {
        header()->resizeSection(KeyTableModel::Ttl, 163);
        closePage();
        makePage();
        QCOMPARE(header()->sectionSize(KeyTableModel::Ttl), 163);
        VERIFY_OK(m_store->setChoice(QStringLiteral("keys/columns"), {}));
    }

    void damagedColumnsAreAsInTheBeginning()
    {
        VERIFY_OK(m_store->setChoice(QStringLiteral("keys/columns"), QStringLiteral("-key ttl:99999999 ttl:5 nonsense :: -memory:x")));
        closePage();
        makePage();
        QVERIFY(!header()->isSectionHidden(KeyTableModel::Key));
        QVERIFY(header()->isSectionHidden(KeyTableModel::Memory));
        VERIFY_OK(m_store->setChoice(QStringLiteral("keys/columns"), {}));
    }
};

QTEST_MAIN(TestKeysPageSort)
#include "tst_keyspagesort.moc"
