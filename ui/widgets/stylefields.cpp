// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icon.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QAbstractSpinBox>
#include <QStyle>
#include <QWidget>

namespace ui::paint {

namespace {
    void frame(const QStyleOption* option, QPainter* painter, const QWidget* widget, bool focused)
    {
        const bool enabled = option->state & QStyle::State_Enabled;
        const bool bad = widget && widget->property("bad").toBool();
        const QColor border = bad ? color(Token::Bad) : focused ? color(Token::Accent) : enabled ? color(Token::Outline) : color(Token::Border);
        roundRect(painter, option->rect, 6, color(enabled ? Token::Surface : Token::Sunken), border, bad || focused ? 2 : 1);
    }
}

void fieldPanel(const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    // A field shows its focus always, as it takes typing; the others only after keyboard use.
    frame(option, painter, widget, option->state & QStyle::State_HasFocus && option->state & QStyle::State_Enabled);
}

void comboBox(const QStyleOptionComboBox* option, QPainter* painter, const QWidget* widget)
{
    frame(option, painter, widget, hasRing(option) || (option->editable && option->state & QStyle::State_HasFocus));
    const int side = scaled(12);
    const QRect at(option->rect.right() - 10 - side, option->rect.center().y() - side / 2 + 1, side, side);
    paintIcon(painter, QStyle::visualRect(option->direction, option->rect, at), QStringLiteral("chevron-down"),
        color(option->state & QStyle::State_Enabled ? Token::Text2 : Token::DisabledText));
}

void comboLabel(const QStyleOptionComboBox* option, QPainter* painter)
{
    if (option->editable)
        return;
    QRect r = option->rect.adjusted(10, 0, -28, 0);
    const int side = scaled(16);
    if (!option->currentIcon.isNull()) {
        const QRect at(r.left(), r.center().y() - side / 2 + 1, side, side);
        option->currentIcon.paint(painter, QStyle::visualRect(option->direction, option->rect, at));
        r.setLeft(r.left() + side + 8);
    }
    painter->setPen(color(option->state & QStyle::State_Enabled ? Token::Text : Token::DisabledText));
    painter->drawText(QStyle::visualRect(option->direction, option->rect, r), Qt::AlignVCenter | Qt::AlignLeft,
        option->fontMetrics.elidedText(option->currentText, Qt::ElideRight, r.width()));
}

void spinBox(const QStyleOptionSpinBox* option, QPainter* painter, const QWidget* widget)
{
    frame(option, painter, widget, option->state & QStyle::State_HasFocus);
    const int side = scaled(10);
    const bool enabled = option->state & QStyle::State_Enabled;
    const auto arrow = [&](int y, bool can, const QString& name) {
        const QRect at(option->rect.right() - 9 - side, y, side, side);
        paintIcon(painter, QStyle::visualRect(option->direction, option->rect, at), name,
            color(enabled && can ? Token::Text2 : Token::DisabledText));
    };
    const int middle = option->rect.center().y();
    arrow(middle - side, option->stepEnabled & QAbstractSpinBox::StepUpEnabled, QStringLiteral("chevron-up"));
    arrow(middle + 2, option->stepEnabled & QAbstractSpinBox::StepDownEnabled, QStringLiteral("chevron-down"));
}

}
