// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/lookqueue.h"

#include "core/base/async.h"
#include "core/base/monotonic.h"
#include "core/redis/packed.h"

#include <array>

namespace core::replay {

namespace {
    using Shape = redis::CommandShape;
    constexpr qsizetype commandsPerKey = 4;
    const std::array<Shape, commandsPerKey>& ofKey()
    {
        static const std::array<Shape, commandsPerKey> shapes {Shape {"PTTL", QByteArray()}, Shape {"TYPE", QByteArray()},
            Shape {"MEMORY", "USAGE", QByteArray()}, Shape {"OBJECT", "IDLETIME", QByteArray()}};
        return shapes;
    }

    redis::LookupSplit lookupsOf(const redis::Replies& replies, qsizetype first)
    {
        redis::LookupSplit lookups;
        for (const Shape& shape : ofKey())
            lookups += shape.lookups()->split(replies[first++]);
        return lookups;
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
        out.savingKnown = persistence.isString();
        return out;
    }

    Result<Snapshot> ofReplies(Snapshot snapshot, const redis::Replies& replies, qsizetype first)
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

    Result<Snapshots> ofLook(const Snapshot& server, const redis::Replies& replies, qsizetype first, qsizetype keys)
    {
        Snapshots out;
        for (qsizetype i = 0; i < keys; ++i, first += commandsPerKey) {
            out.ownLookups += lookupsOf(replies, first);
            const auto snapshot = ofReplies(server, replies, first);
            if (!snapshot)
                return fail(snapshot.error());
            out.keys << *snapshot;
        }
        return out;
    }
}

LookQueue::LookQueue(redis::Session* session)
    : QObject(session)
    , m_session(session)
{
}

LookQueue* LookQueue::of(redis::Session* session)
{
    auto* queue = session->findChild<LookQueue*>(QString(), Qt::FindDirectChildrenOnly);
    return queue ? queue : new LookQueue(session);
}

void LookQueue::takeSnapshots(const QList<QByteArray>& keys, QObject* context, std::function<void(Result<Snapshots>)> then)
{
    open().looks.push_back({context, keys, std::move(then)});
}

void LookQueue::readValue(const QByteArray& key, QObject* context, std::function<void(Result<redis::Reply>)> then)
{
    open().values.push_back({context, key, std::move(then)});
}

// Closed by the first event, sent by the second: each witness that was asked for before a look joined has its turn in between.
LookQueue::Batch& LookQueue::open()
{
    if (!m_open) {
        m_open = std::make_shared<Batch>();
        const auto close = [this] {
            QMetaObject::invokeMethod(this, [this, batch = std::exchange(m_open, nullptr)] { ask(batch); }, Qt::QueuedConnection);
        };
        QMetaObject::invokeMethod(this, close, Qt::QueuedConnection);
    }
    return *m_open;
}

redis::PackedPipeline LookQueue::pipelineOf(const Batch& batch)
{
    static const Shape persistence {"INFO", "persistence"}, stats {"INFO", "stats"}, get {"GET", QByteArray()};
    redis::PackedPipeline pipeline;
    for (const Look& look : batch.looks) {
        for (const QByteArray& key : look.keys) {
            for (const Shape& shape : ofKey())
                pipeline.add(shape, key);
        }
    }
    if (!batch.looks.empty()) {
        pipeline.add(persistence);
        pipeline.add(stats);
    }
    for (const Value& value : batch.values)
        pipeline.add(get, value.key);
    return pipeline;
}

void LookQueue::ask(const std::shared_ptr<Batch>& batch)
{
    onFinished(m_session->sendPacked(pipelineOf(*batch)), this,
        [batch, startedMs = monotonicMs()](const Result<redis::Replies>& replies) { tell(*batch, replies, startedMs); });
}

// Whoever is told may end the session, and this with it.
void LookQueue::tell(const Batch& batch, const Result<redis::Replies>& replies, qint64 startedMs)
{
    qsizetype values = 0;
    for (const Look& look : batch.looks)
        values += look.keys.size() * commandsPerKey;
    values += batch.looks.empty() ? 0 : 2;
    Snapshot server;
    if (replies && !batch.looks.empty())
        server = fromServer(replies->at(values - 2), replies->at(values - 1));
    server.monotonicMs = monotonicMs();
    server.roundTripMs = server.monotonicMs - startedMs;
    qsizetype first = 0;
    for (const Look& look : batch.looks) {
        if (look.context)
            look.then(replies ? ofLook(server, *replies, first, look.keys.size()) : Result<Snapshots>(fail(replies.error())));
        first += look.keys.size() * commandsPerKey;
    }
    for (const Value& value : batch.values) {
        if (value.context)
            value.then(replies ? Result<redis::Reply>(replies->at(values)) : Result<redis::Reply>(fail(replies.error())));
        ++values;
    }
}

void takeSnapshots(redis::Session* session, const QList<QByteArray>& keys, QObject* context, std::function<void(Result<Snapshots>)> then)
{
    LookQueue::of(session)->takeSnapshots(keys, context, std::move(then));
}

}
