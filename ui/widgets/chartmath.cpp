// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chartview.h"

#include <cmath>

namespace ui {

QList<QPointF> decimated(const QList<QPointF>& points, double from, double to, int columns)
{
    if (points.size() <= 2LL * columns || columns < 1 || to <= from)
        return points;
    QList<QPointF> out;
    out.reserve(2LL * columns);
    const auto columnOf = [&](const QPointF& p) { return std::clamp(static_cast<int>((p.x() - from) / (to - from) * columns), 0, columns - 1); };
    for (qsizetype i = 0; i < points.size();) {
        const int column = columnOf(points.at(i));
        qsizetype low = i;
        qsizetype high = i;
        qsizetype end = i;
        for (; end < points.size() && columnOf(points.at(end)) == column; ++end) {
            if (points.at(end).y() < points.at(low).y())
                low = end;
            if (points.at(end).y() > points.at(high).y())
                high = end;
        }
        out += points.at(qMin(low, high));
        if (low != high)
            out += points.at(qMax(low, high));
        i = end;
    }
    return out;
}

QList<double> niceTicks(double low, double high)
{
    if (!(high > low))
        high = low + 1;
    const double raw = (high - low) / 4;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const double nice : {1.0, 2.0, 2.5, 5.0}) {
        // 0.25 would need two decimals where its neighbours need one.
        if (nice == 2.5 && power < 10)
            continue;
        if (nice * power >= raw * 0.999) {
            step = nice * power;
            break;
        }
    }
    QList<double> ticks;
    const double first = std::floor(low / step + 1e-9) * step;
    for (int i = 0; i < 12; ++i) {
        ticks += first + i * step;
        if (ticks.last() >= high - step * 1e-6)
            break;
    }
    return ticks;
}

}
