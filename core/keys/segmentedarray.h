// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>

namespace core::keys {

// An array that grows by one writer while others read what was published: segments of doubling length never move, so that no
// element is ever copied and no reader needs a lock. Elements of plain types start uninitialised: pages that nobody wrote to
// take no memory.
template <typename T, std::size_t FirstSegment>
class SegmentedArray {
    static_assert(std::has_single_bit(FirstSegment));

public:
    SegmentedArray() = default;
    SegmentedArray(const SegmentedArray&) = delete;
    SegmentedArray& operator=(const SegmentedArray&) = delete;
    ~SegmentedArray()
    {
        for (auto& segment : m_segments)
            delete[] segment.load(std::memory_order_relaxed);
    }

    // The element must have been made by ensure() before, seen through the writer's publication.
    T& operator[](std::size_t index) const
    {
        const Place place = placeOf(index);
        return m_segments[place.segment].load(std::memory_order_acquire)[place.offset];
    }
    // nullptr where ensure() has not been yet.
    T* find(std::size_t index) const
    {
        const Place place = placeOf(index);
        T* segment = m_segments[place.segment].load(std::memory_order_acquire);
        return segment ? segment + place.offset : nullptr;
    }
    // Writer only. Returns the bytes that were allocated, mostly 0.
    std::size_t ensure(std::size_t index, bool zeroed = false)
    {
        const Place place = placeOf(index);
        auto& segment = m_segments[place.segment];
        if (segment.load(std::memory_order_relaxed))
            return 0;
        const std::size_t length = FirstSegment << place.segment;
        segment.store(zeroed ? new T[length]() : new T[length], std::memory_order_release);
        return length * sizeof(T);
    }

private:
    struct Place {
        std::size_t segment;
        std::size_t offset;
    };
    static Place placeOf(std::size_t index)
    {
        const std::size_t shifted = index + FirstSegment;
        const auto segment = std::size_t(std::bit_width(shifted) - std::bit_width(FirstSegment));
        return {segment, shifted - (FirstSegment << segment)};
    }

    std::array<std::atomic<T*>, 33> m_segments {};
};

}
