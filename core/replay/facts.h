// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/verdict.h"

namespace core::replay {

// What follows from a VerdictInput before any rule is asked (specification C3.14 to 16 and the read witness of 17c).
struct Facts {
    enum class Read { Yes, No, Unknown };

    qint64 elapsedMs = 0; // between the snapshots
    qint64 toleranceMs = 0;
    bool rewritten = false;
    std::optional<bool> bodyEqual; // none: cannot be compared
    bool statusFits = false; // the status is the one that the stored value implies
    Read readByIdle = Read::Unknown;
    Read readByCounter = Read::Unknown;
    std::optional<qint64> foreignLookups; // not ours, hits and misses, between the snapshots
    // What the app's own headers say, and not a proxy that names itself. Points into the input.
    const http::CacheLayer* ownLayer = nullptr;
    // A cache in front of the app that says it answered.
    const http::CacheLayer* outerHit = nullptr;

    // The idle time first: it speaks of this key, the counter of the whole server.
    Read read() const { return readByIdle != Read::Unknown ? readByIdle : readByCounter; }
};
Facts factsOf(const VerdictInput& input);

QList<Evidence> evidenceOf(const VerdictInput& input, const Facts& facts);
// `verdict` as the rules left it; they may have added contradictions of their own before.
QList<Contradiction> headerContradictions(const VerdictInput& input, const Facts& facts, const Verdict& verdict);

}
