// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keymeta.h"

namespace core::keys {

namespace {

constexpr qsizetype commandsPerKey = 3;

void refuse(KeyMeta& meta, const redis::Reply& reply, const QString& command)
{
    meta.refusals.append({command, redis::toError(reply, command)});
    if (!meta.refused)
        meta.refused = meta.refusals.constFirst().second;
}

KeyMeta metaOf(const redis::Reply& pttl, const redis::Reply& type, const redis::Reply& memory)
{
    KeyMeta meta;
    if (pttl.isError()) {
        meta.ttlMs = KeyMeta::unknown;
        refuse(meta, pttl, QStringLiteral("PTTL"));
    } else {
        meta.ttlMs = pttl.integer;
    }
    if (type.isError())
        refuse(meta, type, QStringLiteral("TYPE"));
    else
        meta.type = type.bytes;
    if (memory.isError())
        refuse(meta, memory, QStringLiteral("MEMORY USAGE"));
    else if (!memory.isNil())
        meta.memoryBytes = memory.integer;
    return meta;
}

Result<QList<KeyMeta>> metaFrom(const Result<redis::Replies>& replies)
{
    if (!replies)
        return fail(replies.error());
    QList<KeyMeta> all;
    all.reserve(replies->size() / commandsPerKey);
    for (qsizetype i = 0; i + commandsPerKey <= replies->size(); i += commandsPerKey)
        all << metaOf(replies->at(i), replies->at(i + 1), replies->at(i + 2));
    return all;
}

}

QFuture<Result<QList<KeyMeta>>> readMeta(redis::Session* session, const QList<QByteArray>& keys, redis::Session::Line line)
{
    redis::Pipeline pipeline;
    pipeline.reserve(keys.size() * commandsPerKey);
    for (const QByteArray& key : keys)
        pipeline << redis::Command {"PTTL", key} << redis::Command {"TYPE", key} << redis::Command {"MEMORY", "USAGE", key};
    return session->send(std::move(pipeline), line).then([](const Result<redis::Replies>& replies) { return metaFrom(replies); });
}

}
