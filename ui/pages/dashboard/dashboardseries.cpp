// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/dashboard/dashboardseries.h"

#include "core/metrics/hitrate.h"

#include <algorithm>
#include <deque>
#include <limits>

using core::metrics::History;
using core::metrics::Interval;
using core::metrics::Sample;

namespace ui::dashboard {

namespace {
    constexpr qint64 toleranceMs = 500; // samples come a little early or late
    constexpr double rateWindowS = 10;
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

    double x(const QDateTime& at)
    {
        return static_cast<double>(at.toMSecsSinceEpoch());
    }

    // Sums over the last seconds as intervals come and go.
    class Rolling {
    public:
        void add(const Interval& interval)
        {
            m_intervals.push_back(&interval);
            m_growth += interval.growth;
            m_seconds += interval.seconds;
            while (m_intervals.size() > 1 && m_seconds > rateWindowS + 0.5)
                dropOldest();
        }
        void clear() { *this = {}; }
        double percent() const
        {
            const std::optional<double> rate = core::metrics::foreignLookups(m_growth).rate;
            return rate ? *rate * 100 : nothing;
        }

    private:
        void dropOldest()
        {
            const Interval& oldest = *m_intervals.front();
            m_growth -= oldest.growth;
            m_seconds -= oldest.seconds;
            m_intervals.pop_front();
        }
        std::deque<const Interval*> m_intervals;
        core::metrics::Growth m_growth;
        double m_seconds = 0;
    };
}

QList<QPointF> hitRate(const History& history, qint64 fromMs)
{
    QList<QPointF> points;
    Rolling rolling;
    for (const Interval& interval : history.intervals()) {
        if (interval.gap)
            rolling.clear();
        else
            rolling.add(interval);
        if (interval.at.toMSecsSinceEpoch() >= fromMs)
            points << QPointF(x(interval.at), interval.gap ? nothing : rolling.percent());
    }
    return points;
}

QList<QPointF> ofSamples(const History& history, qint64 fromMs, double (*value)(const Sample&))
{
    QList<QPointF> points;
    qint64 previousMs = 0;
    for (const Sample& sample : history.samples()) {
        const qint64 at = sample.at.toMSecsSinceEpoch();
        // A hole in the samples is a gap, not a straight line.
        if (previousMs > 0 && at - previousMs > 5000 && at >= fromMs)
            points << QPointF(static_cast<double>(previousMs + 1), nothing);
        previousMs = at;
        if (at >= fromMs)
            points << QPointF(static_cast<double>(at), value(sample));
    }
    return points;
}

QList<QPointF> ofIntervals(const History& history, qint64 fromMs, double Interval::*value)
{
    QList<QPointF> points;
    for (const Interval& interval : history.intervals()) {
        if (interval.at.toMSecsSinceEpoch() >= fromMs)
            points << QPointF(x(interval.at), interval.gap ? nothing : interval.*value);
    }
    return points;
}

QList<QPointF> level(qint64 fromMs, qint64 toMs, double value)
{
    return {{static_cast<double>(fromMs), value}, {static_cast<double>(toMs), value}};
}

QList<ChartGap> gaps(const History& history, qint64 fromMs, qint64 toMs, qint64 staleAfterMs)
{
    QList<ChartGap> list;
    for (const Interval& interval : history.intervals()) {
        const qint64 end = interval.at.toMSecsSinceEpoch();
        if (interval.gap && end >= fromMs)
            list << ChartGap {end - static_cast<qint64>(interval.seconds * 1000), end};
    }
    if (!history.isEmpty()) {
        const qint64 last = history.last().at.toMSecsSinceEpoch();
        if (toMs - last > staleAfterMs)
            list << ChartGap {last, toMs};
    }
    return list;
}

QList<double> tail(const QList<QPointF>& points, qsizetype count)
{
    QList<double> values;
    for (const QPointF& point : points.mid(std::max<qsizetype>(0, points.size() - count)))
        values << point.y();
    return values;
}

std::optional<qint64> grown(const History& history, qint64 seconds, qint64 Sample::*counter)
{
    if (history.isEmpty())
        return std::nullopt;
    const auto& samples = history.samples();
    const qint64 begin = history.last().monotonicMs - seconds * 1000 + toleranceMs;
    const auto behind = std::ranges::upper_bound(samples, begin, {}, &Sample::monotonicMs);
    if (behind == samples.begin()) // less than that was seen
        return std::nullopt;
    qint64 sum = 0;
    for (auto from = std::prev(behind); std::next(from) != samples.end(); ++from) {
        const Sample& to = *std::next(from);
        // Pair by pair: a reset between two samples hides behind larger growth when only the ends are compared.
        if (!core::metrics::growthBetween(*from, to) || to.*counter < (*from).*counter)
            return std::nullopt;
        sum += to.*counter - (*from).*counter;
    }
    return sum;
}

}
