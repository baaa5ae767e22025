// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/series.h"

#include <QJsonObject>

namespace core::replay {

// What "replay" prints as its summary and the window saves: count, errors, errors_by, status, by_verdict, latency_ms {all, HIT, MISS},
// service_ms, speedup, throughput_per_s, dropped, first, histogram, slowest, failures and how it was asked. null: not known.
QJsonObject seriesSummary(const SeriesStatistics& statistics, const SeriesOptions& options);
QByteArray seriesJson(const SeriesStatistics& statistics, const SeriesOptions& options); // the same as a file

// A line a request in the order of sending, the first SeriesStatistics::maxRows that ended. Fields as RFC 4180; target as displayText().
QByteArray seriesCsv(const SeriesStatistics& statistics, const QList<QByteArray>& targets);

}
