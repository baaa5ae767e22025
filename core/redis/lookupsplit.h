// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/command.h"
#include "core/redis/reply.h"

namespace core::redis {

// Keyspace lookups that the server counted for us. INFO adds up hits and misses of all clients; to take ours out of each, the
// reply must tell which it was: GET answers nil for a miss, PTTL -2, TYPE "none". Where it does not (an empty range may be a
// missing list or the end of one), the lookup stays open.
struct LookupSplit {
    qint64 hits = 0;
    qint64 misses = 0;
    qint64 open = 0;
    qint64 all() const { return hits + misses + open; }
    LookupSplit& operator+=(const LookupSplit& other);
    friend bool operator==(const LookupSplit&, const LookupSplit&) = default;
};

// Its all() is countedLookups(command, reply).
LookupSplit splitLookups(const Command& command, const Reply& reply);

}
