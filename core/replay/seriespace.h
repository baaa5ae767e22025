// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/series.h"

namespace core::replay {

// When the requests of a run are due. Times in ms since its start; pure.
class SeriesPace final {
public:
    explicit SeriesPace(const SeriesOptions& options);

    // Nothing is due from `nowMs` on.
    bool isOver(double nowMs) const;
    // Those of the first phase are all handed out, and the next one waits for the second (startWarm).
    bool waitsForCold() const { return m_coldLeft == 0 && !m_warm; }
    void startWarm(double nowMs);
    double nextDueMs(double nowMs) const;
    // The next one is taken: its number from 0.
    qint64 take();
    // Passes over those that are due too long ago; how many.
    qint64 dropLate(double nowMs);
    // Those that were due before the end of time and were not taken.
    qint64 dropRest();
    qint64 expected() const; // -1: not known

private:
    bool isOpen() const { return m_perS > 0; }
    double due(qint64 index) const { return m_baseMs + double(index - m_baseIndex) * 1000.0 / m_perS; }

    qint64 m_count, m_durationMs, m_maxLateMs;
    double m_perS;
    qint64 m_coldLeft; // -1: no first phase
    bool m_warm;
    qint64 m_next = 0;
    double m_baseMs = 0; // when m_baseIndex is due
    qint64 m_baseIndex = 0;
};

}
