// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"

#include <QByteArray>

#include <memory>
#include <optional>

namespace core::values {

// A string to be stored, and what must stand there for it.
struct StringEdit {
    enum class Lifetime { Keep, Set, Forever };

    QByteArray key;
    QByteArray value;
    Lifetime lifetime = Lifetime::Keep;
    qint64 ttlMs = 0; // with Set
    // Only over exactly this, given whole or by its SHA-256 (32 bytes). Without either over anything, and where nothing is.
    std::optional<QByteArray> expected = {};
    std::optional<QByteArray> expectedSha256 = {};

    bool isConditional() const { return expected || expectedSha256; }
    bool fits(const QByteArray& stored) const;
};

// Compares and sets: by WATCH, MULTI and EXEC on a line of its own, so that what another client stores, or that the key runs out,
// between the comparison and the write is seen by the server, and nothing is written. A key of another type is Reason::WrongType.
// Lookups: two a try. `session` must outlive the job, and be allowed to write, or `permit` given.
class StringWriter final : public Job {
    Q_OBJECT
public:
    enum class Answer {
        None, // not finished, or failed
        Written,
        Changed, // current() is there instead; not written
        Gone, // nothing is there; not written
    };

    StringWriter(redis::Session* session, StringEdit edit, redis::WritePermit permit = {}, QObject* parent = nullptr);
    Answer answer() const { return m_answer; }
    // What was stored when it was compared: overwritten, or in the way. None: the key did not exist.
    const std::optional<QByteArray>& current() const { return m_current; }
    // The edit that puts it back with the time it had left, if what was written still stands. After Written over a string only.
    std::optional<StringEdit> undo() const;

protected:
    void onStart() override;

private:
    void compare();
    void onRead(const redis::Replies& replies);
    void write();
    void onWritten(const redis::Replies& replies);
    void end(Answer answer);

    redis::Session* m_session;
    StringEdit m_edit;
    redis::WritePermit m_permit;
    std::shared_ptr<redis::ExclusiveLine> m_line;
    Answer m_answer = Answer::None;
    std::optional<QByteArray> m_current;
    qint64 m_ttlMs = -2;
    int m_tries = 0;
};

}
