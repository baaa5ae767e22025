// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/hitrate.h"

#include <QTest>

using namespace core::metrics;

namespace {

// One second, one line: what INFO said and what was ours by then.
struct Line {
    qint64 second;
    qint64 hits, misses;
    qint64 ownHits = 0, ownMisses = 0, ownOpen = 0, lost = 0;
    const char* run = "a";
    qint64 uptime = -1; // -1: second + 1000
    qint64 commands = -1; // -1: 10 a second
    bool gapBefore = false;
};

Sample sampleOf(const Line& line)
{
    Sample sample;
    sample.monotonicMs = line.second * 1000;
    sample.runId = QString::fromLatin1(line.run);
    sample.uptimeS = line.uptime >= 0 ? line.uptime : line.second + 1000;
    sample.hits = line.hits;
    sample.misses = line.misses;
    sample.ownHits = line.ownHits;
    sample.ownMisses = line.ownMisses;
    sample.ownLookups = line.ownHits + line.ownMisses + line.ownOpen;
    sample.ownLookupsUnknown = line.lost;
    sample.commands = line.commands >= 0 ? line.commands : line.second * 10;
    return sample;
}

History historyOf(const QList<Line>& lines)
{
    History history;
    for (const Line& line : lines) {
        if (line.gapBefore)
            history.addGap();
        history.add(sampleOf(line));
    }
    return history;
}

using Rate = std::optional<double>;

}

class TestHistory final : public QObject {
    Q_OBJECT
private slots:
    void windows_data()
    {
        QTest::addColumn<QList<Line>>("lines");
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<qint64>("hits");
        QTest::addColumn<qint64>("misses");
        QTest::addColumn<Rate>("rate");
        QTest::addColumn<bool>("complete");
        QTest::addColumn<bool>("reset");
        const auto row = [](const char* name, const QList<Line>& lines, qint64 seconds, qint64 hits, qint64 misses, const Rate& rate, bool complete, bool reset) {
            QTest::newRow(name) << lines << seconds << hits << misses << rate << complete << reset;
        };
        row("nothing yet", {}, 10, 0, 0, {}, false, false);
        row("one sample", {{0, 50, 50}}, 10, 0, 0, {}, false, false);
        row("not long enough", {{0, 50, 50}, {5, 53, 51}}, 10, 3, 1, 0.75, false, false);
        row("exactly", {{0, 50, 50}, {10, 59, 51}}, 10, 9, 1, 0.9, true, false);
        row("older ones are left out", {{0, 0, 0}, {5, 500, 500}, {15, 509, 501}}, 10, 9, 1, 0.9, true, false);
        row("idle: no lookups, not 0 %", {{0, 7, 7}, {10, 7, 7}}, 10, 0, 0, {}, true, false);
        row("all missed", {{0, 7, 7}, {10, 7, 9}}, 10, 0, 2, 0.0, true, false);
        row("ours taken out", {{0, 0, 0}, {10, 10, 10, 4, 8}}, 10, 6, 2, 0.75, true, false);
        row("all were ours", {{0, 0, 0}, {10, 4, 8, 4, 8}}, 10, 0, 0, {}, true, false);
        row("ours before the window", {{0, 5, 5, 5, 5}, {10, 14, 6, 5, 5}}, 10, 9, 1, 0.9, true, false);
        row("open ones leave the rate", {{0, 0, 0}, {10, 30, 10, 0, 0, 4}}, 10, 27, 9, 0.75, true, false);
        row("counted by us first", {{0, 0, 0}, {10, 0, 3, 2, 0}}, 10, 0, 3, 0.0, true, false);
        row("... and by the server one later", {{0, 0, 0}, {5, 0, 3, 2, 0}, {10, 2, 3, 2, 0}}, 10, 0, 3, 0.0, true, false);
        row("restart", {{0, 100, 100}, {4, 108, 102}, {6, 1, 1, 0, 0, 0, 0, "b", 1, 5}, {10, 7, 3, 0, 0, 0, 0, "b", 5, 50}}, 10, 14, 4, 14.0 / 18, true, true);
        row("same run, less uptime", {{0, 0, 0}, {5, 50, 50, 0, 0, 0, 0, "a", 3}, {10, 53, 51, 0, 0, 0, 0, "a", 8}}, 10, 3, 1, 0.75, true, true);
        row("CONFIG RESETSTAT", {{0, 100, 100}, {5, 2, 2, 0, 0, 0, 0, "a", -1, 1}, {10, 5, 3, 0, 0, 0, 0, "a", -1, 20}}, 10, 3, 1, 0.75, true, true);
        row("counters that stand still", {{0, 1, 1}, {5, 2, 2, 0, 0, 0, 0, "a", -1, 0, false}, {6, 9, 9, 0, 0, 0, 0, "a", -1, 0, false}, {7, 9, 9}},
            10, 8, 8, 0.5, false, false);
        row("fewer commands", {{0, 1, 1, 0, 0, 0, 0, "a", -1, 500}, {5, 9, 9, 0, 0, 0, 0, "a", -1, 3}}, 10, 0, 0, {}, false, true);
        row("reset before the window", {{0, 100, 100}, {1, 0, 0, 0, 0, 0, 0, "a", -1, 1}, {11, 3, 1}}, 10, 3, 1, 0.75, true, false);
        row("line lost, same server", {{0, 0, 0}, {10, 9, 1, 0, 0, 0, 0, "a", -1, -1, true}}, 10, 9, 1, 0.9, true, false);
    }
    void windows()
    {
        QFETCH(QList<Line>, lines);
        QFETCH(qint64, seconds);
        const WindowRate window = historyOf(lines).window(seconds);
        QCOMPARE(window.seconds, seconds);
        QTEST(window.hits, "hits");
        QTEST(window.misses, "misses");
        QTEST(window.hitRate, "rate");
        QTEST(window.complete, "complete");
        QTEST(window.reset, "reset");
    }

    void intervals_data()
    {
        QTest::addColumn<QList<Line>>("lines");
        QTest::addColumn<bool>("gap");
        QTest::addColumn<bool>("reset");
        QTest::addColumn<Growth>("growth");
        QTest::addColumn<double>("commandsPerS");
        const auto row = [](const char* name, const QList<Line>& lines, bool gap, bool reset, const Growth& growth, double commands) {
            QTest::newRow(name) << lines << gap << reset << growth << commands;
        };
        row("two seconds", {{0, 0, 0}, {2, 6, 2}}, false, false, {.hits = 6, .misses = 2}, 10);
        row("idle", {{0, 5, 5}, {1, 5, 5}}, false, false, {}, 10);
        row("ours beside it", {{0, 0, 0}, {2, 10, 4, 4, 2}}, false, false, {.hits = 10, .misses = 4, .ownHits = 4, .ownMisses = 2}, 10);
        row("line lost", {{0, 0, 0}, {2, 6, 2, 0, 0, 0, 0, "a", -1, -1, true}}, true, false, {}, 0);
        row("restart", {{0, 0, 0}, {2, 6, 2, 0, 0, 0, 0, "b", 1}}, true, true, {}, 0);
        row("reset", {{0, 9, 9}, {2, 6, 2}}, true, true, {}, 0);
        row("no time went by", {{1, 0, 0}, {1, 6, 2}}, true, false, {}, 0);
    }
    void intervals()
    {
        QFETCH(QList<Line>, lines);
        const History history = historyOf(lines);
        QCOMPARE(history.intervals().size(), std::size_t(1));
        const Interval& interval = history.intervals().front();
        QTEST(interval.gap, "gap");
        QTEST(interval.reset, "reset");
        QTEST(interval.growth, "growth");
        QTEST(interval.commandsPerS, "commandsPerS");
    }

    void rateSaysItsBounds()
    {
        QCOMPARE(rateText({}), QStringLiteral("no lookups"));
        QCOMPARE(rateText({.hitRate = 0.75, .lowestRate = 0.75, .highestRate = 0.75}), QStringLiteral("75.0 %"));
        QCOMPARE(rateText({.hitRate = 0.75, .uncertain = 1, .lowestRate = 0.75001, .highestRate = 0.75002}), QStringLiteral("75.0 %"));
        QCOMPARE(rateText({.hitRate = 0.75, .uncertain = 9, .lowestRate = 0.7, .highestRate = 0.8}), QStringLiteral("75.0 % (70.0 % to 80.0 %)"));
    }

    // The true split of what is open or lost lies anywhere: every possibility is inside the bounds.
    void boundsHold_data()
    {
        QTest::addColumn<qint64>("open");
        QTest::addColumn<qint64>("lost");
        QTest::newRow("all known") << qint64(0) << qint64(0);
        QTest::newRow("open") << qint64(3) << qint64(0);
        QTest::newRow("lost") << qint64(0) << qint64(4);
        QTest::newRow("both") << qint64(2) << qint64(5);
        QTest::newRow("more than there are") << qint64(30) << qint64(30);
    }
    void boundsHold()
    {
        QFETCH(qint64, open);
        QFETCH(qint64, lost);
        const Growth growth {.hits = 20, .misses = 10, .ownHits = 4, .ownMisses = 2, .open = open, .lost = lost};
        const ForeignLookups lookups = foreignLookups(growth);
        QCOMPARE(lookups.uncertain, open + lost);
        for (qint64 openHits = 0; openHits <= open; ++openHits) {
            for (qint64 ran = 0; ran <= lost; ++ran) {
                for (qint64 ranHits = 0; ranHits <= ran; ++ranHits) {
                    const qint64 hits = 16 - openHits - ranHits;
                    const qint64 misses = 8 - (open - openHits) - (ran - ranHits);
                    if (hits < 0 || misses < 0 || hits + misses == 0 || !lookups.rate)
                        continue;
                    const double rate = double(hits) / double(hits + misses);
                    QVERIFY(*lookups.lowest <= rate && rate <= *lookups.highest);
                }
            }
        }
        if (lookups.rate)
            QVERIFY(*lookups.lowest <= *lookups.rate && *lookups.rate <= *lookups.highest);
    }

    void lifetimeIsTheServersOwn()
    {
        History history;
        QVERIFY(!history.lifetime().hitRate);
        history.add(sampleOf({5, 3, 1, 2, 1}));
        QCOMPARE(history.lifetime().hits, 3);
        QCOMPARE(history.lifetime().hitRate, Rate(0.75));
        QCOMPARE(history.lifetime().seconds, 1005);
        history.add(sampleOf({6, 0, 0}));
        QVERIFY(!history.lifetime().hitRate);
    }

    void oldSamplesLeave()
    {
        History history(3);
        for (qint64 second = 0; second < 10; ++second)
            history.add(sampleOf({second, second, 0}));
        QCOMPARE(history.samples().size(), std::size_t(3));
        QCOMPARE(history.intervals().size(), std::size_t(2));
        QCOMPARE(history.last().hits, 9);
        QCOMPARE(history.window(10).hits, 2);
        QVERIFY(!history.window(10).complete);
    }
};

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
