// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/emptystate.h"

#include "ui/widgets/button.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stylepaint.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

namespace {
    class Disc final : public QWidget {
    public:
        using QWidget::QWidget;
        QString name;
        Tone tone = Tone::Accent;

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            paint::roundRect(&painter, rect(), width() / 2.0, color(toneSoft(tone)), Qt::transparent);
            const int side = scaled(32);
            paintIcon(&painter, QRect((width() - side) / 2, (height() - side) / 2, side, side), name, color(toneText(tone)));
        }
    };
}

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , m_disc(new Disc(this))
    , m_title(new Label({}, Type::EmptyTitle, Token::Text, this))
    , m_body(new Label({}, Type::Body, Token::Text2, this))
    , m_actions(new QHBoxLayout)
{
    m_disc->setFixedSize(scaled(72), scaled(72));
    m_title->setAlignment(Qt::AlignCenter);
    m_body->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_body->setWordWrap(true);
    m_actions->setSpacing(8);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 20, 20, 20);
    column->setSpacing(0);
    column->addStretch(1);
    column->addWidget(m_disc, 0, Qt::AlignHCenter);
    column->addSpacing(20);
    column->addWidget(m_title, 0, Qt::AlignHCenter);
    column->addSpacing(8);
    column->addWidget(m_body, 0, Qt::AlignHCenter);
    column->addSpacing(20);
    column->addLayout(m_actions);
    column->addStretch(1);
    m_actions->setAlignment(Qt::AlignHCenter);
}

void EmptyState::setText(const EmptyText& text)
{
    m_text = text;
    auto* disc = static_cast<Disc*>(m_disc);
    disc->name = text.icon;
    disc->tone = text.tone;
    disc->update();
    m_title->setText(text.title);
    m_body->setText(text.text);
    wrapBody();
    m_title->setVisible(!text.title.isEmpty());
    setAccessibleName(text.title);
    setAccessibleDescription(text.text);
    while (QLayoutItem* item = m_actions->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (qsizetype i = 0; i < text.actions.size(); ++i) {
        const StripAction& action = text.actions.at(i);
        const bool last = i + 1 == text.actions.size();
        auto* button = makeButton(action.text, {}, last ? ButtonKind::Primary : ButtonKind::Normal, this);
        connect(button, &QPushButton::clicked, this, [run = action.run] { run(); });
        m_actions->addWidget(button);
    }
}

QSize EmptyState::minimumSizeHint() const
{
    return {scaled(220), scaled(220)};
}

void EmptyState::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    wrapBody();
}

void EmptyState::wrapBody()
{
    const int width = qBound(scaled(160), this->width() - 40, scaled(460));
    m_body->setFixedSize(width, qMax(0, m_body->heightForWidth(width))); // -1 without text
}

}
