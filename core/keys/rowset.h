// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace core::keys {

// Rows of a list as intervals: the selection of ten million is as small as that of one. Intervals are in ascending order, do not
// touch each other and hold at least one row.
class RowSet {
public:
    struct Interval {
        std::int64_t first, last; // both included
        friend bool operator==(const Interval&, const Interval&) = default;
    };

    RowSet() = default;
    RowSet(std::int64_t first, std::int64_t last) { add(first, last); }

    bool isEmpty() const { return m_intervals.empty(); }
    const std::vector<Interval>& intervals() const { return m_intervals; }
    std::int64_t count() const
    {
        std::int64_t rows = 0;
        for (const Interval& interval : m_intervals)
            rows += interval.last - interval.first + 1;
        return rows;
    }
    bool contains(std::int64_t row) const
    {
        const auto at = std::ranges::lower_bound(m_intervals, row, {}, &Interval::last);
        return at != m_intervals.end() && at->first <= row;
    }
    void add(std::int64_t first, std::int64_t last)
    {
        if (last < first)
            return;
        // All that overlap or touch the new one become one with it.
        const auto begin = std::ranges::lower_bound(m_intervals, first - 1, {}, &Interval::last);
        const auto end = std::ranges::upper_bound(begin, m_intervals.end(), last + 1, {}, &Interval::first);
        if (begin != end) {
            first = std::min(first, begin->first);
            last = std::max(last, std::prev(end)->last);
        }
        m_intervals.insert(m_intervals.erase(begin, end), {first, last});
    }
    void remove(std::int64_t first, std::int64_t last)
    {
        std::vector<Interval> left;
        for (const Interval& interval : m_intervals) {
            if (interval.last < first || interval.first > last || last < first) {
                left.push_back(interval);
                continue;
            }
            if (interval.first < first)
                left.push_back({interval.first, first - 1});
            if (interval.last > last)
                left.push_back({last + 1, interval.last});
        }
        m_intervals = std::move(left);
    }
    friend bool operator==(const RowSet&, const RowSet&) = default;

private:
    std::vector<Interval> m_intervals;
};

}
