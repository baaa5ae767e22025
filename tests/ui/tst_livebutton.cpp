// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytracking.h"
#include "tests/support/redistest.h"
#include "ui/pages/indexed/livebutton.h"
#include "ui/pages/keys/keyspage.h"
#include "ui/pages/locks/lockspage.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/tableview.h"

#include <QTemporaryDir>

using core::keys::KeyTracking;
using namespace redistest;
using namespace ui;

// The switch in the header of the pages that list keys, and that the list follows it.
class TestLiveButton final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    std::unique_ptr<core::redis::Session> m_other;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<LocksPage> m_page;
    std::unique_ptr<KeysPage> m_keys;

    void open(core::settings::Environment environment = core::settings::Environment::Development, const QByteArray& user = {})
    {
        core::settings::Profile profile;
        profile.environment = environment;
        profile.endpoint = m_redis.endpoint();
        if (!user.isEmpty()) {
            profile.endpoint.user = user;
            profile.endpoint.password = "secret";
        }
        m_workspace->connectTo(profile);
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->state(), Workspace::State::Connected, patienceMs);
    }
    LiveButton* button() const { return m_page->findChild<LiveButton*>(); }
    QAbstractItemModel* rows() const { return m_page->findChild<TableView*>()->model(); }

private slots:
    void initTestCase()
    {
        Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({.tcp = false, .arguments = {QStringLiteral("--enable-debug-command"), QStringLiteral("local")}, .folder = {}}));
        m_other = std::make_unique<core::redis::Session>(m_redis.endpoint());
        VERIFY_OK(wait(m_other->open()));
    }
    void init()
    {
        ask(*m_other, {"FLUSHALL"});
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<LocksPage>(m_workspace.get());
        m_page->resize(1000, 600);
        m_page->show();
    }
    void cleanup()
    {
        m_page.reset();
        m_keys.reset();
        m_workspace.reset();
    }
    void cleanupTestCase() { m_other.reset(); }

    void hiddenWithoutConnection()
    {
        QVERIFY(!button()->isVisible());
        open();
        QVERIFY(button()->isVisible());
        m_workspace->disconnectFromServer();
        QVERIFY(!button()->isVisible());
    }

    void listFollows()
    {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(button()->isLive(), patienceMs);
        QVERIFY(button()->isChecked());
        ask(*m_other, {"SET", "lock:a", "me", "EX", "600"});
        QTRY_COMPARE_WITH_TIMEOUT(rows()->rowCount(), 1, patienceMs);
        ask(*m_other, {"DEL", "lock:a"});
        QTRY_COMPARE_WITH_TIMEOUT(rows()->rowCount(), 0, patienceMs);
    }

    void offAndOnAgain()
    {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(button()->isLive(), patienceMs);
        button()->click();
        QCOMPARE(m_workspace->tracking()->state(), KeyTracking::State::Off);
        QVERIFY(!button()->isLive());
        button()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->tracking()->state(), KeyTracking::State::Following, patienceMs);
        QVERIFY2(!button()->isLive(), "something may have changed while it was off");
        m_page->refresh();
        QTRY_VERIFY_WITH_TIMEOUT(button()->isLive(), patienceMs);
    }

    void refusedTrackingIsNoObstacle()
    {
        ask(*m_other, {"ACL", "SETUSER", "deaf", "reset", "on", ">secret", "allkeys", "+@all"});
        ask(*m_other, {"SET", "lock:a", "me", "EX", "600"});
        open(core::settings::Environment::Development, "deaf");
        QTRY_COMPARE_WITH_TIMEOUT(rows()->rowCount(), 1, patienceMs);
        QCOMPARE(m_workspace->tracking()->state(), KeyTracking::State::Refused);
        QVERIFY(!button()->isLive());
        m_page->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->keyIndex()->state(), core::keys::KeyIndex::State::Complete, patienceMs);
    }

    void waitingScanDoesNotReachProduction()
    {
        core::settings::Profile profile;
        profile.endpoint = m_redis.endpoint();
        m_workspace->connectTo(profile);
        QSignalSpy connected(m_workspace.get(), &Workspace::connected);
        QVERIFY(connected.wait(patienceMs));
        QCOMPARE(m_workspace->tracking()->state(), KeyTracking::State::Starting); // its scan waits
        open(core::settings::Environment::Production);
        m_workspace->tracking()->setEnabled(true);
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->tracking()->state(), KeyTracking::State::Following, patienceMs);
        QCOMPARE(m_workspace->keyIndex()->state(), core::keys::KeyIndex::State::Empty);
    }

    void lostLineIsNotLive()
    {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(button()->isLive(), patienceMs);
        ask(*m_other, {"CLIENT", "KILL", "TYPE", "normal"}); // all but the one that says so
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->keyIndex()->lineWasLost(), patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->tracking()->state(), KeyTracking::State::Following, patienceMs);
        QVERIFY(!button()->isLive());
        m_page->refresh();
        QTRY_VERIFY_WITH_TIMEOUT(button()->isLive(), patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!m_workspace->keyIndex()->lineWasLost(), patienceMs);
    }

    void tooManyChangesEndIt()
    {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(button()->isLive(), patienceMs);
        ask(*m_other, {"DEBUG", "POPULATE", "400000"});
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->tracking()->state(), KeyTracking::State::Overrun, patienceMs);
        QVERIFY(!button()->isLive());
        QVERIFY2(button()->toolTip().startsWith(QStringLiteral("<qt>")) && button()->toolTip().contains(QStringLiteral("F5")), qPrintable(button()->toolTip()));
        QVERIFY2(button()->accessibleDescription().startsWith(QStringLiteral("More keys")), qPrintable(button()->accessibleDescription()));
        m_page->refresh();
        QTRY_VERIFY_WITH_TIMEOUT(button()->isLive(), patienceMs);
    }

    // An icon in a button is not enough: who reads the count takes it for the truth.
    void keysThatAreBehindAreSaidToBe()
    {
        ask(*m_other, {"SET", "a", "v"});
        m_keys = std::make_unique<KeysPage>(m_workspace.get());
        m_keys->show();
        open();
        QTRY_COMPARE_WITH_TIMEOUT(m_keys->fact(), QStringLiteral("1 key in database 0, live"), patienceMs);
        ask(*m_other, {"DEBUG", "POPULATE", "400000"});
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->tracking()->state(), KeyTracking::State::Overrun, patienceMs);
        QTRY_VERIFY2_WITH_TIMEOUT(m_keys->fact().endsWith(QStringLiteral(" in database 0, list is behind (F5 reads again)")), qPrintable(m_keys->fact()), patienceMs);
        m_keys->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_keys->fact(), QStringLiteral("400,001 keys in database 0, live"), patienceMs);
    }

    void refusalWhileLiveLeavesTheListBehind()
    {
        ask(*m_other, {"ACL", "SETUSER", "ear", "reset", "on", ">secret", "allkeys", "allchannels", "+@all"});
        ask(*m_other, {"SET", "a", "v"});
        m_keys = std::make_unique<KeysPage>(m_workspace.get());
        m_keys->show();
        open(core::settings::Environment::Development, "ear");
        QTRY_COMPARE_WITH_TIMEOUT(m_keys->fact(), QStringLiteral("1 key in database 0, live"), patienceMs);
        ask(*m_other, {"ACL", "SETUSER", "ear", "-memory"});
        ask(*m_other, {"SET", "b", "v"});
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->tracking()->state(), KeyTracking::State::Refused, patienceMs);
        QCOMPARE(m_keys->fact(), QStringLiteral("1 key in database 0, list is behind (F5 reads again)"));
        m_workspace->tracking()->setEnabled(false); // wished
        QCOMPARE(m_keys->fact(), QStringLiteral("1 key in database 0"));
    }

    void productionStartsWithoutIt()
    {
        open(core::settings::Environment::Production);
        QVERIFY(button()->isVisible());
        QVERIFY(!button()->isChecked());
        QCOMPARE(m_workspace->tracking()->state(), KeyTracking::State::Off);
    }
};

QTEST_MAIN(TestLiveButton)
#include "tst_livebutton.moc"
