// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/plan.h"

namespace core::invalidate {

struct RunSummary {
    qint64 deleted = 0; // UNLINK said so
    qint64 vanished = 0; // gone before we came
    qint64 failed = 0;
    qint64 reappeared = 0; // stored anew after their deletion: not a failure
    qint64 appeared = 0; // new members a tag gained while it was being invalidated; deleted too
    qint64 tagKeysDeleted = 0;
    bool verified = false; // every key was seen absent after its deletion
    qint64 durationMs = 0;
    qint64 unknown = 0; // sent, line lost, outcome not known; never sent again
    qint64 notReached = 0; // of the plan, after a cancel or a lost line
};

struct Failure {
    QByteArray key;
    Error error;
};

// Deletes exactly the plan: UNLINK of 100 keys a command, pipelined, paced; tags race-safe (Lua or CAS); then verifies and writes
// the audit line. Cancel ends after the batch in flight. Nothing is ever sent twice.
class Run final : public Job {
    Q_OBJECT
public:
    struct Options {
        int keysPerS = 0; // 0: as fast as the server takes it, two batches in flight
        QString auditFile; // see audit.h; empty: the default
        QString profile; // for the audit line
    };
    Run(redis::Session* session, Plan plan, Options options, QObject* parent = nullptr);
    ~Run() override;
    const Plan& plan() const;
    const RunSummary& summary() const;
    const QList<Failure>& failures() const; // at most 1,000 kept, all counted
    QString auditId() const;

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
