// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace core::keys {

// Redis' glob matching on bytes: * ? [a-z] [^x] \x. Linear in practice; nested stars are bounded as in Redis 7.
bool globMatches(QByteArrayView pattern, QByteArrayView key);
// What every key that matches starts with: the pattern up to its first wildcard, escapes resolved.
QByteArray globLiteralPrefix(QByteArrayView pattern);
// The longest text that every key that matches contains; empty when there is none.
QByteArray globLiteralPart(QByteArrayView pattern);

}
