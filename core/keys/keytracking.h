// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyindex.h"
#include "core/redis/invalidationfeed.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace core::keys {

// Keeps a key index fresh without another scan: Redis' client tracking in broadcast mode tells the name of every key that is written,
// deleted, evicted or expires, in any database; whether it is there now is asked by MEMORY USAGE, which counts no lookup (Redis 7.0.15,
// db.c and object.c). Needs +memory beside what redis::InvalidationFeed needs. Costs the server a message for each write while it is on.
//
// Lives in the thread of the index; both must outlive it.
class KeyTracking final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyTracking)
public:
    enum class State {
        Off,
        Starting, // also between two tries: the session has no connection, or error() says what passes
        Following,
        Refused, // by the server, error() says why; tried again after a reconnect and by retry()
        Overrun, // more was written than can be asked about; tried again with the next scan and by retry()
    };
    Q_ENUM(State)

    KeyTracking(redis::Session* session, KeyIndex* index, QObject* parent = nullptr);
    ~KeyTracking() override;

    void setEnabled(bool enabled);
    bool isEnabled() const { return m_enabled; }
    // After Refused and Overrun: begins anew. Otherwise no effect. Before a scan, which then is covered.
    void retry();
    State state() const { return m_state; }
    const Error& error() const { return m_error; }
    // Nothing was missed since the scan began that found the shown keys: what is shown is what is there, but for a moment.
    bool covers(const KeyIndex::Snapshot& shown) const;

signals:
    // Also when covers() changed.
    void stateChanged();

private:
    struct Inbox;

    void setState(State state, const Error& error = {Code::Cancelled});
    void handleSession();
    void handleIndex();
    void begin();
    void follow();
    void refuse(const Error& why);
    void noteFailure(const Error& why);
    void drop();
    void restart();
    void empty();
    void handleEverything();
    void askNext();
    void apply(const QList<QByteArray>& names, const redis::Replies& sizes);

    redis::Session* m_session;
    KeyIndex* m_index;
    bool m_enabled = false;
    State m_state = State::Off;
    Error m_error {Code::Cancelled};
    QDateTime m_since; // when it began to hear everything, UTC
    std::shared_ptr<Inbox> m_inbox; // filled in the I/O thread; another one for each feed
    redis::InvalidationFeed* m_feed = nullptr;
    bool m_asking = false;
    QTimer m_again;
    QTimer m_pace;
};

}
