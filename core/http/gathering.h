// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <optional>

namespace core::http {

// When answers that wait for each other are handed over: waking the receiver for each costs as much as the request itself. What is measured
// of a request is not touched by it. Microseconds of one clock.
class Gathering final {
public:
    static constexpr qint64 longestUs = 200; // that the first of them waits, however much else is going on

    void add(qint64 nowUs)
    {
        if (!m_sinceUs)
            m_sinceUs = nowUs;
    }
    void clear() { m_sinceUs.reset(); }
    qint64 leftUs(qint64 nowUs) const { return m_sinceUs ? std::clamp<qint64>(*m_sinceUs + longestUs - nowUs, 0, longestUs) : longestUs; }
    // `isQuiet`: nothing came within the wait. `count` answers wait, `others` are on their way.
    bool isDue(qint64 nowUs, bool isQuiet, std::size_t count, std::size_t others) const
    {
        return m_sinceUs && (isQuiet || count >= others || leftUs(nowUs) == 0);
    }

private:
    std::optional<qint64> m_sinceUs; // when the first of those that wait came
};

}
