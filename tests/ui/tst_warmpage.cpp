// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"
#include "core/base/async.h"
#include "ui/models/roles.h"
#include "ui/pages/warm/warmpage.h"
#include "ui/pages/warm/warmresume.h"
#include "ui/shell/demohost.h"
#include "ui/shell/heldhint.h"
#include "ui/shell/joblist.h"
#include "ui/shell/jobstrip.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

class TestWarmPage final : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<Stage> m_stage;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<WarmPage> m_page;

    QPushButton* button(const QString& text) const
    {
        for (QPushButton* candidate : m_page->findChildren<QPushButton*>()) {
            if (candidate->text() == text)
                return candidate;
        }
        return nullptr;
    }
    QPlainTextEdit* list() const
    {
        for (QPlainTextEdit* candidate : m_page->findChildren<QPlainTextEdit*>()) {
            if (candidate->accessibleName() == QStringLiteral("Request targets, one a line"))
                return candidate;
        }
        return nullptr;
    }
    QLineEdit* field(const QString& name) const
    {
        for (QLineEdit* candidate : m_page->findChildren<QLineEdit*>()) {
            if (candidate->accessibleName() == name)
                return candidate;
        }
        return nullptr;
    }
    QCheckBox* checkBox(const QString& begin) const
    {
        for (QCheckBox* candidate : m_page->findChildren<QCheckBox*>()) {
            if (candidate->text().startsWith(begin))
                return candidate;
        }
        return nullptr;
    }
    bool press(const QString& text)
    {
        button(text)->click();
        return QTest::qWaitFor([this] { return m_workspace->jobs()->running().isEmpty() && button(QStringLiteral("Warm"))->isEnabled(); }, 20'000);
    }
    QStringList column(int column) const
    {
        QStringList out;
        for (int row = 0; row < m_page->findChild<TableView*>()->model()->rowCount(); ++row)
            out << cell(row, column);
        return out;
    }
    void setText(const QString& text) { list()->setPlainText(text); }
    QString cell(int row, int column) const { return m_page->findChild<TableView*>()->model()->index(row, column).data().toString(); }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        m_stage = std::make_unique<Stage>();
        QVERIFY(m_stage->build());
    }
    void init()
    {
        QVERIFY(m_stage->ask({"FLUSHALL"}));
        open();
    }
    void cleanup()
    {
        m_page.reset();
        m_workspace.reset();
    }
    void cleanupTestCase() { m_stage.reset(); }

private:
    void open()
    {
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<WarmPage>(m_workspace.get());
        core::settings::Profile profile;
        profile.name = QStringLiteral("warm");
        profile.endpoint = m_stage->redis.endpoint();
        profile.apiUrl = m_stage->api->url();
        const core::cache::RouteTable routes = CachingApi::routes();
        for (const core::cache::Route& route : routes.routes())
            profile.endpoints << core::cache::argumentFromRoute(route);
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
    }

private slots:

    // "/busy" is told to come again, so the ones behind it end first.
    void everyResultTakesItsOwnRow()
    {
        const QStringList targets {QStringLiteral("/busy"), QStringLiteral("/books/1"), QStringLiteral("/plain"), QStringLiteral("/fails"), QStringLiteral("/books/2")};
        setText(targets.join(u'\n'));
        for (QSpinBox* spin : m_page->findChildren<QSpinBox*>()) {
            if (spin->accessibleName() == QStringLiteral("Requests at once"))
                spin->setValue(4);
        }
        button(QStringLiteral("Warm"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->jobs()->running().isEmpty(), 20'000);
        QStringList shown;
        for (int i = 0; i < targets.size(); ++i)
            shown << cell(i, 0);
        QCOMPARE(shown, targets);
        QCOMPARE(cell(3, 3), QStringLiteral("500"));
        QCOMPARE(cell(4, 1), QStringLiteral("WARMED"));
        QVERIFY2(m_page->fact().contains(QStringLiteral("1 failed")), qPrintable(m_page->fact()));
    }

    // What is long is read on a pool; until then the targets of before are not taken for it.
    void pauseHoldsAndGoesOn()
    {
        QStringList lines;
        for (int i = 0; i < 40; ++i)
            lines << QStringLiteral("/books/%1").arg(i);
        list()->setPlainText(lines.join(u'\n'));
        auto* rate = m_page->findChildren<QSpinBox*>().last();
        for (QSpinBox* box : m_page->findChildren<QSpinBox*>()) {
            if (box->accessibleName() == QStringLiteral("Requests a second"))
                rate = box;
        }
        rate->setValue(50);
        auto* pause = m_page->findChild<QPushButton*>(QStringLiteral("pause"));
        QVERIFY(pause->isHidden());
        const int before = m_stage->api->requests();
        button(QStringLiteral("Warm"))->click();
        QTRY_VERIFY(m_stage->api->requests() > before + 3);
        QVERIFY(!pause->isHidden());
        pause->click();
        QCOMPARE(pause->text(), QStringLiteral("Continue"));
        QVERIFY(!QTest::qWaitFor([&] { return m_stage->api->requests() > before + 25; }, 600)); // at 50 a second it would be there
        pause->click();
        QTRY_COMPARE(m_stage->api->requests(), before + 40);
        QTRY_VERIFY(pause->isHidden());
    }

    // What another page sends meanwhile is kept and can be opened afterwards.
    void whatIsSentMeanwhileIsKept()
    {
        setText(QStringLiteral("/books/1\n/books/2"));
        for (QSpinBox* spin : m_page->findChildren<QSpinBox*>()) {
            if (spin->accessibleName() == QStringLiteral("Requests a second"))
                spin->setValue(2);
        }
        button(QStringLiteral("Warm"))->click();
        auto* strips = m_page->findChild<StripStack*>();
        PageHint hint;
        hint.targets = {"/plain", "/books/7"};
        m_page->openHint(hint);
        QCOMPARE(list()->toPlainText(), QStringLiteral("/books/1\n/books/2"));
        const StripText* held = strips->text(HeldHint::strip());
        QVERIFY(held && held->actions.isEmpty());
        QVERIFY2(held->what.contains(QStringLiteral("2 requests")), qPrintable(held->what));
        m_page->cancel();
        QTRY_VERIFY(button(QStringLiteral("Warm"))->isEnabled());
        held = strips->text(HeldHint::strip());
        QVERIFY(held && held->actions.size() == 1);
        const auto open = held->actions.first().run;
        open();
        QCOMPARE(list()->toPlainText(), QStringLiteral("/plain\n/books/7"));
        QVERIFY(!strips->contains(HeldHint::strip()));
    }

    void everyStateFitsItsColumn()
    {
        auto* table = m_page->findChild<TableView*>();
        m_page->resize(1040, 640);
        m_page->show();
        setText(QStringLiteral("/books/1"));
        QVERIFY(press(QStringLiteral("Warm")) && press(QStringLiteral("Warm")));
        QCOMPARE(cell(0, 1), QStringLiteral("ALREADY WARM"));
        const QModelIndex state = table->model()->index(0, 1);
        QVERIFY(table->columnWidth(1) >= table->sizeHintForIndex(state).width());
    }

    // Why nothing is sent is told in the row of the job, too.
    void aWaitIsTold()
    {
        JobStrip strip(m_workspace->jobs());
        strip.show();
        QSignalSpy waiting(m_workspace->jobs(), &JobList::waitingChanged);
        setText(QStringLiteral("/swamped\n/books/1\n/books/2"));
        button(QStringLiteral("Warm"))->click();
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("wait")));
        QVERIFY(!waiting.isEmpty());
        const auto state = [&waiting] { return waiting.last().at(1).toString(); };
        QVERIFY2(state().startsWith(QStringLiteral("the server asked to wait: ")) && state().endsWith(QStringLiteral(" left")), qPrintable(state()));
        auto* row = strip.findChild<JobRow*>();
        QVERIFY(row && row->accessibleDescription() == state());
        auto* pause = m_page->findChild<QPushButton*>(QStringLiteral("pause"));
        pause->click();
        QCOMPARE(state(), QStringLiteral("paused"));
        pause->click();
        QTRY_VERIFY(m_workspace->jobs()->running().isEmpty());
        QVERIFY(!strips->contains(QStringLiteral("wait")));
        QCOMPARE(column(1), (QStringList {QStringLiteral("WARMED"), QStringLiteral("WARMED"), QStringLiteral("WARMED")}));
    }

    void whatWasInterruptedGoesOn()
    {
        QStringList lines;
        for (int i = 0; i < 30; ++i)
            lines << QStringLiteral("/books/%1").arg(i);
        setText(lines.join(u'\n'));
        for (QSpinBox* box : m_page->findChildren<QSpinBox*>()) {
            if (box->accessibleName() == QStringLiteral("Requests a second"))
                box->setValue(20);
        }
        button(QStringLiteral("Warm"))->click();
        int before = m_stage->api->requests();
        QTRY_VERIFY(m_stage->api->requests() >= before + 3);
        m_page->cancel();
        QTRY_VERIFY(m_page->findChild<StripStack*>()->contains(QStringLiteral("resume")));
        const QStringList warm = column(1);
        const auto left = warm.size() - warm.count(QStringLiteral("WARMED"));
        QVERIFY(left > 0 && left < 30);
        // Another window on the same connection.
        cleanup();
        open();
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("resume")));
        const StripText offer = *strips->text(QStringLiteral("resume"));
        QVERIFY2(offer.why.startsWith(QStringLiteral("%1 of 30 ").arg(left)), qPrintable(offer.why));
        before = m_stage->api->requests();
        offer.actions.first().run();
        QTRY_VERIFY(m_workspace->jobs()->running().isEmpty());
        QCOMPARE(m_stage->api->requests(), before + left);
        QVERIFY2(m_page->findChild<StripStack*>()->text(QStringLiteral("run"))->what.contains(QStringLiteral("is done")), qPrintable(m_page->fact())); // what was on its way is warm already
        QCOMPARE(column(1).size(), left);
        // It has ended: nothing is offered any more.
        cleanup();
        open();
        auto* resume = m_page->findChild<WarmResume*>();
        QSignalSpy changed(resume, &WarmResume::changed);
        resume->look();
        QTRY_COMPARE(changed.size(), 2); // forgotten, and read
        QVERIFY(!m_page->findChild<StripStack*>()->contains(QStringLiteral("resume")));
    }

    // Its entries are others: neither rows nor offer of the database before stay.
    void anotherDatabaseHasItsOwnRecord()
    {
        setText(QStringLiteral("/books/1\n/fails"));
        QVERIFY(press(QStringLiteral("Warm")));
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("resume")));
        m_workspace->selectDatabase(1);
        QTRY_VERIFY(!strips->contains(QStringLiteral("resume")));
        QCOMPARE(m_workspace->profile().endpoint.database, 1);
        QCOMPARE(column(0), QStringList());
        QVERIFY(!strips->contains(QStringLiteral("run")));
        m_workspace->selectDatabase(0);
        QTRY_VERIFY(strips->contains(QStringLiteral("resume")));
    }

    // The record of the first run is still written when the second begins.
    void oneRunRightBehindAnother()
    {
        QStringList lines;
        for (int i = 0; i < 200; ++i)
            lines << QStringLiteral("/books/%1").arg(i);
        setText(lines.join(u'\n'));
        const int before = m_stage->api->requests();
        button(QStringLiteral("Warm"))->click();
        QTRY_VERIFY(m_stage->api->requests() > before + 3);
        m_page->cancel();
        setText(QStringLiteral("/books/1\n/fails\n/plain"));
        QVERIFY(press(QStringLiteral("Warm")));
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("resume")));
        const StripText offer = *strips->text(QStringLiteral("resume"));
        QVERIFY2(offer.why.startsWith(QStringLiteral("1 of 3 ")), qPrintable(offer.why));
    }

    void aRecordThatIsNotKeptIsTold()
    {
        setText(QStringLiteral("/fails"));
        QVERIFY(press(QStringLiteral("Warm")));
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("resume")));
        const QDir folder = QFileInfo(m_workspace->audit().file()).absoluteDir();
        const QString record = folder.filePath(folder.entryList({QStringLiteral("warm-*.ndjson")}, QDir::Files, QDir::Time).first());
        QStringList lines;
        for (int i = 0; i < 20; ++i)
            lines << QStringLiteral("/books/%1").arg(i);
        setText(lines.join(u'\n'));
        const int before = m_stage->api->requests();
        for (QSpinBox* box : m_page->findChildren<QSpinBox*>()) {
            if (box->accessibleName() == QStringLiteral("Requests a second"))
                box->setValue(20);
        }
        button(QStringLiteral("Warm"))->click();
        QTRY_VERIFY(m_stage->api->requests() > before);
        QVERIFY(QFile::remove(record));
        QVERIFY(QFile::link(m_folder.filePath(QStringLiteral("no-such-folder/record")), record)); // can neither be read nor appended to
        m_page->cancel();
        QTRY_VERIFY(strips->contains(QStringLiteral("resume")));
        const StripText told = *strips->text(QStringLiteral("resume"));
        QCOMPARE(told.tone, Tone::Warn);
        QVERIFY2(told.why.contains(QStringLiteral("could not be written down")), qPrintable(told.why));
        told.actions.first().run();
        QTRY_VERIFY(!QFileInfo(record).isSymLink());
    }

    // Another server each time: what it left would stay for ever.
    void theDemoLeavesNoRecord()
    {
        class Demo final : public DemoHost {
        public:
            core::settings::Profile profile;
            QFuture<core::Result<core::settings::Profile>> start() override { return core::readyFuture(core::Result<core::settings::Profile>(profile)); }
        };
        Demo demo;
        demo.profile = m_workspace->profile();
        demo.profile.name = QStringLiteral("Demo");
        const QDir folder = QFileInfo(m_workspace->audit().file()).absoluteDir();
        const auto records = [&folder] { return folder.entryList({QStringLiteral("warm-*.ndjson")}, QDir::Files); };
        const QStringList before = records();
        cleanup();
        m_workspace = std::make_unique<Workspace>(m_store.get(), &demo);
        m_page = std::make_unique<WarmPage>(m_workspace.get());
        m_workspace->startDemo();
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        setText(QStringLiteral("/fails\n/books/1"));
        QVERIFY(press(QStringLiteral("Warm")));
        QCOMPARE(column(1).last(), QStringLiteral("WARMED"));
        QCOMPARE(records(), before);
        cleanup(); // before the demo
        open();
    }

    void aDamagedRecordIsSaidAndForgotten()
    {
        setText(QStringLiteral("/fails"));
        QVERIFY(press(QStringLiteral("Warm")));
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("resume"))); // what failed is not done
        const QDir folder = QFileInfo(m_workspace->audit().file()).absoluteDir();
        const QStringList names = folder.entryList({QStringLiteral("warm-*.ndjson")}, QDir::Files, QDir::Time);
        QVERIFY(!names.isEmpty());
        QFile record(folder.filePath(names.first()));
        QVERIFY(record.open(QIODevice::WriteOnly | QIODevice::Truncate));
        record.write("no record\n");
        record.close();
        cleanup();
        open();
        strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("resume")));
        const StripText said = *strips->text(QStringLiteral("resume"));
        QCOMPARE(said.tone, Tone::Bad);
        said.actions.first().run();
        QTRY_VERIFY(!record.exists());
        QVERIFY(!strips->contains(QStringLiteral("resume")));
    }

    void longTextIsReadOffTheWindow()
    {
        setText(QStringLiteral("/books/0"));
        QVERIFY(button(QStringLiteral("Warm"))->isEnabled());
        QStringList lines;
        for (int i = 0; i < 20'000; ++i)
            lines << QStringLiteral("/books/%1").arg(i);
        setText(lines.join(u'\n'));
        QVERIFY(!button(QStringLiteral("Warm"))->isEnabled());
        QTRY_VERIFY(button(QStringLiteral("Warm"))->isEnabled());
    }

    void previewSaysWhatIsWarmAlready()
    {
        setText(QStringLiteral("/books?page=1\n/books?page=1\n/short\n/plain"));
        const int before = m_stage->api->requests();
        QVERIFY(press(QStringLiteral("Preview")));
        QCOMPARE(m_stage->api->requests(), before); // a look sends nothing
        QCOMPARE(column(0), (QStringList {QStringLiteral("/books?page=1"), QStringLiteral("/short"), QStringLiteral("/plain")}));
        QVERIFY2(m_page->fact().startsWith(QStringLiteral("3 targets, 0 warm already, 1 repeated left out")), qPrintable(m_page->fact()));
        QVERIFY(press(QStringLiteral("Warm")));
        QCOMPARE(column(1).first(), QStringLiteral("WARMED"));
        QVERIFY(press(QStringLiteral("Preview")));
        QCOMPARE(column(1).first(), QStringLiteral("warm already"));
        QVERIFY2(m_page->fact().contains(QStringLiteral(" warm already")) && !m_page->fact().contains(QStringLiteral(" 0 warm")), qPrintable(m_page->fact()));
    }

    void theMostFrequentOfALog()
    {
        QFile log(m_folder.filePath(QStringLiteral("access.log")));
        QVERIFY(log.open(QIODevice::WriteOnly));
        const auto line = [&log](const QByteArray& request, const QByteArray& status) {
            log.write("127.0.0.1 - - [23/Nov/2026:10:00:00 +0000] \"" + request + "\" " + status + " 12\n");
        };
        for (int i = 0; i < 3; ++i)
            line("GET /books/2 HTTP/1.1", "200");
        line("GET /books/1 HTTP/1.1", "200");
        line("GET /books/3 HTTP/1.1", "404");
        line("POST /books HTTP/1.1", "201");
        log.write("a line that is none\n");
        log.close();
        field(QStringLiteral("Access log"))->setText(log.fileName());
        for (QSpinBox* spin : m_page->findChildren<QSpinBox*>()) {
            if (spin->accessibleName() == QStringLiteral("Most frequent targets"))
                spin->setValue(1);
        }
        QVERIFY(press(QStringLiteral("Preview")));
        QCOMPARE(column(0), QStringList {QStringLiteral("/books/2")});
        QVERIFY(m_page->findChild<StripStack*>()->contains(QStringLiteral("sources"))); // the broken line is not passed over
    }

    void theRoutesWithParameters()
    {
        checkBox(QStringLiteral("The "))->setChecked(true);
        QPlainTextEdit* parameters = nullptr;
        for (QPlainTextEdit* candidate : m_page->findChildren<QPlainTextEdit*>()) {
            if (candidate != list())
                parameters = candidate;
        }
        QVERIFY(parameters && parameters->isEnabled());
        parameters->setPlainText(QStringLiteral("page=1\nno value"));
        QVERIFY(!button(QStringLiteral("Preview"))->isEnabled()); // what is wrong is pointed at, not left out
        parameters->setPlainText(QStringLiteral("page=1\npage=2"));
        QVERIFY(press(QStringLiteral("Preview")));
        QVERIFY(column(0).contains(QStringLiteral("/books?page=2")));
        QVERIFY(!column(0).contains(QStringLiteral("/plain?page=1"))); // not cached
    }

    // As the Invalidate page sends them, beside the list: each key once.
    void theKeysOfAPlan()
    {
        setText(QStringLiteral("/books/1"));
        PageHint hint;
        hint.list = core::keys::KeyList(QList<QByteArray> {"lightapi:Book:/books/1:", "lightapi:Book:/books/2:page=1", "tag:books"});
        m_page->openHint(hint);
        QVERIFY(checkBox(QStringLiteral("3 keys of"))->isChecked());
        QVERIFY(press(QStringLiteral("Warm")));
        QCOMPARE(column(0), (QStringList {QStringLiteral("/books/1"), QStringLiteral("/books/2?page=1")}));
        QCOMPARE(column(1), (QStringList {QStringLiteral("WARMED"), QStringLiteral("WARMED")}));
        QVERIFY(m_page->findChild<StripStack*>()->text(QStringLiteral("sources"))->why.contains(QStringLiteral("tag:books")));
        m_workspace->disconnectFromServer(); // they were of that database
        QTRY_VERIFY(!checkBox(QStringLiteral("Keys of a plan"))->isChecked());
    }

    void entriesAboutToExpire()
    {
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Book:/books/1:", "30", "[]"}));
        QVERIFY(m_stage->ask({"SETEX", "lightapi:Book:/books/2:", "500", "[]"}));
        QVERIFY(m_stage->ask({"SET", "lightapi:Book:/books/3:", "[]"}));
        QVERIFY(m_stage->ask({"SETEX", "tag:books", "10", "[]"}));
        QSpinBox* within = nullptr;
        for (QSpinBox* spin : m_page->findChildren<QSpinBox*>()) {
            if (spin->accessibleName() == QStringLiteral("Entries that expire within"))
                within = spin;
        }
        QVERIFY(within);
        QVERIFY(!button(QStringLiteral("Preview"))->isEnabled());
        within->setValue(60);
        QVERIFY(press(QStringLiteral("Preview")));
        QCOMPARE(column(0), QStringList {QStringLiteral("/books/1")});
        QCOMPARE(column(1), QStringList {QStringLiteral("warm already")});
        within->setValue(5);
        QVERIFY(press(QStringLiteral("Preview")));
        QCOMPARE(column(0), QStringList());
        QVERIFY(m_page->findChild<StripStack*>()->contains(QStringLiteral("run"))); // none was found
    }

    void aSourceThatCannotBeRead_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::newRow("no such log") << QStringLiteral("Access log") << QStringLiteral("/nowhere/access.log");
        QTest::newRow("no sitemap there") << QStringLiteral("Sitemap") << QStringLiteral("/nowhere.xml");
        QTest::newRow("another server's sitemap") << QStringLiteral("Sitemap") << QStringLiteral("http://192.0.2.1/sitemap.xml");
    }
    void aSourceThatCannotBeRead()
    {
        QFETCH(QString, name);
        QFETCH(QString, text);
        field(name)->setText(text);
        QVERIFY(press(QStringLiteral("Warm")));
        auto* strips = m_page->findChild<StripStack*>();
        QVERIFY(strips->contains(QStringLiteral("run")) || strips->contains(QStringLiteral("sources")));
        QCOMPARE(column(0), QStringList());
    }

    void fileThatIsNoTextIsRefused()
    {
        QFile file(m_folder.filePath(QStringLiteral("targets")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("/books/caf\xE9\n");
        file.close();
        button(QStringLiteral("Open file…"))->click();
        auto* dialog = m_page->findChild<QFileDialog*>();
        QVERIFY(dialog);
        emit dialog->fileSelected(file.fileName());
        auto* strips = m_page->findChild<StripStack*>();
        QTRY_VERIFY(strips->contains(QStringLiteral("input")));
        QCOMPARE(list()->toPlainText(), QString());
        dialog->close();
    }
};

QTEST_MAIN(TestWarmPage)
#include "tst_warmpage.moc"
