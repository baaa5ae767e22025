// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>

namespace core::values {

struct Change;

// What a change comes to over what stands there.
struct Verdict {
    enum class Answer {
        None, // not finished, or failed
        Written,
        Changed, // what should stand there does not: `current` does, or nothing of it; not written
        Gone, // the key is gone; not written
        Exists, // something stands where nothing should; not written
    };

    Answer answer = Answer::None;
    redis::Pipeline commands = {}; // in one transaction, with Written
    // With Changed: field, element, score or string that is there instead; with Written of a string, what it was written over.
    std::optional<QByteArray> current = {};
    qint64 ttlMs = -2; // of the key when it was looked at
    std::shared_ptr<const Change> undo = {}; // what takes it back if what was written still stands
};

// A small change of one key. The functions of keychanges.h and collectionwriter.h make them.
struct Change {
    QList<QByteArray> keys; // watched; the first is the one that is changed
    redis::Pipeline look; // reads only; an error reply to any of them ends the act, WRONGTYPE as Changed
    std::function<Verdict(const redis::Replies&)> judge; // of the replies to `look`; again for each try
};

// Looks, judges and writes by WATCH, MULTI and EXEC on a line of its own: what another client does to the keys in between is seen by
// the server, and nothing is written. `session` must outlive the job, and be allowed to write, or `permit` given.
class GuardedWriter final : public Job {
    Q_OBJECT
public:
    GuardedWriter(redis::Session* session, Change change, redis::WritePermit permit = {}, QObject* parent = nullptr);
    // Of the last try.
    const Verdict& verdict() const { return m_verdict; }
    Verdict::Answer answer() const { return isFinished() && outcome() ? m_verdict.answer : Verdict::Answer::None; }

protected:
    void onStart() override;

private:
    void look();
    void onLooked(redis::Replies replies);
    void onWritten(const redis::Replies& replies);
    void end();

    redis::Session* m_session;
    Change m_change;
    redis::WritePermit m_permit;
    std::shared_ptr<redis::ExclusiveLine> m_line;
    std::shared_ptr<void> m_reading; // the values it looks at, see redis::OwnReads
    Verdict m_verdict;
    int m_tries = 0;
};

}
