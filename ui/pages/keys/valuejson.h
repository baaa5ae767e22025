// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/decoder.h"
#include "core/values/valuereader.h"

#include <QByteArray>

namespace ui {

// What a key holds, or what has been read of it, as one JSON document. A string that is JSON, packed or not: as it is written. Other text: a
// JSON string; bytes that are no UTF-8: {"b64":"…"}. A hash: an object; a list or set: an array; a sorted set: an array of [member, score];
// a stream: an array of [id, field, value, …]. A hash with a field that is no UTF-8 has no object that could hold it: an array of [field, value].
// Takes as long as the value is large: in a thread of its own.
QByteArray valueAsJson(const core::values::Value& value, const core::values::Decoded& decoded);

}
