// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/typednamebar.h"

#include "ui/widgets/button.h"
#include "ui/widgets/field.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/sentencelabel.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/stylepaint.h"

#include <QHBoxLayout>
#include <QPainter>

namespace ui {

namespace {
    constexpr int gap = 12; // to the bar above, a part of this widget so that it goes with it
}

TypedNameBar::TypedNameBar(const QString& consent, const QString& refusal, QWidget* parent)
    : QWidget(parent)
    , m_text(new SentenceLabel(this))
    , m_field(makeField(tr("Name of the profile"), {}, false, this))
    , m_consent(makeButton(consent, {}, ButtonKind::DangerText, this))
{
    setFixedHeight(scaled(48) + gap);
    auto* refuse = makeButton(refusal, {}, ButtonKind::Quiet, this);
    refuse->setProperty("onStrip", true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(40, gap, 8, 0);
    row->setSpacing(8);
    m_field->setFixedWidth(scaled(200));
    row->addWidget(m_text, 1);
    row->addWidget(m_field);
    row->addWidget(m_consent);
    row->addWidget(refuse);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) { m_consent->setEnabled(text == m_name); });
    const auto confirm = [this] {
        if (m_field->text() != m_name)
            return;
        hide();
        emit confirmed();
    };
    connect(m_consent, &QPushButton::clicked, this, confirm);
    connect(m_field, &QLineEdit::returnPressed, this, confirm);
    connect(refuse, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void TypedNameBar::ask(const QString& name, const QString& what, const QString& why)
{
    m_name = name;
    m_text->setText(what, why);
    setAccessibleName(m_text->text());
    m_field->clear();
    m_consent->setEnabled(false);
    show();
    m_field->setFocus();
}

void TypedNameBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QRect strip = rect().adjusted(0, gap, 0, 0);
    paint::roundRect(&painter, strip, 8, color(Token::WarnSoft), Qt::transparent);
    const int side = scaled(16);
    paintIcon(&painter, QStyle::visualRect(layoutDirection(), rect(), QRect(14, strip.center().y() - side / 2 + 1, side, side)), QStringLiteral("shield"), color(Token::Warn));
}

}
