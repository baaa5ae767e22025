// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/lookupsplit.h"
#include "core/redis/session.h"

#include <QMutex>

#include <atomic>
#include <functional>

namespace core::redis {

// What the connections of one session report, carried from the I/O thread to the session's. Outlives the session where an
// exclusive line does; after detach() nothing is delivered.
class Uplink final {
public:
    struct Traffic {
        LookupSplit lookups;
        qint64 lookupsUnknown = 0;
        qint64 sent = 0;
        QList<SentCommand> log;
        bool isEmpty() const { return lookups.all() == 0 && lookupsUnknown == 0 && sent == 0 && log.isEmpty(); }
    };

    // `receive` runs in the thread of `target`.
    Uplink(QObject* target, std::function<void(const Traffic&)> receive);
    void detach();
    void post(std::function<void()> function);

    // Set by the session, read on every line.
    std::atomic_bool readOnly = false;
    std::atomic_bool logWanted = false;
    // Set by the interactive line: while it is down, the bulk line does not connect; exclusive lines do as they are told.
    std::atomic_bool connected = false;
    // The server can leave idle times alone (7.2 and later); the interactive line knows.
    std::atomic_bool noTouch = false;

    // Only in the I/O thread. Collected until flush(), which is called before an answer is delivered: who sees the answer sees
    // its lookups counted and, on the same thread, none of a later one (INFO readings are compared with these counters).
    Traffic traffic;
    void flush();

private:
    QMutex m_mutex;
    QObject* m_target;
    std::function<void(const Traffic&)> m_receive;
};

}
