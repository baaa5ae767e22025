// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>
#include <QToolButton>

namespace ui {

// Kinds that the style draws. One Primary a page; Danger (filled red) only for the act itself, DangerText elsewhere; Quiet has no
// frame (strips, toolbars); neither Danger kind is ever the default button.
enum class ButtonKind { Normal, Primary, Danger, DangerText, Quiet };

void setButtonKind(QAbstractButton* button, ButtonKind kind);
ButtonKind buttonKind(const QWidget* button);

// `icon` may be empty.
QPushButton* makeButton(const QString& text, const QString& icon = {}, ButtonKind kind = ButtonKind::Normal, QWidget* parent = nullptr);
// Icon only; `name` becomes accessible name and tooltip. Framed (Normal) or Quiet.
QToolButton* makeIconButton(const QString& name, const QString& icon, ButtonKind kind = ButtonKind::Quiet, QWidget* parent = nullptr);

}
