// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/seriestimeline.h"

#include <algorithm>

namespace core::replay {

SeriesTimeline::Kind SeriesTimeline::kindOf(http::Verdict verdict)
{
    if (verdict == http::Verdict::Hit)
        return Hit;
    return verdict == http::Verdict::Miss || verdict == http::Verdict::Expired ? Miss : Other;
}

void SeriesTimeline::Slot::take(const Slot& other)
{
    if (!other.used)
        return;
    atMs = used ? std::min(atMs, other.atMs) : other.atMs;
    low = used ? std::min(low, other.low) : other.low;
    high = used ? std::max(high, other.high) : other.high;
    used = true;
}

void SeriesTimeline::add(Kind kind, double atMs, double latencyMs)
{
    atMs = std::max(0.0, atMs);
    while (atMs >= m_slotMs * double(maxSlots))
        halve();
    const auto slot = qsizetype(atMs / m_slotMs);
    if (slot >= m_slots.size())
        m_slots.resize(slot + 1);
    m_slots[slot][kind].take({true, atMs, latencyMs, latencyMs});
}

void SeriesTimeline::halve()
{
    for (qsizetype i = 0; i < m_slots.size(); ++i) {
        const std::array<Slot, 3> from = m_slots[i];
        if (i % 2 == 0 && i > 0)
            m_slots[i / 2] = {};
        for (std::size_t kind = 0; i > 0 && kind < from.size(); ++kind)
            m_slots[i / 2][kind].take(from[kind]);
    }
    m_slots.resize((m_slots.size() + 1) / 2);
    m_slotMs *= 2;
}

QList<SeriesTimeline::Point> SeriesTimeline::points(Kind kind) const
{
    QList<Point> out;
    for (const auto& slot : m_slots) {
        if (slot[kind].used)
            out << Point {slot[kind].atMs, slot[kind].low, slot[kind].high};
    }
    return out;
}

}
