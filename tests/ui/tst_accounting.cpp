// SPDX-License-Identifier: GPL-3.0-or-later
// On a server that nobody else uses: after a session that opens every page, does every act and loses one connection with lookups in
// flight, the server's hits and misses have moved by exactly our own lookups and LightAPI's, within those whose reply was lost.
#include "app/demo/redisprocess.h"
#include "app/gui/composition.h"
#include "core/health/health.h"
#include "core/invalidate/run.h"
#include "core/keys/keyindex.h"
#include "core/redis/session.h"
#include "core/replay/replay.h"
#include "core/replay/warm.h"
#include "tests/support/lightapiprocess.h"
#include "tests/support/redistest.h"
#include "ui/shell/joblist.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/workspace.h"

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {
constexpr int patienceMs = 20'000;

template <typename Widget>
Widget* named(QWidget* root, const QString& name)
{
    for (Widget* widget : root->findChildren<Widget*>()) {
        if (widget->isVisible() && (widget->accessibleName() == name || widget->property("text").toString() == name))
            return widget;
    }
    return nullptr;
}
}

class TestAccounting final : public QObject {
    Q_OBJECT
private slots:
    void everyLookupIsAccountedFor()
    {
        demo::RedisProcess redis;
        VERIFY_OK(redis.startAndWait({.tcp = true}));
        test::LightApiProcess api;
        VERIFY_OK(api.startAndWait(QStringLiteral("0.4.0"), "redis://127.0.0.1:" + QByteArray::number(redis.port()) + "/0"));
        core::redis::Session admin(redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        redistest::ask(admin, {"SET", "tag:t", R"(["item:1","item:2"])", "EX", "600"});
        redistest::ask(admin, {"SET", "item:1", "{}", "EX", "600"});
        redistest::ask(admin, {"SET", "lock:item:1", "owner", "EX", "600"});

        QTemporaryDir folder;
        gui::Composition composition(folder.filePath(QStringLiteral("settings.json")));
        Workspace* workspace = composition.workspace();
        MainWindow* window = composition.window();
        window->show();
        core::settings::Profile profile;
        profile.name = QStringLiteral("accounting");
        profile.endpoint = redis.endpoint();
        profile.apiUrl = api.baseUrl();
        profile.endpoints = {QStringLiteral("Book=/books,ttl=60"), QStringLiteral("Item=/api/v1/items,ttl=90")};
        const qint64 before = serverLookups(admin);
        workspace->connectTo(profile);
        QTRY_VERIFY_WITH_TIMEOUT(workspace->state() == Workspace::State::Connected, patienceMs);

        qint64 apiReads = 0; // LightAPI 0.4.0 cache.py: one GET of the key for each GET of a cached endpoint
        apiReads += replay(window, workspace);
        apiReads += warm(window, workspace);
        if (QTest::currentTestFailed())
            return;
        lookAround(window, workspace);
        if (QTest::currentTestFailed())
            return;
        loseTheLine(redis, workspace);
        if (QTest::currentTestFailed())
            return;
        for (int i = 0; i < pageCount; ++i) {
            window->showPage(static_cast<PageId>(i));
            QCoreApplication::processEvents();
        }
        idle(workspace);

        const core::redis::Session* session = workspace->session();
        const qint64 moved = serverLookups(admin) - before;
        const qint64 own = session->ownLookups();
        const qint64 unknown = session->ownLookupsUnknown();
        QVERIFY2(moved >= own + apiReads && moved <= own + unknown + apiReads,
            qPrintable(QStringLiteral("moved %1, own %2, unknown %3, LightAPI %4").arg(moved).arg(own).arg(unknown).arg(apiReads)));
        QVERIFY(own > 20);
        QVERIFY(unknown > 0);
    }

private:
    static qint64 serverLookups(core::redis::Session& admin)
    {
        return redistest::serverLookups(admin);
    }

    static void idle(Workspace* workspace)
    {
        QTRY_VERIFY_WITH_TIMEOUT(workspace->jobs()->running().isEmpty(), patienceMs);
    }

    // Two requests for one target: a miss and a hit.
    static qint64 replay(MainWindow* window, Workspace* workspace)
    {
        window->showPage(PageId::Replay);
        QWidget* page = window->page(PageId::Replay);
        auto* target = named<QLineEdit>(page, QStringLiteral("Request target"));
        if (!target)
            QTest::qFail("no target field", __FILE__, __LINE__);
        for (int i = 0; i < 2; ++i) {
            target->setText(QStringLiteral("/books?page=1"));
            QTest::keyClick(target, Qt::Key_Return);
            if (!QTest::qWaitFor([&] { return workspace->jobs()->running().isEmpty(); }, patienceMs))
                QTest::qFail("the replay did not end", __FILE__, __LINE__);
        }
        auto* results = named<QTableView>(page, QStringLiteral("Requests sent"));
        if (!results || results->model()->rowCount() != 2)
            QTest::qFail("two results were expected", __FILE__, __LINE__);
        return 2;
    }

    static qint64 warm(MainWindow* window, Workspace* workspace)
    {
        window->showPage(PageId::Warm);
        QWidget* page = window->page(PageId::Warm);
        named<QPlainTextEdit>(page, QStringLiteral("Request targets, one a line"))->setPlainText(QStringLiteral("/books/1\n/books/2\n/api/v1/items\n"));
        QTest::mouseClick(named<QPushButton>(page, QStringLiteral("Warm")), Qt::LeftButton);
        if (!QTest::qWaitFor([&] { return workspace->jobs()->running().isEmpty(); }, patienceMs))
            QTest::qFail("warming did not end", __FILE__, __LINE__);
        return 3;
    }

    static void lookAround(MainWindow* window, Workspace* workspace)
    {
        window->showPage(PageId::Keys);
        QTRY_VERIFY_WITH_TIMEOUT(workspace->keyIndex()->state() == core::keys::KeyIndex::State::Complete, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(named<QTableView>(window->page(PageId::Keys), QStringLiteral("Keys")), patienceMs);
        auto* keys = named<QTableView>(window->page(PageId::Keys), QStringLiteral("Keys"));
        QTRY_VERIFY_WITH_TIMEOUT(keys->model()->rowCount() >= 7, patienceMs);
        keys->selectRow(0);
        window->showPage(PageId::Tags);
        QTRY_VERIFY_WITH_TIMEOUT(named<QTableView>(window->page(PageId::Tags), QStringLiteral("Tags")), patienceMs);
        auto* tags = named<QTableView>(window->page(PageId::Tags), QStringLiteral("Tags"));
        QTRY_VERIFY_WITH_TIMEOUT(tags->model()->rowCount() == 1, patienceMs);
        tags->selectRow(0);
        window->showPage(PageId::Locks);
        QTRY_VERIFY_WITH_TIMEOUT(named<QTableView>(window->page(PageId::Locks), QStringLiteral("Locks")), patienceMs);
        auto* locks = named<QTableView>(window->page(PageId::Locks), QStringLiteral("Locks"));
        QTRY_VERIFY_WITH_TIMEOUT(locks->model()->rowCount() == 1, patienceMs);
        locks->selectRow(0);
        QTest::mouseClick(named<QPushButton>(window->page(PageId::Locks), QStringLiteral("Release lock…")), Qt::LeftButton);
        auto* release = named<QPushButton>(window->page(PageId::Locks), QStringLiteral("Release this lock"));
        QVERIFY(release);
        QTest::mouseClick(release, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(locks->model()->rowCount() == 0, patienceMs);
        window->showPage(PageId::Health);
        idle(workspace);
        PageHint hint;
        hint.selection = {{core::invalidate::Selector::Kind::Tag, "t"}};
        workspace->openPage(PageId::Invalidate, hint);
        QWidget* page = window->page(PageId::Invalidate);
        QTRY_VERIFY_WITH_TIMEOUT(named<QPushButton>(page, QStringLiteral("Invalidate 1 key and 1 tag index")), patienceMs);
        QTest::mouseClick(named<QPushButton>(page, QStringLiteral("Invalidate 1 key and 1 tag index")), Qt::LeftButton);
        idle(workspace);
        QTRY_VERIFY_WITH_TIMEOUT(!named<QPushButton>(page, QStringLiteral("Invalidate 1 key and 1 tag index")), patienceMs);
    }

    // Lookups are on their way to a server that has stopped: the line is given up, and whether they were executed is not known. The
    // server finds them in its socket when it goes on.
    static void loseTheLine(demo::RedisProcess& redis, Workspace* workspace)
    {
        core::redis::Pipeline pipeline;
        for (int i = 0; i < 100; ++i)
            pipeline << core::redis::Command {"GET", "item:" + QByteArray::number(i)};
        redis.pause();
        const auto answer = workspace->session()->send(pipeline);
        const bool lost = QTest::qWaitFor([&] { return answer.isFinished() && workspace->state() == Workspace::State::Reconnecting; }, patienceMs);
        redis.resume();
        QVERIFY(lost);
        QTRY_VERIFY_WITH_TIMEOUT(workspace->state() == Workspace::State::Connected && workspace->dataAgeMs() >= 0, patienceMs);
    }
};

QTEST_MAIN(TestAccounting)
#include "tst_accounting.moc"
