// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/memorypass.h"

namespace core::invalidate {

namespace {
    constexpr qsizetype perBatch = 500;
}

MemoryPass::MemoryPass(redis::Session* session, Next next, bool presenceOnly, QObject* parent)
    : QObject(parent)
    , m_next(std::move(next))
    , m_presenceOnly(presenceOnly)
    , m_sender(new BatchSender(session,
          {[this] { return nextBatch(); },
              [this](qint64 ticket, const Result<redis::Replies>& replies) { onAnswer(ticket, replies); }, [this] { m_ended(m_outcome); }},
          this))
{
}

void MemoryPass::start(Found found, Ended ended)
{
    m_found = std::move(found);
    m_ended = std::move(ended);
    m_sender->start();
}

void MemoryPass::stop()
{
    giveUp({Code::Cancelled, Reason::None, {}, {}});
}

BatchSender::Batch MemoryPass::nextBatch()
{
    Asked asked {m_again.isEmpty() ? m_next(perBatch) : std::exchange(m_again, {}), m_useExists};
    BatchSender::Batch batch;
    batch.ticket = ++m_ticket;
    for (const QByteArray& key : std::as_const(asked.keys))
        batch.pipeline << (m_useExists ? redis::Command {"EXISTS", key} : redis::Command {"MEMORY", "USAGE", key});
    if (!asked.keys.isEmpty())
        m_asked.insert(batch.ticket, std::move(asked));
    return batch;
}

void MemoryPass::onAnswer(qint64 ticket, const Result<redis::Replies>& replies)
{
    const Asked asked = m_asked.take(ticket);
    if (!replies)
        return giveUp(replies.error());
    for (qsizetype i = 0; i < replies->size(); ++i) {
        const redis::Reply& reply = replies->at(i);
        if (!asked.byExists && isDenied(reply)) {
            m_useExists = true;
            m_again << asked.keys.mid(i);
            return;
        }
        if (reply.isError())
            return giveUp(redis::toError(reply, asked.byExists ? QStringLiteral("EXISTS") : QStringLiteral("MEMORY")));
        const bool there = reply.type == redis::Reply::Type::Integer && !(asked.byExists && reply.integer == 0);
        m_found(asked.keys.at(i), there ? std::optional<qint64>(asked.byExists ? 0 : reply.integer) : std::nullopt);
    }
}

bool MemoryPass::isDenied(const redis::Reply& reply) const
{
    if (!reply.isError() || !m_presenceOnly)
        return false;
    const Reason reason = redis::toError(reply, QStringLiteral("MEMORY")).reason;
    return reason == Reason::NoPermission || reason == Reason::UnknownCommand;
}

void MemoryPass::giveUp(const Error& error)
{
    if (m_outcome)
        m_outcome = fail(error);
    m_sender->stop();
}

}
