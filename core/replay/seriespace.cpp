// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/seriespace.h"

#include <algorithm>
#include <cmath>

namespace core::replay {

SeriesPace::SeriesPace(const SeriesOptions& options)
    : m_count(options.count)
    , m_durationMs(options.durationMs)
    , m_maxLateMs(options.maxLateMs)
    , m_perS(options.requestsPerS)
    , m_coldLeft(options.coldFirst ? options.targets.size() : -1)
    , m_warm(!options.coldFirst)
{
}

bool SeriesPace::isOver(double nowMs) const
{
    if (m_count > 0 && m_next >= m_count)
        return true;
    if (m_durationMs <= 0)
        return false;
    return nowMs >= double(m_durationMs) || (isOpen() && due(m_next) >= double(m_durationMs));
}

void SeriesPace::startWarm(double nowMs)
{
    m_warm = true;
    m_baseMs = nowMs;
    m_baseIndex = m_next;
}

double SeriesPace::nextDueMs(double nowMs) const
{
    return isOpen() ? due(m_next) : nowMs;
}

qint64 SeriesPace::take()
{
    if (m_coldLeft > 0)
        --m_coldLeft;
    return m_next++;
}

// Not in the first phase: each target is wanted there.
qint64 SeriesPace::dropLate(double nowMs)
{
    if (!isOpen() || !m_warm)
        return 0;
    const double latest = nowMs - double(m_maxLateMs);
    qint64 dropped = 0;
    for (; due(m_next) < latest && !isOver(0); ++m_next)
        ++dropped;
    return dropped;
}

qint64 SeriesPace::dropRest()
{
    if (!isOpen() || m_durationMs <= 0)
        return 0;
    qint64 dropped = 0;
    for (; !isOver(0); ++m_next)
        ++dropped;
    return dropped;
}

qint64 SeriesPace::expected() const
{
    if (!isOpen() || m_durationMs <= 0)
        return m_count > 0 && m_durationMs <= 0 ? m_count : -1;
    const auto inTime = qint64(std::ceil(double(m_durationMs) * m_perS / 1000.0));
    return m_count > 0 ? std::min(m_count, inTime) : inTime;
}

}
