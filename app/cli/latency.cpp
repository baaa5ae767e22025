// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/latency.h"

#include <algorithm>
#include <cmath>

namespace cli {

namespace {
    std::optional<double> percentile(const std::vector<double>& sorted, double share)
    {
        // At least one sample must lie above the rank.
        const double needed = std::ceil(1.0 / (1.0 - share) - 1e-9);
        if (static_cast<double>(sorted.size()) < needed)
            return std::nullopt;
        const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size()) - 1e-9));
        return sorted[std::max<std::size_t>(rank, 1) - 1];
    }
}

Latency latencyOf(std::vector<double> ms)
{
    Latency latency;
    if (ms.empty())
        return latency;
    std::ranges::sort(ms);
    latency.min = ms.front();
    latency.max = ms.back();
    latency.p50 = ms[(ms.size() - 1) / 2];
    latency.p90 = percentile(ms, 0.90);
    latency.p95 = percentile(ms, 0.95);
    latency.p99 = percentile(ms, 0.99);
    return latency;
}

}
