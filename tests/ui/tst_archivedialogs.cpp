// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/format.h"
#include "core/base/job.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/pages/archive/exportdialog.h"
#include "ui/pages/archive/importdialog.h"
#include "ui/shell/joblist.h"
#include "ui/shell/placeline.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/label.h"
#include "ui/widgets/messagestrip.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QScopeGuard>
#include <QSemaphore>
#include <QTemporaryDir>
#include <QThreadPool>

using namespace redistest;
using namespace ui;

// From the dialogs to the file, to another server's keys and to the audit log.
class TestArchiveDialogs final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    std::unique_ptr<core::redis::Session> m_other;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<QSignalSpy> m_reports;

    QString file() const { return m_folder.filePath(QStringLiteral("keys.ndjson")); }
    void open(core::settings::Environment environment = core::settings::Environment::Development)
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("shop");
        profile.environment = environment;
        profile.endpoint = m_redis.endpoint();
        m_workspace->connectTo(profile);
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->state(), Workspace::State::Connected, patienceMs);
    }
    StripText report()
    {
        if (m_reports->isEmpty() && !m_reports->wait(patienceMs))
            return {};
        return m_reports->takeFirst().first().value<StripText>();
    }
    core::redis::Reply other(const core::redis::Command& command) { return ask(*m_other, command); }
    ExportDialog* exportDialog(const core::keys::KeyList& keys = {"a"})
    {
        auto* dialog = new ExportDialog(m_workspace.get(), keys, nullptr);
        dialog->open();
        dialog->findChild<QLineEdit*>()->setText(file());
        return dialog;
    }
    void exportAll(const core::keys::KeyList& keys)
    {
        exportDialog(keys)->accept();
        const StripText told = report();
        QVERIFY2(told.tone == Tone::Ok, qPrintable(told.what + told.why));
    }
    // Checked, with what it shows.
    ImportDialog* importFile(const QString& name)
    {
        auto* dialog = new ImportDialog(m_workspace.get(), nullptr);
        dialog->open();
        dialog->check(name);
        return dialog;
    }
    static QPushButton* runButton(const QDialog* dialog)
    {
        for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Import"))
                return button;
        }
        return nullptr;
    }
    static QString text(const QDialog* dialog) { return dialog->findChild<Label*>()->text(); }
    QList<core::invalidate::AuditEntry> audit() { return m_workspace->audit().read()->entries; }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        qputenv("XDG_STATE_HOME", m_folder.path().toLocal8Bit());
        VERIFY_OK(m_redis.startAndWait({}));
        m_other = std::make_unique<core::redis::Session>(m_redis.endpoint());
        VERIFY_OK(wait(m_other->open()));
    }
    void init()
    {
        QFile::remove(file());
        other({"FLUSHALL"});
        other({"SET", "a", "one"});
        other({"HSET", QByteArray("h\0\xff", 3), "f", "v"});
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_reports = std::make_unique<QSignalSpy>(m_workspace->jobs(), &JobList::reported);
    }
    void cleanup()
    {
        m_reports.reset();
        m_workspace.reset();
    }
    void cleanupTestCase() { m_other.reset(); }

    void thereAndBack()
    {
        open();
        exportAll({"a", QByteArray("h\0\xff", 3)});
        other({"FLUSHALL"});
        ImportDialog* dialog = importFile(file());
        QTRY_VERIFY_WITH_TIMEOUT(runButton(dialog)->isEnabled(), patienceMs);
        QVERIFY2(text(dialog).contains(QStringLiteral("2 keys (1 hash, 1 string)")), qPrintable(text(dialog)));
        QCOMPARE(other({"DBSIZE"}).integer, 0); // nothing before it is confirmed
        runButton(dialog)->click();
        QCOMPARE(report().what, QStringLiteral("2 keys imported."));
        QCOMPARE(other({"GET", "a"}).bytes, QByteArray("one"));
        QCOMPARE(other({"HGET", QByteArray("h\0\xff", 3), "f"}).bytes, QByteArray("v"));
        const auto entries = audit();
        QCOMPARE(entries.first().act, QStringLiteral("import"));
        QCOMPARE(entries.first().outcome, QStringLiteral("done"));
        QCOMPARE(entries.first().counts.value(QStringLiteral("written")).toInt(), 2);
    }

    void existingKeysAreLeftUnlessReplaced()
    {
        open();
        exportAll({"a"});
        other({"SET", "a", "two"});
        ImportDialog* dialog = importFile(file());
        QTRY_VERIFY_WITH_TIMEOUT(runButton(dialog)->isEnabled(), patienceMs);
        QVERIFY(text(dialog).contains(QStringLiteral("left as they are: 1.")));
        QVERIFY2(text(dialog).contains(QStringLiteral("To write: 0 by RESTORE, 0 by value.")), qPrintable(text(dialog)));
        runButton(dialog)->click();
        QCOMPARE(report().what, QStringLiteral("0 keys imported."));
        QCOMPARE(other({"GET", "a"}).bytes, QByteArray("two"));

        dialog = importFile(file());
        QTRY_VERIFY_WITH_TIMEOUT(runButton(dialog)->isEnabled(), patienceMs);
        dialog->findChild<SegmentedControl*>()->setCurrent(1);
        QVERIFY(text(dialog).contains(QStringLiteral("replaced")));
        QVERIFY(text(dialog).contains(QStringLiteral("0 by RESTORE, 1 by value.")));
        const Label* label = dialog->findChild<Label*>();
        QTRY_VERIFY2(label->height() >= label->heightForWidth(label->width()), "nothing of it is cut off");
        runButton(dialog)->click();
        QCOMPARE(report().what, QStringLiteral("1 key imported."));
        QCOMPARE(other({"GET", "a"}).bytes, QByteArray("one"));
    }

    void damagedArchiveIsSaid()
    {
        open();
        exportAll({"a"});
        QFile archive(file());
        QVERIFY(archive.resize(archive.size() - 10));
        ImportDialog* dialog = importFile(file());
        auto* problem = dialog->findChild<MessageStrip*>();
        QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), patienceMs);
        QCOMPARE(problem->text().tone, Tone::Bad);
        QVERIFY2(problem->text().what.contains(QStringLiteral("keys.ndjson")), qPrintable(problem->text().what));
        QVERIFY(!dialog->findChild<Label*>()->isVisible());
        QVERIFY(!runButton(dialog)->isEnabled());
        dialog->reject();
    }

    void typedFileIsChecked()
    {
        open();
        exportAll({"a"});
        auto* dialog = new ImportDialog(m_workspace.get(), nullptr);
        dialog->open();
        QLineEdit* field = dialog->findChildren<QLineEdit*>().first();
        QTest::keyClicks(field, m_folder.filePath(QStringLiteral("none")));
        QTest::keyClick(field, Qt::Key_Return);
        auto* problem = dialog->findChild<MessageStrip*>();
        QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), patienceMs);
        field->selectAll();
        QTest::keyClicks(field, file());
        QVERIFY(!problem->isVisible());
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(runButton(dialog)->isEnabled(), patienceMs);
        QVERIFY(dialog->findChildren<QFileDialog*>().isEmpty());
        QTest::keyClick(field, Qt::Key_Backspace);
        QVERIFY(!runButton(dialog)->isEnabled()); // another file, not checked
        dialog->reject();
    }

    void bothSayWhere()
    {
        open(core::settings::Environment::Production);
        const QList<QDialog*> dialogs {exportDialog(), new ImportDialog(m_workspace.get(), nullptr)};
        for (QDialog* dialog : dialogs) {
            auto* place = dialog->findChild<PlaceLine*>();
            QVERIFY(place != nullptr);
            const QString where = place->findChild<ElidedLabel*>()->text();
            QVERIFY2(where == QStringLiteral("shop, ") + core::endpointLabel(m_redis.endpoint()), qPrintable(where));
            QVERIFY(place->findChild<Badge*>() != nullptr);
            dialog->reject();
        }
    }

    void productionWantsItsName()
    {
        open();
        exportAll({"a"});
        other({"FLUSHALL"});
        open(core::settings::Environment::Production);
        ImportDialog* dialog = importFile(file());
        QLineEdit* name = dialog->findChildren<QLineEdit*>().last();
        QTRY_VERIFY_WITH_TIMEOUT(name->isVisible(), patienceMs);
        QVERIFY(!runButton(dialog)->isEnabled());
        name->setText(QStringLiteral("Shop"));
        QVERIFY(!runButton(dialog)->isEnabled());
        name->setText(QStringLiteral("shop"));
        QVERIFY(runButton(dialog)->isEnabled());
        runButton(dialog)->click();
        QCOMPARE(report().what, QStringLiteral("1 key imported."));
        QVERIFY(m_workspace->isReadOnly()); // that run alone
    }

    void readOnlyConnectionImportsNothing()
    {
        open();
        exportAll({"a"});
        other({"FLUSHALL"});
        m_workspace->setReadOnly(true);
        ImportDialog* dialog = importFile(file());
        QTRY_VERIFY_WITH_TIMEOUT(text(dialog).contains(QStringLiteral("To write")), patienceMs);
        QVERIFY(!runButton(dialog)->isEnabled());
        dialog->accept();
        QCOMPARE(other({"DBSIZE"}).integer, 0);
    }

    void disconnectedInTheMiddle()
    {
        other({"FLUSHALL"});
        open();
        QList<QByteArray> keys;
        core::redis::Pipeline pipeline;
        for (int i = 0; i < 50'000; ++i) {
            keys << "key:" + QByteArray::number(i);
            pipeline << core::redis::Command {"SET", keys.last(), "value"};
        }
        VERIFY_OK(wait(m_other->send(pipeline)));
        exportAll(core::keys::KeyList(keys));
        other({"FLUSHALL"});
        QPointer<ImportDialog> dialog = importFile(file());
        QTRY_VERIFY_WITH_TIMEOUT(runButton(dialog)->isEnabled(), patienceMs);
        runButton(dialog)->click();
        QTRY_VERIFY_WITH_TIMEOUT(other({"DBSIZE"}).integer > 0, patienceMs);
        m_workspace->disconnectFromServer();
        QTRY_VERIFY_WITH_TIMEOUT(!audit().first().isOpen(), patienceMs);
        QCOMPARE(audit().first().outcome, QStringLiteral("failed: disconnected"));
        const StripText told = report();
        QCOMPARE(told.what, QStringLiteral("The import ended with the connection."));
        const QString written = core::formatCount(audit().first().counts.value(QStringLiteral("written")).toInteger());
        QVERIFY2(told.why.startsWith(written + QStringLiteral(" key")) && told.why.contains(QStringLiteral("not reached")), qPrintable(told.why));

        open();
        dialog = importFile(file());
        m_workspace->disconnectFromServer();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog, patienceMs);
    }

    // Its line in the log is being written: what was done is done.
    void disconnectedAfterItsEnd()
    {
        open();
        exportAll({"a"});
        other({"FLUSHALL"});
        ImportDialog* dialog = importFile(file());
        QTRY_VERIFY_WITH_TIMEOUT(runButton(dialog)->isEnabled(), patienceMs);
        QThreadPool* pool = QThreadPool::globalInstance();
        QSemaphore busy;
        const auto free = qScopeGuard([&busy, pool, threads = pool->maxThreadCount()] {
            busy.release();
            pool->setMaxThreadCount(threads);
        });
        runButton(dialog)->click();
        core::Job* job = m_workspace->jobs()->running().first().job;
        connect(job, &core::Job::progressed, pool, [&, job] { // the last time just before finished()
            if (!job->isFinished())
                return;
            pool->setMaxThreadCount(1);
            pool->start([&busy] { busy.acquire(); });
        });
        QSignalSpy finished(job, &core::Job::finished);
        QVERIFY(finished.wait(patienceMs));
        m_workspace->disconnectFromServer();
        busy.release();
        QCOMPARE(report().what, QStringLiteral("1 key imported."));
        QCOMPARE(audit().first().outcome, QStringLiteral("done"));
    }

    void exportThatIsDisconnectedSaysSo()
    {
        open();
        exportDialog()->accept();
        m_workspace->disconnectFromServer();
        const StripText told = report();
        QCOMPARE(told.what, QStringLiteral("The export ended with the connection."));
        QVERIFY2(told.why.contains(QStringLiteral("keys.ndjson was not written")), qPrintable(told.why));
        QVERIFY(!QFile::exists(file()));
    }

    // Its keys are of the database that was left.
    void exportDialogGoesWithItsDatabase()
    {
        open();
        const QPointer<ExportDialog> dialog = exportDialog();
        m_workspace->selectDatabase(1);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog, patienceMs);
    }

    void existingFileIsReplacedOnlyAfterAWord()
    {
        open();
        exportAll({"a"});
        QFile archive(file());
        QVERIFY(archive.open(QIODevice::ReadOnly));
        const QByteArray before = archive.readAll();
        other({"SET", "a", "two"});
        QPointer<ExportDialog> dialog = exportDialog();
        auto* strip = dialog->findChild<MessageStrip*>();
        QVERIFY(!strip->isVisible());
        dialog->accept();
        QVERIFY(strip->isVisible());
        QVERIFY(dialog->isVisible());
        dialog->findChild<QLineEdit*>()->setText(file() + QStringLiteral(".other"));
        QVERIFY(!strip->isVisible());
        dialog->findChild<QLineEdit*>()->setText(file());
        dialog->accept();
        QVERIFY(m_reports->isEmpty());
        strip->text().actions.first().run();
        QCOMPARE(report().tone, Tone::Ok);
        archive.seek(0);
        QCOMPARE(archive.readAll(), before); // replaced as a whole: who reads the old one still can
        QFile now(file());
        QVERIFY(now.open(QIODevice::ReadOnly));
        QVERIFY(now.readAll() != before);
    }

    void suggestedFileDoesNotExist()
    {
        const QByteArray home = qgetenv("HOME");
        const auto restore = qScopeGuard([home] { qputenv("HOME", home); });
        qputenv("HOME", m_folder.path().toLocal8Bit());
        open();
        const auto suggested = [this] {
            ExportDialog dialog(m_workspace.get(), core::keys::KeyList {"a"}, nullptr);
            dialog.setAttribute(Qt::WA_DeleteOnClose, false);
            return dialog.findChild<QLineEdit*>()->text();
        };
        const QString first = suggested();
        QVERIFY2(first.startsWith(m_folder.path()) && first.contains(QStringLiteral("keys-db0-")), qPrintable(first));
        QFile taken(first);
        QVERIFY(taken.open(QIODevice::WriteOnly));
        QVERIFY(suggested() != first);
        QVERIFY(!QFile::exists(suggested()));
        QVERIFY(taken.remove());
    }
};

QTEST_MAIN(TestArchiveDialogs)
#include "tst_archivedialogs.moc"
