// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timingbar.h"

#include "ui/widgets/figures.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QStyle>

namespace ui {

TimingBar::TimingBar(const QString& label, Token series, QWidget* parent)
    : QWidget(parent)
    , m_label(label)
    , m_series(series)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(label);
}

void TimingBar::setValue(double fraction, const QString& figure)
{
    m_fraction = qBound(0.0, fraction, 1.0);
    m_figure = figure;
    setAccessibleName(m_label + QStringLiteral(": ") + figure);
    update();
}

QSize TimingBar::sizeHint() const
{
    return {300, scaled(26)};
}

void TimingBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto visual = [&](const QRect& part) { return QStyle::visualRect(layoutDirection(), rect(), part); };
    const int labelWidth = scaled(76);
    const int figureWidth = scaled(80);
    painter.setFont(ui::font(Type::Body));
    painter.setPen(color(Token::Text2));
    painter.drawText(visual(QRect(0, 0, labelWidth, height())), Qt::AlignVCenter | Qt::AlignLeft, m_label);
    const QRect track(labelWidth, height() / 2 - 5, qMax(0, width() - labelWidth - figureWidth - 10), 10);
    paint::roundRect(&painter, visual(track), 3, color(Token::Neutral), Qt::transparent);
    if (!m_figure.isEmpty()) {
        const QRect bar(track.left(), track.top(), qMax(4, static_cast<int>(track.width() * m_fraction)), track.height());
        paint::roundRect(&painter, QStyle::visualRect(layoutDirection(), rect(), bar), 3, color(m_series), Qt::transparent);
    }
    QFont strong = ui::font(Type::Medium);
    strong.setWeight(QFont::DemiBold);
    painter.setFont(strong);
    painter.setPen(color(Token::Text));
    paintFigures(&painter, visual(QRect(width() - figureWidth, 0, figureWidth, height())), Qt::AlignRight | Qt::AlignVCenter, m_figure);
}

}
