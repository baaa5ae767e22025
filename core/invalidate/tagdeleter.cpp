// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/tagdeleter.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/cache/taglist.h"
#include "core/invalidate/tagscript.h"

#include <algorithm>

namespace core::invalidate {

namespace {
    constexpr qint64 scriptLimit = 10'000; // some 25 ms of the server
    constexpr qsizetype transactionLimit = 10'000; // names not yet deleted that one MULTI may take
    constexpr qsizetype namesPerUnlink = 1000;
    constexpr int namesPerPart = 500;
    constexpr int maxTries = 20;
    constexpr int maxFullTries = 3;
    constexpr int backOffMs = 5;

    // A full server queues nothing in a transaction; UNLINK by itself makes room.
    bool isFull(const redis::Replies& replies)
    {
        return std::ranges::any_of(
            replies, [](const redis::Reply& reply) { return reply.isError() && redis::toError(reply, {}).reason == Reason::OutOfMemory; });
    }

    QString shown(const cache::TagInfo& tag)
    {
        return displayText(tag.key);
    }
}

TagDeleter::TagDeleter(redis::Session* session, Ledger* ledger, Options options, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_ledger(ledger)
    , m_options(options)
{
    m_wait.setSingleShot(true);
    connect(&m_wait, &QTimer::timeout, this, [this] { m_afterWait(); });
}

void TagDeleter::start(const cache::TagInfo& tag, Ended ended)
{
    m_tag = tag;
    m_ended = std::move(ended);
    const bool paced = m_options.keysPerS > 0 && tag.members > m_options.keysPerS;
    if (tag.layout != cache::TagLayout::JsonList) {
        // A pass ends; one over an index that grows faster than it is emptied takes long, and this bounds it.
        m_partsLeft = 40 + tag.members / 50;
        if (mayUseMulti())
            nextPart();
    } else if (m_options.abilities.eval && tag.members <= scriptLimit && !paced) {
        deleteByScript();
    } else {
        deleteByWatching();
    }
}

void TagDeleter::stop()
{
    m_stopping = true;
    if (m_unlinker)
        m_unlinker->stop();
    if (m_wait.isActive()) {
        m_wait.stop();
        end();
    }
}

void TagDeleter::waitThen(qint64 ms, std::function<void()> step)
{
    m_afterWait = std::move(step);
    m_wait.start(static_cast<int>(ms));
}

// Without MULTI its commands would be executed one by one, which is just what must not happen.
bool TagDeleter::mayUseMulti()
{
    if (!m_options.abilities.multi)
        end(fail(Code::Permission, Reason::NoPermission, QStringLiteral("+multi"),
            QStringLiteral("the tag %1 cannot be deleted safely without it").arg(shown(m_tag))));
    return m_options.abilities.multi;
}

void TagDeleter::deleteByWatching()
{
    if (!mayUseMulti())
        return;
    m_line = m_session->exclusiveLine(QStringLiteral("invalidate"), m_options.abilities.permit);
    watchList();
}

bool TagDeleter::mustStop()
{
    if (m_stopping)
        end();
    return m_stopping;
}

void TagDeleter::end(Result<void> outcome)
{
    if (m_over)
        return;
    m_over = true;
    m_ended(std::move(outcome));
}

bool TagDeleter::failedWith(const redis::Replies& replies, const QString& command)
{
    const auto wrong = std::ranges::find_if(replies, [](const redis::Reply& reply) { return reply.isError(); });
    if (wrong == replies.end())
        return false;
    end(fail(redis::toError(*wrong, command)));
    return true;
}

void TagDeleter::lost(const QList<QByteArray>& inFlight, const Error& error)
{
    if (mayHaveRun(error))
        m_ledger->unknown(inFlight);
    end(fail(error));
}

// One Lua call.

void TagDeleter::deleteByScript()
{
    const redis::Pipeline call {{"EVAL", tagScript(), "1", m_tag.key, QByteArray::number(scriptLimit)}};
    onFinished(m_session->send(call, redis::Session::Line::Bulk, m_options.abilities.permit), this,
        [this](const Result<redis::Replies>& replies) { onScript(replies); });
}

void TagDeleter::onScript(const Result<redis::Replies>& replies)
{
    // Which of them the list held is known to the server alone.
    if (!replies) {
        if (mayHaveRun(replies.error()))
            m_ledger->unknownAllPending();
        return end(fail(replies.error()));
    }
    const redis::Reply& reply = replies->first();
    const QByteArray word = reply.items.value(0).bytes;
    const bool another = reply.isError() && isRefused(redis::toError(reply, QStringLiteral("EVAL")));
    if (another || word == "too-many") {
        if (!mustStop())
            deleteByWatching();
        return;
    }
    if (reply.isError())
        return end(fail(redis::toError(reply, QStringLiteral("EVAL"))));
    if (word == "gone")
        return end();
    if (word == "corrupt" || word == "wrong-type")
        return end(fail(Code::Data, Reason::CorruptTag, shown(m_tag), QString::fromLatin1(word)));
    onScriptDone(reply);
}

void TagDeleter::onScriptDone(const redis::Reply& reply)
{
    const auto names = [&reply](qsizetype at) {
        QList<QByteArray> out;
        for (const redis::Reply& item : reply.items.value(at).items)
            out << item.bytes;
        return out;
    };
    const bool whole = reply.items.value(0).bytes == "done";
    const Ledger::Split removed = m_ledger->split(names(1));
    m_ledger->done(removed.planned, removed.planned.size(), whole && reply.items.value(2).integer == 0);
    m_ledger->appeared(removed.others.size());
    emit progressed();
    if (whole) {
        m_ledger->tagKeyDeleted();
        return end();
    }
    const Error error {Code::Permission, Reason::NoPermission, QStringLiteral("+unlink"),
        QStringLiteral("of some names of the tag %1, which was kept").arg(shown(m_tag))};
    m_ledger->failed(names(3), error);
    end(fail(error));
}

// WATCH, GET, MULTI.

void TagDeleter::watchList()
{
    const redis::Pipeline look {{"WATCH", m_tag.key}, {"GET", m_tag.key}};
    onFinished(m_line->send(look), this, [this](const Result<redis::Replies>& replies) { onWatched(replies); });
}

void TagDeleter::onWatched(const Result<redis::Replies>& replies)
{
    if (!replies)
        return end(fail(replies.error()));
    if (failedWith(*replies, QStringLiteral("WATCH")) || mustStop())
        return;
    if (replies->at(1).isNil())
        return end();
    auto names = cache::parseTagList(replies->at(1).bytes);
    if (!names)
        return end(fail(Code::Data, Reason::CorruptTag, shown(m_tag), names.error().detail));
    QList<QByteArray> fresh;
    std::ranges::copy_if(*names, std::back_inserter(fresh), [this](const QByteArray& name) { return !m_processed.contains(name); });
    // A list that is paced or long goes in batches; only what is left when it stands still goes with the index.
    const bool all = fresh.size() <= transactionLimit && (m_options.keysPerS <= 0 || fresh.size() <= m_options.keysPerS);
    if (all)
        deleteListAndIndex(*names);
    else if (++m_tries >= maxTries) // it gains more in a round than a round may take
        end(fail(Code::Reply, Reason::TagStillWritten, shown(m_tag)));
    else
        deleteFirst(fresh);
}

void TagDeleter::deleteFirst(const QList<QByteArray>& names)
{
    m_processed += QSet<QByteArray>(names.begin(), names.end());
    deleteAlone(names, [this] { watchList(); });
}

void TagDeleter::deleteAlone(const QList<QByteArray>& names, std::function<void()> then)
{
    m_unlinker = new Unlinker(m_session, m_ledger, {m_options.keysPerS, m_options.abilities}, this);
    connect(m_unlinker, &Unlinker::progressed, this, &TagDeleter::progressed);
    m_unlinker->start(m_ledger->split(names), [this, then = std::move(then)](const Result<void>& outcome) {
        m_unlinker->deleteLater();
        if (!outcome)
            end(outcome);
        else if (!mustStop())
            then();
    });
}

redis::Pipeline TagDeleter::begin(Transaction& transaction) const
{
    redis::Pipeline pipeline {{"MULTI"}};
    transaction.planned = appendUnlinks(pipeline, transaction.fresh.planned, namesPerUnlink);
    appendUnlinks(pipeline, transaction.fresh.planned, namesPerUnlink);
    transaction.others = appendUnlinks(pipeline, transaction.fresh.others, namesPerUnlink);
    transaction.again = appendUnlinks(pipeline, transaction.repeated, namesPerUnlink);
    return pipeline;
}

void TagDeleter::settle(const Transaction& transaction, const redis::Replies& results)
{
    const qsizetype planned = transaction.planned;
    const bool absent = sumOf(results, planned, planned) == 0;
    m_ledger->done(transaction.fresh.planned, sumOf(results, 0, planned), absent);
    m_ledger->appeared(sumOf(results, planned * 2, transaction.others + transaction.again));
    emit progressed();
}

void TagDeleter::deleteListAndIndex(const QList<QByteArray>& names)
{
    m_transaction = {};
    QList<QByteArray> fresh;
    for (const QByteArray& name : names)
        (m_processed.contains(name) ? m_transaction.repeated : fresh) << name;
    m_transaction.fresh = m_ledger->split(fresh);
    redis::Pipeline act = begin(m_transaction);
    act << redis::Command {"UNLINK", m_tag.key} << redis::Command {"EXEC"};
    onFinished(m_line->send(act), this, [this](const Result<redis::Replies>& replies) { onListExec(replies); });
}

void TagDeleter::onListExec(const Result<redis::Replies>& replies)
{
    if (!replies)
        return lost(m_transaction.fresh.planned, replies.error());
    if (isFull(*replies) && !m_transaction.fresh.isEmpty())
        return tryAgain();
    if (failedWith(*replies, QStringLiteral("UNLINK")))
        return;
    const redis::Reply& exec = replies->last();
    if (exec.isNil())
        return tryAgain();
    if (failedWith(exec.items, QStringLiteral("UNLINK")))
        return;
    settle(m_transaction, exec.items);
    m_ledger->tagKeyDeleted();
    end();
}

// The list changed between GET and EXEC and nothing was executed. What it named goes first, so that even a list that never
// stands still is emptied of it, then it is read again.
void TagDeleter::tryAgain()
{
    if (mustStop())
        return;
    if (++m_tries >= maxTries)
        return end(fail(Code::Reply, Reason::TagStillWritten, shown(m_tag)));
    const QList<QByteArray> fresh = m_transaction.fresh.planned + m_transaction.fresh.others;
    if (!fresh.isEmpty())
        return deleteFirst(fresh);
    waitThen(backOffMs * m_tries, [this] { watchList(); });
}

// Sets, sorted sets and hashes, part by part.

redis::Command TagDeleter::partCommand() const
{
    const QByteArray command = m_tag.layout == cache::TagLayout::Set ? "SSCAN"
        : m_tag.layout == cache::TagLayout::Zset                     ? "ZSCAN"
                                                                     : "HSCAN";
    const int count = m_options.keysPerS > 0 ? std::min(m_options.keysPerS, namesPerPart) : namesPerPart;
    return {command, m_tag.key, m_cursor, "COUNT", QByteArray::number(count)};
}

void TagDeleter::nextPart()
{
    onFinished(m_session->send({partCommand()}, redis::Session::Line::Bulk, m_options.abilities.permit), this, [this](const Result<redis::Replies>& replies) {
        if (!replies)
            return end(fail(replies.error()));
        if (!failedWith(*replies, QStringLiteral("SSCAN")) && !mustStop())
            onPart(replies->first());
    });
}

void TagDeleter::onPart(const redis::Reply& part)
{
    const qsizetype stride = m_tag.layout == cache::TagLayout::Set ? 1 : 2;
    QList<QByteArray> names;
    const redis::Replies found = part.items.value(1).items;
    for (qsizetype i = 0; i < found.size(); i += stride)
        names << found.at(i).bytes;
    m_cursor = part.items.value(0).bytes;
    if (!names.isEmpty())
        deletePart(names);
    else if (m_cursor != "0")
        nextPart();
    else
        countRest();
}

void TagDeleter::deletePart(const QList<QByteArray>& names)
{
    if (m_partsLeft-- <= 0)
        return end(fail(Code::Reply, Reason::TagStillWritten, shown(m_tag)));
    m_transaction = {m_ledger->split(names), {}};
    redis::Pipeline act = begin(m_transaction);
    const QByteArray remove = m_tag.layout == cache::TagLayout::Set ? "SREM"
        : m_tag.layout == cache::TagLayout::Zset                    ? "ZREM"
                                                                    : "HDEL";
    redis::Command forget {remove, m_tag.key};
    for (const QByteArray& name : names)
        forget << name;
    act << forget << redis::Command {"EXEC"};
    // The next part behind it: one round trip each.
    m_chained = m_options.keysPerS <= 0 && m_cursor != "0";
    if (m_chained)
        act << partCommand();
    onFinished(m_session->send(act, redis::Session::Line::Bulk, m_options.abilities.permit), this,
        [this](const Result<redis::Replies>& replies) { onPartExec(replies); });
}

void TagDeleter::onPartExec(const Result<redis::Replies>& replies)
{
    if (!replies)
        return lost(m_transaction.fresh.planned, replies.error());
    if (isFull(*replies) && m_tries++ < maxFullTries) {
        const QList<QByteArray> names = m_transaction.fresh.planned + m_transaction.fresh.others;
        return deleteAlone(names, [this, names] { deletePart(names); });
    }
    const redis::Replies results = replies->at(replies->size() - (m_chained ? 2 : 1)).items;
    if (failedWith(*replies, QStringLiteral("UNLINK")) || failedWith(results, QStringLiteral("UNLINK")))
        return;
    settle(m_transaction, results);
    if (mustStop())
        return;
    if (m_chained)
        return onPart(replies->last());
    if (m_cursor == "0")
        return countRest();
    const qint64 names = m_transaction.fresh.planned.size() + m_transaction.fresh.others.size();
    waitThen(m_options.keysPerS > 0 ? names * 1000 / m_options.keysPerS : 0, [this] { nextPart(); });
}

// Redis removes an emptied index by itself. One that is not empty holds entries stored since the pass began: they stay, tagged.
void TagDeleter::countRest()
{
    const QByteArray command = m_tag.layout == cache::TagLayout::Set ? "SCARD"
        : m_tag.layout == cache::TagLayout::Zset                     ? "ZCARD"
                                                                     : "HLEN";
    onFinished(m_session->send({{command, m_tag.key}}, redis::Session::Line::Bulk, m_options.abilities.permit), this, [this](const Result<redis::Replies>& replies) {
        if (!replies)
            return end(fail(replies.error()));
        if (failedWith(*replies, QStringLiteral("SCARD")))
            return;
        if (replies->first().integer == 0)
            m_ledger->tagKeyDeleted();
        end();
    });
}

}
