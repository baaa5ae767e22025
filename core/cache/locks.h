// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/parsedkey.h"
#include "core/redis/session.h"

#include <QByteArray>
#include <QFuture>
#include <QStringList>

namespace core::cache {

struct LockInfo {
    QByteArray key; // "lock:…"
    QByteArray inner;
    QByteArray owner;
    qint64 ttlMs = -1; // -1: no expiry, -2: gone
    // How long it is held if it was made with EX 30, as LightAPI's caching example does: 30 000 - TTL, -1 when that cannot be.
    // Redis tells neither when a key was made nor for how long, so it is never a fact: say the "if" where it is shown.
    qint64 ageIfExampleMs = -1;
    bool innerExists = false;
    QStringList warnings; // "no expiry", "owner is not a UUID", "the entry is there already", "not a lock: …"
};
// Facts of these lock keys, in order; vanished ones have ttlMs -2.
QFuture<Result<QList<LockInfo>>> readLocks(redis::Session* session, QList<QByteArray> keys);

enum class Release { Released, OwnerChanged, Gone };
QString releaseName(Release release); // released owner-changed gone
// Compare-and-delete with the owner the caller saw; by Lua, or WATCH/MULTI where EVAL is not permitted. Never a plain DEL.
// Never sent twice: a lost line is Code::Lost, and whether the lock was released is not known.
QFuture<Result<Release>> releaseLock(redis::Session* session, QByteArray key, QByteArray owner);

}
