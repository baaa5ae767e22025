// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/connections/connectionlist.h"

#include "core/base/bytes.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {

namespace {
    using core::settings::Environment;

    QWidget* environmentBadge(const ConnectionChoice& choice)
    {
        if (!choice.saved)
            return new Badge(core::displayText(choice.where), Tone::Neutral);
        switch (choice.profile.environment) {
        case Environment::Production:
            return new Badge(ConnectionList::tr("PRODUCTION"), Tone::Bad, QStringLiteral("shield"));
        case Environment::Staging:
            return new Badge(ConnectionList::tr("STAGING"), Tone::Warn, QStringLiteral("shield"));
        case Environment::Development:
            return new Badge(ConnectionList::tr("DEVELOPMENT"), Tone::Neutral);
        }
        Q_UNREACHABLE();
    }
}

ConnectionList::ConnectionList(QWidget* parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(16, 0, 16, 12);
    m_column->setSpacing(4);
}

void ConnectionList::setChoices(const QList<ConnectionChoice>& choices)
{
    // Later: the click on a row may be what brought us here.
    for (QWidget* row : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        m_column->removeWidget(row);
        row->hide();
        row->deleteLater();
    }
    if (choices.isEmpty())
        m_column->addWidget(new Label(tr("None yet: fill in the form and press Save."), Type::Body, Token::Text2));
    for (const ConnectionChoice& choice : choices)
        m_column->addWidget(makeRow(choice));
}

QWidget* ConnectionList::makeRow(const ConnectionChoice& choice)
{
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(10);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(new Label(core::displayText(choice.title), Type::Medium));
    head->addWidget(environmentBadge(choice));
    head->addStretch(1);
    texts->addLayout(head);
    auto* url = new ElidedLabel(Type::Mono, Token::Text2, Qt::ElideMiddle);
    const QString api = choice.profile.apiUrl.isEmpty() ? QString() : QString(QStringLiteral("  ·  ") + core::displayText(choice.profile.apiUrl));
    url->setText(core::displayText(core::endpointUrl(choice.profile.endpoint)) + api);
    texts->addWidget(url);
    layout->addLayout(texts, 1);
    auto* edit = makeIconButton(choice.saved ? tr("Edit %1").arg(core::displayText(choice.title)) : tr("Save %1 as a connection").arg(core::displayText(choice.title)),
        choice.saved ? QStringLiteral("edit") : QStringLiteral("plus"));
    auto* open = makeButton(tr("Connect"), QStringLiteral("connections"));
    open->setAccessibleName(tr("Connect to %1").arg(core::displayText(choice.title)));
    layout->addWidget(edit);
    layout->addWidget(open);
    connect(edit, &QAbstractButton::clicked, this, [this, choice] { emit editRequested(choice); });
    connect(open, &QAbstractButton::clicked, this, [this, choice] { emit connectRequested(choice); });
    return row;
}

}
