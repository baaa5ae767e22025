// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/seriesstatistics.h"

#include <algorithm>

namespace core::replay {

QString failureName(const SeriesSample& sample)
{
    switch (sample.reason) {
    case Reason::ApiUnreachable:
        return QStringLiteral("unreachable");
    case Reason::ApiTimeout:
        return QStringLiteral("timeout");
    case Reason::ApiTooLarge:
        return QStringLiteral("too-large");
    case Reason::ApiProtocol:
        return QStringLiteral("protocol");
    case Reason::ApiTls:
        return QStringLiteral("tls");
    case Reason::ApiClosed:
        return QStringLiteral("closed");
    case Reason::ApiTruncated:
        return QStringLiteral("truncated");
    default:
        return codeName(sample.code);
    }
}

void SeriesStatistics::add(const SeriesSample& sample)
{
    ++m_count;
    if (sample.n == 1)
        m_first = sample;
    if (m_rows.size() < std::size_t(maxRows))
        m_rows.push_back(sample);
    if (sample.status == 0) {
        ++m_errors;
        ++m_errorsBy[failureName(sample)];
        if (m_failures.size() < std::size_t(maxSamples))
            m_failures.push_back(sample);
        return;
    }
    ++m_statuses[sample.status];
    ++m_verdicts[sample.verdict];
    m_all.add(sample.latencyMs);
    m_service.add(sample.serviceMs);
    if (sample.verdict == http::Verdict::Hit)
        m_hits.add(sample.latencyMs);
    else if (sample.verdict == http::Verdict::Miss)
        m_misses.add(sample.latencyMs);
    addCompared(sample);
    m_timeline.add(SeriesTimeline::kindOf(sample.verdict), sample.intendedMs, sample.latencyMs);
    keepSlowest(sample);
}

void SeriesStatistics::addCompared(const SeriesSample& sample)
{
    if (sample.n == 1)
        return;
    const double ms = sample.serviceMs - sample.connectMs;
    if (sample.verdict == http::Verdict::Hit)
        m_comparedHits.add(ms);
    else if (sample.verdict == http::Verdict::Miss)
        m_comparedMisses.add(ms);
}

void SeriesStatistics::keepSlowest(const SeriesSample& sample)
{
    const bool full = m_slowest.size() == std::size_t(maxSamples);
    if (full && m_slowest.back().latencyMs >= sample.latencyMs)
        return;
    if (full)
        m_slowest.pop_back();
    m_slowest.insert(std::ranges::upper_bound(m_slowest, sample.latencyMs, std::ranges::greater(), &SeriesSample::latencyMs), sample);
}

std::optional<double> SeriesStatistics::speedup() const
{
    if (std::min(m_comparedHits.count(), m_comparedMisses.count()) < fewestToCompare)
        return std::nullopt;
    const auto hit = m_comparedHits.latency().p50, miss = m_comparedMisses.latency().p50;
    if (!hit || !miss || *hit <= 0)
        return std::nullopt;
    return *miss / *hit;
}

std::optional<double> SeriesStatistics::throughputPerS() const
{
    if (m_elapsedMs <= 0 || m_all.count() == 0)
        return std::nullopt;
    return double(m_all.count()) * 1000.0 / m_elapsedMs;
}

}
