// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/session.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <vector>

namespace core::redis {

// Names of keys as they are written, deleted, evicted or expire, in any database: Redis' client tracking in broadcast mode. It says that a
// key changed and not how, and nothing of reads. Needs Redis 6 and, for an ACL user, +client, +subscribe and the channel
// __redis__:invalidate. RESP2: the names come on a line of its own that redirects tracking to itself (Redis 7.0.15, tracking.c).
//
// Follows once: where it was refused or lost, another is made. Made, used and signalling in the session's thread; `session` must outlive
// it.
class InvalidationFeed final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InvalidationFeed)
public:
    // Takes each message in the I/O thread: an array of names, or nil where everything may have changed (FLUSHALL, or FLUSHDB in
    // whichever database). May outlive the feed by a message.
    using Sink = std::function<void(const Reply& names)>;

    // `line`: its name in Activity. Without prefixes every key is told; none may begin with another, which the server refuses.
    InvalidationFeed(Session* session, const QString& line, QList<QByteArray> prefixes, Sink sink, QObject* parent = nullptr);

    bool isFollowing() const { return m_following; }
    // `then` once in the thread of `context`, and never after its death, when the sink has had the names of everything that was written
    // before the server took this question. Those that ask in one turn of the event loop share one question.
    void afterAllSoFar(QObject* context, std::function<void(const Result<void>&)> then);

signals:
    void following(); // whatever is written from now on is told
    void refused(const core::Error& why); // it never began
    void lost(); // some may not have been told

private:
    void subscribe(const QByteArray& clientId);
    void ping();
    void askAll();

    struct Asker {
        QPointer<QObject> context;
        std::function<void(const Result<void>&)> then;
    };
    QList<QByteArray> m_prefixes;
    std::shared_ptr<ExclusiveLine> m_line;
    bool m_following = false;
    QTimer m_ping;
    std::vector<Asker> m_askers; // of this turn
};

}
