// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/locks.h"

#include <QObject>
#include <QPromise>

namespace core::cache {

// One compare-and-delete: by one Lua call, or by WATCH, GET, MULTI, DEL, EXEC on a line of its own where EVAL is refused.
// Deletes itself when it has answered.
class LockRelease final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LockRelease)
public:
    LockRelease(redis::Session* session, QByteArray key, QByteArray owner);
    QFuture<Result<Release>> start();

private:
    void onScript(const Result<redis::Replies>& replies);
    void watch();
    void onWatched(const Result<redis::Replies>& replies);
    void onExec(const Result<redis::Replies>& replies);
    void end(Result<Release> result);

    redis::Session* m_session;
    QByteArray m_key;
    QByteArray m_owner;
    QPromise<Result<Release>> m_promise;
    std::shared_ptr<redis::ExclusiveLine> m_line;
    int m_tries = 0;
};

}
