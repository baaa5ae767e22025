// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/button.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QStyle>

namespace ui::paint {

namespace {
    constexpr int gap = 8;

    struct Colours {
        QColor fill, border, text;
        bool filled = false;
    };

    Colours coloursFor(ButtonKind kind, const QStyleOption* option)
    {
        const bool enabled = option->state & QStyle::State_Enabled;
        const bool hot = enabled && option->state & (QStyle::State_MouseOver | QStyle::State_Sunken);
        const bool on = option->state & QStyle::State_On;
        const bool filled = kind == ButtonKind::Primary || kind == ButtonKind::Danger;
        if (!enabled)
            return {filled ? color(Token::Neutral) : kind == ButtonKind::Quiet ? QColor(Qt::transparent) : color(Token::Surface),
                kind == ButtonKind::Normal || kind == ButtonKind::DangerText ? color(Token::Border) : QColor(Qt::transparent),
                color(Token::DisabledText), false};
        if (kind == ButtonKind::Primary)
            return {color(hot ? Token::FillHover : Token::Fill), Qt::transparent, color(Token::OnFill), true};
        if (kind == ButtonKind::Danger)
            return {color(hot ? Token::DangerHover : Token::Danger), Qt::transparent, color(Token::OnFill), true};
        const QColor text = kind == ButtonKind::DangerText ? color(Token::Bad) : color(Token::Text);
        if (kind == ButtonKind::Quiet)
            return {on ? color(Token::Selected) : hot ? color(Token::Hover) : QColor(Qt::transparent), Qt::transparent, text, false};
        return {on ? color(Token::Selected) : hot ? color(Token::Hover) : color(Token::Surface), color(Token::Border), text, false};
    }

    // On a soft strip the hover grey would vanish: darken what is below instead.
    QColor quietHover(const QWidget* widget, const Colours& colours)
    {
        if (widget && widget->property("onStrip").toBool() && colours.fill.alpha() > 0)
            return color(Token::Text, 26);
        return colours.fill;
    }

    void bevel(const QStyleOption* option, QPainter* painter, const QWidget* widget, const Colours& colours)
    {
        roundRect(painter, option->rect, 6, quietHover(widget, colours), colours.border);
        if (hasRing(option))
            ring(painter, colours.filled ? QRectF(option->rect).adjusted(2, 2, -2, -2) : QRectF(option->rect), colours.filled ? 4 : 6,
                color(colours.filled ? Token::OnFill : Token::Accent));
    }

    void label(const QStyleOptionButton* option, QPainter* painter, const Colours& colours)
    {
        const bool menu = option->features & QStyleOptionButton::HasMenu;
        const int side = scaled(16);
        const int textWidth = option->fontMetrics.horizontalAdvance(option->text);
        const int iconWidth = option->icon.isNull() ? 0 : side + (option->text.isEmpty() ? 0 : gap);
        const int width = iconWidth + textWidth + (menu ? side + 4 : 0);
        QRect r = option->rect;
        const int left = r.left() + qMax(4, (r.width() - width) / 2);
        if (iconWidth) {
            const QRect at(left, r.top() + (r.height() - side) / 2, side, side);
            const QIcon::Mode mode = option->state & QStyle::State_Enabled ? QIcon::Normal : QIcon::Disabled;
            option->icon.paint(painter, QStyle::visualRect(option->direction, r, at), Qt::AlignCenter, mode);
        }
        painter->setPen(colours.text);
        const QRect text(left + iconWidth, r.top(), qMin(textWidth, r.right() - 4 - left - iconWidth) + 1, r.height());
        painter->drawText(QStyle::visualRect(option->direction, r, text), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextHideMnemonic,
            option->fontMetrics.elidedText(option->text, Qt::ElideRight, text.width(), Qt::TextHideMnemonic));
        if (menu) {
            const QRect at(left + iconWidth + textWidth + 4, r.top() + (r.height() - side) / 2, side, side);
            paintIcon(painter, QStyle::visualRect(option->direction, r, at), QStringLiteral("chevron-down"), colours.text);
        }
    }
}

void roundRect(QPainter* painter, const QRectF& rect, qreal radius, const QColor& fill, const QColor& border, qreal width)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(border.alpha() == 0 ? QPen(Qt::NoPen) : QPen(border, width));
    painter->setBrush(fill.alpha() == 0 ? QBrush(Qt::NoBrush) : QBrush(fill));
    const qreal inset = border.alpha() == 0 ? 0 : width / 2;
    painter->drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset);
    painter->restore();
}

bool hasRing(const QStyleOption* option)
{
    constexpr QStyle::State both = QStyle::State_HasFocus | QStyle::State_KeyboardFocusChange;
    return (option->state & both) == both && option->state & QStyle::State_Enabled;
}

void ring(QPainter* painter, const QRectF& rect, qreal radius, const QColor& colour)
{
    roundRect(painter, rect, radius, Qt::transparent, colour, 2);
}

bool buttonControl(QStyle::ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    if (!button)
        return false;
    const Colours colours = coloursFor(buttonKind(widget), option);
    switch (element) {
    case QStyle::CE_PushButton:
        bevel(option, painter, widget, colours);
        label(button, painter, colours);
        return true;
    case QStyle::CE_PushButtonBevel: bevel(option, painter, widget, colours); return true;
    case QStyle::CE_PushButtonLabel: label(button, painter, colours); return true;
    default: return false;
    }
}

void toolButton(const QStyleOptionToolButton* option, QPainter* painter, const QWidget* widget)
{
    const Colours colours = coloursFor(buttonKind(widget), option);
    bevel(option, painter, widget, colours);
    QStyleOptionButton inner;
    inner.QStyleOption::operator=(*option);
    inner.icon = option->toolButtonStyle == Qt::ToolButtonTextOnly ? QIcon() : option->icon;
    if (option->features & QStyleOptionToolButton::Arrow) // of a tab bar that scrolls
        inner.icon = icon(option->arrowType == Qt::LeftArrow ? QStringLiteral("chevron-left") : QStringLiteral("chevron-right"));
    inner.text = option->toolButtonStyle == Qt::ToolButtonIconOnly ? QString() : option->text;
    const bool arrow = option->features & QStyleOptionToolButton::HasMenu && !inner.text.isEmpty();
    inner.features = arrow ? QStyleOptionButton::HasMenu : QStyleOptionButton::None;
    label(&inner, painter, colours);
}

QSize buttonSize(const QStyleOptionButton* option, const QWidget* widget)
{
    const int height = widget && widget->property("onStrip").toBool() ? 28 : 32;
    const int side = scaled(16);
    int width = 2 * 12 + option->fontMetrics.horizontalAdvance(option->text);
    if (!option->icon.isNull())
        width += side + (option->text.isEmpty() ? 0 : gap);
    if (option->features & QStyleOptionButton::HasMenu)
        width += side + 4;
    return {qMax(width, scaled(height)), scaled(height)};
}

QSize toolButtonSize(const QStyleOptionToolButton* option, const QSize& size, const QWidget* widget)
{
    const int height = scaled(widget && widget->property("onStrip").toBool() ? 28 : 32);
    if (option->toolButtonStyle == Qt::ToolButtonIconOnly)
        return {height, height};
    const bool arrow = option->features & QStyleOptionToolButton::HasMenu;
    return {size.width() + 20 + (arrow ? scaled(16) : 0), height};
}

void checkBox(const QStyleOption* option, QPainter* painter)
{
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool on = option->state & (QStyle::State_On | QStyle::State_NoChange);
    const QRectF r = option->rect;
    const QColor fill = !enabled ? color(on ? Token::Neutral : Token::Sunken) : on ? color(Token::Fill) : color(Token::Surface);
    const QColor border = !enabled ? color(Token::DisabledText) : on ? QColor(Qt::transparent) : color(Token::Outline);
    roundRect(painter, r, 4, fill, border);
    if (on)
        paintIcon(painter, r.adjusted(2, 2, -2, -2), option->state & QStyle::State_On ? QStringLiteral("check") : QStringLiteral("minus"),
            color(enabled ? Token::OnFill : Token::DisabledText));
}

void radioButton(const QStyleOption* option, QPainter* painter)
{
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool on = option->state & QStyle::State_On;
    const QRectF r = option->rect;
    const QColor fill = on && enabled ? color(Token::Fill) : color(enabled ? Token::Surface : Token::Sunken);
    roundRect(painter, r, r.width() / 2, fill, on && enabled ? QColor(Qt::transparent) : color(enabled ? Token::Outline : Token::DisabledText));
    if (on)
        roundRect(painter, r.adjusted(5, 5, -5, -5), 3, color(enabled ? Token::OnFill : Token::DisabledText), Qt::transparent);
}

}
