// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/plan.h"

#include <QJsonObject>

namespace core::invalidate {

// deleted + vanished + failed + unknown + notReached are the keys of the plan.
struct RunSummary {
    qint64 deleted = 0; // UNLINK said so
    qint64 vanished = 0; // gone before we came
    qint64 failed = 0;
    qint64 reappeared = 0; // stored anew after their deletion: not a failure
    qint64 appeared = 0; // members of a tag beyond the plan, gained or stored anew since it was made; deleted too
    qint64 tagKeysDeleted = 0; // an index that gained entries behind the deletion stays with those
    // Every key was seen absent after its deletion. Seen how: behind UNLINK, in the same MULTI (or the same Lua call), the keys are
    // UNLINKed once more and the answer must be 0. Nobody can store one in between, so this holds also while writers store keys
    // anew at once, where a look from outside could not tell "stored again" from "never deleted"; it costs one command for 100
    // keys; and it moves no hit or miss counter, as EXISTS would. Without the permission for MULTI, a key counts as seen when
    // the look after the run finds it absent.
    bool verified = false;
    qint64 durationMs = 0;
    qint64 unknown = 0; // sent, line lost, outcome not known; never sent again
    qint64 notReached = 0; // of the plan, after a cancel or a lost line
};

QJsonObject toJson(const RunSummary& summary); // by the field names of CLI.md, with unknown and not_reached

struct Failure {
    QByteArray key;
    Error error;
};

// Deletes exactly the plan: UNLINK of 100 keys a command, pipelined, paced; tags race-safe (Lua or CAS); then looks what has come
// again and writes the audit line. Cancel ends after the batch in flight. Nothing is ever sent twice: a lost line ends the run
// with its error, what was in flight is unknown. Refused before anything is sent: another server, run or database than the plan's
// (PlanOtherServer), a read-only session, an audit log that cannot be written. A tag that has become unreadable ends the run with
// CorruptTag before a key is deleted. Keys that the server refused to delete are failures(), and the outcome is the first's error.
class Run final : public Job {
    Q_OBJECT
public:
    struct Options {
        int keysPerS = 0; // 0: as fast as the server takes it, two batches in flight. A tag within its size goes in one call.
        QString auditFile; // see audit.h; empty: the default
        QString profile; // for the audit line
        redis::WritePermit permit; // runs in a read-only session too
    };
    // The GUI or main thread, as the session. A session that dies ends the run like a lost line; no other database is selected meanwhile.
    Run(redis::Session* session, Plan plan, Options options, QObject* parent = nullptr);
    ~Run() override;
    const Plan& plan() const;
    const RunSummary& summary() const;
    const QList<Failure>& failures() const; // at most 1,000 kept, all counted
    QString auditId() const; // the id of the audit line; empty when nothing was begun

protected:
    void onStart() override;
    void onCancel() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
