// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/badge.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QFontMetrics>
#include <QHash>
#include <QPainter>

#include <algorithm>

namespace ui {

namespace {
    constexpr int side = 12;
    constexpr int inset = 7;
}

Badge::Badge(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

Badge::Badge(const QString& text, Tone tone, const QString& icon, QWidget* parent)
    : Badge(parent)
{
    set(text, tone, icon);
}

void Badge::set(const QString& text, Tone tone, const QString& icon)
{
    if (text == m_text && tone == m_tone && icon == m_icon)
        return;
    m_text = text;
    m_tone = tone;
    m_icon = icon;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Badge::sizeHint() const
{
    return {badgeWidth(m_text, !m_icon.isEmpty()), scaled(20)};
}

void Badge::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintBadge(&painter, rect(), m_text, m_tone, m_icon, layoutDirection() == Qt::RightToLeft);
}

int badgeWidth(const QString& text, bool withIcon)
{
    const QFontMetrics metrics(font(Type::TinyBold));
    return metrics.horizontalAdvance(text) + 2 * inset + (withIcon ? scaled(side) + 4 : 0) + 1;
}

int badgeColumnWidth(const QStringList& texts)
{
    constexpr int cellInset = 12;
    int widest = 0;
    for (const QString& text : texts)
        widest = std::max(widest, badgeWidth(text, true));
    return widest + 2 * cellInset;
}

int paintBadge(QPainter* painter, const QRect& rect, const QString& text, Tone tone, const QString& icon, bool mirrored)
{
    const int height = scaled(20);
    const int width = qMin(rect.width(), badgeWidth(text, !icon.isEmpty()));
    QRect r(mirrored ? rect.right() + 1 - width : rect.left(), rect.top() + (rect.height() - height) / 2, width, height);
    paint::roundRect(painter, r, 4, color(toneSoft(tone)), Qt::transparent);
    QRect inner = r.adjusted(inset, 0, -inset, 0);
    if (!icon.isEmpty()) {
        const int size = scaled(side);
        const QRect at(mirrored ? inner.right() + 1 - size : inner.left(), r.top() + (height - size) / 2, size, size);
        paintIcon(painter, at, icon, color(toneText(tone)));
        inner = mirrored ? inner.adjusted(0, 0, -size - 4, 0) : inner.adjusted(size + 4, 0, 0, 0);
    }
    painter->save();
    painter->setFont(font(Type::TinyBold));
    painter->setPen(color(toneText(tone)));
    painter->drawText(inner.adjusted(0, 0, 2, 0), Qt::AlignVCenter | Qt::AlignLeft,
        painter->fontMetrics().elidedText(text, Qt::ElideRight, inner.width() + 2));
    painter->restore();
    return width;
}

Look verdictLook(const QString& verdict)
{
    static const QHash<QString, Look> looks {
        {QStringLiteral("HIT"), {Tone::Ok, QStringLiteral("ring-check")}},
        {QStringLiteral("MISS"), {Tone::Info, QStringLiteral("ring-dash")}},
        {QStringLiteral("EXPIRED"), {Tone::Warn, QStringLiteral("ring-clock")}},
        {QStringLiteral("STALE"), {Tone::Warn, QStringLiteral("ring-clock")}},
        {QStringLiteral("REVALIDATED"), {Tone::Ok, QStringLiteral("ring-check")}},
        {QStringLiteral("BYPASS"), {Tone::Neutral, QStringLiteral("ring-slash")}},
        {QStringLiteral("UNKNOWN"), {Tone::Neutral, QStringLiteral("ring-question")}},
        {QStringLiteral("CONTRADICTION"), {Tone::Bad, QStringLiteral("octagon-x")}},
    };
    return looks.value(verdict.toUpper(), {Tone::Neutral, QStringLiteral("ring-question")});
}

}
