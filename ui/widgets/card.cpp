// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/card.h"

#include "ui/widgets/label.h"
#include "ui/widgets/stylepaint.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

namespace ui {

namespace {
    constexpr qreal radius = 8;

    // Above all children: corners in the window's colour, border, focus ring of a view inside.
    class Overlay final : public QWidget {
    public:
        explicit Overlay(QWidget* card)
            : QWidget(card)
        {
            setAttribute(Qt::WA_TransparentForMouseEvents);
            setFocusPolicy(Qt::NoFocus);
            connect(qApp, &QApplication::focusChanged, this, [this] { update(); });
        }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            painter.setRenderHint(QPainter::Antialiasing);
            QPainterPath corners;
            corners.addRect(rect());
            QPainterPath inside;
            inside.addRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
            painter.fillPath(corners.subtracted(inside), color(Token::Canvas));
            const bool focused = viewHasFocus();
            paint::roundRect(&painter, rect(), radius, Qt::transparent, color(focused ? Token::Accent : Token::Border), focused ? 2 : 1);
        }

    private:
        bool viewHasFocus() const
        {
            const QWidget* focus = QApplication::focusWidget();
            return focus && qobject_cast<const QAbstractScrollArea*>(focus) && parentWidget()->isAncestorOf(focus)
                && window()->testAttribute(Qt::WA_KeyboardFocusChange);
        }
    };
}

Card::Card(const QString& title, QWidget* parent)
    : QFrame(parent)
    , m_body(nullptr)
    , m_overlay(nullptr)
{
    setFrameShape(QFrame::NoFrame);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    m_titleRow = new QWidget(this);
    m_titleLayout = new QHBoxLayout(m_titleRow);
    m_titleLayout->setContentsMargins(16, 12, 16, 8);
    m_titleLayout->setSpacing(8);
    m_title = new Label({}, Type::CardTitle, Token::Text, m_titleRow);
    m_titleLayout->addWidget(m_title);
    m_titleLayout->addStretch(1);
    column->addWidget(m_titleRow);
    m_body = new QVBoxLayout;
    m_body->setContentsMargins(0, 0, 0, 0);
    m_body->setSpacing(0);
    column->addLayout(m_body, 1);
    m_overlay = new Overlay(this);
    setTitle(title);
}

void Card::setTitle(const QString& title)
{
    m_title->setText(title);
    m_titleRow->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

Card* Card::padded()
{
    const bool titled = !m_title->text().isEmpty();
    m_body->setContentsMargins(16, titled ? 4 : 16, 16, 16);
    m_body->setSpacing(12);
    return this;
}

void Card::addTitleWidget(QWidget* widget)
{
    m_titleLayout->addWidget(widget);
    m_titleRow->show();
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Surface));
}

void Card::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    m_overlay->setGeometry(rect());
    m_overlay->raise();
}

bool Card::event(QEvent* event)
{
    if ((event->type() == QEvent::ChildPolished || event->type() == QEvent::LayoutRequest) && m_overlay)
        m_overlay->raise();
    return QFrame::event(event);
}

}
