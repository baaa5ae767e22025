// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace core::http {

// What delta-seconds beyond it count as: 2^31, 68 years (RFC 9111, 1.2.2).
constexpr qint64 longestSeconds = 2'147'483'648;

// delta-seconds as caches write them: digits alone, of any length, and white space around them; at most longestSeconds.
std::optional<qint64> deltaSeconds(const QByteArray& text);
// "12 s"; of longestSeconds that it may be more.
QString secondsText(qint64 seconds);

}
