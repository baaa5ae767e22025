// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/button.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

#include <QVariant>

namespace ui {

namespace {
    constexpr char property[] = "buttonKind";

    std::optional<Token> iconTint(ButtonKind kind)
    {
        switch (kind) {
        case ButtonKind::Primary:
        case ButtonKind::Danger: return Token::OnFill;
        case ButtonKind::DangerText: return Token::Bad;
        case ButtonKind::Normal: return Token::Text;
        case ButtonKind::Quiet: break;
        }
        return {};
    }
}

void setButtonKind(QAbstractButton* button, ButtonKind kind)
{
    button->setProperty(property, static_cast<int>(kind));
    if (auto* push = qobject_cast<QPushButton*>(button)) {
        const bool danger = kind == ButtonKind::Danger || kind == ButtonKind::DangerText;
        push->setAutoDefault(false);
        if (danger)
            push->setDefault(false);
    }
    button->update();
}

ButtonKind buttonKind(const QWidget* button)
{
    return button ? static_cast<ButtonKind>(button->property(property).toInt()) : ButtonKind::Normal;
}

QPushButton* makeButton(const QString& text, const QString& iconName, ButtonKind kind, QWidget* parent)
{
    auto* button = new QPushButton(icon(iconName, iconTint(kind)), text, parent);
    setButtonKind(button, kind); // its text is its name: one that is set would stay when the text changes
    return button;
}

QToolButton* makeIconButton(const QString& name, const QString& iconName, ButtonKind kind, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName, kind == ButtonKind::Normal ? std::optional<Token>(Token::Text) : std::nullopt));
    button->setAccessibleName(name);
    setPlainToolTip(button, name); // the name of a connection or a file may be part of it
    button->setFocusPolicy(Qt::StrongFocus);
    setButtonKind(button, kind);
    return button;
}

}
