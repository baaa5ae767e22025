// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/memorypass.h"

#include <algorithm>

namespace core::invalidate {

namespace {
    constexpr qsizetype perBatch = 500;
}

MemoryPass::MemoryPass(redis::Session* session, QList<QByteArray> keys, bool presenceOnly, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_keys(std::move(keys))
    , m_presenceOnly(presenceOnly)
{
}

void MemoryPass::start(Found found, Ended ended)
{
    m_found = std::move(found);
    m_ended = std::move(ended);
    run();
}

void MemoryPass::run()
{
    m_next = 0;
    m_denied = false;
    m_sender = new BatchSender(m_session,
        {[this] { return nextBatch(); },
            [this](qint64 from, const Result<redis::Replies>& replies) { onAnswer(from, replies); }, [this] { onEnded(); }},
        this);
    m_sender->start();
}

void MemoryPass::stop()
{
    giveUp({Code::Cancelled, Reason::None, {}, {}});
}

BatchSender::Batch MemoryPass::nextBatch()
{
    BatchSender::Batch batch;
    batch.ticket = m_next;
    const qsizetype end = std::min(m_next + perBatch, m_keys.size());
    for (; m_next < end; ++m_next) {
        const QByteArray& key = m_keys.at(m_next);
        batch.pipeline << (m_useExists ? redis::Command {"EXISTS", key} : redis::Command {"MEMORY", "USAGE", key});
    }
    return batch;
}

void MemoryPass::onAnswer(qint64 from, const Result<redis::Replies>& replies)
{
    if (!replies)
        return giveUp(replies.error());
    for (qsizetype i = 0; i < replies->size() && !m_denied; ++i) {
        const redis::Reply& reply = replies->at(i);
        if (isDenied(reply))
            return;
        if (reply.isError())
            return giveUp(redis::toError(reply, QStringLiteral("MEMORY")));
        const bool there = reply.type == redis::Reply::Type::Integer && !(m_useExists && reply.integer == 0);
        m_found(from + i, there ? std::optional<qint64>(m_useExists ? 0 : reply.integer) : std::nullopt);
    }
}

// Nothing was found yet when the first answer denies it, so the other way starts from the beginning.
bool MemoryPass::isDenied(const redis::Reply& reply)
{
    if (!reply.isError() || !m_presenceOnly || m_useExists)
        return false;
    const Reason reason = redis::toError(reply, QStringLiteral("MEMORY")).reason;
    if (reason != Reason::NoPermission && reason != Reason::UnknownCommand)
        return false;
    m_denied = true;
    m_sender->stop();
    return true;
}

void MemoryPass::giveUp(const Error& error)
{
    if (m_outcome)
        m_outcome = fail(error);
    m_sender->stop();
}

void MemoryPass::onEnded()
{
    if (m_denied && m_outcome) {
        m_sender->deleteLater();
        m_useExists = true;
        return run();
    }
    m_ended(m_outcome);
}

}
