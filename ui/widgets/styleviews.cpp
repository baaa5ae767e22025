// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QStyle>

namespace ui::paint {

void header(const QStyleOptionHeader* option, QPainter* painter)
{
    headerEmpty(option, painter);
    const bool sorted = option->sortIndicator != QStyleOptionHeader::None;
    const QRect r = option->rect.adjusted(12, 0, -12, -1);
    const int side = scaled(12);
    const int arrow = sorted ? side + 4 : 0;
    const QString text = option->fontMetrics.elidedText(option->text, Qt::ElideRight, qMax(0, r.width() - arrow));
    const int width = qMin(r.width() - arrow, option->fontMetrics.horizontalAdvance(text) + 1);
    const bool right = option->textAlignment & Qt::AlignRight;
    const int left = right ? r.right() + 1 - width : r.left();
    painter->setPen(color(Token::Text2));
    painter->drawText(QStyle::visualRect(option->direction, option->rect, QRect(left, r.top(), width, r.height())), Qt::AlignVCenter | Qt::AlignLeft, text);
    if (!sorted)
        return;
    const QRect at(right ? left - arrow : left + width + 4, r.center().y() - side / 2 + 1, side, side);
    paintIcon(painter, QStyle::visualRect(option->direction, option->rect, at),
        option->sortIndicator == QStyleOptionHeader::SortDown ? QStringLiteral("arrow-up") : QStringLiteral("arrow-down"), color(Token::Accent));
}

void headerEmpty(const QStyleOption* option, QPainter* painter)
{
    const QRect r = option->rect;
    painter->fillRect(r, color(Token::Surface));
    painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), color(Token::Border));
}

void itemPanel(const QStyleOptionViewItem* option, QPainter* painter)
{
    const bool selected = option->state & QStyle::State_Selected;
    if (!selected && !(option->state & QStyle::State_MouseOver))
        return;
    painter->fillRect(option->rect, color(selected ? Token::Selected : Token::Hover));
    if (!selected)
        return;
    const QRect bar(option->rect.left(), option->rect.top(), 3, option->rect.height());
    painter->fillRect(QStyle::visualRect(option->direction, option->rect, bar), color(Token::Accent));
}

void branch(const QStyleOption* option, QPainter* painter)
{
    if (!(option->state & QStyle::State_Children))
        return;
    const int side = scaled(10);
    const QRect r = option->rect;
    const QRect at(r.right() - side - 2, r.center().y() - side / 2 + 1, side, side);
    const bool mirrored = option->direction == Qt::RightToLeft;
    const QString name = option->state & QStyle::State_Open ? QStringLiteral("chevron-down") : mirrored ? QStringLiteral("chevron-left") : QStringLiteral("chevron-right");
    paintIcon(painter, mirrored ? QRect(r.left() + 2, at.top(), side, side) : at, name, color(Token::Text2));
}

void scrollBar(const QStyleOptionSlider* option, QPainter* painter, const QRect& handle, bool isClear)
{
    // Beside a view its ground is the view's; where it is clear, what lies behind shows (see scrolled()).
    if (!isClear)
        painter->fillRect(option->rect, color(Token::Surface));
    if (option->maximum <= option->minimum)
        return;
    const bool across = option->orientation == Qt::Horizontal;
    const QRectF thumb = across ? QRectF(handle).adjusted(2, 3, -2, -3) : QRectF(handle).adjusted(3, 2, -3, -2);
    const bool hot = option->state & (QStyle::State_MouseOver | QStyle::State_Sunken);
    roundRect(painter, thumb, 3, color(Token::Outline, hot ? 255 : 140), Qt::transparent);
}

void slider(const QStyleOptionSlider* option, QPainter* painter, const QRect& groove, const QRect& handle)
{
    const QRectF track(groove.left(), groove.center().y() - 1.5, groove.width(), 4);
    roundRect(painter, track, 2, color(Token::Neutral), Qt::transparent);
    const bool mirrored = option->upsideDown;
    const QRectF done = mirrored ? QRectF(handle.center().x(), track.top(), track.right() - handle.center().x(), 4)
                                 : QRectF(track.left(), track.top(), handle.center().x() - track.left(), 4);
    roundRect(painter, done, 2, color(option->state & QStyle::State_Enabled ? Token::Accent : Token::DisabledText), Qt::transparent);
    roundRect(painter, QRectF(handle).adjusted(1, 1, -1, -1), 8, color(Token::Surface), color(Token::Outline));
    if (hasRing(option))
        ring(painter, handle, 8, color(Token::Accent));
}

void splitter(const QStyleOption* option, QPainter* painter)
{
    if (!(option->state & QStyle::State_MouseOver))
        return;
    const QRect r = option->rect;
    const bool across = option->state & QStyle::State_Horizontal;
    painter->fillRect(across ? QRect(r.center().x(), r.top(), 1, r.height()) : QRect(r.left(), r.center().y(), r.width(), 1), color(Token::Outline));
}

void tabShape(const QStyleOptionTab* option, QPainter* painter)
{
    const QRect r = option->rect;
    painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), color(Token::Border));
    if (option->state & QStyle::State_Selected)
        painter->fillRect(QRect(r.left() + 12, r.bottom() - 1, r.width() - 24, 2), color(Token::Accent));
    if (hasRing(option) && option->state & QStyle::State_Selected)
        ring(painter, QRectF(r).adjusted(4, 4, -4, -4), 4, color(Token::Accent));
}

void tabLabel(const QStyleOptionTab* option, QPainter* painter)
{
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool strong = option->state & (QStyle::State_Selected | QStyle::State_MouseOver);
    painter->setPen(color(!enabled ? Token::DisabledText : strong ? Token::Text : Token::Text2));
    painter->drawText(option->rect, Qt::AlignCenter | Qt::TextHideMnemonic, option->text);
}

void progress(const QStyleOptionProgressBar* option, QPainter* painter)
{
    const QRectF r(option->rect.left(), option->rect.center().y() - 1.5, option->rect.width(), 4);
    roundRect(painter, r, 2, color(Token::Neutral), Qt::transparent);
    const bool known = option->maximum > option->minimum;
    const double share = known ? qBound(0.0, double(option->progress - option->minimum) / (option->maximum - option->minimum), 1.0) : 1.0 / 3;
    if (share <= 0)
        return;
    QRectF done(r.left(), r.top(), qMax(4.0, r.width() * share), 4);
    if (!known)
        done.moveLeft(r.left() + r.width() / 3);
    else if (option->direction == Qt::RightToLeft)
        done.moveRight(r.right());
    roundRect(painter, done, 2, color(Token::Accent), Qt::transparent);
}

}
