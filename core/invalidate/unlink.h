// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/batchsender.h"
#include "core/invalidate/ledger.h"

#include <QHash>
#include <QSet>

#include <functional>

namespace core::invalidate {

// What this Redis user may do, found out before the first deletion, and what we let this run do.
struct Abilities {
    bool multi = true;
    bool eval = true;
    redis::WritePermit permit;
};

// Whether a failed send may have been executed: Session says Lost for what had left it (and a dropped future says Cancelled), and
// gives another code to what never left.
bool mayHaveRun(const Error& error);

// UNLINK of these keys, `perCommand` at a time; how many commands were added.
qsizetype appendUnlinks(redis::Pipeline& pipeline, const QList<QByteArray>& keys, qsizetype perCommand);
qint64 sumOf(const redis::Replies& replies, qsizetype from, qsizetype count);

// Deletes a list of keys, 100 a command. Keys of the plan are settled in the ledger, others count as appeared.
class Unlinker final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Unlinker)
public:
    struct Options {
        int keysPerS = 0;
        Abilities abilities;
    };
    using Ended = std::function<void(Result<void>)>; // an error ended it early: lost line, refused session

    Unlinker(redis::Session* session, Ledger* ledger, Options options, QObject* parent);
    void start(const Ledger::Split& keys, Ended ended);
    void startWithAllPending(Ended ended); // what of the ledger's plan is still to do
    void stop(); // ended follows after the batches in flight, without an error

signals:
    void progressed();

private:
    struct Part {
        QList<QByteArray> keys;
        bool planned = true;
        bool oneByOne = false;
    };
    using Source = std::function<QList<QByteArray>(qsizetype count)>;
    void start(Source planned, QList<QByteArray> others, Ended ended);
    Part nextPart();
    BatchSender::Batch nextBatch();
    void onAnswer(qint64 ticket, const Result<redis::Replies>& replies);
    void onBatch(const Part& part, const redis::Replies& replies, bool inTransaction);
    void onSingles(const Part& part, const redis::Replies& replies);
    void onRefused(const Part& part, const Error& error, bool inTransaction);
    void settle(const Part& part, qint64 removed, bool seenAbsent);

    redis::Session* m_session;
    Ledger* m_ledger;
    Options m_options;
    Source m_planned;
    QList<QByteArray> m_others;
    QList<Part> m_again; // to be sent once more, in another way
    struct Sent {
        Part part;
        bool inTransaction = false;
    };
    QHash<qint64, Sent> m_sent; // in flight, by ticket
    qint64 m_ticket = 0;
    Ended m_ended;
    Result<void> m_outcome;
    BatchSender* m_sender = nullptr;
};

}
