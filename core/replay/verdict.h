// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/collisions.h"
#include "core/cache/releases.h"
#include "core/http/cacheheaders.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace core::replay {

// State of the predicted key at one moment: one pipeline PTTL, TYPE, MEMORY USAGE, OBJECT IDLETIME, INFO stats; the body digest
// comes by GET after the request only, as GET resets the idle time.
struct Snapshot {
    qint64 monotonicMs = 0;
    qint64 roundTripMs = 0;
    bool exists = false;
    qint64 pttlMs = -2; // -1: no expiry
    QByteArray type;
    std::optional<qint64> memoryBytes;
    std::optional<qint64> idleS; // none under LFU or without permission
    bool savingChild = false; // Redis leaves idle times alone while a child saves or rewrites (db.c, lookupKey)
    bool savingKnown = true; // false: whether it does could not be asked
    qint64 keyspaceHits = 0, keyspaceMisses = 0; // server-wide
    qint64 ownLookups = 0; // ours up to the INFO
    qint64 ownHits = 0, ownMisses = 0; // of them, those whose reply told
    bool countersKnown = false; // false too when other lookups of this session ran meanwhile
};

enum class Sureness { Exact, Likely, None };
QString surenessName(Sureness sureness);

struct Evidence {
    QString source; // "predicted key", "time to live", "stored body", "idle time", "hit counter", "header" …
    QString fact; // English source text; keys in it as displayText(), see error.h
    QString before, after; // for the table; empty: none
    enum class Says { For, Against, Neutral } says = Says::Neutral;
};
struct Contradiction {
    QString what; // "header-hit-without-entry" …
    QString detail;
};

struct VerdictInput {
    QByteArray method = "GET";
    cache::Cached cached = cache::Cached::Unknown;
    bool redisReached = true;
    std::optional<Error> redisError; // why it was not
    bool otherServer = false; // the second snapshot would be of another server, run or database than the first
    bool routeKnown = true;
    std::optional<QByteArray> predictedKey;
    QString scheme; // of predictedKey: whether the stored value is a body or an envelope of one
    Snapshot before, after;
    int ownReads = 0; // of the key, ours, between the snapshots: each sets its idle time back as LightAPI's would
    QByteArray storedAfter; // value read after the request, empty when none
    std::optional<bool> written; // between the snapshots, as Redis told; none: not known
    std::optional<Error> witnessRefusal; // why it did not tell
    bool goneUnread = false; // the second snapshot saw the entry, and it went away before its value was read
    std::optional<Error> unreadError; // why Redis did not give it
    std::optional<qint64> unreadBytes; // memory of the stored value where it is too large to be read
    int status = 0; // 0: no answer
    std::optional<Error> noAnswer; // why
    std::optional<QByteArray> redirectedTo; // the last Location that was followed: the answer is of that
    QByteArray body;
    bool bodyDecoded = false; // its Content-Encoding was undone
    bool codingAsked = false; // by Accept-Encoding
    QList<http::CacheLayer> layers;
    http::Headers headers;
    std::optional<qint64> policyTtlS;
    // This session saw the key earlier, ending at this monotonic time, and no delete was witnessed.
    std::optional<qint64> knownEndMs;
    bool endWitnessed = false; // the write witness watched it from that look to its end, and nothing changed it
    QList<QByteArray> newKeysOfClass; // other keys of the class that appeared with the request
    std::optional<QByteArray> storedElsewhere; // the one of them that holds this answer
    bool elsewhereIsDated = false; // by the witness or its time to live it was written during the request; else only by its idle time, to seconds
    QList<cache::ReleaseRange> otherReleases; // that make storedElsewhere for this request
    QVersionNumber release; // that the prediction is for
    QList<cache::Collision> collisions; // of the predicted key
};
struct Verdict {
    http::Verdict verdict = http::Verdict::Unknown;
    Sureness sureness = Sureness::None;
    QString sentence;
    std::optional<bool> bodyEqualsCached;
    std::optional<QByteArray> storedKey;
    QList<Evidence> evidence;
    QList<Contradiction> contradictions;
};
// Rules 16 to 19 of the specification, first match; pure, no I/O.
Verdict judge(const VerdictInput& input);

}
