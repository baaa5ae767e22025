// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/session.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <functional>

namespace core::invalidate {

// Sends pipelines on the Bulk line with a few in flight and, if wanted, no faster than so many keys a second. One use an object.
class BatchSender final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BatchSender)
public:
    struct Batch {
        redis::Pipeline pipeline; // empty: there is no more, unless an answer makes some
        qsizetype keys = 0; // what it counts for the pace
        qint64 ticket = 0; // handed back with the answer
    };
    struct Callbacks {
        std::function<Batch()> next;
        std::function<void(qint64 ticket, const Result<redis::Replies>& replies)> answered;
        std::function<void()> ended; // once, when nothing is left or stop() was called, and nothing is in flight
    };

    BatchSender(redis::Session* session, Callbacks callbacks, QObject* parent);
    // Before start(). Two in flight keep the server busy while an answer is on its way; more brings little (UNLINK by 100:
    // 351k keys/s with one, 386k with four).
    void setWindow(int batches) { m_window = batches; }
    void setKeysPerS(int keysPerS) { m_keysPerS = keysPerS; } // 0: no limit
    void setPermit(redis::WritePermit permit) { m_permit = permit; }
    void start();
    // Nothing more is sent; ended follows when what is in flight has been answered.
    void stop();
    bool isStopped() const { return m_stopped; }

private:
    void pump();
    void sendOne(const Batch& batch);
    void onAnswer(qint64 ticket, const Result<redis::Replies>& replies);
    qint64 waitMs() const;

    QPointer<redis::Session> m_session; // one that died ends it, like stop()
    Callbacks m_callbacks;
    int m_window = 2;
    int m_keysPerS = 0;
    redis::WritePermit m_permit;
    int m_inFlight = 0;
    qint64 m_sentKeys = 0;
    bool m_stopped = false;
    bool m_ended = false;
    QElapsedTimer m_clock;
    QTimer m_pace;
};

}
