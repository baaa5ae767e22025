// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/command.h"
#include "core/redis/reply.h"

#include <optional>

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

enum class LookupTell; // how the reply of a command tells a hit from a miss

// The same for all commands that differ in nothing but their arguments, worked out once.
class LookupRule final {
public:
    // `shape`: a command with null words where the arguments differ. None where these may change what is counted (the options of
    // SET and SCAN, scripts), and for commands that change what the next ones count (MULTI).
    static std::optional<LookupRule> of(const Command& shape);
    LookupSplit split(const Reply& reply) const;
    int possible() const { return m_possible; } // as possibleLookups()

private:
    LookupRule(LookupTell tell, int possible)
        : m_tell(tell)
        , m_possible(possible)
    {
    }
    LookupTell m_tell;
    int m_possible;
};

}
