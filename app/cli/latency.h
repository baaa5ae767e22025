// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

namespace cli {

// Milliseconds of some requests by nearest rank. A percentile without enough samples to mean anything is none: a p99 of 20
// requests would be their maximum under another name.
struct Latency {
    std::optional<double> min, p50, p90, p95, p99, max;
};
Latency latencyOf(std::vector<double> ms);

}
