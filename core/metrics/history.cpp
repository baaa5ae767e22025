// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/hitrate.h"

namespace core::metrics {

namespace {

// Samples come a little early or late: one that is short of a window's length by this much still begins it.
constexpr qint64 toleranceMs = 500;

Interval intervalBetween(const Sample& from, const Sample& to, bool gap)
{
    Interval interval;
    interval.at = to.at;
    interval.seconds = double(to.monotonicMs - from.monotonicMs) / 1000;
    const auto growth = growthBetween(from, to);
    interval.reset = !growth;
    interval.gap = gap || interval.reset || interval.seconds <= 0;
    if (interval.gap)
        return interval;
    interval.growth = *growth;
    // By our monotonic clock: the server's uptime counts whole seconds, its clock may jump.
    interval.commandsPerS = double(to.commands - from.commands) / interval.seconds;
    interval.expiredPerS = double(to.expired - from.expired) / interval.seconds;
    interval.evictedPerS = double(to.evicted - from.evicted) / interval.seconds;
    return interval;
}

}

History::History(std::size_t capacity)
    : m_capacity(capacity)
{
}

void History::add(Sample sample)
{
    if (!m_samples.empty())
        m_intervals.push_back(intervalBetween(m_samples.back(), sample, m_gap));
    m_gap = false;
    m_samples.push_back(std::move(sample));
    if (m_samples.size() > m_capacity) {
        m_samples.pop_front();
        m_intervals.pop_front();
    }
}

void History::addGap()
{
    m_gap = true;
}

bool History::isEmpty() const
{
    return m_samples.empty();
}

const Sample& History::last() const
{
    return m_samples.back();
}

const std::deque<Sample>& History::samples() const
{
    return m_samples;
}

const std::deque<Interval>& History::intervals() const
{
    return m_intervals;
}

WindowRate History::window(qint64 seconds) const
{
    WindowRate rate;
    rate.seconds = seconds;
    if (m_samples.empty())
        return rate;
    // From the newest sample that is old enough, else from the first there is.
    const qint64 begin = m_samples.back().monotonicMs - seconds * 1000 + toleranceMs;
    std::size_t first = m_samples.size() - 1;
    while (first > 0 && m_samples[first].monotonicMs > begin)
        --first;
    rate.complete = m_samples[first].monotonicMs <= begin;
    Growth sum;
    for (std::size_t i = first; i + 1 < m_samples.size(); ++i) {
        if (const auto growth = growthBetween(m_samples[i], m_samples[i + 1]))
            sum += *growth;
        else
            rate.reset = true;
    }
    const ForeignLookups lookups = foreignLookups(sum);
    rate.hits = lookups.hits;
    rate.misses = lookups.misses;
    rate.hitRate = lookups.rate;
    rate.own = lookups.own;
    rate.uncertain = lookups.uncertain;
    rate.lowestRate = lookups.lowest;
    rate.highestRate = lookups.highest;
    return rate;
}

WindowRate History::lifetime() const
{
    WindowRate rate;
    if (m_samples.empty())
        return rate;
    const Sample& sample = m_samples.back();
    rate.seconds = sample.uptimeS;
    rate.hits = sample.hits;
    rate.misses = sample.misses;
    rate.complete = true;
    if (sample.hits + sample.misses > 0)
        rate.hitRate = double(sample.hits) / double(sample.hits + sample.misses);
    rate.lowestRate = rate.highestRate = rate.hitRate;
    return rate;
}

}
