// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/run.h"

#include <vector>

namespace core::invalidate {

// What became of each key of a plan. Each key is settled once.
class Ledger final {
public:
    explicit Ledger(QList<QByteArray> sortedKeys);

    // Names of a batch by what they are to the plan: keys of it that are still to do, and others. Repeats are dropped.
    struct Split {
        QList<QByteArray> planned;
        QList<QByteArray> others;
        bool isEmpty() const { return planned.isEmpty() && others.isEmpty(); }
    };
    Split split(const QList<QByteArray>& names) const;

    QList<QByteArray> pending() const;
    QList<QByteArray> settledDone() const; // deleted or vanished
    bool isPending(const QByteArray& key) const;

    // UNLINK answered: `removed` of these keys were there. seenAbsent: see RunSummary::verified.
    void done(const QList<QByteArray>& keys, qint64 removed, bool seenAbsent);
    void failed(const QList<QByteArray>& keys, const Error& error);
    void unknown(const QList<QByteArray>& keys);
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
    qsizetype indexOf(const QByteArray& key) const;
    // False when the key is not of the plan or was settled before.
    bool settle(const QByteArray& key, State state);

    QList<QByteArray> m_keys;
    std::vector<State> m_states;
    qint64 m_settled = 0;
    qint64 m_seen = 0;
    RunSummary m_summary;
    QList<Failure> m_failures;
};

}
