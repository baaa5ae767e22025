// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/verdictband.h"

#include "ui/widgets/badge.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

#include <QPainter>
#include <QStyle>

namespace ui {

VerdictBand::VerdictBand(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void VerdictBand::set(const QString& word, const QString& sentence)
{
    const Look look = verdictLook(word);
    set(word, sentence, look.tone, look.icon);
}

void VerdictBand::set(const QString& word, const QString& sentence, Tone tone, const QString& icon)
{
    m_word = word;
    m_sentence = sentence;
    m_tone = tone;
    m_icon = icon;
    setAccessibleName(word + QStringLiteral(": ") + sentence);
    setPlainToolTip(this, sentence);
    update();
}

QSize VerdictBand::sizeHint() const
{
    return {320, scaled(76)};
}

QSize VerdictBand::minimumSizeHint() const
{
    return {200, scaled(76)};
}

void VerdictBand::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(toneSoft(m_tone)));
    const QColor tone = color(toneText(m_tone));
    const auto visual = [&](const QRect& part) { return QStyle::visualRect(layoutDirection(), rect(), part); };
    const int side = scaled(36);
    paintIcon(&painter, visual(QRect(20, (height() - side) / 2, side, side)), m_icon, tone);
    const int left = 20 + side + 14;
    const int room = width() - left - 16;
    painter.setFont(ui::font(Type::Verdict));
    painter.setPen(tone);
    painter.drawText(visual(QRect(left, scaled(11), room, scaled(30))), Qt::AlignVCenter | Qt::AlignLeft, m_word);
    painter.setFont(ui::font(Type::Body));
    painter.setPen(color(Token::Text));
    painter.drawText(visual(QRect(left, scaled(41), room, scaled(22))), Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(m_sentence, Qt::ElideRight, room));
}

}
