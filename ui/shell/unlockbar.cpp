// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/unlockbar.h"

#include "core/base/bytes.h"
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

UnlockBar::UnlockBar(QWidget* parent)
    : QWidget(parent)
    , m_text(new SentenceLabel(this))
    , m_field(makeField(tr("Name of the profile"), {}, false, this))
    , m_allow(makeButton(tr("Allow writes"), {}, ButtonKind::DangerText, this))
{
    setFixedHeight(scaled(48) + gap);
    auto* keep = makeButton(tr("Keep read-only"), {}, ButtonKind::Quiet, this);
    keep->setProperty("onStrip", true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(40, gap, 8, 0);
    row->setSpacing(8);
    m_field->setFixedWidth(scaled(200));
    row->addWidget(m_text, 1);
    row->addWidget(m_field);
    row->addWidget(m_allow);
    row->addWidget(keep);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) { m_allow->setEnabled(text == m_name); });
    const auto allow = [this] {
        if (m_field->text() != m_name)
            return;
        hide();
        emit unlocked();
    };
    connect(m_allow, &QPushButton::clicked, this, allow);
    connect(m_field, &QLineEdit::returnPressed, this, allow);
    connect(keep, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void UnlockBar::ask(const QString& profileName)
{
    m_name = profileName;
    m_text->setText(tr("This is production."), tr("Type %1 to allow writes until you disconnect.").arg(core::displayText(profileName)));
    setAccessibleName(m_text->text());
    m_field->clear();
    m_allow->setEnabled(false);
    show();
    m_field->setFocus();
}

void UnlockBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QRect strip = rect().adjusted(0, gap, 0, 0);
    paint::roundRect(&painter, strip, 8, color(Token::WarnSoft), Qt::transparent);
    const int side = scaled(16);
    paintIcon(&painter, QStyle::visualRect(layoutDirection(), rect(), QRect(14, strip.center().y() - side / 2 + 1, side, side)), QStringLiteral("shield"), color(Token::Warn));
}

}
