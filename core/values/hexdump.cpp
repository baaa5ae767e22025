// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/hexdump.h"

#include <QString>

namespace core::values {

QByteArray hexDump(QByteArrayView bytes, int row, qint64 from, int offsetDigits)
{
    QByteArray out;
    for (qsizetype at = 0; at < bytes.size(); at += row) {
        const QByteArray line = bytes.sliced(at, qMin<qsizetype>(row, bytes.size() - at)).toByteArray();
        out += QByteArray::number(from + at, 16).rightJustified(offsetDigits, '0') + "  " + line.toHex(' ').leftJustified(row * 3 - 1) + "  ";
        for (const char c : line)
            out += c >= 0x20 && c < 0x7F ? c : '.';
        out += '\n';
    }
    return out;
}

}
