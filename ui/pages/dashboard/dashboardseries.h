// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sampler.h"
#include "ui/widgets/chartcard.h"

#include <QList>

// From the history of samples to what charts and tiles draw. Times are ms since the epoch; a NaN breaks a line.
namespace ui::dashboard {

// Hit rate in percent over the last 10 s at each point: one second of a quiet server holds too few lookups for a figure.
QList<QPointF> hitRate(const core::metrics::History& history, qint64 fromMs);
QList<QPointF> ofSamples(const core::metrics::History& history, qint64 fromMs, double (*value)(const core::metrics::Sample&));
QList<QPointF> ofIntervals(const core::metrics::History& history, qint64 fromMs, double core::metrics::Interval::*value);
// A reference line from `fromMs` to `toMs`.
QList<QPointF> level(qint64 fromMs, qint64 toMs, double value);
// Restarts, counter resets and lost lines; up to `toMs` when the last sample is older than `staleAfterMs`.
QList<ChartGap> gaps(const core::metrics::History& history, qint64 fromMs, qint64 toMs, qint64 staleAfterMs);
// The last `count` y values, for a sparkline.
QList<double> tail(const QList<QPointF>& points, qsizetype count);
// Events of the last `seconds`, from a counter of Sample; none across a reset or while less than that was seen.
std::optional<qint64> grown(const core::metrics::History& history, qint64 seconds, qint64 core::metrics::Sample::*counter);

}
