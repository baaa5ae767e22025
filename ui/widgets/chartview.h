// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/chartcard.h"

#include <QtCharts/QChartView>

class QAreaSeries;
class QLineSeries;
class QValueAxis;

namespace ui {

// The plot of a ChartCard. QtCharts maps and strokes the lines; grid, labels, gaps, marks and crosshair are painted here, as its
// own axes cannot put labels at full minutes and move the plot when labels grow.
class ChartView final : public QChartView {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChartView)
public:
    explicit ChartView(QWidget* parent = nullptr);

    void setFormat(std::function<QString(double)> format) { m_format = std::move(format); }
    void setRange(double bottom, double top);
    void setWindow(qint64 fromMs, qint64 toMs);
    void setSeries(const QList<ChartSeries>& series);
    void setMarks(const QList<ChartMark>& marks);
    void setGaps(const QList<ChartGap>& gaps);
    void setCrosshair(qint64 atMs, bool hovered);
    const QList<ChartSeries>& series() const { return m_series; }
    QString formatted(double value) const { return m_format ? m_format(value) : QString::number(value); }
    int pointsDrawn() const { return m_points; }

signals:
    void crosshairMoved(qint64 atMs);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Run { // an unbroken stretch of one series
        QLineSeries* line = nullptr;
        QAreaSeries* area = nullptr;
        QLineSeries* upper = nullptr;
    };

    void rebuild();
    void rescale();
    void restyle();
    Run makeRun(bool filled);
    void dropRuns();
    qreal xAt(double ms) const;
    qreal yAt(double value) const;
    void paintTimes(QPainter* painter) const;
    void paintGaps(QPainter* painter) const;
    struct Pill {
        qreal from, to; // x of the first and the last mark it stands for
        int count;
        QString text, icon;
        QRectF rect;
    };
    QRectF pillAt(qreal x, const QString& text, const QString& icon) const;
    QList<Pill> pills() const;
    void paintMarks(QPainter* painter) const;
    void paintBox(QPainter* painter) const;
    // Value of the series nearest to the time, NaN inside a gap.
    static double valueAt(const ChartSeries& series, qint64 atMs, double within);

    std::function<QString(double)> m_format;
    QList<ChartSeries> m_series;
    QList<ChartMark> m_marks;
    QList<ChartGap> m_gaps;
    QList<QList<Run>> m_runs; // by series
    QList<double> m_ticks;
    QRectF m_plot;
    QValueAxis* m_x;
    QValueAxis* m_y;
    qint64 m_from = 0, m_to = 1;
    double m_bottom = 0, m_top = -1;
    double m_low = 0, m_high = 1;
    qint64 m_crosshair = -1;
    bool m_hovered = false;
    int m_points = 0;
};

// At most two points a pixel column (its lowest and highest), order kept.
QList<QPointF> decimated(const QList<QPointF>& points, double from, double to, int columns);
// 3 to 5 ticks in steps of 1, 2, 2.5, 5 that hold `low`…`high`.
QList<double> niceTicks(double low, double high);

}
