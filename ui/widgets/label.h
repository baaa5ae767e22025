// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/theme.h"

#include <QLabel>

namespace ui {

// A plain-text label in a type and colour of the theme that follows a live switch.
class Label : public QLabel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Label)
public:
    explicit Label(const QString& text = {}, Type type = Type::Body, Token colour = Token::Text, QWidget* parent = nullptr);
    void setColour(Token colour);
    void setType(Type type);

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColour();

    Token m_colour;
    bool m_applying = false;
};

// Plain text for a tooltip: escaped and marked as rich text, so that nothing in it is taken for markup.
QString toolTipText(const QString& text);
// One line of it from display text: of a long one the beginning and end, and long words may be broken.
QString toolTipLine(const QString& text);
void setPlainToolTip(QWidget* widget, const QString& text);

// One line that elides when narrow and shows the whole in its tooltip. Keys and paths: Mono, elided in the middle, always
// left-to-right.
class ElidedLabel final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ElidedLabel)
public:
    explicit ElidedLabel(Type type = Type::Body, Token colour = Token::Text, Qt::TextElideMode mode = Qt::ElideRight, QWidget* parent = nullptr);
    // Of a very long text the beginning and end (core::shortened), also in the tooltip and for a screen reader.
    QString text() const { return m_text; }
    // `tail` follows the text and is never elided (but see setTailYields()).
    void setText(const QString& text, const QString& tail = {});
    void setColour(Token colour);
    void setAlignment(Qt::Alignment alignment);
    // Digits in equal cells, so that numbers stand still.
    void setFigures(bool figures) { m_figures = figures; }
    // Where not all fits, the tail is left out before the text is elided.
    void setTailYields() { m_tailYields = true; }
    // For an address in another type than Mono.
    void setLeftToRight() { m_leftToRight = true; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    int tailWidth() const;
    QString shownText() const;

    QString m_text;
    QString m_tail;
    Token m_colour;
    Qt::TextElideMode m_mode;
    Qt::Alignment m_alignment = Qt::AlignLeft;
    bool m_figures = false;
    bool m_leftToRight;
    bool m_tailYields = false;
};

}
