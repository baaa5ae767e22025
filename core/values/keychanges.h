// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/guardedwriter.h"
#include "core/values/valuereader.h"

// Changes of a key as a whole: its time to live, its name, another of it.
namespace core::values {

// By which a value is known again: its type, and its bytes where a string was read whole, else its length.
struct Identity {
    QByteArray key;
    QByteArray type;
    qint64 length = 0;
    std::optional<QByteArray> bytes = {};
};
Identity identityOf(const Value& value);

struct TtlWish {
    enum class Kind { Set, Extend, Persist };
    Kind kind = Kind::Set;
    qint64 ms = 0; // from now on, or on top of what is left: 1 or more
};
// Only of that value. Extend of a key without expiry is Verdict::Answer::Changed.
Change setTtl(const Identity& identity, const TtlWish& wish);
// What a key with `ttlMs` left has after `wish`; -1: no expiry; none: there is nothing to extend.
std::optional<qint64> ttlAfter(qint64 ttlMs, const TtlWish& wish);

// A string to be stored, and what must stand there for it.
struct StringEdit {
    enum class Lifetime { Keep, Set, Forever }; // Keep: KEEPTTL of Redis 6.0

    QByteArray key;
    QByteArray value;
    Lifetime lifetime = Lifetime::Keep;
    qint64 ttlMs = 0; // with Set
    // Only over exactly this, given whole or by its SHA-256 (32 bytes). Without either over any string, and where nothing is.
    std::optional<QByteArray> expected = {};
    std::optional<QByteArray> expectedSha256 = {};

    bool isConditional() const { return expected || expectedSha256; }
    bool fits(const QByteArray& stored) const;
};
// Another type that stands there is Changed without `current`. Undo puts back what was overwritten with the expiry it had; none of a new key.
Change storeString(const StringEdit& edit);
// Over exactly `expected`; its expiry stays.
Change storeString(const QByteArray& key, const QByteArray& expected, const QByteArray& value);
// A string where nothing is. `ttlMs` < 0: no expiry.
Change createString(const QByteArray& key, const QByteArray& value, qint64 ttlMs);
// Only that value, and refused where something has that name. The expiry goes with it.
Change renameKey(const Identity& identity, const QByteArray& to);
// That value and its expiry, where nothing is. `serverVersion`: COPY came with 6.2; before it, by DUMP and RESTORE.
Change duplicateKey(const Identity& identity, const QByteArray& to, const QString& serverVersion);

}
