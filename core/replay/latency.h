// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QtGlobal>

#include <array>
#include <optional>
#include <vector>

namespace core::replay {

// Milliseconds of some requests by nearest rank. A percentile without enough samples to mean anything is none: at least one sample
// must lie above its rank (p99 from 100 on, p99.9 from 1,000 on). A p99 of 20 requests would be their maximum under another name.
struct Latency {
    qint64 count = 0;
    std::optional<double> min, mean, p50, p75, p90, p95, p99, p999, max;
};

struct LatencyBin { // fromMs <= sample < toMs
    double fromMs = 0, toMs = 0;
    qint64 count = 0;
};

// Collects milliseconds of any number of requests in at most half a megabyte. Exact always: count, min, max, mean, bins(). Percentiles
// are samples themselves up to exactLimit of them; beyond, the middle of a bucket no wider than 1/128 of its values (0.4 % off at most;
// below 0.128 ms a microsecond wide).
class LatencyRecord final {
public:
    static constexpr qint64 exactLimit = 50'000;

    void add(double ms); // below 0 counts as 0
    qint64 count() const { return m_count; }
    bool isExact() const { return m_count <= exactLimit; }
    Latency latency() const;
    // Ten to a power of ten, from the first that holds a sample to the last; those between are there with 0.
    QList<LatencyBin> bins() const;
    qsizetype bytesHeld() const;

private:
    static constexpr int shift = 7; // 128 buckets to a doubling
    static constexpr int binsBelow = 20; // bins below 1 ms; the first takes all below 0.01 ms
    std::optional<double> percentile(int permille) const;
    double bucketValueAt(qint64 rank) const;

    qint64 m_count = 0;
    double m_sum = 0, m_min = 0, m_max = 0;
    mutable std::vector<double> m_values; // the first m_sorted of them ascending; empty beyond exactLimit
    mutable std::size_t m_sorted = 0;
    std::vector<qint64> m_buckets;
    std::array<qint64, 80> m_bins {};
};

}
