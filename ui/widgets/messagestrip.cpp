// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/messagestrip.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/sentencelabel.h"
#include "ui/widgets/stylepaint.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace ui {

StripText stripForError(const core::Error& error, QList<StripAction> actions)
{
    const core::ErrorText text = core::describe(error);
    QStringList rest;
    for (const QString& part : {text.why, text.advice}) {
        if (!part.isEmpty())
            rest += part;
    }
    return {error.code == core::Code::Cancelled ? Tone::Info : Tone::Bad, text.what, rest.join(u' '), std::move(actions)};
}

MessageStrip::MessageStrip(const StripText& text, QWidget* parent)
    : QFrame(parent)
{
    m_row = new QHBoxLayout(this);
    m_row->setContentsMargins(40, 6, 8, 6);
    m_row->setSpacing(8);
    m_label = new SentenceLabel(this);
    m_row->addWidget(m_label, 1);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMinimumHeight(scaled(42));
    setText(text);
}

void MessageStrip::setText(const StripText& text)
{
    const bool sameButtons = text.closable == m_text.closable && std::ranges::equal(text.actions, m_text.actions, {}, &StripAction::text, &StripAction::text);
    m_text = text;
    m_label->setText(text.what, text.why);
    const QString what = core::shortened(text.what);
    setAccessibleName(text.why.isEmpty() ? what : QString(what + u' ' + core::shortened(text.why)));
    if (!sameButtons || m_buttons.isEmpty()) // else one that is just being pressed would go from under the pointer
        rebuildActions();
    update();
}

void MessageStrip::rebuildActions()
{
    for (QWidget* button : std::as_const(m_buttons)) {
        button->hide();
        button->deleteLater(); // it may be the one whose click brought us here
    }
    m_buttons.clear();
    const auto add = [this](QAbstractButton* button) {
        button->setProperty("onStrip", true);
        m_row->addWidget(button);
        m_buttons += button;
    };
    for (qsizetype i = 0; i < m_text.actions.size(); ++i) {
        auto* button = makeButton(m_text.actions.at(i).text, {}, ButtonKind::Quiet, this);
        connect(button, &QPushButton::clicked, this, [this, i] {
            const auto run = m_text.actions.at(i).run; // it may set another text
            run();
        });
        add(button);
    }
    if (!m_text.closable)
        return;
    auto* close = makeIconButton(tr("Close message"), QStringLiteral("close"), ButtonKind::Quiet, this);
    connect(close, &QToolButton::clicked, this, &MessageStrip::closed);
    add(close);
}

void MessageStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::roundRect(&painter, rect(), 8, color(toneSoft(m_text.tone)), Qt::transparent);
    const int side = scaled(16);
    const QRect at(14, (height() - side) / 2, side, side);
    paintIcon(&painter, QStyle::visualRect(layoutDirection(), rect(), at), toneIcon(m_text.tone), color(toneText(m_text.tone)));
}

}
