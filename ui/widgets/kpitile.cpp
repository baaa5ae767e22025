// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/kpitile.h"

#include "ui/widgets/figures.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stylepaint.h"

#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace ui {

namespace {
    constexpr int inset = 16;

    // Line and soft fill below it; runs end at NaN. A dot marks the newest value.
    void paintSparkline(QPainter* painter, const QRectF& r, const QList<double>& values, const QColor& colour)
    {
        double low = INFINITY;
        double high = -INFINITY;
        for (const double v : values) {
            if (std::isnan(v))
                continue;
            low = qMin(low, v);
            high = qMax(high, v);
        }
        if (values.size() < 2 || low > high)
            return;
        const double span = high > low ? high - low : 1;
        const auto point = [&](qsizetype i) {
            const double share = high > low ? (values.at(i) - low) / span : 0.5;
            return QPointF(r.left() + r.width() * static_cast<double>(i) / static_cast<double>(values.size() - 1), r.bottom() - share * (r.height() - 3) - 1);
        };
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        QPointF last;
        QPolygonF run;
        const auto flush = [&] {
            if (run.size() > 1) {
                QPolygonF area = run;
                area << QPointF(run.last().x(), r.bottom() + 1) << QPointF(run.first().x(), r.bottom() + 1);
                QLinearGradient gradient(r.topLeft(), r.bottomLeft());
                QColor top = colour;
                top.setAlphaF(0.18F);
                QColor foot = colour;
                foot.setAlphaF(0.02F);
                gradient.setColorAt(0, top);
                gradient.setColorAt(1, foot);
                painter->setPen(Qt::NoPen);
                painter->setBrush(gradient);
                painter->drawPolygon(area);
                painter->setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
                painter->setBrush(Qt::NoBrush);
                painter->drawPolyline(run);
            }
            run.clear();
        };
        for (qsizetype i = 0; i < values.size(); ++i) {
            if (std::isnan(values.at(i))) {
                flush();
                continue;
            }
            last = point(i);
            run << last;
        }
        flush();
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        if (!std::isnan(values.last()))
            painter->drawEllipse(last, 2, 2);
        painter->restore();
    }
}

KpiTile::KpiTile(const QString& label, QWidget* parent)
    : QFrame(parent)
    , m_label(label)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    updateName();
}

void KpiTile::setLabel(const QString& label)
{
    m_label = label;
    updateName();
}

void KpiTile::setFigure(const QString& figure, const QString& unit, const QString& exact)
{
    m_figure = figure;
    m_unit = unit;
    setPlainToolTip(this, exact);
    updateName();
}

void KpiTile::setComparison(const QString& text, Tone tone, const QString& icon)
{
    m_comparison = text;
    m_tone = tone;
    m_comparisonIcon = icon;
    updateName();
}

void KpiTile::setSparkline(const QList<double>& values, Token series)
{
    m_values = values;
    m_series = series;
    update();
}

void KpiTile::setStale(bool stale)
{
    m_stale = stale;
    updateName();
}

void KpiTile::updateName()
{
    QString name = m_label + QStringLiteral(": ") + (m_figure.isEmpty() ? tr("not known") : QString(m_figure + u' ' + m_unit));
    if (!m_comparison.isEmpty())
        name += QStringLiteral(", ") + m_comparison;
    if (m_stale)
        name += QStringLiteral(", ") + tr("old");
    setAccessibleName(name);
    update();
}

QSize KpiTile::sizeHint() const
{
    return {200, scaled(100)};
}

QSize KpiTile::minimumSizeHint() const
{
    return {scaled(130), scaled(100)};
}

void KpiTile::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::roundRect(&painter, rect(), 8, color(Token::Surface), color(Token::Border));
    const QRect r = rect().adjusted(inset, 0, -inset, 0);
    const auto visual = [&](const QRect& part) { return QStyle::visualRect(layoutDirection(), rect(), part); };
    painter.setFont(ui::font(Type::Small));
    painter.setPen(color(Token::Text2));
    const int labelWidth = painter.fontMetrics().horizontalAdvance(m_label);
    painter.drawText(visual(QRect(r.left(), scaled(10), r.width(), scaled(22))), Qt::AlignVCenter | Qt::AlignLeft, m_label);
    const int room = r.width() - labelWidth - 12;
    if (room >= 40) {
        const int width = qMin(room, scaled(68));
        const QRect at = visual(QRect(r.right() - width, scaled(11), width, scaled(24)));
        paintSparkline(&painter, at, m_values, color(m_series));
    }
    painter.setFont(ui::font(Type::Kpi));
    painter.setPen(color(m_figure.isEmpty() || m_stale ? Token::Text3 : Token::Text));
    const QString figure = m_figure.isEmpty() ? QStringLiteral("–") : m_figure;
    const int width = static_cast<int>(std::ceil(figuresWidth(painter.font(), figure)));
    const int base = scaled(38);
    const int height = scaled(32);
    paintFigures(&painter, visual(QRect(r.left(), base, width, height)), Qt::AlignLeft | Qt::AlignVCenter, figure);
    if (!m_figure.isEmpty() && !m_unit.isEmpty()) {
        painter.setFont(ui::font(Type::KpiUnit));
        painter.setPen(color(m_stale ? Token::Text3 : Token::Text2));
        painter.drawText(visual(QRect(r.left() + width + 6, base + scaled(5), r.width() - width - 6, height - scaled(5))), Qt::AlignVCenter | Qt::AlignLeft, m_unit);
    }
    painter.setFont(ui::font(Type::Small));
    const QColor tone = color(m_tone == Tone::Neutral ? Token::Text2 : toneText(m_tone));
    painter.setPen(tone);
    QRect line(r.left(), scaled(72), r.width(), scaled(20));
    if (!m_comparisonIcon.isEmpty()) {
        const int side = scaled(12);
        paintIcon(&painter, visual(QRect(line.left() - 1, line.top() + (line.height() - side) / 2, side, side)), m_comparisonIcon, tone);
        line.setLeft(line.left() + side + 3);
    }
    painter.drawText(visual(line), Qt::AlignVCenter | Qt::AlignLeft, painter.fontMetrics().elidedText(m_comparison, Qt::ElideRight, line.width()));
}

}
