// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/latency.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace core::replay {

namespace {
    // Microseconds: one a bucket up to 2^shift, then 2^shift of them to each doubling.
    std::size_t bucketOf(quint64 us, int shift)
    {
        const int doublings = std::max(0, int(std::bit_width(us)) - shift - 1);
        return (std::size_t(doublings) << shift) + std::size_t(us >> doublings);
    }

    double bucketMiddleMs(std::size_t bucket, int shift)
    {
        const std::size_t size = std::size_t(1) << shift;
        const int doublings = bucket < 2 * size ? 0 : int(bucket / size) - 1;
        const auto first = quint64(bucket - (std::size_t(doublings) << shift)) << doublings;
        return (double(first) + double(quint64(1) << doublings) / 2) / 1000.0;
    }
}

void LatencyRecord::add(double ms)
{
    constexpr double mostMs = 24.0 * 3600 * 1000; // no request is let run longer
    ms = std::isfinite(ms) ? std::clamp(ms, 0.0, mostMs) : mostMs;
    m_min = m_count == 0 ? ms : std::min(m_min, ms);
    m_max = std::max(m_max, ms);
    m_sum += ms;
    ++m_count;
    const std::size_t bucket = bucketOf(quint64(ms * 1000.0), shift);
    if (bucket >= m_buckets.size())
        m_buckets.resize(bucket + 1);
    ++m_buckets[bucket];
    const int bin = ms <= 0 ? 0 : int(std::floor(std::log10(ms) * 10 + 1e-9)) + binsBelow;
    ++m_bins[std::size_t(std::clamp(bin, 0, int(m_bins.size()) - 1))];
    if (m_count <= exactLimit) {
        m_values.push_back(ms);
    } else if (!m_values.empty()) {
        m_values = {};
        m_sorted = 0;
    }
}

double LatencyRecord::bucketValueAt(qint64 rank) const
{
    qint64 seen = 0;
    for (std::size_t bucket = 0; bucket < m_buckets.size(); ++bucket) {
        seen += m_buckets[bucket];
        if (seen >= rank)
            return std::clamp(bucketMiddleMs(bucket, shift), m_min, m_max);
    }
    return m_max;
}

std::optional<double> LatencyRecord::percentile(int permille) const
{
    const int above = 1000 - permille;
    if (m_count == 0 || (permille > 500 && m_count * above < 1000))
        return std::nullopt;
    const qint64 rank = std::max<qint64>(1, (m_count * permille + 999) / 1000);
    return isExact() ? m_values[std::size_t(rank) - 1] : bucketValueAt(rank);
}

Latency LatencyRecord::latency() const
{
    Latency out;
    out.count = m_count;
    if (m_count == 0)
        return out;
    // Only what came since the last time: a chart asks four times a second.
    const auto middle = m_values.begin() + std::ptrdiff_t(m_sorted);
    std::sort(middle, m_values.end());
    std::inplace_merge(m_values.begin(), middle, m_values.end());
    m_sorted = m_values.size();
    out.min = m_min;
    out.max = m_max;
    out.mean = m_sum / double(m_count);
    out.p50 = percentile(500);
    out.p75 = percentile(750);
    out.p90 = percentile(900);
    out.p95 = percentile(950);
    out.p99 = percentile(990);
    out.p999 = percentile(999);
    return out;
}

QList<LatencyBin> LatencyRecord::bins() const
{
    const auto holds = [](qint64 count) { return count > 0; };
    const auto first = std::ranges::find_if(m_bins, holds);
    const auto last = std::find_if(m_bins.rbegin(), m_bins.rend(), holds).base();
    QList<LatencyBin> out;
    for (auto at = first; at < last; ++at) {
        const int bin = int(at - m_bins.begin()) - binsBelow;
        out << LatencyBin {bin == -binsBelow ? 0.0 : std::pow(10.0, bin / 10.0), std::pow(10.0, (bin + 1) / 10.0), *at};
    }
    return out;
}

qsizetype LatencyRecord::bytesHeld() const
{
    return qsizetype(m_values.capacity() * sizeof(double) + m_buckets.capacity() * sizeof(qint64) + sizeof(*this));
}

}
