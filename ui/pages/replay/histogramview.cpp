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
    QStringList texts;
    for (const Bar& bar : std::as_const(m_bars)) {
        if (bar.all > 0)
            texts << textOf(bar);
    }
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    update();
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
    const QRectF area = plot();
    for (const Bar& bar : std::as_const(m_bars)) {
        const qreal left = std::round(xAt(bar.fromMs)) + 1;
        const qreal width = std::max(2.0, std::round(xAt(bar.toMs)) - left);
        qreal bottom = area.bottom();
        for (const auto& [count, token] : {std::pair {bar.hits, Token::Series2}, std::pair {bar.misses, Token::Series3}, std::pair {bar.all - bar.hits - bar.misses, Token::Series1}}) {
            if (count <= 0)
                continue;
            const qreal tall = std::max(1.5, double(count) / top * area.height());
            painter.fillRect(QRectF(left, bottom - tall, width, tall), color(token));
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
