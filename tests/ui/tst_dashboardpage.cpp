// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "ui/pages/dashboard/dashboardpage.h"
#include "ui/pages/dashboard/dashboardseries.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/kpitile.h"

#include <QTemporaryDir>
#include <QTest>

using namespace ui;
using core::metrics::History;
using core::metrics::Sample;

namespace {
void add(History& history, qint64 second, qint64 evicted, qint64 hits = 0)
{
    Sample sample;
    sample.monotonicMs = second * 1000;
    sample.uptimeS = 1000 + second;
    sample.runId = QStringLiteral("run");
    sample.evicted = evicted;
    sample.hits = hits;
    history.add(sample);
}
}

class TestDashboardPage final : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::instance().install(); }

    void grownNeedsTheWholeTime()
    {
        History history;
        add(history, 0, 100);
        for (qint64 second = 1; second <= 59; ++second)
            add(history, second, 100 + second);
        QCOMPARE(dashboard::grown(history, 60, &Sample::evicted), std::nullopt);
        add(history, 60, 200);
        QCOMPARE(dashboard::grown(history, 60, &Sample::evicted), std::optional<qint64>(100));
        add(history, 61, 210);
        QCOMPARE(dashboard::grown(history, 60, &Sample::evicted), std::optional<qint64>(109)); // since second 1
    }

    // CONFIG RESETSTAT in between, and by the end more evicted than before it.
    void grownIsNotKnownAcrossAReset()
    {
        History history;
        add(history, 0, 100, 50);
        add(history, 30, 0, 0);
        add(history, 60, 500, 90);
        QCOMPARE(dashboard::grown(history, 60, &Sample::evicted), std::nullopt);
        QCOMPARE(dashboard::grown(history, 30, &Sample::evicted), std::optional<qint64>(500));
    }

    // Readings that no longer come are seen by the clock alone, also after the second connection under the shown page.
    void figuresGrowStaleAfterReconnecting()
    {
        demo::RedisProcess redis;
        QVERIFY(redis.startAndWait({}));
        const QTemporaryDir folder;
        core::settings::Store store(folder.filePath(QStringLiteral("settings.json")));
        Workspace workspace(&store);
        DashboardPage page(&workspace);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        core::settings::Profile profile;
        profile.endpoint = redis.endpoint();
        for (int connection = 0; connection < 2; ++connection) {
            workspace.connectTo(profile);
            QTRY_COMPARE(workspace.state(), Workspace::State::Connected);
            QTRY_VERIFY(!workspace.sampler()->history().isEmpty());
        }
        const auto* tile = page.findChild<KpiTile*>();
        QVERIFY(!tile->isStale());
        workspace.sampler()->stop();
        QTRY_VERIFY_WITH_TIMEOUT(tile->isStale(), 10'000);
    }
};

QTEST_MAIN(TestDashboardPage)
#include "tst_dashboardpage.moc"
