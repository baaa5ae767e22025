// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/deltaseconds.h"

#include <algorithm>

namespace core::http {

std::optional<qint64> deltaSeconds(const QByteArray& text)
{
    const QByteArray digits = text.trimmed();
    if (digits.isEmpty() || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    bool fits = false;
    const qint64 seconds = digits.toLongLong(&fits);
    return fits ? std::min(seconds, longestSeconds) : longestSeconds;
}

QString secondsText(qint64 seconds)
{
    return seconds < longestSeconds ? QStringLiteral("%1 s").arg(seconds) : QStringLiteral("%1 s or more, which is counted as that (RFC 9111)").arg(longestSeconds);
}

}
