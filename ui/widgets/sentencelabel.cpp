// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sentencelabel.h"

#include "core/base/bytes.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {
    constexpr int mostLines = 3;
}

SentenceLabel::SentenceLabel(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setFont(ui::font(Type::Body));
}

void SentenceLabel::setText(const QString& what, const QString& why)
{
    const QString bold = core::shortened(what);
    m_text = why.isEmpty() ? bold : QString(bold + QStringLiteral("  ") + core::shortened(why));
    m_bold = static_cast<int>(bold.size());
    setPlainToolTip(this, m_text);
    updateGeometry();
    update();
}

bool SentenceLabel::layOut(QTextLayout& layout, int width) const
{
    QFont demiBold = font();
    demiBold.setWeight(QFont::DemiBold);
    QTextCharFormat format;
    format.setFont(demiBold);
    layout.setText(m_text);
    layout.setFont(font());
    layout.setFormats({{0, m_bold, format}});
    QTextOption option(Qt::AlignLeading | Qt::AlignVCenter);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTextDirection(layoutDirection());
    layout.setTextOption(option);
    layout.beginLayout();
    qreal top = 0;
    int end = 0;
    for (int i = 0; i < mostLines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        line.setPosition(QPointF(0, top));
        top += line.height();
        end = line.textStart() + line.textLength();
    }
    layout.endLayout();
    return end >= m_text.size();
}

int SentenceLabel::heightForWidth(int width) const
{
    QTextLayout layout;
    layOut(layout, qMax(1, width));
    return static_cast<int>(std::ceil(layout.boundingRect().height()));
}

QSize SentenceLabel::sizeHint() const
{
    return {200, heightForWidth(qMax(200, width()))};
}

QSize SentenceLabel::minimumSizeHint() const
{
    return {80, fontMetrics().height()};
}

void SentenceLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(color(Token::Text));
    QTextLayout layout;
    const bool whole = layOut(layout, width());
    const qreal top = std::max<qreal>(0, (height() - layout.boundingRect().height()) / 2);
    if (whole)
        return layout.draw(&painter, QPointF(0, top));
    const QTextLine last = layout.lineAt(layout.lineCount() - 1);
    for (int i = 0; i + 1 < layout.lineCount(); ++i)
        layout.lineAt(i).draw(&painter, QPointF(0, top));
    const QString rest = fontMetrics().elidedText(m_text.mid(last.textStart()), Qt::ElideRight, width());
    painter.drawText(QRectF(0, top + last.y(), width(), last.height()), static_cast<int>(Qt::AlignLeading | Qt::AlignVCenter), rest);
}

}
