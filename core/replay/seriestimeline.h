// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/cacheheaders.h"

#include <QList>

#include <array>

namespace core::replay {

// Latency over the time of a run for a chart, in bounded memory: at most maxSlots stretches of time, twice as long each time the run
// outgrows them. A stretch knows the lowest and highest of its requests.
class SeriesTimeline final {
public:
    static constexpr qsizetype maxSlots = 480;
    enum Kind { Hit, Miss, Other };
    static Kind kindOf(http::Verdict verdict);

    struct Point {
        double atMs = 0; // since the start of the run
        double lowMs = 0, highMs = 0;
    };

    void add(Kind kind, double atMs, double latencyMs);
    QList<Point> points(Kind kind) const;
    double slotMs() const { return m_slotMs; }

private:
    struct Slot {
        bool used = false;
        double atMs = 0, low = 0, high = 0; // the time of its first
        void take(const Slot& other);
    };
    void halve();

    double m_slotMs = 25;
    QList<std::array<Slot, 3>> m_slots;
};

}
