// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/composition.h"

#include "app/cli/options/commandbuilder.h"
#include "core/redis/session.h"
#include "ui/pages/activity/activitypage.h"
#include "ui/pages/connections/connectionspage.h"
#include "ui/pages/dashboard/dashboardpage.h"
#include "ui/pages/health/healthpage.h"
#include "ui/pages/invalidate/invalidatepage.h"
#include "ui/pages/keyrules/keyrulesdialog.h"
#include "ui/pages/keys/keyspage.h"
#include "ui/pages/locks/lockspage.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/pages/tags/tagspage.h"
#include "ui/pages/warm/warmpage.h"
#include "ui/shell/identities.h"
#include "ui/shell/portalpreference.h"

namespace gui {

namespace {
    template <typename Page>
    void add(ui::MainWindow* window, ui::Workspace* workspace)
    {
        window->addPage(new Page(workspace));
    }
}

Composition::Composition(const QString& settingsFile, core::settings::SecretStore* keyStore)
    : m_store(settingsFile.isEmpty() ? core::settings::Store::defaultFile() : settingsFile)
{
    ui::Theme::instance().install();
    const core::Result<void> loaded = m_store.load();
    m_workspace = std::make_unique<ui::Workspace>(&m_store, &m_demo);
    m_workspace->identities()->setKeyStore(keyStore);
    m_window = std::make_unique<ui::MainWindow>(m_workspace.get());
    m_workspace->setCommandText([this](const QString& command, const QList<QByteArray>& arguments) { return commandText(command, arguments); });
    addPages();
    if (!loaded)
        m_window->strips()->showError(QStringLiteral("settings"), loaded.error());
}

// Pages first: they hold on to the workspace.
Composition::~Composition()
{
    m_window.reset();
    m_workspace.reset();
}

// In the order of the rail.
void Composition::addPages()
{
    ui::MainWindow* window = m_window.get();
    ui::Workspace* workspace = m_workspace.get();
    add<ui::ConnectionsPage>(window, workspace);
    add<ui::DashboardPage>(window, workspace);
    add<ui::KeysPage>(window, workspace);
    add<ui::TagsPage>(window, workspace);
    add<ui::LocksPage>(window, workspace);
    add<ui::InvalidatePage>(window, workspace);
    add<ui::WarmPage>(window, workspace);
    add<ui::ReplayPage>(window, workspace);
    add<ui::HealthPage>(window, workspace);
    add<ui::ActivityPage>(window, workspace);
    window->addMenuAct(ui::KeyRulesDialog::tr("How keys are made…"), QStringLiteral("keys"), [window, workspace] { (new ui::KeyRulesDialog(workspace, window))->open(); });
}

// What the window does, as a line for a shell: by the saved profile where there is one, else by the URL without its password.
QString Composition::commandText(const QString& command, const QList<QByteArray>& arguments) const
{
    if (!m_workspace->isOpen())
        return {};
    cli::CommandBuilder builder(command.toLatin1().constData());
    const QString name = m_workspace->profile().name;
    builder.server(m_workspace->session()->endpoint(), m_store.find(name) ? name : QString());
    for (const QByteArray& argument : arguments)
        builder.argumentBytes(argument);
    return builder.text();
}

void Composition::restore()
{
    m_window->restore();
    auto* portal = new ui::PortalPreference(m_window.get());
    QObject::connect(portal, &ui::PortalPreference::darkPreferred, &ui::Theme::instance(), &ui::Theme::setSystemDark);
    portal->start();
}

}
