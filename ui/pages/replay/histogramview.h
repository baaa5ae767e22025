// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/latency.h"

#include <QMap>
#include <QWidget>

namespace ui {

// How many requests took how long, over a logarithmic scale of time: HIT, MISS and the rest on top of one another.
class HistogramView final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HistogramView)
public:
    explicit HistogramView(QWidget* parent = nullptr);
    void setBins(const QList<core::replay::LatencyBin>& hits, const QList<core::replay::LatencyBin>& misses, const QList<core::replay::LatencyBin>& all);
    QSize sizeHint() const override;
    // For tests: requests in all bars; what the legend names, in its order.
    qint64 counted() const;
    QStringList legend() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Bar {
        double fromMs = 0, toMs = 0;
        qint64 hits = 0, misses = 0, all = 0;
    };
    QRectF plot() const;
    double xAt(double ms) const;
    void paintAxes(QPainter* painter, const QList<double>& ticks, double top) const;
    void paintLegend(QPainter* painter) const;
    QString textOf(const Bar& bar) const;
    QString description() const;

    QMap<int, Bar> m_bars; // by tenth of a power of ten
    double m_from = 0.1, m_to = 1000; // ms shown
};

}
