// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/score.h"

#include <QByteArray>

#include <algorithm>
#include <cmath>

namespace core::redis {

namespace {
    // Before and behind a number toDouble() passes over them.
    bool isSpace(char byte)
    {
        return byte == ' ' || (byte >= '\t' && byte <= '\r');
    }
}

bool isScore(QByteArrayView text)
{
    bool isNumber = false;
    const double score = text.toDouble(&isNumber);
    if (isNumber && std::isfinite(score))
        return std::ranges::none_of(text, isSpace);
    const QByteArray word = text.toByteArray().toLower();
    return word == "inf" || word == "+inf" || word == "-inf";
}

}
