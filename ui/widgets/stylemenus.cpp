// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QStyle>

namespace ui::paint {

namespace {
    constexpr int iconColumn = 34;
}

void menuPanel(const QStyleOption* option, QPainter* painter)
{
    painter->fillRect(option->rect, color(Token::Surface));
    painter->setPen(color(Token::Outline));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
}

void menuItem(const QStyleOptionMenuItem* option, QPainter* painter)
{
    const QRect r = option->rect;
    if (option->menuItemType == QStyleOptionMenuItem::Separator) {
        painter->fillRect(QRect(r.left() + 4, r.center().y(), r.width() - 8, 1), color(Token::Border));
        return;
    }
    const bool enabled = option->state & QStyle::State_Enabled;
    if (enabled && option->state & QStyle::State_Selected)
        roundRect(painter, r, 4, color(Token::Selected), Qt::transparent);
    const int side = scaled(16);
    const auto visual = [&](const QRect& part) { return QStyle::visualRect(option->direction, r, part); };
    const QRect at(r.left() + 10, r.center().y() - side / 2 + 1, side, side);
    if (option->checkType != QStyleOptionMenuItem::NotCheckable && option->checked)
        paintIcon(painter, visual(at), QStringLiteral("check"), color(enabled ? Token::Accent : Token::DisabledText));
    else if (!option->icon.isNull())
        option->icon.paint(painter, visual(at), Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    const QStringList parts = option->text.split(u'\t');
    painter->setFont(option->font);
    painter->setPen(color(enabled ? Token::Text : Token::DisabledText));
    painter->drawText(visual(r.adjusted(iconColumn, 0, -12, 0)), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextHideMnemonic, parts.value(0));
    painter->setPen(color(enabled ? Token::Text2 : Token::DisabledText));
    if (parts.size() > 1)
        painter->drawText(visual(r.adjusted(iconColumn, 0, -12, 0)), Qt::AlignVCenter | Qt::AlignRight, parts.at(1));
    if (option->menuItemType == QStyleOptionMenuItem::SubMenu) {
        const QRect arrow(r.right() - 10 - scaled(10), r.center().y() - scaled(5) + 1, scaled(10), scaled(10));
        paintIcon(painter, visual(arrow), option->direction == Qt::RightToLeft ? QStringLiteral("chevron-left") : QStringLiteral("chevron-right"), color(Token::Text2));
    }
}

QSize menuItemSize(const QStyleOptionMenuItem* option, const QSize& size)
{
    if (option->menuItemType == QStyleOptionMenuItem::Separator)
        return {size.width(), 9};
    const QString text = option->text.section(u'\t', 0, 0);
    const int shortcut = option->reservedShortcutWidth > 0 ? option->reservedShortcutWidth + 32 : 0;
    return {iconColumn + option->fontMetrics.horizontalAdvance(text) + shortcut + 28, scaled(30)};
}

}
