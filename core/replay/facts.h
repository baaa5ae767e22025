// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/verdict.h"

namespace core::replay {

inline constexpr qint64 baseToleranceMs = 50; // of times to live, and the round trips; specification C3.14

inline constexpr qint64 minimumIdleS = 2; // Redis' idle clock ticks in seconds

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
    std::optional<qint64> foreignHits; // of them
    bool clockStepped = false; // the time to live jumped though nothing was written: the server's clock was set
    // What the app's own headers say, and not a proxy that names itself. Points into the input.
    const http::CacheLayer* ownLayer = nullptr;
    // A cache in front of the app that says it answered.
    const http::CacheLayer* outerHit = nullptr;

    // The idle time first: it speaks of this key, the counter of the whole server.
    Read read() const { return readByIdle != Read::Unknown ? readByIdle : readByCounter; }
    // Somebody asked for one key, which was not there; nobody asked for another.
    bool oneForeignMiss() const { return foreignLookups == 1 && foreignHits == 0; }
    bool oneForeignHit() const { return foreignLookups == 1 && foreignHits == 1; }
    // Of two that asked, one may have been served what the other stored. Among many lookups one more of this key is unlikely.
    bool oneOfTwoMayHaveFoundIt() const { return foreignLookups == 2 && foreignHits != 0; }
    // One lookup that is not ours is the app's own. Of more, or where they cannot be counted, another request may have missed and stored the
    // entry, and this one have found it.
    bool onlyOneAsked() const { return foreignLookups && *foreignLookups <= 1; }
};
Facts factsOf(const VerdictInput& input);

// The Content-Encoding of an answer that is left as it came, in small letters; such a body cannot be compared. Empty: none.
QByteArray codingLeft(const VerdictInput& input);

QList<Evidence> evidenceOf(const VerdictInput& input, const Facts& facts);
// `verdict` as the rules left it; they may have added contradictions of their own before.
QList<Contradiction> headerContradictions(const VerdictInput& input, const Facts& facts, const Verdict& verdict);

}
