// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QFont>
#include <QObject>
#include <QPalette>

namespace ui {

// The look in force. Colours are read at paint time (color(Token)), never kept: a live switch then equals a fresh start.
class Theme final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Theme)
public:
    enum class Choice { System, Light, Dark };

    // The one of this process, made with the first use and living on qApp, as QPalette and QStyle do.
    static Theme& instance();

    // Puts style, palette, font and accessibility factory into the application. Call once, after QApplication is made.
    void install();

    Choice choice() const { return m_choice; }
    void setChoice(Choice choice);
    // What the desktop prefers (settings portal); until it is told: the lightness of the palette at start.
    void setSystemDark(bool dark);
    bool isDark() const { return m_dark; }
    QPalette palette() const;

signals:
    // After palette and style have changed; widgets that paint by tokens are repainted by the palette change itself.
    void changed();

private:
    Theme();
    void apply();

    Choice m_choice = Choice::System;
    bool m_systemDark = false;
    bool m_dark = false;
    bool m_installed = false;
};

// Colour of a token in the theme in force.
QColor color(Token token);
QColor color(Token token, int alpha);

// The type scale; sizes follow the system's font (table x system px / 12).
enum class Type { Body, Medium, Small, SmallMedium, Tiny, TinyBold, PageTitle, CardTitle, EmptyTitle, Kpi, KpiUnit, Verdict, Mono, MonoBold };
QFont font(Type type);
// A length of the design scaled as fonts are.
int scaled(int px);

}
