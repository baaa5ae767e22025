// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/lookupsplit.h"
#include "core/redis/session.h"
#include "core/replay/verdict.h"

#include <functional>

namespace core::replay {

struct Snapshots {
    QList<Snapshot> keys; // in the order asked
    redis::LookupSplit ownLookups; // that this pipeline cost
};

// Looks at `keys` in one pipeline, the counters last; looks that are asked for in one turn of the event loop share it (LookQueue). Idle times stay as they are: none of these commands touches a key
// (Redis db.c, LOOKUP_NOTOUCH). `then` is called once in the thread of `context`, never after its death. What the user may not ask
// (MEMORY, OBJECT, INFO) is left unknown; an error means that the keys could not be looked at.
void takeSnapshots(redis::Session* session, const QList<QByteArray>& keys, QObject* context, std::function<void(Result<Snapshots>)> then);

}
