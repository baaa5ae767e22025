// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace core::values {

// Lines "0010  68 65 6c 6c 6f  hello", each ended; `row` bytes in one, `from` is the place of the first byte. ASCII alone.
QByteArray hexDump(QByteArrayView bytes, int row, qint64 from = 0, int offsetDigits = 4);

}
