// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

namespace ui {

// The only place where colours are written down; see tokens.cpp for what each is for.
enum class Token {
    Canvas, Surface, Sunken, Hover, Selected, Neutral, Border, Outline,
    Text, Text2, Text3, DisabledText, Accent, Fill, FillHover, OnFill, Danger, DangerHover,
    Ok, OkSoft, Warn, WarnSoft, Bad, BadSoft, Info, InfoSoft,
    Series1, Series2, Series3, Series4, Series5,
    ToolTipBase, ToolTipText,
    Count
};

// The state a thing is in; always shown as glyph, word and colour together.
enum class Tone { Neutral, Accent, Ok, Info, Warn, Bad };
Token toneText(Tone tone);
Token toneSoft(Tone tone);
// "ring-check", "triangle", "octagon-x" …: the glyph that goes with a notice of this tone.
QString toneIcon(Tone tone);

QColor tokenColor(Token token, bool dark);
// WCAG 2 contrast ratio, 1…21.
double contrast(const QColor& a, const QColor& b);

}
