// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/verdictband.h"

#include "ui/widgets/badge.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

#include <QPainter>
#include <QStyle>

namespace ui {

namespace {
    // Places in the band; a sentence that does not fit on one line makes the band higher.
    int textLeft()
    {
        return 20 + scaled(36) + 14;
    }
    constexpr int rightMargin = 16;
    constexpr int sentenceTop = 43;
    constexpr int bottomMargin = 15;
}

VerdictBand::VerdictBand(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
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
    updateGeometry();
    update();
}

int VerdictBand::heightForWidth(int width) const
{
    const int room = qMax(1, width - textLeft() - rightMargin);
    const QRect text = QFontMetrics(ui::font(Type::Body)).boundingRect(QRect(0, 0, room, 10'000), Qt::TextWordWrap, m_sentence);
    return qMax(scaled(76), scaled(sentenceTop) + text.height() + scaled(bottomMargin));
}

QSize VerdictBand::sizeHint() const
{
    return {320, heightForWidth(qMax(320, width()))};
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
    const int left = textLeft();
    const int room = width() - left - rightMargin;
    painter.setFont(ui::font(Type::Verdict));
    painter.setPen(tone);
    painter.drawText(visual(QRect(left, scaled(11), room, scaled(30))), Qt::AlignVCenter | Qt::AlignLeft, m_word);
    painter.setFont(ui::font(Type::Body));
    painter.setPen(color(Token::Text));
    painter.drawText(visual(QRect(left, scaled(sentenceTop), room, height() - scaled(sentenceTop))), Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, m_sentence);
}

}
