// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/session.h"

#include <QByteArray>
#include <QList>

#include <algorithm>
#include <optional>
#include <utility>

namespace core::keys {

// PTTL, TYPE and MEMORY USAGE of some keys in one pipeline, all commands of one key in a row (cheapest for the server: the
// second and third command on a key cost a third of the first).
struct KeyMeta {
    static constexpr qint64 noExpiry = -1;
    static constexpr qint64 gone = -2;
    static constexpr qint64 unknown = -3; // PTTL was refused, see `refused`

    qint64 ttlMs = gone;
    QByteArray type; // "string" …, "none" when gone, empty when TYPE was refused
    std::optional<qint64> memoryBytes; // none when gone, or refused
    // The first command that the server refused for this key, in the order PTTL, TYPE, MEMORY USAGE: for "no permission
    // (+memory|usage)" in the row. The others' answers are there.
    std::optional<Error> refused;
    // Every one of them, by command: "PTTL", "TYPE", "MEMORY USAGE".
    QList<std::pair<QString, Error>> refusals = {};
    const Error* refusalOf(QLatin1StringView command) const
    {
        const auto at = std::ranges::find(refusals, command, &std::pair<QString, Error>::first);
        return at == refusals.end() ? nullptr : &at->second;
    }
    bool isGone() const { return ttlMs == gone; }
};
// In the order of `keys`. Counts two lookups a key (MEMORY USAGE counts none). Fails as a whole only when the line does.
QFuture<Result<QList<KeyMeta>>> readMeta(
    redis::Session* session, const QList<QByteArray>& keys, redis::Session::Line line = redis::Session::Line::Interactive);

}
