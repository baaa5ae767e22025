// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/score.h"
#include "core/values/guardedwriter.h"

// Changes of what one key holds, each over exactly what was seen there: else the answer is Changed, with what is there. A key that is
// gone is not made anew. Undo puts back what was there, and with the last element also the key with the time it had left.
namespace core::values {

// `expected`: what the field holds; none: it does not exist.
Change setField(const QByteArray& key, const QByteArray& field, const std::optional<QByteArray>& expected, const QByteArray& value);
Change removeField(const QByteArray& key, const QByteArray& field, const QByteArray& expected);

enum class ListEnd { First, Last };
Change pushElement(const QByteArray& key, ListEnd end, const QByteArray& value);
Change setElement(const QByteArray& key, qint64 index, const QByteArray& expected, const QByteArray& value);
// Through a value of its own that no other element has, as Redis removes by value.
Change removeElement(const QByteArray& key, qint64 index, const QByteArray& expected);

Change addMember(const QByteArray& key, const QByteArray& member); // Exists where it is one already
Change removeMember(const QByteArray& key, const QByteArray& member);

// Scores as text, as the server writes them. `expected`: none: it is no member yet.
Change setScore(const QByteArray& key, const QByteArray& member, const std::optional<QByteArray>& expected, const QByteArray& score);
Change removeScored(const QByteArray& key, const QByteArray& member, const QByteArray& expected);
using redis::isScore;

}
