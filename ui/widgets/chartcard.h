// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QFrame>
#include <QList>
#include <QPointF>
#include <QString>

#include <functional>
#include <memory>

namespace ui {

class ChartView;

// One line of a chart. x is ms since the epoch, y in the chart's unit. A NaN y is a gap: the line is broken there.
struct ChartSeries {
    QString name; // plain text
    Token colour = Token::Series1;
    bool filled = false; // only where the axis starts at zero
    bool dashed = false; // reference lines: always
    QList<QPointF> points; // ascending x
};
// An act of ours or an event, drawn as a dashed line with a pill on top.
struct ChartMark {
    qint64 atMs = 0;
    QString text; // plain, short: "tag product:*"
    QString icon;
};
struct ChartGap { // hatched: no data, restart, counter reset
    qint64 fromMs = 0, toMs = 0;
};

// A chart with its title, legend, current value at the far end. Own grid, labels, hatch and crosshair over QtCharts; plot insets are
// fixed so that charts align. No animation, no smoothing, no OpenGL; at most two points a pixel column are given to QtCharts.
class ChartCard final : public QFrame {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChartCard)
public:
    explicit ChartCard(const QString& title, QWidget* parent = nullptr);
    ~ChartCard() override;

    // Figure for axis labels, crosshair and current value: 12000 -> "12 k".
    void setFormat(std::function<QString(double)> format);
    // Lower bound of the y axis at rest; -1 as `top` means by the data with headroom. percent charts: setRange(0, 100) etc.
    void setRange(double bottom, double top = -1);
    // The time shown; the right end is `toMs`.
    void setWindow(qint64 fromMs, qint64 toMs);
    void setSeries(const QList<ChartSeries>& series);
    void setMarks(const QList<ChartMark>& marks);
    void setGaps(const QList<ChartGap>& gaps);
    // Text at the far end of the title row; its text becomes part of the accessible name.
    void setCurrent(const QString& text);
    QString title() const;
    // For tests: number of points that QtCharts was given.
    int pointsDrawn() const;

    // The crosshair of all charts of a page: connect each card's signal to the others' slot.
    void setCrosshair(qint64 atMs, bool hovered); // -1 hides it

signals:
    void crosshairMoved(qint64 atMs); // -1 when the mouse left

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

// Connects the crosshairs of several charts.
void linkCrosshairs(const QList<ChartCard*>& cards);

}
