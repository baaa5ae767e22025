// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chartview.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace ui {

namespace {
    // The step of time labels: full seconds, minutes, hours, so that labels are round times.
    qint64 timeStep(qint64 span, int most)
    {
        for (const qint64 seconds : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400}) {
            if (span / (seconds * 1000) <= most)
                return seconds * 1000;
        }
        return 7LL * 86400 * 1000;
    }
}

void ChartView::drawBackground(QPainter* painter, const QRectF&)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setFont(ui::font(Type::Tiny));
    const qreal height = painter->fontMetrics().height();
    for (const double tick : std::as_const(m_ticks)) {
        const qreal y = std::round(yAt(tick));
        painter->setPen(color(Token::Border));
        painter->drawLine(QPointF(m_plot.left(), y), QPointF(m_plot.right(), y));
        painter->setPen(color(Token::Text3));
        paintFigures(painter, QRectF(0, y - height / 2, m_plot.left() - 8, height), Qt::AlignRight | Qt::AlignVCenter, formatted(tick));
    }
    paintTimes(painter);
    paintGaps(painter);
    painter->restore();
}

void ChartView::paintTimes(QPainter* painter) const
{
    const qint64 step = timeStep(m_to - m_from, qMax(2, static_cast<int>(m_plot.width() / 74)));
    // Local midnight as the origin: hours fall on full hours in every time zone.
    const QDateTime start = QDateTime::fromMSecsSinceEpoch(m_from);
    const qint64 shift = static_cast<qint64>(start.offsetFromUtc()) * 1000;
    const QString pattern = step < 60'000 ? QStringLiteral("HH:mm:ss") : step < 86'400'000 ? QStringLiteral("HH:mm") : QStringLiteral("d MMM");
    for (qint64 at = ((m_from + shift) / step + 1) * step - shift; at <= m_to; at += step) {
        const qreal x = std::round(xAt(static_cast<double>(at)));
        painter->setPen(color(Token::Border));
        painter->drawLine(QPointF(x, m_plot.bottom()), QPointF(x, m_plot.bottom() + 4));
        painter->setPen(color(Token::Text3));
        const QRectF label(x - 40, m_plot.bottom() + 5, 80, painter->fontMetrics().height());
        if (label.center().x() < m_plot.right() - 12)
            paintFigures(painter, label, Qt::AlignHCenter | Qt::AlignTop, QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(at), pattern));
    }
}

void ChartView::paintGaps(QPainter* painter) const
{
    for (const ChartGap& gap : m_gaps) {
        const qreal left = qMax(m_plot.left(), xAt(static_cast<double>(gap.fromMs)));
        const qreal right = qMin(m_plot.right(), xAt(static_cast<double>(gap.toMs)));
        if (right - left < 1)
            continue;
        painter->fillRect(QRectF(left, m_plot.top(), right - left, m_plot.height()), QBrush(color(Token::Text3, 77), Qt::BDiagPattern));
    }
}

QRectF ChartView::pillAt(qreal x, const QString& text, const QString& icon) const
{
    const int side = icon.isEmpty() ? 0 : scaled(12) + 4;
    const qreal width = QFontMetricsF(ui::font(Type::TinyBold)).horizontalAdvance(text) + 16 + side;
    QRectF pill(x - width / 2, m_plot.top() - scaled(20) - 1, width, scaled(18));
    pill.moveLeft(std::clamp(pill.left(), m_plot.left(), qMax(m_plot.left(), m_plot.right() - width)));
    return pill;
}

// Marks too close together for a pill each share one that counts them.
QList<ChartView::Pill> ChartView::pills() const
{
    QList<Pill> pills;
    for (const ChartMark& mark : m_marks) {
        const qreal x = std::round(xAt(static_cast<double>(mark.atMs)));
        if (x < m_plot.left() || x > m_plot.right())
            continue;
        const QString text = QFontMetrics(ui::font(Type::TinyBold)).elidedText(mark.text, Qt::ElideMiddle, scaled(160));
        Pill pill {x, x, 1, text, mark.icon, pillAt(x, text, mark.icon)};
        while (!pills.isEmpty() && pills.constLast().rect.right() + 2 > pill.rect.left()) {
            const Pill before = pills.takeLast();
            pill.from = before.from;
            pill.count += before.count;
            pill.text = tr("%1 acts").arg(pill.count);
            pill.icon.clear();
            pill.rect = pillAt((pill.from + pill.to) / 2, pill.text, pill.icon);
        }
        pills << pill;
    }
    return pills;
}

void ChartView::paintMarks(QPainter* painter) const
{
    painter->setRenderHint(QPainter::Antialiasing, false);
    QPen pen(color(Token::Text), 1, Qt::CustomDashLine);
    pen.setDashPattern({3, 3});
    painter->setPen(pen);
    for (const ChartMark& mark : m_marks) {
        const qreal x = std::round(xAt(static_cast<double>(mark.atMs)));
        if (x >= m_plot.left() && x <= m_plot.right())
            painter->drawLine(QPointF(x, m_plot.top() - 2), QPointF(x, m_plot.bottom()));
    }
    painter->setFont(ui::font(Type::TinyBold));
    for (const Pill& pill : pills()) {
        paint::roundRect(painter, pill.rect, pill.rect.height() / 2, color(Token::Surface), color(Token::Outline));
        qreal left = 8;
        if (!pill.icon.isEmpty()) {
            const int side = scaled(12);
            paintIcon(painter, QRectF(pill.rect.left() + left, pill.rect.center().y() - side / 2.0, side, side), pill.icon, color(Token::Text2));
            left += side + 4;
        }
        painter->setPen(color(Token::Text));
        painter->drawText(pill.rect.adjusted(left, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft, pill.text);
    }
}

void ChartView::drawForeground(QPainter* painter, const QRectF&)
{
    painter->save();
    paintMarks(painter);
    if (m_crosshair >= m_from && m_crosshair <= m_to) {
        const qreal x = std::round(xAt(static_cast<double>(m_crosshair)));
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->setPen(color(Token::Text));
        painter->drawLine(QPointF(x, m_plot.top()), QPointF(x, m_plot.bottom()));
        painter->setRenderHint(QPainter::Antialiasing);
        for (const ChartSeries& series : std::as_const(m_series)) {
            const double value = valueAt(series, m_crosshair, static_cast<double>(m_to - m_from) / 50);
            if (std::isnan(value))
                continue;
            painter->setPen(QPen(color(series.colour), 2));
            painter->setBrush(color(Token::Surface));
            painter->drawEllipse(QPointF(x, yAt(value)), 4, 4);
        }
        if (m_hovered)
            paintBox(painter);
    }
    painter->restore();
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paint::ring(painter, QRectF(viewport()->rect()).adjusted(1, 1, -1, -1), 6, color(Token::Accent));
}

void ChartView::paintBox(QPainter* painter) const
{
    const qreal line = scaled(18);
    const QFont body = ui::font(Type::Tiny);
    const QFont strong = ui::font(Type::TinyBold);
    qreal width = scaled(110);
    for (const ChartSeries& series : m_series) {
        const double value = valueAt(series, m_crosshair, static_cast<double>(m_to - m_from) / 50);
        const QString text = std::isnan(value) ? tr("no data") : formatted(value);
        width = qMax(width, QFontMetricsF(body).horizontalAdvance(series.name) + figuresWidth(strong, text) + 60);
    }
    const qreal x = xAt(static_cast<double>(m_crosshair));
    QRectF box(x - width - 12, m_plot.top() + 6, width, line * static_cast<qreal>(m_series.size() + 1) + 12);
    if (box.left() < m_plot.left())
        box.moveLeft(x + 12);
    paint::roundRect(painter, box, 4, color(Token::Surface), color(Token::Outline));
    painter->setFont(body);
    painter->setPen(color(Token::Text2));
    paintFigures(painter, QRectF(box.left() + 10, box.top() + 5, width, line), Qt::AlignLeft | Qt::AlignVCenter,
        QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(m_crosshair), QStringLiteral("HH:mm:ss")));
    qreal y = box.top() + 5 + line;
    for (const ChartSeries& series : m_series) {
        const double value = valueAt(series, m_crosshair, static_cast<double>(m_to - m_from) / 50);
        paint::roundRect(painter, QRectF(box.left() + 10, y + line / 2 - 1.5, 10, 3), 1.5, color(series.colour), Qt::transparent);
        painter->setFont(body);
        painter->setPen(color(Token::Text2));
        painter->drawText(QRectF(box.left() + 26, y, width - 36, line), Qt::AlignLeft | Qt::AlignVCenter, series.name);
        painter->setFont(strong);
        painter->setPen(color(Token::Text));
        paintFigures(painter, QRectF(box.left(), y, width - 10, line), Qt::AlignRight | Qt::AlignVCenter, std::isnan(value) ? tr("no data") : formatted(value));
        y += line;
    }
}

}
