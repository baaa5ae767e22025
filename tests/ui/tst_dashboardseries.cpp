// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/dashboard/dashboardseries.h"

#include <QTest>

#include <cmath>

using core::metrics::History;
using core::metrics::Sample;

namespace {
Sample sampleAt(qint64 second, qint64 hits, qint64 misses, qint64 ownHits)
{
    Sample sample;
    sample.at = QDateTime::fromSecsSinceEpoch(second);
    sample.monotonicMs = second * 1000;
    sample.uptimeS = second;
    sample.hits = hits;
    sample.misses = misses;
    sample.ownHits = sample.ownLookups = ownHits;
    return sample;
}
}

class TestDashboardSeries final : public QObject {
    Q_OBJECT
private slots:
    // Two hits of ours that the server counts one sample later than we do are nobody else's.
    void aLookupCountedByUsFirst()
    {
        History history;
        history.add(sampleAt(100, 0, 0, 0));
        history.add(sampleAt(101, 0, 3, 2));
        history.add(sampleAt(102, 2, 4, 2));
        const QList<QPointF> points = ui::dashboard::hitRate(history, 0);
        QCOMPARE(points.size(), 2);
        QCOMPARE(points.last().y(), 0.0);
    }

    void olderIntervalsLeave()
    {
        History history;
        history.add(sampleAt(100, 0, 0, 0));
        history.add(sampleAt(101, 0, 50, 0));
        for (qint64 second = 102; second <= 111; ++second)
            history.add(sampleAt(second, (second - 101) * 3, 50 + second - 101, 0));
        QCOMPARE(ui::dashboard::hitRate(history, 0).last().y(), 75.0);
    }

    void noLookupsDrawNothing()
    {
        History history;
        history.add(sampleAt(100, 5, 5, 0));
        history.add(sampleAt(101, 5, 5, 0));
        QVERIFY(std::isnan(ui::dashboard::hitRate(history, 0).last().y()));
    }
};

QTEST_GUILESS_MAIN(TestDashboardSeries)
#include "tst_dashboardseries.moc"
