// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/facestack.h"

#include "core/base/errortext.h"
#include "ui/widgets/card.h"
#include "ui/widgets/label.h"
#include "ui/widgets/progressbar.h"
#include "ui/widgets/stylepaint.h"

#include <QPainter>
#include <QTimer>
#include <QVBoxLayout>

namespace ui {

namespace {
    // The ground of a face: a card of its own, unless the stack lies in one already.
    class Sheet final : public QWidget {
    public:
        Sheet(QWidget* content, QWidget* parent)
            : QWidget(parent)
        {
            auto* column = new QVBoxLayout(this);
            column->setContentsMargins(1, 1, 1, 1);
            column->addWidget(content);
        }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            for (const QWidget* up = parentWidget(); up; up = up->parentWidget()) {
                if (qobject_cast<const Card*>(up))
                    return;
            }
            QPainter painter(this);
            paint::roundRect(&painter, rect(), 8, color(Token::Surface), color(Token::Border));
        }
    };
}

FaceStack::FaceStack(QWidget* filled, QWidget* parent)
    : QStackedWidget(parent)
    , m_filled(filled)
    , m_message(new EmptyState)
    , m_messageSheet(new Sheet(m_message, this))
    , m_loadingText(new Label({}, Type::Body, Token::Text2))
    , m_delay(new QTimer(this))
{
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    auto* bar = new ProgressBar;
    bar->setFixedWidth(scaled(240));
    bar->setProgress(0, -1);
    bar->setAccessibleName(tr("Loading"));
    m_loadingText->setAlignment(Qt::AlignCenter);
    column->addStretch(1);
    column->addWidget(m_loadingText, 0, Qt::AlignHCenter);
    column->addSpacing(12);
    column->addWidget(bar, 0, Qt::AlignHCenter);
    column->addStretch(1);
    m_loading = new Sheet(box, this);
    addWidget(m_filled);
    addWidget(m_messageSheet);
    addWidget(m_loading);
    m_delay->setSingleShot(true);
    m_delay->setInterval(150);
    connect(m_delay, &QTimer::timeout, this, [this] { setCurrentWidget(m_loading); });
    setCurrentWidget(m_filled);
    connect(this, &QStackedWidget::currentChanged, this, &QWidget::updateGeometry);
}

QSize FaceStack::minimumSizeHint() const
{
    return {QStackedWidget::minimumSizeHint().width(), currentWidget()->minimumSizeHint().expandedTo(currentWidget()->minimumSize()).height()};
}

void FaceStack::setFace(Face face)
{
    if (face != Face::Loading) {
        m_delay->stop();
        setCurrentWidget(face == Face::Filled ? m_filled : m_messageSheet);
    }
    if (face == m_face)
        return;
    m_face = face;
    emit faceChanged(face);
}

void FaceStack::showFilled()
{
    setFace(Face::Filled);
}

void FaceStack::showLoading(const QString& what)
{
    m_loadingText->setText(what);
    if (currentWidget() != m_loading && !m_delay->isActive())
        m_delay->start();
    setFace(Face::Loading);
}

void FaceStack::showEmpty(const EmptyText& text)
{
    m_message->setText(text);
    setFace(Face::Empty);
}

void FaceStack::showFailed(const core::Error& error, std::function<void()> retry)
{
    const core::ErrorText text = core::describe(error);
    EmptyText face {QStringLiteral("octagon-x"), text.what, QStringList({text.why, text.advice}).join(u' ').trimmed(), Tone::Bad};
    if (retry)
        face.actions = {{tr("Retry"), std::move(retry)}};
    m_message->setText(face);
    setFace(Face::Failed);
}

void FaceStack::showNotPermitted(const core::Error& error, const QString& rule)
{
    const core::ErrorText text = core::describe(error);
    QStringList parts {text.why, text.advice};
    if (!rule.isEmpty())
        parts += tr("Missing ACL rule: %1").arg(rule);
    m_message->setText({QStringLiteral("locks"), text.what, parts.join(u' ').trimmed(), Tone::Warn});
    setFace(Face::NotPermitted);
}

void FaceStack::showError(const core::Error& error, std::function<void()> retry)
{
    if (error.code == core::Code::Permission)
        showNotPermitted(error, error.subject);
    else
        showFailed(error, std::move(retry));
}

}
