// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

// Numbers for people: 3 to 4 significant digits with unit, grouped in thousands. Exact figures belong in tooltips.
// The minus sign and separators are the C locale's; the window may translate around them.
namespace core {

QString formatCount(qint64 count); // 41,204
QString formatBytes(qint64 bytes); // 1.42 GB (decimal units, as Redis' own maxmemory accepts)
QString formatDuration(qint64 ms); // 4 m 51 s, 108 s, 2.2 s, 14 ms
QString formatMs(double ms); // of short measured spans: 0.05 ms, 12.3 ms
QString formatRate(double perSecond); // 11.9 k/s, 58 /s
QString formatPercent(double fraction); // 0.947 -> 94.7 %
// RFC 3339 UTC with milliseconds from milliseconds since the epoch.
QString formatInstant(qint64 msSinceEpoch);

}
