// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/ledger.h"

#include <algorithm>

#include <QSet>

namespace core::invalidate {

namespace {
    constexpr qsizetype failuresKept = 1000;
}

Ledger::Ledger(keys::KeyList keys)
    : m_keys(std::move(keys))
    , m_states(static_cast<std::size_t>(m_keys.size()), State::Pending)
{
}

qsizetype Ledger::indexOf(const QByteArray& key) const
{
    const qsizetype index = m_keys.indexOf(key, m_hint);
    m_hint = index + 1;
    return index;
}

bool Ledger::isPending(const QByteArray& key) const
{
    const qsizetype index = indexOf(key);
    return index >= 0 && stateAt(index) == State::Pending;
}

Ledger::Split Ledger::split(const QList<QByteArray>& names) const
{
    Split out;
    QSet<QByteArray> seen;
    for (const QByteArray& name : names) {
        if (seen.contains(name))
            continue;
        seen.insert(name);
        (isPending(name) ? out.planned : out.others) << name;
    }
    return out;
}

template <typename Wanted>
QList<QByteArray> Ledger::next(qsizetype& cursor, qsizetype count, Wanted wanted) const
{
    QList<QByteArray> out;
    for (; cursor < m_keys.size() && out.size() < count; ++cursor) {
        if (wanted(stateAt(cursor)))
            out << m_keys.key(cursor);
    }
    return out;
}

QList<QByteArray> Ledger::nextPending(qsizetype& cursor, qsizetype count) const
{
    return next(cursor, count, [](State state) { return state == State::Pending; });
}

QList<QByteArray> Ledger::nextDone(qsizetype& cursor, qsizetype count) const
{
    return next(cursor, count, [](State state) { return state == State::Done || state == State::DoneSeen; });
}

bool Ledger::settle(const QByteArray& key, State state)
{
    const qsizetype index = indexOf(key);
    if (index < 0 || stateAt(index) != State::Pending)
        return false;
    stateAt(index) = state;
    ++m_settled;
    return true;
}

void Ledger::done(const QList<QByteArray>& keys, qint64 removed, bool seenAbsent)
{
    qint64 settledNow = 0;
    for (const QByteArray& key : keys)
        settledNow += settle(key, seenAbsent ? State::DoneSeen : State::Done) ? 1 : 0;
    if (seenAbsent)
        m_seen += settledNow;
    m_summary.deleted += removed;
    m_summary.vanished += settledNow - removed;
}

void Ledger::failed(const QList<QByteArray>& keys, const Error& error)
{
    for (const QByteArray& key : keys) {
        if (!settle(key, State::Failed))
            continue;
        ++m_summary.failed;
        if (m_failures.size() < failuresKept)
            m_failures << Failure {key, error};
    }
}

void Ledger::unknown(const QList<QByteArray>& keys)
{
    for (const QByteArray& key : keys)
        m_summary.unknown += settle(key, State::Unknown) ? 1 : 0;
}

void Ledger::unknownAllPending()
{
    const auto count = std::ranges::count(m_states, State::Pending);
    std::ranges::replace(m_states, State::Pending, State::Unknown);
    m_settled += count;
    m_summary.unknown += count;
}

void Ledger::lookedAt(const QByteArray& key, bool there)
{
    const qsizetype index = indexOf(key);
    if (index < 0)
        return;
    State& state = stateAt(index);
    if (there) {
        ++m_summary.reappeared;
    } else if (state == State::Done) {
        state = State::DoneSeen;
        ++m_seen;
    }
}

RunSummary Ledger::summary() const
{
    RunSummary out = m_summary;
    out.notReached = m_keys.size() - m_settled;
    out.verified = m_seen == m_keys.size();
    return out;
}

QJsonObject toJson(const RunSummary& summary)
{
    return {{QStringLiteral("deleted"), summary.deleted}, {QStringLiteral("vanished"), summary.vanished},
        {QStringLiteral("failed"), summary.failed}, {QStringLiteral("reappeared"), summary.reappeared},
        {QStringLiteral("appeared"), summary.appeared}, {QStringLiteral("tag_keys_deleted"), summary.tagKeysDeleted},
        {QStringLiteral("verified"), summary.verified}, {QStringLiteral("unknown"), summary.unknown},
        {QStringLiteral("not_reached"), summary.notReached}, {QStringLiteral("duration_ms"), summary.durationMs}};
}

}
