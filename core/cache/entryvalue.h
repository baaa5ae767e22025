// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace core::cache {

// What a stored string is. JSON text is kept token by token, as stored: numbers are never re-rounded, names never re-ordered.
struct EntryValue {
    enum class Form { Json, Envelope, Text, Binary, Collection };
    Form form = Form::Binary;
    // Envelope: exactly {"data":…,"status_code":…} (LightAPI caching example) or {"body":…,"status":…} (0.1.3 to 0.1.6, core.py)
    std::optional<int> statusCode;
    QByteArray payload; // JSON text of the body (Json: the whole, Envelope: of "data" or "body"); else the bytes
    bool usableByLightApi = false; // LightAPI 0.4.0 cache.py treats null, non-JSON and other types as a miss
};
QString formName(EntryValue::Form form); // json envelope text binary collection

// `scheme` of its key: under "lightapi-v2" a value that looks like an envelope is the body itself, under "md5-v1" and the others only
// their own envelope is one; empty: not known, either is.
EntryValue decodeEntry(const QByteArray& stored, const QString& scheme = {});
// Equal as JSON: same tokens, white space and string escapes aside, object members in any order of names, numbers by their text
// after normalising (1.0 is not 1). Neither side JSON: byte equality.
bool jsonEqual(const QByteArray& left, const QByteArray& right);
// Indented with tokens kept as written; the input itself when it is not JSON. `limit`: bytes of output.
QByteArray jsonIndented(const QByteArray& json, qsizetype limit = 16 * 1024 * 1024);

}
