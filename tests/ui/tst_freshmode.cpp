// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pagestage.h"
#include "ui/pages/replay/freshmode.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace ui;

// The tab "Fresh or stale" of Replay, by its widgets.
class TestFreshMode final : public QObject, PageStage<ReplayPage> {
    Q_OBJECT
    void store(const char* key, const char* value) { QVERIFY(m_stage.ask({"SETEX", key, "50", value})); }
    QAbstractItemModel* results() const { return named<TableView>("Entries compared")->model(); }
    QString cell(int row, int column) const { return results()->index(row, column).data().toString(); }
    FreshMode* mode() const { return m_page->findChild<FreshMode*>(); }
    void chooseWay(int way) { named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(way); }
    void hint(const QList<QByteArray>& targets)
    {
        PageHint hint;
        hint.targets = targets;
        m_page->openHint(hint);
    }
    void connectAgain(core::settings::Environment environment = core::settings::Environment::Development)
    {
        core::settings::Profile changed = profile();
        changed.environment = environment;
        QVERIFY(connectForWriting(changed));
    }
    void compare(const QByteArray& target)
    {
        named<QLineEdit>("Request target")->setText(QString::fromLatin1(target));
        QVERIFY(button("Compare"));
        button("Compare")->click();
    }

private slots:
    void initTestCase()
    {
        QVERIFY(build());
        openPage();
        connectAgain();
        showTab("Fresh or stale");
    }
    void init() { QVERIFY(m_stage.ask({"FLUSHALL"})); }
    void cleanupTestCase()
    {
        closePage();
    }

    void aStaleEntryIsToldByPath()
    {
        store("lightapi:Book:/books:", R"({"id": 1, "title": "tea"})");
        compare("/books");
        QTRY_COMPARE(results()->rowCount(), 1);
        QCOMPARE(cell(0, 1), text("STALE"));
        auto* changes = named<TableView>("Differences by path")->model();
        QCOMPARE(changes->rowCount(), 1);
        QCOMPARE(changes->index(0, 0).data().toString(), text("$.title"));
        QCOMPARE(changes->index(0, 1).data().toString(), text("\"tea\""));
        const auto buttons = m_page->findChild<FreshMode*>()->findChildren<QPushButton*>();
        QTRY_VERIFY(std::ranges::any_of(buttons, [](const QPushButton* each) { return each->text() == text("Export…") && each->isEnabled(); }));
        QCOMPARE(m_stage.ask({"DBSIZE"})->integer, 1);
    }

    void ignoredPathsAreNoDifference()
    {
        store("lightapi:Book:/books:", R"({"id": 1, "title": "tea"})");
        named<QLineEdit>("Ignored differences")->setText(text("$.a, $.title"));
        compare("/books");
        QTRY_COMPARE(results()->rowCount(), 1);
        QCOMPARE(cell(0, 1), text("SAME"));
        named<QLineEdit>("Ignored differences")->clear();
    }

    void deletingAsksFirst()
    {
        store("lightapi:Book:/books:", R"({"id": 1, "title": "tea"})");
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(2);
        compare("/books");
        QVERIFY(button("Delete and compare"));
        QVERIFY(m_stage.ask({"GET", "lightapi:Book:/books:"})->bytes.contains("tea"));
        button("Delete and compare")->click();
        QTRY_VERIFY(results()->rowCount() == 1 && cell(0, 1) == text("STALE"));
        QVERIFY(m_stage.ask({"GET", "lightapi:Book:/books:"})->bytes.contains("caf"));
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(0);
    }

    // What was shown goes, whatever another page sends meanwhile.
    void whatWasConfirmedIsWhatIsDeleted()
    {
        store("lightapi:Book:/books:", R"({"title": "tea"})");
        store("lightapi:Book:/books/1:", R"({"title": "tea"})");
        chooseWay(2);
        compare("/books");
        QVERIFY(strip("fresh-deletion"));
        hint({"/books/1", "/books/2"});
        button("Delete and compare")->click();
        QTRY_VERIFY(!mode()->isBusy());
        QCOMPARE(results()->rowCount(), 1);
        QCOMPARE(cell(0, 0), text("/books"));
        QVERIFY(m_stage.ask({"GET", "lightapi:Book:/books/1:"})->bytes.contains("tea"));
        chooseWay(0);
    }

    // By another release the app stores under another key, which nobody was shown.
    void otherKeysAskAgain()
    {
        store("lightapi:Book:/books:", R"({"title": "tea"})");
        chooseWay(2);
        compare("/books");
        QVERIFY(m_workspace->setKeyRules(QVersionNumber(0, 1, 6), {}));
        button("Delete and compare")->click();
        QVERIFY(!mode()->isBusy());
        QVERIFY2(strip("fresh-deletion") && strip("fresh-deletion")->why.contains(text("not what they were")), strip("fresh-deletion") ? qPrintable(strip("fresh-deletion")->why) : "gone");
        QVERIFY(!strip("fresh-deletion")->why.contains(text("lightapi:Book")));
        QVERIFY(m_stage.ask({"GET", "lightapi:Book:/books:"})->bytes.contains("tea"));
        QVERIFY(m_workspace->setKeyRules(QVersionNumber(0, 4, 0), {}));
        chooseWay(0);
        QVERIFY(!strip("fresh-deletion"));
    }

    void waysThatTheConnectionForbidsAreGrey()
    {
        const auto* ways = qobject_cast<QStandardItemModel*>(named<QComboBox>("Where the fresh answer comes from")->model());
        const auto isOn = [ways](int row) { return ways->item(row)->isEnabled(); };
        QVERIFY(isOn(0) && isOn(1) && isOn(2));
        m_workspace->setReadOnly(true);
        QVERIFY(!isOn(0) && isOn(1) && !isOn(2));
        QVERIFY2(ways->item(2)->toolTip().contains(text("read-only")), qPrintable(ways->item(2)->toolTip()));
        store("lightapi:Book:/books:", R"({"title": "tea"})");
        const int before = m_stage.api->requests();
        compare("/books");
        QVERIFY(strip("fresh") && strip("fresh")->why.contains(text("read-only")));
        QVERIFY(!mode()->isBusy());
        QCOMPARE(m_stage.api->requests(), before);
        m_workspace->setReadOnly(false);
        QVERIFY(isOn(0) && isOn(2));
        // Production wants more than a click, also with writes unlocked.
        connectAgain(core::settings::Environment::Production);
        QVERIFY(isOn(0) && isOn(1) && !isOn(2));
        connectAgain();
        QVERIFY(isOn(2));
    }

    // A name without an ending gets that of the kind which is chosen.
    void exportOffersBothKinds()
    {
        store("lightapi:Book:/books:", R"({"title": "tea"})");
        compare("/books");
        auto* start = [this] {
            for (QPushButton* each : mode()->findChildren<QPushButton*>()) {
                if (each->text() == text("Export…"))
                    return each;
            }
            return static_cast<QPushButton*>(nullptr);
        }();
        QTRY_VERIFY(start->isEnabled());
        start->click();
        auto* dialog = mode()->findChild<QFileDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->nameFilters(), (QStringList {text("CSV (*.csv)"), text("JSON (*.json)")}));
        QCOMPARE(dialog->defaultSuffix(), text("csv"));
        emit dialog->filterSelected(text("JSON (*.json)"));
        QCOMPARE(dialog->defaultSuffix(), text("json"));
        const QString file = m_folder.filePath(text("fresh.json"));
        emit dialog->fileSelected(file);
        QTRY_VERIFY(strip("fresh-export"));
        QCOMPARE(strip("fresh-export")->tone, Tone::Ok);
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly) && written.readAll().contains("stale"));
        dialog->close();
    }

    void aBadSecondAddressIsSaid()
    {
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(1);
        named<QLineEdit>("Second address")->setText(text("ftp://x"));
        const int before = m_stage.api->requests();
        compare("/books");
        QVERIFY(m_page->findChild<StripStack*>()->contains(text("fresh")));
        QCOMPARE(m_stage.api->requests(), before);
        named<QComboBox>("Where the fresh answer comes from")->setCurrentIndex(0);
    }

    void severalTargetsStaleOnesFirst()
    {
        store("lightapi:Book:/books/1:", R"({"id": 1, "title": "café"})");
        store("lightapi:Book:/books/2:", R"({"id": 1, "title": "tea"})");
        PageHint hint;
        hint.targets = {"/books/1", "/books/2", "/books/3"};
        m_page->openHint(hint);
        button("Compare")->click();
        QTRY_COMPARE(results()->rowCount(), 3);
        QCOMPARE(cell(0, 0), text("/books/2"));
        QCOMPARE(cell(0, 1), text("STALE"));
        QTRY_VERIFY(strip("fresh-end"));
        QCOMPARE(strip("fresh-end")->why, text("3 of 3 compared: 1 stale, 1 same, 1 not cached."));
    }

    void whatIsChosenStaysChosen()
    {
        constexpr int count = 1500;
        QList<QByteArray> targets;
        core::redis::Command all {"MSET"};
        for (int i = 0; i < count; ++i) {
            targets << "/books/" + QByteArray::number(i);
            all << "lightapi:Book:" + targets.last() + ":" << R"({"id": 1, "title": "tea"})";
        }
        QVERIFY(m_stage.ask(all));
        hint(targets);
        button("Compare")->click();
        QTRY_VERIFY(results()->rowCount() > 3);
        QVERIFY(mode()->isBusy() && results()->rowCount() < count);
        auto* table = named<TableView>("Entries compared");
        table->selectRow(2);
        const QString chosen = cell(2, 0);
        const int before = results()->rowCount();
        QTRY_VERIFY(results()->rowCount() > before);
        QCOMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), chosen);
        m_page->cancel();
        QTRY_VERIFY(!mode()->isBusy());
        QCOMPARE(strip("fresh-end")->what, text("Comparing was stopped."));
    }

    // A deletion that was sent is logged to its end, and what was done is told though its connection has gone.
    void aConnectionThatGoesEndsTheRun()
    {
        store("lightapi:Book:/books:", R"({"title": "tea"})");
        named<QLineEdit>("Second address")->setText(text("http://127.0.0.1:9"));
        QSignalSpy reported(m_workspace->jobs(), &JobList::reported);
        chooseWay(2);
        compare("/books");
        QFile log(m_workspace->audit().file());
        const auto written = [&log] { return log.exists() ? log.size() : 0; };
        const qint64 before = written();
        button("Delete and compare")->click();
        // Until the line "started" is on the disk, and no step further.
        while (written() == before)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        m_workspace->disconnectFromServer();
        QTRY_VERIFY(!mode()->isBusy());
        QCOMPARE(reported.size(), 1);
        QVERIFY2(reported.first().first().value<StripText>().what.startsWith(text("Comparing was stopped")), qPrintable(reported.first().first().value<StripText>().what));
        const auto entries = m_workspace->audit().read();
        QVERIFY(entries && !entries->entries.isEmpty());
        QVERIFY2(!entries->entries.first().isOpen(), qPrintable(entries->entries.first().outcome));
        QCOMPARE(results()->rowCount(), 0);
        QCOMPARE(named<QLineEdit>("Second address")->text(), QString()); // of the app behind that connection
        connectAgain();
        chooseWay(0);
    }

    // Sent by the Keys page: on this tab, whatever was open, and nothing of what was compared before.
    void keysOpenThisTab()
    {
        auto* tabs = named<QTabBar>("What to do with the request");
        const int compareTab = tabs->currentIndex();
        tabs->setCurrentIndex(0);
        PageHint hint;
        hint.targets = {"/books/1"};
        hint.compare = true;
        m_page->openHint(hint);
        QCOMPARE(tabs->currentIndex(), compareTab);
        QCOMPARE(results()->rowCount(), 0);
        button("Compare")->click();
        QTRY_COMPARE(results()->rowCount(), 1);
        QCOMPARE(cell(0, 0), text("/books/1"));
        QTRY_VERIFY(button("Compare")->isEnabled());
    }

    void aNewDatabaseForgets()
    {
        m_workspace->selectDatabase(1);
        QTRY_COMPARE(results()->rowCount(), 0);
    }
};

QTEST_MAIN(TestFreshMode)
#include "tst_freshmode.moc"
