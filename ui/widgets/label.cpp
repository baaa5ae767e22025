// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/label.h"

#include "core/base/bytes.h"
#include "ui/widgets/figures.h"

#include <QEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

namespace ui {

namespace {
    bool isMono(Type type) { return type == Type::Mono || type == Type::MonoBold; }
}

Label::Label(const QString& text, Type type, Token colour, QWidget* parent)
    : QLabel(parent)
    , m_colour(colour)
{
    setTextFormat(Qt::PlainText); // before the text: "<img" would be taken for rich text
    setText(text);
    setFont(ui::font(type));
    setMinimumHeight(fontMetrics().height());
    applyColour();
}

void Label::setColour(Token colour)
{
    m_colour = colour;
    applyColour();
}

void Label::setType(Type type)
{
    setFont(ui::font(type));
    setMinimumHeight(fontMetrics().height());
}

void Label::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    // A role set on an own palette no longer follows the application's.
    if ((event->type() == QEvent::PaletteChange || event->type() == QEvent::ParentChange) && !m_applying)
        applyColour();
}

void Label::applyColour()
{
    const QColor wanted = color(m_colour);
    if (palette().color(QPalette::Active, QPalette::WindowText) == wanted && testAttribute(Qt::WA_SetPalette))
        return;
    m_applying = true;
    QPalette p = palette();
    p.setColor(QPalette::Active, QPalette::WindowText, wanted);
    p.setColor(QPalette::Inactive, QPalette::WindowText, wanted);
    setPalette(p);
    m_applying = false;
}

QString toolTipLine(const QString& text)
{
    constexpr qsizetype longestWord = 60;
    const QString shown = core::shortened(text);
    QString broken;
    qsizetype word = 0;
    for (qsizetype i = 0; i < shown.size(); ++i) {
        const QChar at = shown.at(i);
        word = at.isSpace() ? 0 : word + 1;
        if (word > longestWord && !at.isLowSurrogate() && !at.isMark()) {
            broken += QChar(0x200B); // takes no room, and a line may end there
            word = 1;
        }
        broken += at;
    }
    return broken.toHtmlEscaped();
}

QString toolTipText(const QString& text)
{
    if (text.isEmpty())
        return {};
    QStringList lines; // one by one: displayText() makes a visible escape of a line break
    for (const QString& line : core::shortened(text, 4 * core::longestShown).split(u'\n'))
        lines += toolTipLine(core::displayText(line));
    return QStringLiteral("<qt>") + lines.join(QStringLiteral("<br>")) + QStringLiteral("</qt>");
}

void setPlainToolTip(QWidget* widget, const QString& text)
{
    widget->setToolTip(toolTipText(text));
}

ElidedLabel::ElidedLabel(Type type, Token colour, Qt::TextElideMode mode, QWidget* parent)
    : QWidget(parent)
    , m_colour(colour)
    , m_mode(mode)
    , m_leftToRight(isMono(type))
{
    setFont(ui::font(type));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedLabel::setText(const QString& text, const QString& tail)
{
    const QString shown = core::shortened(text);
    if (shown == m_text && tail == m_tail)
        return;
    m_text = shown;
    m_tail = tail;
    setAccessibleName(shown + tail);
    updateGeometry();
    update();
}

void ElidedLabel::setColour(Token colour)
{
    m_colour = colour;
    update();
}

void ElidedLabel::setAlignment(Qt::Alignment alignment)
{
    m_alignment = alignment;
    update();
}

QSize ElidedLabel::sizeHint() const
{
    const int width = m_figures ? static_cast<int>(figuresWidth(font(), m_text)) + 1 : fontMetrics().horizontalAdvance(m_text);
    return {width + tailWidth() + 2, fontMetrics().height() + 2};
}

int ElidedLabel::tailWidth() const
{
    return m_tail.isEmpty() ? 0 : fontMetrics().horizontalAdvance(m_tail);
}

QString ElidedLabel::shownText() const
{
    const bool hasRoom = fontMetrics().horizontalAdvance(m_text) + tailWidth() <= width();
    const bool withTail = hasRoom || !m_tailYields;
    return fontMetrics().elidedText(m_text, m_mode, width() - (withTail ? tailWidth() : 0)) + (withTail ? m_tail : QString());
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {qMin(sizeHint().width(), scaled(40)), sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(color(isEnabled() ? m_colour : Token::DisabledText));
    const QRect r = rect();
    if (r.width() <= 0)
        return;
    const QString shown = shownText();
    const Qt::Alignment visual = m_leftToRight ? QStyle::visualAlignment(layoutDirection(), m_alignment) : m_alignment;
    if (m_leftToRight)
        painter.setLayoutDirection(Qt::LeftToRight);
    if (m_figures && shown == m_text)
        paintFigures(&painter, r, visual | Qt::AlignVCenter, m_text);
    else
        painter.drawText(r, static_cast<int>(Qt::AlignVCenter | visual), shown);
}

bool ElidedLabel::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        if (width() < sizeHint().width() - 2)
            QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), toolTipText(m_text + m_tail), this);
        else
            event->ignore();
        return true;
    }
    return QWidget::event(event);
}

}
