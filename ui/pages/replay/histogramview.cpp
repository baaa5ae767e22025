// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/histogramview.h"

#include "core/base/format.h"
#include "ui/widgets/chartview.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

using core::replay::LatencyBin;

namespace ui {

namespace {
    // Colours as in the chart beside it.
    struct Part {
        QString name;
        Token colour;
    };
    QList<Part> parts()
    {
        return {{HistogramView::tr("HIT"), Token::Series2}, {HistogramView::tr("MISS"), Token::Series3}, {HistogramView::tr("unknown, other"), Token::Series1}};
    }
}

HistogramView::HistogramView(QWidget* parent)
    : QWidget(parent)
{
    setMinimumHeight(scaled(110));
    setAccessibleName(tr("Histogram of latency"));
}

QSize HistogramView::sizeHint() const
{
    return {scaled(320), scaled(180)};
}

void HistogramView::setBins(const QList<LatencyBin>& hits, const QList<LatencyBin>& misses, const QList<LatencyBin>& all)
{
    m_bars.clear();
    const auto barOf = [this](const LatencyBin& bin) -> Bar& { return m_bars[int(std::lround(std::log10(bin.toMs) * 10))]; };
    for (const LatencyBin& bin : all)
        barOf(bin) = {bin.fromMs > 0 ? bin.fromMs : bin.toMs / 1.26, bin.toMs, 0, 0, bin.count};
    for (const LatencyBin& bin : hits)
        barOf(bin).hits = bin.count;
    for (const LatencyBin& bin : misses)
        barOf(bin).misses = bin.count;
    if (!m_bars.isEmpty()) {
        // A decade at least, else one bar fills all.
        const double middle = std::sqrt(m_bars.first().fromMs * m_bars.last().toMs);
        m_from = std::min(m_bars.first().fromMs / 1.26, middle / 3.2);
        m_to = std::max(m_bars.last().toMs * 1.26, middle * 3.2);
    }
    setAccessibleDescription(description());
    update();
}

// All of it, then bar by bar.
QString HistogramView::description() const
{
    if (m_bars.isEmpty())
        return {};
    Bar sum {m_bars.first().fromMs, m_bars.last().toMs};
    QStringList texts;
    for (const Bar& bar : m_bars) {
        sum.hits += bar.hits;
        sum.misses += bar.misses;
        sum.all += bar.all;
        if (bar.all > 0)
            texts << textOf(bar);
    }
    return tr("Requests by latency, %1. %2").arg(textOf(sum), texts.join(QStringLiteral("; ")));
}

QStringList HistogramView::legend() const
{
    qint64 counts[3] {};
    for (const Bar& bar : m_bars) {
        counts[0] += bar.hits;
        counts[1] += bar.misses;
        counts[2] += bar.all - bar.hits - bar.misses;
    }
    QStringList names;
    const QList<Part> all = parts();
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (counts[i] > 0)
            names << all[i].name;
    }
    return names;
}

// In the room above the bars; what is not there is not named.
void HistogramView::paintLegend(QPainter* painter) const
{
    constexpr qreal square = 8;
    const QStringList names = legend();
    const qreal row = plot().top() - 4;
    painter->setFont(ui::font(Type::Tiny));
    qreal x = plot().left();
    for (const Part& part : parts()) {
        if (!names.contains(part.name))
            continue;
        const qreal wide = painter->fontMetrics().horizontalAdvance(part.name) + 2;
        painter->fillRect(QRectF(x, (row - square) / 2, square, square), color(part.colour));
        painter->setPen(color(Token::Text2));
        painter->drawText(QRectF(x + square + 5, 0, wide, row), Qt::AlignVCenter | Qt::AlignLeft, part.name);
        x += square + 5 + wide + 12;
    }
}

qint64 HistogramView::counted() const
{
    qint64 sum = 0;
    for (const Bar& bar : m_bars)
        sum += bar.all;
    return sum;
}

// As the insets of ChartView, so that both stand on one line.
QRectF HistogramView::plot() const
{
    return QRectF(scaled(58), 26, std::max(10.0, width() - scaled(58) - 16.0), std::max(10.0, height() - 26.0 - scaled(26)));
}

double HistogramView::xAt(double ms) const
{
    const QRectF area = plot();
    return area.left() + std::log(ms / m_from) / std::log(m_to / m_from) * area.width();
}

QString HistogramView::textOf(const Bar& bar) const
{
    QString text = tr("%1 to %2: %3").arg(core::formatMs(bar.fromMs), core::formatMs(bar.toMs), core::formatCount(bar.all));
    if (bar.hits > 0)
        text += tr(", %1 HIT").arg(core::formatCount(bar.hits));
    if (bar.misses > 0)
        text += tr(", %1 MISS").arg(core::formatCount(bar.misses));
    return text;
}

void HistogramView::paintAxes(QPainter* painter, const QList<double>& ticks, double top) const
{
    const QRectF area = plot();
    painter->setFont(ui::font(Type::Tiny));
    const qreal height = painter->fontMetrics().height();
    for (const double tick : ticks) {
        if (tick > top || tick != std::floor(tick))
            continue;
        const qreal y = std::round(area.bottom() - tick / top * area.height());
        painter->setPen(color(Token::Border));
        painter->drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter->setPen(color(Token::Text3));
        paintFigures(painter, QRectF(0, y - height / 2, area.left() - 8, height), Qt::AlignRight | Qt::AlignVCenter, core::formatCount(qint64(tick)));
    }
    qreal free = area.left() - 20;
    for (double decade = std::pow(10.0, std::floor(std::log10(m_from))); decade <= m_to; decade *= 10) {
        for (const double ms : {decade, decade * 2, decade * 5}) {
            const qreal x = std::round(xAt(ms));
            const QString text = core::formatMs(ms);
            const qreal wide = figuresWidth(painter->font(), text);
            if (x < area.left() || x > area.right() - 12 || x - wide / 2 < free)
                continue;
            free = x + wide / 2 + 14;
            painter->setPen(color(Token::Border));
            painter->drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 4));
            painter->setPen(color(Token::Text3));
            paintFigures(painter, QRectF(x - 40, area.bottom() + 5, 80, height), Qt::AlignHCenter | Qt::AlignTop, text);
        }
    }
}

void HistogramView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_bars.isEmpty())
        return;
    qint64 most = 1;
    for (const Bar& bar : std::as_const(m_bars))
        most = std::max(most, bar.all);
    const QList<double> ticks = niceTicks(0, double(most));
    const double top = std::max(double(most), ticks.last());
    paintAxes(&painter, ticks, top);
    paintLegend(&painter);
    const QRectF area = plot();
    const QList<Part> colours = parts();
    for (const Bar& bar : std::as_const(m_bars)) {
        const qreal left = std::round(xAt(bar.fromMs)) + 1;
        const qreal width = std::max(2.0, std::round(xAt(bar.toMs)) - left);
        qreal bottom = area.bottom();
        const qint64 counts[] {bar.hits, bar.misses, bar.all - bar.hits - bar.misses};
        for (qsizetype i = 0; i < colours.size(); ++i) {
            if (counts[i] <= 0)
                continue;
            const qreal tall = std::max(1.5, double(counts[i]) / top * area.height());
            painter.fillRect(QRectF(left, bottom - tall, width, tall), color(colours[i].colour));
            bottom -= tall;
        }
    }
}

bool HistogramView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (const Bar& bar : std::as_const(m_bars)) {
        if (help->pos().x() >= xAt(bar.fromMs) && help->pos().x() < xAt(bar.toMs) && bar.all > 0) {
            QToolTip::showText(help->globalPos(), toolTipText(textOf(bar)), this);
            return true;
        }
    }
    QToolTip::hideText();
    return true;
}

}
