// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo.h"
#include "app/gui/demostarter.h"
#include "tests/support/redistest.h"

using namespace redistest;

class TestDemoStarter final : public QObject {
    Q_OBJECT
private slots:
    void cleanup() { qunsetenv("CACHELIGHT_REDIS_SERVER"); }

    // Every start() is answered, and the next one tries anew.
    void aServerThatEndsAtOnce()
    {
        gui::DemoStarter starter;
        qputenv("CACHELIGHT_REDIS_SERVER", "/bin/false");
        const auto first = starter.start();
        const auto second = starter.start();
        QVERIFY(!wait(first));
        QVERIFY(second.isFinished());
        QVERIFY(!second.result());
        qunsetenv("CACHELIGHT_REDIS_SERVER");
        VERIFY_OK(wait(starter.start()));
    }

    void aServerThatEndsLater()
    {
        gui::DemoStarter starter;
        const auto profile = wait(starter.start());
        VERIFY_OK(profile);
        core::redis::Session session(profile->endpoint);
        VERIFY_OK(wait(session.open()));
        ask(session, {"SHUTDOWN", "NOSAVE"});
        QTRY_VERIFY(wait(starter.start())->endpoint.path != profile->endpoint.path);
    }
};

QTEST_MAIN(TestDemoStarter)
#include "tst_demostarter.moc"
