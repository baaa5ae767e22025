// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/run.h"

#include <vector>

namespace core::invalidate {

// What became of each key of a plan. Each key is settled once.
class Ledger final {
public:
    explicit Ledger(keys::KeyList keys);

    // Names of a batch by what they are to the plan: keys of it that are still to do, and others. Repeats are dropped.
    struct Split {
        QList<QByteArray> planned;
        QList<QByteArray> others;
        bool isEmpty() const { return planned.isEmpty() && others.isEmpty(); }
    };
    Split split(const QList<QByteArray>& names) const;

    // At most `count` keys from `cursor` on, which is moved behind them: that are still to do; that were deleted or had vanished.
    QList<QByteArray> nextPending(qsizetype& cursor, qsizetype count) const;
    QList<QByteArray> nextDone(qsizetype& cursor, qsizetype count) const;
    bool isPending(const QByteArray& key) const;

    // UNLINK answered: `removed` of these keys were there. seenAbsent: see RunSummary::verified.
    void done(const QList<QByteArray>& keys, qint64 removed, bool seenAbsent);
    void failed(const QList<QByteArray>& keys, const Error& error);
    void unknown(const QList<QByteArray>& keys);
    void unknownAllPending();
    void appeared(qint64 count) { m_summary.appeared += count; }
    void tagKeyDeleted() { ++m_summary.tagKeysDeleted; }
    // The look after the run.
    void lookedAt(const QByteArray& key, bool there);

    qint64 settled() const { return m_settled; }
    // With notReached and verified as they stand now.
    RunSummary summary() const;
    const QList<Failure>& failures() const { return m_failures; }

private:
    enum class State : char { Pending, Done, DoneSeen, Failed, Unknown };
    template <typename Wanted>
    QList<QByteArray> next(qsizetype& cursor, qsizetype count, Wanted wanted) const;
    State& stateAt(qsizetype index) { return m_states[static_cast<std::size_t>(index)]; }
    State stateAt(qsizetype index) const { return m_states[static_cast<std::size_t>(index)]; }
    qsizetype indexOf(const QByteArray& key) const;
    // False when the key is not of the plan or was settled before.
    bool settle(const QByteArray& key, State state);

    keys::KeyList m_keys;
    mutable qsizetype m_hint = 0; // keys come by in their order: the next is mostly the one behind the last
    std::vector<State> m_states;
    qint64 m_settled = 0;
    qint64 m_seen = 0;
    RunSummary m_summary;
    QList<Failure> m_failures;
};

}
