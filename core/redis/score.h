// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace core::redis {

// Whether ZADD takes it: a number in decimal, inf, +inf, -inf; not nan. The same in every locale: a process that has called
// setlocale() may not ask strtod(), which wants a comma in many.
bool isScore(QByteArrayView text);

}
