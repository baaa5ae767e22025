// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/unlink.h"

#include <algorithm>

namespace core::invalidate {

namespace {
    // 0.23 ms of the server a command; larger ones bring no speed, only longer stalls (measured on 7.0.15).
    constexpr qsizetype perCommand = 100;

    // The first error among the replies, also inside EXEC's.
    const redis::Reply* firstError(const redis::Replies& replies)
    {
        const auto it = std::ranges::find_if(replies, [](const redis::Reply& reply) { return reply.isError(); });
        if (it != replies.end())
            return &*it;
        const redis::Reply& last = replies.last();
        return last.isArray() && !last.items.isEmpty() ? firstError(last.items) : nullptr;
    }
}

bool mayHaveRun(const Error& error)
{
    return error.code == Code::Lost || error.code == Code::Cancelled;
}

qsizetype appendUnlinks(redis::Pipeline& pipeline, const QList<QByteArray>& keys, qsizetype perUnlink)
{
    qsizetype added = 0;
    for (qsizetype from = 0; from < keys.size(); from += perUnlink, ++added) {
        redis::Command unlink {"UNLINK"};
        for (qsizetype i = from; i < std::min(from + perUnlink, keys.size()); ++i)
            unlink << keys.at(i);
        pipeline << unlink;
    }
    return added;
}

qint64 sumOf(const redis::Replies& replies, qsizetype from, qsizetype count)
{
    qint64 sum = 0;
    for (qsizetype i = from; i < from + count && i < replies.size(); ++i)
        sum += replies.at(i).integer;
    return sum;
}

Unlinker::Unlinker(redis::Session* session, Ledger* ledger, Options options, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_ledger(ledger)
    , m_options(options)
{
}

void Unlinker::start(const Ledger::Split& keys, Ended ended)
{
    start([keys = keys.planned](qsizetype count) mutable {
        const QList<QByteArray> first = keys.mid(0, count);
        keys.remove(0, first.size());
        return first;
    }, keys.others, std::move(ended));
}

void Unlinker::startWithAllPending(Ended ended)
{
    start([this, cursor = qsizetype(0)](qsizetype count) mutable { return m_ledger->nextPending(cursor, count); }, {}, std::move(ended));
}

void Unlinker::start(Source planned, QList<QByteArray> others, Ended ended)
{
    m_planned = std::move(planned);
    m_others = std::move(others);
    m_ended = std::move(ended);
    m_sender = new BatchSender(m_session,
        {[this] { return nextBatch(); },
            [this](qint64 ticket, const Result<redis::Replies>& replies) { onAnswer(ticket, replies); },
            [this] { m_ended(m_outcome); }},
        this);
    m_sender->setKeysPerS(m_options.keysPerS);
    m_sender->setPermit(m_options.abilities.permit);
    m_sender->start();
}

void Unlinker::stop()
{
    if (m_sender != nullptr)
        m_sender->stop();
}

Unlinker::Part Unlinker::nextPart()
{
    if (!m_again.isEmpty())
        return m_again.takeFirst();
    // A slow pace is kept by smaller commands, not by rare ones.
    const qsizetype size = m_options.keysPerS > 0 ? std::clamp<qsizetype>(m_options.keysPerS / 10, 1, perCommand) : perCommand;
    if (QList<QByteArray> planned = m_planned(size); !planned.isEmpty())
        return {std::move(planned), true, false};
    Part part {m_others.mid(0, size), false, false};
    m_others.remove(0, part.keys.size());
    return part;
}

BatchSender::Batch Unlinker::nextBatch()
{
    BatchSender::Batch batch;
    Part part = nextPart();
    if (part.keys.isEmpty())
        return batch;
    batch.ticket = ++m_ticket;
    batch.keys = part.keys.size();
    const bool inTransaction = m_options.abilities.multi && !part.oneByOne;
    if (inTransaction) {
        batch.pipeline << redis::Command {"MULTI"};
        appendUnlinks(batch.pipeline, part.keys, perCommand);
        appendUnlinks(batch.pipeline, part.keys, perCommand); // seen absent: RunSummary::verified
        batch.pipeline << redis::Command {"EXEC"};
    } else {
        appendUnlinks(batch.pipeline, part.keys, part.oneByOne ? 1 : perCommand);
    }
    m_sent.insert(batch.ticket, {std::move(part), inTransaction});
    return batch;
}

void Unlinker::onAnswer(qint64 ticket, const Result<redis::Replies>& replies)
{
    const Sent sent = m_sent.take(ticket);
    const Part& part = sent.part;
    if (!replies) {
        if (part.planned && mayHaveRun(replies.error()))
            m_ledger->unknown(part.keys);
        if (m_outcome)
            m_outcome = fail(replies.error());
        m_sender->stop();
    } else if (part.oneByOne) {
        onSingles(part, *replies);
    } else {
        onBatch(part, *replies, sent.inTransaction);
    }
    emit progressed();
}

void Unlinker::onBatch(const Part& part, const redis::Replies& replies, bool inTransaction)
{
    if (const redis::Reply* wrong = firstError(replies))
        return onRefused(part, redis::toError(*wrong, QStringLiteral("UNLINK")), inTransaction);
    if (!inTransaction)
        return settle(part, sumOf(replies, 0, replies.size()), false);
    const redis::Replies& results = replies.last().items;
    const qsizetype half = results.size() / 2;
    settle(part, sumOf(results, 0, half), half > 0 && sumOf(results, half, half) == 0);
}

// One key that the user may not touch makes Redis refuse its whole command, which executed nothing: ask for each key alone.
// A full server queues nothing in a transaction (Redis 7.0 processCommand()), though UNLINK by itself is just what helps it.
void Unlinker::onRefused(const Part& part, const Error& error, bool inTransaction)
{
    if (error.reason == Reason::OutOfMemory && inTransaction) {
        m_options.abilities.multi = false;
        m_again << Part {part.keys, part.planned, part.oneByOne};
    } else if (error.reason == Reason::NoPermission && part.keys.size() > 1)
        m_again << Part {part.keys, part.planned, true};
    else if (part.planned)
        m_ledger->failed(part.keys, error);
}

void Unlinker::onSingles(const Part& part, const redis::Replies& replies)
{
    for (qsizetype i = 0; i < replies.size(); ++i) {
        const Part one {{part.keys.at(i)}, part.planned, true};
        if (replies.at(i).isError())
            onRefused(one, redis::toError(replies.at(i), QStringLiteral("UNLINK")), false);
        else
            settle(one, replies.at(i).integer, false);
    }
}

void Unlinker::settle(const Part& part, qint64 removed, bool seenAbsent)
{
    if (part.planned)
        m_ledger->done(part.keys, removed, seenAbsent);
    else
        m_ledger->appeared(removed);
}

}
