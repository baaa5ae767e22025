// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/globescape.h"

namespace core::redis {

QByteArray globEscaped(QByteArrayView literal)
{
    QByteArray escaped;
    escaped.reserve(literal.size() + 8);
    for (const char c : literal) {
        if (c == '\\' || c == '*' || c == '?' || c == '[' || c == ']')
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

}
