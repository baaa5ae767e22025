// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/command.h"

#include <QHash>

#include <memory>

namespace core::redis {

class PackedPipeline;
class Session;

// Counts how often commands of this program read some keys over one session, from the construction on: a read sets the idle time of a key
// back (Redis db.c, lookupKey), whoever makes it. PTTL, TYPE, OBJECT and MEMORY USAGE leave it (LOOKUP_NOTOUCH).
//
// Commands count when they are sent: on the interactive line, where order is kept, that says exactly whether the server ran them between
// two others. Of Session::send() and call() alone; who reads many keys another way takes readsEverything(). In the session's thread.
class OwnReads final {
    Q_DISABLE_COPY_MOVE(OwnReads)
public:
    OwnReads(const Session* session, const QList<QByteArray>& keys);
    ~OwnReads();
    int of(const QByteArray& key) const;

    // As long as the token lives, any key may be read at any time: all watches from then and up to now count one.
    static std::shared_ptr<void> readsEverything(const Session* session);

private:
    friend class Session;
    static void note(const Session* session, const Pipeline& pipeline);
    static void note(const Session* session, const PackedPipeline& pipeline);
    static void note(const Session* session, const Command& command);

    const Session* m_session;
    QHash<QByteArray, int> m_reads; // of the watched keys
    bool m_anything = false;
};

}
