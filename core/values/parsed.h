// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/structure.h"

#include <QString>

#include <functional>

namespace core::values {

// What a reader of a structured form made of bytes.
struct Parsed {
    Structure structure; // as far as it could be read
    qint64 end = 0; // bytes it took
    qint64 brokenAt = -1; // byte where it broke; -1: nowhere
    bool endedEarly = false; // it broke because the bytes ended
    QString how;

    bool isWhole() const { return brokenAt < 0; }
};

using CancelCheck = std::function<bool()>; // may be empty

Parsed parseMsgpack(QByteArrayView bytes, const CancelCheck& isCancelled);
// Protocols 0 to 5, read as a list of instructions for a stack; what would import or call something becomes a node with its name.
Parsed parsePickle(QByteArrayView bytes, const CancelCheck& isCancelled);
// Of JSON that isJson() accepted; names and values are tokens as written, strings with their quotes.
Structure structureOfJson(const QByteArray& json, const CancelCheck& isCancelled);

}
