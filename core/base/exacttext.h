// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/bytes.h"

namespace core {

// Whether text made of `bytes` becomes them again: well-formed UTF-8 without a byte order mark at its beginning, which
// QString::fromUtf8() drops, as many programs do with what is pasted into them.
inline bool isExactText(QByteArrayView bytes)
{
    return isUtf8(bytes) && !bytes.startsWith("\xEF\xBB\xBF");
}

// The same with nothing in it that a reader cannot see: no control, bidi or invisible characters. What a terminal may be given.
bool isVisibleText(QByteArrayView bytes);

}
