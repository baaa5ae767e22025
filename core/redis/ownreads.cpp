// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/ownreads.h"

#include "core/redis/packed.h"

#include <algorithm>

namespace core::redis {

namespace {
    // Sessions and their watches live in one thread each.
    thread_local QList<OwnReads*> watches;
    thread_local QHash<const Session*, int> readers;

    bool leavesIdleTime(const Command& command)
    {
        static const QList<QByteArray> names {"PTTL", "TTL", "EXPIRETIME", "PEXPIRETIME", "TYPE", "OBJECT", "MEMORY", "INFO", "PING", "SCAN"};
        return names.contains(command.name());
    }
}

OwnReads::OwnReads(const Session* session, const QList<QByteArray>& keys)
    : m_session(session)
    , m_anything(readers.value(session) > 0)
{
    for (const QByteArray& key : keys)
        m_reads.insert(key, 0);
    watches << this;
}

OwnReads::~OwnReads()
{
    watches.removeOne(this);
}

int OwnReads::of(const QByteArray& key) const
{
    return m_reads.value(key) + (m_anything ? 1 : 0);
}

void OwnReads::note(const Session* session, const Pipeline& pipeline)
{
    if (watches.isEmpty())
        return;
    for (const Command& command : pipeline) {
        if (!leavesIdleTime(command))
            note(session, command);
    }
}

void OwnReads::note(const Session* session, const PackedPipeline& pipeline)
{
    const bool isSilent = pipeline.others().isEmpty()
        && std::ranges::all_of(pipeline.shapes(), [](const CommandShape* shape) { return leavesIdleTime(shape->command()); });
    if (watches.isEmpty() || isSilent)
        return;
    for (qsizetype i = 0; i < pipeline.size(); ++i) {
        const CommandShape* shape = pipeline.shape(i);
        if (!shape || !leavesIdleTime(shape->command()))
            note(session, pipeline.command(i));
    }
}

void OwnReads::note(const Session* session, const Command& command)
{
    for (const QByteArray& word : command.words()) { // which of them are keys does not matter: a value that is one is rare
        for (OwnReads* watch : std::as_const(watches)) {
            if (const auto read = watch->m_reads.find(word); watch->m_session == session && read != watch->m_reads.end())
                ++*read;
        }
    }
}

std::shared_ptr<void> OwnReads::readsEverything(const Session* session)
{
    ++readers[session];
    for (OwnReads* watch : std::as_const(watches))
        watch->m_anything = watch->m_anything || watch->m_session == session;
    return {nullptr, [session](void*) {
                if (--readers[session] == 0)
                    readers.remove(session);
            }};
}

}
