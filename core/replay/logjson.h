// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace core::replay {

// What a JSON line of an access log holds; empty: not there.
struct LogFields {
    QByteArray request; // "GET /books HTTP/1.1"
    QByteArray method;
    QByteArray target;
    QByteArray status;
};

// Reads one object without being strict: nginx writes \x22 into JSON unless told otherwise, and bytes that are not UTF-8. Fields are
// looked for in the object and in its member "request" (Caddy). Nothing where the line is no object or is cut off. Linear, no recursion.
std::optional<LogFields> logFields(QByteArrayView line);

}
