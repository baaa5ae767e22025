// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/run.h"

#include <functional>
#include <optional>

namespace core::invalidate {

// Deletes keys of one confirmed plan one at a time, where each deletion is a step of something else: a Run, and so an audit line, for
// each. Keys outside the plan are refused. What is deleted cannot be brought back. In the session's thread.
class KeyRemover final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyRemover)
public:
    // allow() has said yes to `plan`. `session` must outlive it.
    KeyRemover(redis::Session* session, Plan plan, Run::Options options, QObject* parent = nullptr);
    // `removed`: whether the key was there; an error when it may be there still, as after a log that could not be begun. `flaw`: the key
    // is gone, but the end of it is not in the log (Code::File), or what came after it was not seen.
    using Then = std::function<void(Result<bool> removed, std::optional<Error> flaw)>;
    void remove(const QByteArray& key, Then then);

private:
    redis::Session* m_session;
    Plan m_plan;
    Run::Options m_options;
};

// A frozen list of exactly these keys, for the server and database that the session has now. Their sizes are not asked.
Plan planOfKeys(const redis::Session& session, const keys::KeyList& keys);

}
