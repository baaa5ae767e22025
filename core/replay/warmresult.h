// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"
#include "core/replay/warm.h"

namespace core::replay {

// What one GET proved (specification C8.33 and 34); pure.
WarmResult warmResultOf(const ReplayResult& replayed, bool skipped);
// The second pass wants a HIT.
WarmResult secondPassResultOf(WarmResult first, const ReplayResult& replayed);

// Takes down how many requests that took, and says it, with a wait that was asked for and is longer than Warm::maxWaitMs.
void tellAttempts(WarmResult& result, int attempts, const ReplayResult& last);

// 429 and 503.
bool asksToWait(const http::Response& response);
// Without a Retry-After: half a second, doubled at each try (from 1) up to 30 s, of which `spread` (0 to 1) takes up to half away, so
// that requests held back together do not come back together.
qint64 backOffMs(int tries, double spread);

// How long a 429 or 503 asks to wait (RFC 9110, 10.2.3: seconds or a date); none when it does not say.
std::optional<qint64> retryAfterMs(const http::Response& response, const QDateTime& now);

}
