// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sampler.h"

// How our own lookups are taken out of the server's counters.
//
// INFO counts hits and misses of all clients together. Of most of our commands the reply tells whether it was a hit or a miss
// (core/redis/lookupsplit.h): those are taken from the one or the other exactly. Of some it does not ("open": an empty range),
// and of some no reply came ("lost": they may have run or not).
//
// Point estimate: open ones are taken out in the proportion of what is left, so that they change the counts and not the rate;
// lost ones are not taken out. Bounds: all of both were hits, or all were misses. Whoever shows the rate shows the bounds where
// `uncertain` is not 0.
namespace core::metrics {

// None: between the two the server was restarted (another run id, or less uptime) or its counters were reset (one of them
// fell; specification C9.37). A reset followed by larger growth between two samples cannot be seen.
std::optional<Growth> growthBetween(const Sample& from, const Sample& to);

struct ForeignLookups {
    qint64 hits = 0, misses = 0;
    qint64 own = 0;
    qint64 uncertain = 0;
    std::optional<double> rate, lowest, highest; // none without lookups of others
};
// Never negative: a lookup may have been counted by us one sample earlier than by the server (its reply and INFO's came on two
// lines), then the neighbour holds what is missing here. Sum first, then call this.
ForeignLookups foreignLookups(const Growth& growth);

// For people: "94.7 %", "no lookups", and where lookups of ours are uncertain and it shows: "94.7 % (94.2 % to 95.1 %)".
QString rateText(const WindowRate& rate);

}
