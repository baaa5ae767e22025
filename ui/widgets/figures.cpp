// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figures.h"

#include <QFontMetricsF>
#include <QPainter>

namespace ui {

namespace {
    qreal cellWidth(const QFontMetricsF& metrics)
    {
        qreal widest = 0;
        for (char16_t digit = u'0'; digit <= u'9'; ++digit)
            widest = qMax(widest, metrics.horizontalAdvance(QChar(digit)));
        return widest;
    }

    // Calls run(text, x, width, isDigit) for each digit and each stretch between digits; returns the whole width.
    template <typename Run>
    qreal layout(const QFont& font, const QString& text, Run run)
    {
        const QFontMetricsF metrics(font);
        const qreal cell = cellWidth(metrics);
        qreal x = 0;
        for (qsizetype i = 0; i < text.size();) {
            qsizetype end = i;
            const bool digit = text.at(i) >= u'0' && text.at(i) <= u'9';
            while (!digit && end < text.size() && !(text.at(end) >= u'0' && text.at(end) <= u'9'))
                ++end;
            const QString part = digit ? QString(text.at(i)) : text.mid(i, end - i);
            const qreal width = digit ? cell : metrics.horizontalAdvance(part);
            run(part, x, width, digit);
            x += width;
            i = digit ? i + 1 : end;
        }
        return x;
    }
}

qreal figuresWidth(const QFont& font, const QString& text)
{
    return layout(font, text, [](const QString&, qreal, qreal, bool) { });
}

void paintFigures(QPainter* painter, const QRectF& rect, Qt::Alignment alignment, const QString& text)
{
    const QFontMetricsF metrics(painter->font());
    const qreal width = figuresWidth(painter->font(), text);
    qreal left = rect.left();
    if (alignment & Qt::AlignRight)
        left = rect.right() - width;
    else if (alignment & Qt::AlignHCenter)
        left = rect.center().x() - width / 2;
    qreal base = rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent();
    if (alignment & Qt::AlignTop)
        base = rect.top() + metrics.ascent();
    else if (alignment & Qt::AlignBottom)
        base = rect.bottom() - metrics.descent();
    painter->save();
    // Figures read left-to-right in a mirrored window too.
    painter->setLayoutDirection(Qt::LeftToRight);
    layout(painter->font(), text, [&](const QString& part, qreal x, qreal cell, bool digit) {
        const qreal shift = digit ? (cell - metrics.horizontalAdvance(part)) / 2 : 0;
        painter->drawText(QPointF(left + x + shift, base), part);
    });
    painter->restore();
}

}
