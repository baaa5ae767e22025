// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/navrail.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stylepaint.h"

#include <QPainter>
#include <QSvgRenderer>
#include <QVBoxLayout>

namespace ui {

namespace {
    constexpr int wide = 192;
    constexpr int narrow = 56;

    // The program's mark and name; the mark alone in the narrow rail.
    class Brand final : public QWidget {
    public:
        explicit Brand(QWidget* parent)
            : QWidget(parent)
        {
            setFixedHeight(scaled(48));
            setAccessibleName(QStringLiteral("Cachelight"));
        }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            const bool compact = width() < scaled(100);
            const int side = scaled(20);
            const QRect mark(compact ? (width() - side) / 2 : scaled(20), (height() - side) / 2, side, side);
            paint::roundRect(&painter, QStyle::visualRect(layoutDirection(), rect(), mark), 5, color(Token::Fill), Qt::transparent);
            QSvgRenderer bolt(QByteArrayLiteral(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20'><path d='M11.2 3.500L5.500 11.300h4l-.9 5.200 5.900-7.700h-4z' fill='#fff'/></svg>"));
            bolt.render(&painter, QStyle::visualRect(layoutDirection(), rect(), mark));
            if (compact)
                return;
            painter.setFont(ui::font(Type::CardTitle));
            painter.setPen(color(Token::Text));
            painter.drawText(QStyle::visualRect(layoutDirection(), rect(), rect().adjusted(scaled(50), 0, 0, 0)), Qt::AlignVCenter | Qt::AlignLeft, accessibleName());
        }
    };
}

NavButton::NavButton(const QString& title, const QString& icon, const QString& shortcut, QWidget* parent)
    : QPushButton(title, parent)
    , m_icon(icon)
    , m_shortcut(shortcut)
{
    setCheckable(true);
    setAutoExclusive(true);
    setAccessibleName(title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(shortcut);
}

void NavButton::setBadge(int count, Tone tone)
{
    m_badge = count;
    m_tone = tone;
    setAccessibleDescription(count > 0 ? tr("%1 open").arg(count) : QString());
    update();
}

void NavButton::setCompact(bool compact)
{
    m_compact = compact;
    setToolTip(compact ? QString(text() + QStringLiteral("  ") + m_shortcut) : m_shortcut);
    update();
}

QSize NavButton::sizeHint() const
{
    return {scaled(40), scaled(34)};
}

void NavButton::paintBadge(QPainter* painter) const
{
    const Token soft = m_tone == Tone::Neutral ? Token::Border : toneSoft(m_tone);
    if (m_compact) {
        const QRect dot(width() - scaled(14), scaled(6), scaled(8), scaled(8));
        paint::roundRect(painter, QStyle::visualRect(layoutDirection(), rect(), dot), 4, color(toneText(m_tone)), Qt::transparent);
        return;
    }
    const QString text = m_badge > 999 ? QStringLiteral("999+") : QString::number(m_badge);
    painter->setFont(ui::font(Type::TinyBold));
    const int width = qMax(scaled(19), painter->fontMetrics().horizontalAdvance(text) + 12);
    const QRect pill = QStyle::visualRect(layoutDirection(), rect(), QRect(this->width() - 8 - width, (height() - scaled(19)) / 2, width, scaled(19)));
    paint::roundRect(painter, pill, pill.height() / 2.0, color(soft), Qt::transparent);
    painter->setPen(color(m_tone == Tone::Neutral ? Token::Text : toneText(m_tone)));
    painter->drawText(pill, Qt::AlignCenter, text);
}

void NavButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto visual = [this](const QRect& part) { return QStyle::visualRect(layoutDirection(), rect(), part); };
    const bool on = isChecked();
    if (on || underMouse())
        paint::roundRect(&painter, rect(), 6, color(on ? Token::Selected : Token::Hover), Qt::transparent);
    if (on)
        paint::roundRect(&painter, visual(QRect(0, height() / 2 - scaled(8), 3, scaled(16))), 1.5, color(Token::Accent), Qt::transparent);
    QStyleOptionButton option;
    initStyleOption(&option);
    if (paint::hasRing(&option))
        paint::ring(&painter, rect(), 6, color(Token::Accent));
    const int side = scaled(16);
    const QRect at(m_compact ? (width() - side) / 2 : scaled(12), (height() - side) / 2, side, side);
    paintIcon(&painter, visual(at), m_icon, color(on ? Token::Accent : Token::Text2));
    if (!m_compact) {
        QFont type = ui::font(Type::Medium);
        if (on)
            type.setWeight(QFont::DemiBold);
        painter.setFont(type);
        painter.setPen(color(on ? Token::Text : Token::Text2));
        painter.drawText(visual(rect().adjusted(scaled(38), 0, 0, 0)), Qt::AlignVCenter | Qt::AlignLeft, text());
    }
    if (m_badge > 0)
        paintBadge(&painter);
}

NavRail::NavRail(QWidget* parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    setAccessibleName(tr("Pages"));
    m_column->setContentsMargins(0, 0, 1, 8);
    m_column->setSpacing(0);
    m_column->addWidget(new Brand(this));
    m_column->addStretch(1);
    setFixedWidth(scaled(wide) + 1);
}

void NavRail::addGroup(const QString& title)
{
    auto* label = new Label(title, Type::TinyBold, Token::Text3, this);
    label->setContentsMargins(18, 0, 0, 0);
    label->setFixedHeight(scaled(30));
    label->setAlignment(Qt::AlignVCenter);
    m_column->insertWidget(m_column->count() - 1, label);
    m_groups += label;
}

void NavRail::add(PageId page, const QString& title, const QString& icon)
{
    if (page == PageId::Dashboard)
        addGroup(tr("Observe"));
    else if (page == PageId::Invalidate)
        addGroup(tr("Act"));
    else if (page == PageId::Health)
        addGroup(tr("Check"));
    const QString shortcut = QStringLiteral("Ctrl+%1").arg((static_cast<int>(page) + 1) % 10);
    auto* button = new NavButton(title, icon, shortcut, this);
    connect(button, &NavButton::clicked, this, [this, page] { emit chosen(page); });
    auto* holder = new QHBoxLayout;
    holder->setContentsMargins(8, 0, 8, 0);
    holder->addWidget(button);
    m_column->insertLayout(m_column->count() - 1, holder);
    m_buttons.insert(page, button);
}

void NavRail::setCurrent(PageId page)
{
    if (NavButton* button = m_buttons.value(page))
        button->setChecked(true);
}

void NavRail::setBadge(PageId page, int count, Tone tone)
{
    if (NavButton* button = m_buttons.value(page))
        button->setBadge(count, tone);
}

void NavRail::setCompact(bool compact)
{
    if (compact == m_compact)
        return;
    m_compact = compact;
    setFixedWidth(scaled(compact ? narrow : wide) + 1);
    for (NavButton* button : std::as_const(m_buttons))
        button->setCompact(compact);
    for (QWidget* group : std::as_const(m_groups)) {
        // The gap stays, the word goes.
        group->setFixedHeight(scaled(compact ? 16 : 30));
        static_cast<Label*>(group)->setColour(compact ? Token::Sunken : Token::Text3);
    }
}

void NavRail::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Sunken));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    painter.fillRect(QRect(mirrored ? 0 : width() - 1, 0, 1, height()), color(Token::Border));
}

}
