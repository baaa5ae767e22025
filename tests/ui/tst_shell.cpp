// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "core/redis/session.h"
#include "ui/shell/demohost.h"
#include "ui/shell/joblist.h"
#include "ui/shell/jobstrip.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/navrail.h"
#include "ui/shell/portalpreference.h"
#include "ui/shell/unlockbar.h"
#include "ui/shell/workspace.h"

#include <QAccessible>
#include <QDBusVariant>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {
    class FakePage final : public Page {
    public:
        FakePage(PageId id, Workspace* workspace)
            : Page(id, QStringLiteral("Page %1").arg(static_cast<int>(id)), QStringLiteral("keys"), workspace)
            , filter(new QLineEdit)
        {
            filter->setAccessibleName(QStringLiteral("Filter"));
            addFilter(filter, 1);
            setFilterField(filter);
        }
        void refresh() override { ++refreshed; }
        QString unsaved() const override { return typed; }
        bool cancel() override { return std::exchange(cancellable, false); }
        void openHint(const PageHint& hint) override { lastHint = hint; }
        using Page::setBadge;
        using Page::strips;

        QLineEdit* filter;
        PageHint lastHint;
        QString typed;
        int refreshed = 0;
        int connections = 0, disconnections = 0;
        bool cancellable = false;

    protected:
        void pageConnected() override { ++connections; }
        void pageDisconnected() override { ++disconnections; }
    };

    class FakeJob final : public core::Job {
    public:
        explicit FakeJob(const char* kind = "invalidate")
            : Job(QString::fromLatin1(kind), QStringLiteral("tag product:*"))
        {
        }
        using Job::finish;
        using Job::setProgress;
        bool hasMoreInFlight = false;

    protected:
        void onStart() override { }
        void onCancel() override
        {
            if (!hasMoreInFlight)
                finish(core::fail(core::Code::Cancelled));
        }
    };

    // Starts when the test says so.
    class FakeDemo final : public DemoHost {
    public:
        QFuture<core::Result<core::settings::Profile>> start() override
        {
            ++started;
            m_promise = {};
            m_promise.start();
            return m_promise.future();
        }
        void answer(const core::Endpoint& endpoint)
        {
            core::settings::Profile profile;
            profile.name = QStringLiteral("Demo");
            profile.endpoint = endpoint;
            m_promise.addResult(profile);
            m_promise.finish();
        }
        void refuse()
        {
            m_promise.addResult(core::fail(core::Code::Internal));
            m_promise.finish();
        }
        int started = 0;

    private:
        QPromise<core::Result<core::settings::Profile>> m_promise;
    };

    // Every control that can be reached has a name, whatever its depth.
    QStringList unnamed(QAccessibleInterface* node)
    {
        QStringList found;
        for (int i = 0; i < node->childCount(); ++i) {
            QAccessibleInterface* child = node->child(i);
            if (!child || child->state().invisible)
                continue;
            const QAccessible::Role role = child->role();
            const bool control = role == QAccessible::Button || role == QAccessible::ComboBox || role == QAccessible::EditableText || role == QAccessible::CheckBox
                || role == QAccessible::RadioButton || role == QAccessible::ProgressBar || role == QAccessible::ButtonMenu || role == QAccessible::Chart || role == QAccessible::Table;
            if (control && child->text(QAccessible::Name).isEmpty())
                found += QString::fromLatin1(child->object() ? child->object()->metaObject()->className() : "?");
            found += unnamed(child);
        }
        return found;
    }
}

class TestShell : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void keysReachPagesAndActs();
    void escapeGoesFromInnerToOuter();
    void railFoldsBelow1180();
    void controlsHaveNames();
    void hintsReachTheirPage();
    void choicesAreRemembered();
    void connectsAndTellsPages();
    void refusedConnectionIsSaid();
    void killedServerIsSaidAndComesBack();
    void productionUnlocksByItsName();
    void databaseIsSelected();
    void connectingElsewhereWhileConnecting();
    void answerOfAGivenUpConnectionIsDropped();
    void jobShowsItselfAndCanBeCancelled();
    void closingWaitsForADeletion();
    void closingAsksAboutWhatWasTyped();
    void closingWaitsForAnEdit();
    void aLateDemoIsNotConnectedTo();
    void retryRepeatsWhatWasAskedLast();
    void retryTakesTheProfileAsItIsNow();
    void aRefusedDatabaseIsSaid();
    void portalAnswersAreUnwrapped();

private:
    FakePage* page(PageId id) const { return static_cast<FakePage*>(m_window->page(id)); }
    core::settings::Profile profile(core::settings::Environment environment = core::settings::Environment::Development) const;
    void connectNow(const core::settings::Profile& profile);

    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<MainWindow> m_window;
};

void TestShell::initTestCase()
{
    Theme::instance().install();
    QVERIFY(m_redis.startAndWait({}));
}

void TestShell::init()
{
    m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
    m_workspace = std::make_unique<Workspace>(m_store.get());
    m_window = std::make_unique<MainWindow>(m_workspace.get());
    for (int i = 0; i < pageCount; ++i)
        m_window->addPage(new FakePage(static_cast<PageId>(i), m_workspace.get()));
    m_window->resize(1280, 800);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestShell::cleanup()
{
    m_window.reset();
    m_workspace.reset();
    m_store.reset();
}

core::settings::Profile TestShell::profile(core::settings::Environment environment) const
{
    core::settings::Profile p;
    p.name = QStringLiteral("shop-prod");
    p.endpoint = m_redis.endpoint();
    p.environment = environment;
    return p;
}

void TestShell::connectNow(const core::settings::Profile& p)
{
    QSignalSpy connected(m_workspace.get(), &Workspace::connected);
    m_workspace->connectTo(p);
    QCOMPARE(m_workspace->state(), Workspace::State::Connecting);
    QVERIFY(!m_workspace->session());
    QVERIFY(connected.wait(5000));
}

void TestShell::keysReachPagesAndActs()
{
    QCOMPARE(m_window->currentPage()->pageId(), PageId::Connections);
    QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(m_window->currentPage()->pageId(), PageId::Keys);
    QTest::keyClick(m_window.get(), Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(m_window->currentPage()->pageId(), PageId::Activity);
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    QCOMPARE(page(PageId::Activity)->refreshed, 1);
    QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(page(PageId::Activity)->filter->hasFocus());
    auto* rail = m_window->findChild<NavRail*>();
    QVERIFY(rail->button(PageId::Activity)->isChecked());
    QTest::mouseClick(rail->button(PageId::Tags), Qt::LeftButton);
    QCOMPARE(m_window->currentPage()->pageId(), PageId::Tags);
}

void TestShell::escapeGoesFromInnerToOuter()
{
    FakePage* current = page(PageId::Connections);
    current->strips()->show(QStringLiteral("a"), {Tone::Info, QStringLiteral("inner"), {}, {}});
    m_window->strips()->show(QStringLiteral("b"), {Tone::Info, QStringLiteral("outer"), {}, {}});
    current->cancellable = true;
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QVERIFY(!current->cancellable);
    QVERIFY(current->strips()->contains(QStringLiteral("a")));
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QVERIFY(!current->strips()->contains(QStringLiteral("a")));
    QVERIFY(m_window->strips()->contains(QStringLiteral("b")));
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QVERIFY(!m_window->strips()->contains(QStringLiteral("b")));
}

void TestShell::railFoldsBelow1180()
{
    auto* rail = m_window->findChild<NavRail*>();
    QCOMPARE(rail->width(), scaled(192) + 1);
    m_window->resize(1179, 700);
    QTRY_COMPARE(rail->width(), scaled(56) + 1);
    QVERIFY(rail->button(PageId::Keys)->toolTip().contains(QStringLiteral("Page 2")));
    m_window->resize(1180, 700);
    QTRY_COMPARE(rail->width(), scaled(192) + 1);
}

void TestShell::controlsHaveNames()
{
    connectNow(profile(core::settings::Environment::Production));
    QTest::mouseClick(m_window->findChild<NavRail*>()->button(PageId::Keys), Qt::LeftButton);
    QCOMPARE(unnamed(QAccessible::queryAccessibleInterface(m_window.get())), QStringList());
}

void TestShell::hintsReachTheirPage()
{
    PageHint hint;
    hint.targets = {"/books?page=1"};
    m_workspace->openPage(PageId::Replay, hint);
    QCOMPARE(m_window->currentPage()->pageId(), PageId::Replay);
    QCOMPARE(page(PageId::Replay)->lastHint.targets, hint.targets);
}

void TestShell::choicesAreRemembered()
{
    m_window->showPage(PageId::Warm);
    m_window->resize(1222, 777);
    Theme::instance().setChoice(Theme::Choice::Dark);
    QVERIFY(m_window->close());
    m_window.reset();
    Theme::instance().setChoice(Theme::Choice::Light);
    core::settings::Store again(m_folder.filePath(QStringLiteral("settings.json")));
    QVERIFY(again.load());
    Workspace workspace(&again);
    MainWindow window(&workspace);
    for (int i = 0; i < pageCount; ++i)
        window.addPage(new FakePage(static_cast<PageId>(i), &workspace));
    window.restore();
    QCOMPARE(window.currentPage()->pageId(), PageId::Warm);
    QCOMPARE(window.size(), QSize(1222, 777));
    QVERIFY(Theme::instance().isDark());
    Theme::instance().setChoice(Theme::Choice::Light);
}

void TestShell::connectsAndTellsPages()
{
    connectNow(profile());
    QCOMPARE(m_workspace->state(), Workspace::State::Connected);
    QVERIFY(m_workspace->session() && m_workspace->keyIndex() && m_workspace->sampler());
    QVERIFY(!m_workspace->client()); // no API URL
    QCOMPARE(page(PageId::Keys)->connections, 1);
    QTRY_VERIFY(m_workspace->dataAgeMs() >= 0);
    QVERIFY(!m_workspace->isReadOnly());
    m_workspace->disconnectFromServer();
    QCOMPARE(page(PageId::Keys)->disconnections, 1);
    QVERIFY(!m_workspace->session());
    QCOMPARE(m_workspace->state(), Workspace::State::Disconnected);
}

void TestShell::refusedConnectionIsSaid()
{
    core::settings::Profile wrong = profile();
    wrong.endpoint.path = m_folder.filePath(QStringLiteral("nobody.sock"));
    QSignalSpy failed(m_workspace.get(), &Workspace::connectFailed);
    m_workspace->connectTo(wrong);
    QVERIFY(failed.wait(5000));
    QCOMPARE(m_workspace->state(), Workspace::State::Disconnected);
    const StripText* strip = m_window->strips()->text(QStringLiteral("connect"));
    QVERIFY(strip);
    QCOMPARE(strip->actions.size(), 1);
    m_workspace->connectTo(profile());
    QVERIFY(!m_window->strips()->contains(QStringLiteral("connect")));
}

void TestShell::killedServerIsSaidAndComesBack()
{
    connectNow(profile());
    QTRY_VERIFY(m_workspace->dataAgeMs() >= 0);
    m_redis.kill();
    QTRY_COMPARE_WITH_TIMEOUT(m_workspace->state(), Workspace::State::Reconnecting, 2000);
    const StripText* strip = m_window->strips()->text(QStringLiteral("stale"));
    QVERIFY(strip);
    QVERIFY(!strip->what.isEmpty());
    QVERIFY(strip->why.contains(QStringLiteral("old")));
    QVERIFY(m_workspace->session()); // what is on screen stays
    QVERIFY(m_redis.restartAndWait());
    m_workspace->retryNow();
    QTRY_COMPARE_WITH_TIMEOUT(m_workspace->state(), Workspace::State::Connected, 2000);
    QVERIFY(!m_window->strips()->contains(QStringLiteral("stale")));
    QCOMPARE(page(PageId::Keys)->connections, 1);
}

void TestShell::productionUnlocksByItsName()
{
    connectNow(profile(core::settings::Environment::Production));
    QVERIFY(m_workspace->isReadOnly());
    auto* bar = m_window->findChild<UnlockBar*>();
    QPushButton* writes = nullptr;
    for (QPushButton* button : m_window->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Read-only"))
            writes = button;
    }
    QVERIFY(writes);
    QTest::mouseClick(writes, Qt::LeftButton);
    QVERIFY(bar->isVisible());
    auto* field = bar->findChild<QLineEdit*>();
    QTest::keyClicks(field, QStringLiteral("shop"));
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(m_workspace->isReadOnly());
    QTest::keyClicks(field, QStringLiteral("-prod"));
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(!m_workspace->isReadOnly());
    QVERIFY(!bar->isVisible());
    QTest::mouseClick(writes, Qt::LeftButton); // locking asks nothing
    QVERIFY(m_workspace->isReadOnly());
}

void TestShell::databaseIsSelected()
{
    connectNow(profile());
    QSignalSpy changed(m_workspace.get(), &Workspace::databaseChanged);
    m_workspace->selectDatabase(3);
    QVERIFY(changed.wait(3000));
    QCOMPARE(m_workspace->profile().endpoint.database, 3);
    QSignalSpy refused(m_workspace.get(), &Workspace::databaseRefused);
    m_workspace->selectDatabase(9999);
    QVERIFY(refused.wait(3000));
    QCOMPARE(m_workspace->profile().endpoint.database, 3);
}

void TestShell::connectingElsewhereWhileConnecting()
{
    QSignalSpy connected(m_workspace.get(), &Workspace::connected);
    QSignalSpy failed(m_workspace.get(), &Workspace::connectFailed);
    core::settings::Profile other = profile();
    other.name = QStringLiteral("second");
    m_workspace->connectTo(profile());
    m_workspace->connectTo(other);
    QVERIFY(connected.wait(5000));
    QVERIFY(!connected.wait(300)); // the first one's answer is not taken for the second's
    QCOMPARE(failed.count(), 0);
    QCOMPARE(m_workspace->profile().name, QStringLiteral("second"));
}

// The first connection is ready before the second is asked for, but its answer is still in the event queue.
void TestShell::answerOfAGivenUpConnectionIsDropped()
{
    QSignalSpy connected(m_workspace.get(), &Workspace::connected);
    m_workspace->connectTo(profile());
    QByteArray clients;
    for (int asked = 0; asked < 500 && !clients.contains("name=cachelight"); ++asked) {
        QProcess redisCli; // waiting for a process does not turn the event loop
        redisCli.start(QStringLiteral("redis-cli"), {QStringLiteral("-s"), m_redis.endpoint().path, QStringLiteral("CLIENT"), QStringLiteral("LIST")});
        QVERIFY(redisCli.waitForFinished());
        clients = redisCli.readAllStandardOutput();
    }
    QVERIFY2(clients.contains("name=cachelight"), clients.constData());
    core::settings::Profile gone = profile();
    gone.endpoint.path = m_folder.filePath(QStringLiteral("nobody.sock"));
    m_workspace->connectTo(gone);
    QSignalSpy failed(m_workspace.get(), &Workspace::connectFailed);
    QVERIFY(failed.wait(5000));
    QCOMPARE(connected.count(), 0);
}

void TestShell::jobShowsItselfAndCanBeCancelled()
{
    auto* strip = m_window->findChild<JobStrip*>();
    QVERIFY(!strip->isVisible());
    FakeJob job;
    m_workspace->jobs()->track(&job, {QStringLiteral("Invalidating"), job.subject(), QStringLiteral("keys"), QStringLiteral("invalidate")});
    job.start();
    job.setProgress(25'547, 41'204);
    QTRY_VERIFY(strip->isVisible());
    auto* row = strip->findChild<JobRow*>();
    QCOMPARE(row->accessibleName(), QStringLiteral("Invalidating tag product:*"));
    QPushButton* cancel = row->findChild<QPushButton*>();
    QTest::mouseClick(cancel, Qt::LeftButton);
    QVERIFY(job.isFinished());
    QVERIFY(job.wasCancelled());
    QTRY_VERIFY(!strip->isVisible());
    m_workspace->jobs()->report({Tone::Ok, QStringLiteral("25,547 keys invalidated."), QStringLiteral("Cancelled by you."), {}});
    QVERIFY(strip->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QVERIFY(!strip->isVisible());
}

void TestShell::closingWaitsForADeletion()
{
    FakeJob job;
    job.hasMoreInFlight = true;
    m_workspace->jobs()->track(&job, {QStringLiteral("Invalidating"), QStringLiteral("tag product:*"), QStringLiteral("keys"), QStringLiteral("invalidate"), true});
    job.start();
    m_window->close();
    QVERIFY(m_window->isVisible());
    QVERIFY(m_window->strips()->contains(QStringLiteral("close")));
    QCOMPARE(job.state(), core::Job::State::Running);
    m_window->strips()->text(QStringLiteral("close"))->actions.first().run();
    QCOMPARE(job.state(), core::Job::State::Cancelling);
    QVERIFY(m_window->isVisible());
    job.finish(core::fail(core::Code::Cancelled));
    QTRY_VERIFY(!m_window->isVisible());
}

void TestShell::closingAsksAboutWhatWasTyped()
{
    const QString strip = QStringLiteral("unsaved");
    FakePage* typedIn = page(PageId::Keys);
    typedIn->typed = QStringLiteral("It would be lost: the value of k.");
    m_window->close();
    QVERIFY(m_window->isVisible());
    QVERIFY(m_window->strips()->contains(strip));
    QCOMPARE(m_window->strips()->text(strip)->why, typedIn->typed);
    const QList<StripAction> actions = m_window->strips()->text(strip)->actions;
    actions.first().run();
    QCOMPARE(m_window->currentPage(), typedIn);
    QVERIFY(!m_window->strips()->contains(strip));
    FakeJob job; // and a run is on
    m_workspace->jobs()->track(&job, {QStringLiteral("Invalidating"), QStringLiteral("tag product:*"), QStringLiteral("keys"), QStringLiteral("invalidate"), true});
    job.start();
    m_window->close();
    m_window->strips()->text(strip)->actions.last().run();
    QVERIFY(m_window->isVisible());
    QVERIFY(!m_window->strips()->contains(strip));
    QVERIFY(m_window->strips()->contains(QStringLiteral("close")));
    job.finish();
    m_window->close(); // that was a while ago
    QVERIFY(m_window->isVisible());
    m_window->strips()->text(strip)->actions.last().run();
    QVERIFY(!m_window->isVisible());
}

void TestShell::closingWaitsForAnEdit()
{
    FakeJob job("edit");
    m_workspace->jobs()->track(&job, {QStringLiteral("Writing"), QStringLiteral("k"), QStringLiteral("keys"), QStringLiteral("edit"), true});
    job.start();
    page(PageId::Keys)->typed = QStringLiteral("It would be lost: the value of k.");
    m_window->close();
    QVERIFY(m_window->isVisible());
    QVERIFY(m_window->strips()->text(QStringLiteral("close"))->actions.isEmpty()); // no question
    QCOMPARE(job.state(), core::Job::State::Running);
    page(PageId::Keys)->typed.clear(); // it is stored
    job.finish();
    QTRY_VERIFY(!m_window->isVisible());
}

void TestShell::aLateDemoIsNotConnectedTo()
{
    FakeDemo demo;
    Workspace workspace(m_store.get(), &demo);
    workspace.startDemo();
    QCOMPARE(workspace.state(), Workspace::State::Connecting);
    QSignalSpy connected(&workspace, &Workspace::connected);
    workspace.connectTo(profile());
    QVERIFY(connected.wait(5000));
    demo.answer(m_redis.endpoint(5));
    QCoreApplication::processEvents();
    QCOMPARE(workspace.profile().name, QStringLiteral("shop-prod"));
    QVERIFY(!workspace.isDemo());

    workspace.startDemo();
    workspace.disconnectFromServer();
    QCOMPARE(workspace.state(), Workspace::State::Disconnected);
    demo.answer(m_redis.endpoint(5));
    QCoreApplication::processEvents();
    QCOMPARE(workspace.state(), Workspace::State::Disconnected);
}

void TestShell::retryRepeatsWhatWasAskedLast()
{
    FakeDemo demo;
    Workspace workspace(m_store.get(), &demo);
    QSignalSpy connected(&workspace, &Workspace::connected);
    QSignalSpy failed(&workspace, &Workspace::connectFailed);
    workspace.connectTo(profile());
    QVERIFY(connected.wait(5000));
    workspace.startDemo();
    demo.refuse();
    QTRY_COMPARE(failed.size(), 1);
    workspace.retryNow();
    QCOMPARE(demo.started, 2);
    workspace.disconnectFromServer();

    core::settings::Profile unnamed = profile();
    unnamed.name.clear();
    unnamed.endpoint.path += QStringLiteral(".none");
    workspace.connectTo(unnamed);
    QTRY_COMPARE(failed.size(), 2);
    workspace.retryNow();
    QTRY_COMPARE(failed.size(), 3);
}

void TestShell::retryTakesTheProfileAsItIsNow()
{
    Workspace workspace(m_store.get());
    QSignalSpy failed(&workspace, &Workspace::connectFailed);
    core::settings::Profile mended = profile();
    mended.name = QStringLiteral("mended");
    core::settings::Profile broken = mended;
    broken.endpoint.path += QStringLiteral(".none");
    QVERIFY(m_store->put(broken));
    workspace.connectTo(broken);
    QTRY_COMPARE(failed.size(), 1);
    mended.apiUrl = QStringLiteral("http://127.0.0.1:8000");
    QVERIFY(m_store->put(mended));
    workspace.retryNow();
    QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
    QCOMPARE(workspace.profile().apiUrl, mended.apiUrl);
    QVERIFY(m_store->remove(mended.name));
}

void TestShell::aRefusedDatabaseIsSaid()
{
    connectNow(profile());
    const std::shared_ptr<void> hold = m_workspace->session()->holdDatabase().value();
    m_workspace->selectDatabase(2);
    QTRY_VERIFY(m_window->strips()->contains(QStringLiteral("database")));
    QCOMPARE(m_workspace->profile().endpoint.database, 0);
}

void TestShell::portalAnswersAreUnwrapped()
{
    const QVariant once = QVariant::fromValue(QDBusVariant(QVariant(1u)));
    QCOMPARE(PortalPreference::schemeFrom(once), 1);
    QCOMPARE(PortalPreference::schemeFrom(QVariant::fromValue(QDBusVariant(once))), 1);
    QCOMPARE(PortalPreference::schemeFrom(QVariant(2u)), 2);
    QCOMPARE(PortalPreference::schemeFrom(QVariant()), 0);
}

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
