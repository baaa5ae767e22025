// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chartview.h"

#include "ui/widgets/theme.h"

#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include <QGraphicsLayout>
#include <QKeyEvent>
#include <QMouseEvent>

#include <cmath>

namespace ui {

ChartView::ChartView(QWidget* parent)
    : QChartView(parent)
    , m_x(new QValueAxis(this))
    , m_y(new QValueAxis(this))
{
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setMouseTracking(true);
    setRubberBand(QChartView::NoRubberBand);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(scaled(120));
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    QChart* plot = chart();
    plot->legend()->hide();
    plot->setBackgroundVisible(false);
    plot->setPlotAreaBackgroundVisible(false);
    plot->setMargins(QMargins());
    plot->layout()->setContentsMargins(0, 0, 0, 0);
    plot->setAnimationOptions(QChart::NoAnimation);
    for (QValueAxis* axis : {m_x, m_y}) {
        axis->setVisible(false); // kept for mapping only
        plot->addAxis(axis, axis == m_x ? Qt::AlignBottom : Qt::AlignLeft);
    }
}

void ChartView::setRange(double bottom, double top)
{
    m_bottom = bottom;
    m_top = top;
    rescale();
}

void ChartView::setWindow(qint64 fromMs, qint64 toMs)
{
    m_from = fromMs;
    m_to = qMax(fromMs + 1, toMs);
    m_x->setRange(static_cast<double>(m_from), static_cast<double>(m_to));
    rebuild();
}

void ChartView::setSeries(const QList<ChartSeries>& series)
{
    m_series = series;
    rebuild();
}

void ChartView::setMarks(const QList<ChartMark>& marks)
{
    m_marks = marks;
    viewport()->update();
}

void ChartView::setGaps(const QList<ChartGap>& gaps)
{
    m_gaps = gaps;
    viewport()->update();
}

void ChartView::setCrosshair(qint64 atMs, bool hovered)
{
    if (atMs == m_crosshair && hovered == m_hovered)
        return;
    m_crosshair = atMs;
    m_hovered = hovered;
    viewport()->update();
}

void ChartView::rescale()
{
    double low = m_bottom;
    double high = m_top > m_bottom ? m_top : -INFINITY;
    for (const ChartSeries& series : std::as_const(m_series)) {
        for (const QPointF& p : series.points) {
            if (std::isnan(p.y()) || p.x() < static_cast<double>(m_from) || p.x() > static_cast<double>(m_to))
                continue;
            low = qMin(low, p.y());
            if (m_top <= m_bottom)
                high = qMax(high, p.y() * (p.y() > 0 ? 1.05 : 0.95)); // headroom
        }
    }
    m_ticks = niceTicks(low, std::isinf(high) ? low + 1 : high);
    m_low = m_ticks.first();
    m_high = m_top > m_bottom ? qMax(m_top, high) : m_ticks.last();
    while (m_ticks.size() > 1 && m_ticks.last() > m_high * 1.0000001)
        m_ticks.removeLast();
    m_y->setRange(m_low, m_high);
}

ChartView::Run ChartView::makeRun(bool filled)
{
    Run run;
    run.line = new QLineSeries;
    if (filled) {
        run.upper = new QLineSeries;
        run.area = new QAreaSeries(run.upper);
        run.upper->setParent(run.area);
        run.area->setPen(Qt::NoPen);
        chart()->addSeries(run.area);
        run.area->attachAxis(m_x);
        run.area->attachAxis(m_y);
    }
    chart()->addSeries(run.line);
    run.line->attachAxis(m_x);
    run.line->attachAxis(m_y);
    return run;
}

void ChartView::dropRuns()
{
    chart()->removeAllSeries();
    m_runs.clear();
}

void ChartView::rebuild()
{
    rescale();
    const int columns = qMax(1, static_cast<int>(m_plot.width()));
    QList<QList<QList<QPointF>>> pieces;
    for (const ChartSeries& series : std::as_const(m_series)) {
        QList<QList<QPointF>> runs;
        QList<QPointF> run;
        // A NaN point would be dropped and the line drawn across: one series per unbroken stretch instead.
        for (const QPointF& p : series.points) {
            if (std::isnan(p.y())) {
                if (!run.isEmpty())
                    runs += run;
                run.clear();
            } else if (p.x() >= static_cast<double>(m_from) && p.x() <= static_cast<double>(m_to)) {
                run += p;
            }
        }
        if (!run.isEmpty())
            runs += run;
        for (QList<QPointF>& points : runs)
            points = decimated(points, static_cast<double>(m_from), static_cast<double>(m_to), columns);
        pieces += runs;
    }
    bool same = pieces.size() == m_runs.size();
    for (qsizetype s = 0; same && s < pieces.size(); ++s)
        same = pieces.at(s).size() == m_runs.at(s).size() && (m_runs.at(s).isEmpty() || (m_runs.at(s).first().area != nullptr) == m_series.at(s).filled);
    if (!same) {
        dropRuns();
        for (qsizetype s = 0; s < pieces.size(); ++s) {
            QList<Run> runs;
            for (qsizetype i = 0; i < pieces.at(s).size(); ++i)
                runs += makeRun(m_series.at(s).filled);
            m_runs += runs;
        }
    }
    m_points = 0;
    for (qsizetype s = 0; s < pieces.size(); ++s) {
        for (qsizetype i = 0; i < pieces.at(s).size(); ++i) {
            const QList<QPointF>& points = pieces.at(s).at(i);
            m_points += static_cast<int>(points.size());
            m_runs.at(s).at(i).line->replace(points);
            if (m_runs.at(s).at(i).upper)
                m_runs.at(s).at(i).upper->replace(points);
        }
    }
    restyle();
}

void ChartView::restyle()
{
    for (qsizetype s = 0; s < m_runs.size(); ++s) {
        const ChartSeries& series = m_series.at(s);
        const QColor colour = color(series.colour);
        QPen pen(colour, 1.75, series.dashed ? Qt::DashLine : Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        if (series.dashed)
            pen.setDashPattern({4, 3});
        for (const Run& run : m_runs.at(s)) {
            run.line->setPen(pen);
            if (!run.area)
                continue;
            QLinearGradient gradient(0, 0, 0, 1);
            gradient.setCoordinateMode(QGradient::ObjectBoundingMode);
            QColor top = colour;
            top.setAlphaF(Theme::instance().isDark() ? 0.28F : 0.18F);
            QColor foot = colour;
            foot.setAlphaF(0.02F);
            gradient.setColorAt(0, top);
            gradient.setColorAt(1, foot);
            run.area->setBrush(gradient);
        }
    }
}

qreal ChartView::xAt(double ms) const
{
    return m_plot.left() + (ms - static_cast<double>(m_from)) / static_cast<double>(m_to - m_from) * m_plot.width();
}

qreal ChartView::yAt(double value) const
{
    return m_plot.bottom() - (value - m_low) / (m_high - m_low) * m_plot.height();
}

double ChartView::valueAt(const ChartSeries& series, qint64 atMs, double within)
{
    const auto x = static_cast<double>(atMs);
    const auto next = std::lower_bound(series.points.begin(), series.points.end(), x, [](const QPointF& p, double t) { return p.x() < t; });
    double best = NAN;
    double distance = within;
    for (auto it = next == series.points.begin() ? next : next - 1; it != series.points.end() && it <= next; ++it) {
        const double away = std::abs(it->x() - x);
        if (away <= distance) {
            distance = away;
            best = it->y();
        }
    }
    return best;
}

void ChartView::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    const QSizeF size = viewport()->size();
    m_plot = QRectF(scaled(58), 26, qMax(10.0, size.width() - scaled(58) - 16), qMax(10.0, size.height() - 26 - scaled(26)));
    chart()->setPlotArea(m_plot);
    rebuild();
}

void ChartView::mouseMoveEvent(QMouseEvent* event)
{
    QChartView::mouseMoveEvent(event);
    const double share = (event->position().x() - m_plot.left()) / m_plot.width();
    emit crosshairMoved(share < 0 || share > 1 ? -1 : m_from + static_cast<qint64>(share * static_cast<double>(m_to - m_from)));
}

void ChartView::leaveEvent(QEvent* event)
{
    QChartView::leaveEvent(event);
    emit crosshairMoved(-1);
}

void ChartView::keyPressEvent(QKeyEvent* event)
{
    const int key = event->key();
    if (key != Qt::Key_Left && key != Qt::Key_Right) {
        QChartView::keyPressEvent(event);
        return;
    }
    const qint64 step = qMax<qint64>(1, (m_to - m_from) / 100);
    const qint64 at = m_crosshair < 0 ? m_to : m_crosshair + (key == Qt::Key_Left ? -step : step);
    emit crosshairMoved(std::clamp(at, m_from, m_to));
}

void ChartView::focusOutEvent(QFocusEvent* event)
{
    QChartView::focusOutEvent(event);
    emit crosshairMoved(-1);
}

void ChartView::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        restyle();
}

}
