// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/placeline.h"

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>

#include <utility>

namespace ui {

using core::settings::Environment;

PlaceLine::PlaceLine(Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_row(new QHBoxLayout(this))
    , m_server(new ElidedLabel(Type::Small, Token::Text2, Qt::ElideMiddle))
{
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(8);
    m_server->setLeftToRight();
    m_row->addWidget(m_server, 1);
    connect(workspace, &Workspace::connected, this, &PlaceLine::showPlace);
    connect(workspace, &Workspace::databaseChanged, this, &PlaceLine::showPlace);
    showPlace();
}

void PlaceLine::showPlace()
{
    const core::settings::Profile& profile = m_workspace->profile();
    delete std::exchange(m_badge, nullptr);
    if (m_workspace->isProduction())
        m_badge = new Badge(tr("PRODUCTION"), Tone::Bad, QStringLiteral("shield"));
    else if (profile.environment == Environment::Staging)
        m_badge = new Badge(tr("STAGING"), Tone::Warn, QStringLiteral("shield"));
    if (m_badge)
        m_row->insertWidget(0, m_badge);
    const QString label = core::displayText(core::endpointLabel(profile.endpoint));
    m_server->setText(profile.name.isEmpty() ? label : tr("%1, %2").arg(core::displayText(profile.name), label));
}

}
