// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace core::values {

// Text in the escapes of displayText(), typed or changed by hand, as the bytes it means.
struct Unescaped {
    QByteArray bytes;
    qsizetype badAt = -1; // character of a backslash that begins no escape; -1: all is well

    bool isGood() const { return badAt < 0; }
};

// \\ \n \r \t \xNN (a byte) \u{N…} (a character); anything else stands for itself, in UTF-8. Turns displayText(bytes) back into `bytes`.
Unescaped bytesFromEscapes(const QString& text);

}
