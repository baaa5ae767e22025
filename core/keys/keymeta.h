// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/session.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QList>

#include <optional>

namespace core::keys {

// PTTL, TYPE and MEMORY USAGE of some keys in one pipeline, all commands of one key in a row (cheapest for the server).
struct KeyMeta {
    qint64 ttlMs = -2; // -1 no expiry, -2 gone
    QByteArray type; // "string" …, "none" when gone
    std::optional<qint64> memoryBytes; // none without the permission +memory|usage
};
QFuture<Result<QList<KeyMeta>>> readMeta(redis::Session* session, const QList<QByteArray>& keys);

}
