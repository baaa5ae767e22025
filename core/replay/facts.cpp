// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/facts.h"

#include "core/cache/entryvalue.h"

#include <algorithm>

namespace core::replay {

QByteArray codingLeft(const VerdictInput& input)
{
    if (input.bodyDecoded)
        return {};
    for (const auto& [name, value] : input.headers) {
        if (name.compare("Content-Encoding", Qt::CaseInsensitive) == 0)
            return value.trimmed().compare("identity", Qt::CaseInsensitive) == 0 ? QByteArray() : value.trimmed().toLower();
    }
    return {};
}

namespace {
    constexpr qint64 idleClockMs = 150; // by which it may be behind: server.lruclock is set at each tick of serverCron()

    // Time left can only run down, and by the time that passed.
    bool ttlTellsWriting(const Snapshot& before, const Snapshot& after, const Facts& facts)
    {
        if ((before.pttlMs < 0) != (after.pttlMs < 0))
            return true;
        if (before.pttlMs < 0)
            return false;
        const qint64 expected = before.pttlMs - facts.elapsedMs;
        return after.pttlMs > expected + facts.toleranceMs || after.pttlMs < expected - facts.toleranceMs;
    }

    bool isRewritten(const VerdictInput& input, const Facts& facts)
    {
        const Snapshot& before = input.before;
        const Snapshot& after = input.after;
        if (!after.exists)
            return false;
        if (input.written && before.exists)
            return *input.written;
        const bool sizeChanged = before.memoryBytes && after.memoryBytes && *before.memoryBytes != *after.memoryBytes;
        return !before.exists || before.type != after.type || sizeChanged || ttlTellsWriting(before, after, facts);
    }

    void compareBodies(const VerdictInput& input, Facts& facts)
    {
        if (!input.after.exists || input.status == 0)
            return;
        if (input.after.type != "string") { // LightAPI 0.4.0 cache.py cannot have served it
            facts.bodyEqual = false;
            return;
        }
        if (input.storedAfter.isEmpty() || !codingLeft(input).isEmpty())
            return;
        const cache::EntryValue stored = cache::decodeEntry(input.storedAfter, input.scheme);
        facts.bodyEqual = cache::jsonEqual(input.body, stored.payload);
        facts.statusFits = input.status == stored.statusCode.value_or(200);
    }

    // Idle times are differences of whole seconds, of a clock that the server reads ten times a second. A key that was read since the first
    // snapshot has been idle since then at most; one that was not has been idle for as long more as the request took.
    Facts::Read readByIdle(const VerdictInput& input, qint64 elapsedMs)
    {
        const Snapshot& before = input.before;
        const Snapshot& after = input.after;
        if (!before.exists || !after.exists || !before.idleS || !after.idleS || *before.idleS < minimumIdleS || input.ownReads > 0)
            return Facts::Read::Unknown;
        const qint64 mostSinceRead = (elapsedMs + before.roundTripMs + idleClockMs + 999) / 1000;
        const qint64 leastUnread = *before.idleS + std::max<qint64>(0, elapsedMs - after.roundTripMs - idleClockMs) / 1000;
        const bool mayBeRead = *after.idleS <= mostSinceRead;
        const bool mayBeUnread = *after.idleS >= leastUnread;
        if (mayBeRead == mayBeUnread)
            return Facts::Read::Unknown;
        if (mayBeRead)
            return Facts::Read::Yes;
        const auto maySave = [](const Snapshot& snapshot) { return snapshot.savingChild || !snapshot.savingKnown; };
        return maySave(before) || maySave(after) ? Facts::Read::Unknown : Facts::Read::No;
    }

    void countForeignLookups(const Snapshot& before, const Snapshot& after, Facts& facts)
    {
        const qint64 hits = after.keyspaceHits - before.keyspaceHits;
        const qint64 misses = after.keyspaceMisses - before.keyspaceMisses;
        const qint64 foreign = hits + misses - (after.ownLookups - before.ownLookups);
        if (!before.countersKnown || !after.countersKnown || hits < 0 || misses < 0 || foreign < 0)
            return;
        facts.foreignLookups = foreign;
        const qint64 ownHits = after.ownHits - before.ownHits;
        const qint64 ownMisses = after.ownMisses - before.ownMisses;
        if (ownHits + ownMisses == after.ownLookups - before.ownLookups && hits >= ownHits && misses >= ownMisses)
            facts.foreignHits = hits - ownHits;
        else if (misses == 0)
            facts.foreignHits = foreign;
        if (foreign == 0 || facts.foreignHits == 0)
            facts.readByCounter = Facts::Read::No;
        else if (foreign == 1 && facts.foreignHits == 1) // with misses around it could be one of them
            facts.readByCounter = Facts::Read::Yes;
    }

    void findLayers(const QList<http::CacheLayer>& layers, Facts& facts)
    {
        for (const http::CacheLayer& layer : layers) {
            if (layer.maybeApp && !facts.ownLayer)
                facts.ownLayer = &layer;
            else if (layer.verdict == http::Verdict::Hit || layer.verdict == http::Verdict::Stale)
                facts.outerHit = &layer;
        }
    }
}

Facts factsOf(const VerdictInput& input)
{
    Facts facts;
    facts.elapsedMs = input.after.monotonicMs - input.before.monotonicMs;
    facts.toleranceMs = baseToleranceMs + input.before.roundTripMs + input.after.roundTripMs;
    facts.rewritten = isRewritten(input, facts);
    facts.clockStepped = input.written == false && input.before.exists && input.after.exists && ttlTellsWriting(input.before, input.after, facts);
    compareBodies(input, facts);
    facts.readByIdle = readByIdle(input, facts.elapsedMs);
    countForeignLookups(input.before, input.after, facts);
    findLayers(input.layers, facts);
    return facts;
}

}
