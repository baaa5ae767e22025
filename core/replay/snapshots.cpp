// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/snapshots.h"

#include "core/base/async.h"
#include "core/base/monotonic.h"

namespace core::replay {

namespace {
    constexpr qsizetype commandsPerKey = 4;

    redis::Pipeline pipelineFor(const QList<QByteArray>& keys)
    {
        redis::Pipeline pipeline;
        for (const QByteArray& key : keys)
            pipeline << redis::Command {"PTTL", key} << redis::Command {"TYPE", key} << redis::Command {"MEMORY", "USAGE", key} << redis::Command {"OBJECT", "IDLETIME", key};
        return pipeline << redis::Command {"INFO", "persistence"} << redis::Command {"INFO", "stats"};
    }

    std::optional<qint64> integerOf(const redis::Reply& reply)
    {
        return reply.type == redis::Reply::Type::Integer ? std::optional(reply.integer) : std::nullopt;
    }

    std::optional<qint64> fieldOf(const redis::Reply& info, const QByteArray& name)
    {
        const QByteArray wanted = '\n' + name + ':';
        const qsizetype at = info.bytes.indexOf(wanted);
        if (!info.isString() || at < 0)
            return std::nullopt;
        const qsizetype start = at + wanted.size();
        return info.bytes.mid(start, info.bytes.indexOf('\r', start) - start).toLongLong();
    }

    Snapshot fromServer(const redis::Reply& persistence, const redis::Reply& stats)
    {
        Snapshot out;
        const auto hits = fieldOf(stats, "keyspace_hits");
        const auto misses = fieldOf(stats, "keyspace_misses");
        out.countersKnown = hits && misses;
        out.keyspaceHits = hits.value_or(0);
        out.keyspaceMisses = misses.value_or(0);
        out.savingChild = fieldOf(persistence, "rdb_bgsave_in_progress").value_or(0) > 0
            || fieldOf(persistence, "aof_rewrite_in_progress").value_or(0) > 0;
        // Where that may not be asked, an idle time that stands still proves nothing.
        if (!persistence.isString())
            out.savingChild = true;
        return out;
    }

    Result<Snapshot> ofKey(Snapshot snapshot, const redis::Replies& replies, qsizetype first)
    {
        const redis::Reply& pttl = replies[first];
        if (pttl.isError())
            return fail(redis::toError(pttl, QStringLiteral("PTTL")));
        snapshot.pttlMs = pttl.integer;
        snapshot.exists = pttl.integer != -2;
        if (replies[first + 1].isString() && snapshot.exists)
            snapshot.type = replies[first + 1].bytes;
        snapshot.memoryBytes = integerOf(replies[first + 2]);
        snapshot.idleS = integerOf(replies[first + 3]);
        return snapshot;
    }

    Result<Snapshots> read(const redis::Pipeline& pipeline, const redis::Replies& replies, qint64 startedMs)
    {
        if (replies.size() != pipeline.size())
            return fail(Code::Protocol);
        Snapshots out;
        for (qsizetype i = 0; i < replies.size(); ++i)
            out.ownLookups += redis::splitLookups(pipeline[i], replies[i]);
        Snapshot common = fromServer(replies[replies.size() - 2], replies.last());
        common.monotonicMs = monotonicMs();
        common.roundTripMs = common.monotonicMs - startedMs;
        for (qsizetype first = 0; first + commandsPerKey <= replies.size() - 2; first += commandsPerKey) {
            const auto snapshot = ofKey(common, replies, first);
            if (!snapshot)
                return fail(snapshot.error());
            out.keys << *snapshot;
        }
        return out;
    }
}

void takeSnapshots(redis::Session* session, const QList<QByteArray>& keys, QObject* context, std::function<void(Result<Snapshots>)> then)
{
    const redis::Pipeline pipeline = pipelineFor(keys);
    onFinished(session->send(pipeline), context, [pipeline, startedMs = monotonicMs(), then = std::move(then)](const Result<redis::Replies>& replies) {
        then(replies ? read(pipeline, *replies, startedMs) : Result<Snapshots>(fail(replies.error())));
    });
}

}
