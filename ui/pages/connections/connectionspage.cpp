// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/connections/connectionspage.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/settings/serversource.h"
#include "ui/pages/connections/connectiontest.h"
#include "ui/pages/connections/profileform.h"
#include "ui/shell/identities.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/label.h"
#include "ui/widgets/scrolled.h"

#include <QDir>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using core::settings::Profile;

namespace ui {

namespace {
    constexpr int probeTimeoutMs = 1000;
    const QString formStrip = QStringLiteral("form");

    bool sameAddress(const core::Endpoint& a, const core::Endpoint& b)
    {
        return core::endpointLabel(a) == core::endpointLabel(b) && a.transport == b.transport;
    }
}

ConnectionsPage::ConnectionsPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Connections, tr("Connections"), QStringLiteral("connections"), workspace, parent)
    , m_found(new ConnectionList)
    , m_saved(new ConnectionList)
    , m_form(new ProfileForm)
    , m_test(new ConnectionTest)
    , m_demo(makeButton(tr("Try the demo"), QStringLiteral("flask")))
    , m_disconnect(makeButton(tr("Disconnect"), QStringLiteral("close")))
{
    setFact(tr("passwords are kept for this session only"));
    addAction(m_disconnect);
    addAction(m_demo);
    m_demo->setToolTip(tr("Starts a private Redis and a demo API on this machine"));
    auto* columns = new QHBoxLayout;
    columns->setSpacing(12);
    columns->addWidget(scrolled(makeChoices()), 1);
    columns->addWidget(scrolled(makeEditor()), 1);
    content()->addLayout(columns, 1);
    for (ConnectionList* list : {m_found, m_saved}) {
        connect(list, &ConnectionList::connectRequested, this, &ConnectionsPage::connectTo);
        connect(list, &ConnectionList::editRequested, this, &ConnectionsPage::edit);
    }
    connect(m_form, &ProfileForm::connectRequested, this, &ConnectionsPage::connectByForm);
    connect(m_form, &ProfileForm::testRequested, this, &ConnectionsPage::test);
    connect(m_form, &ProfileForm::saveRequested, this, &ConnectionsPage::save);
    connect(m_form, &ProfileForm::removeRequested, this, &ConnectionsPage::remove);
    connect(m_form, &ProfileForm::edited, this, [this] { strips()->remove(formStrip); });
    connect(m_test, &ConnectionTest::finished, this, &ConnectionsPage::updateBusy);
    connect(m_demo, &QPushButton::clicked, this, [this] {
        this->workspace()->startDemo();
    });
    connect(m_disconnect, &QPushButton::clicked, workspace, &Workspace::disconnectFromServer);
    connect(workspace, &Workspace::connectFailed, this, &ConnectionsPage::onConnectFailed);
    connect(workspace, &Workspace::connectionStateChanged, this, &ConnectionsPage::updateBusy);
    connect(workspace->identities(), &Identities::secretLeft, this, [this](const core::Error& error) { strips()->show(QStringLiteral("secret"), secretLeftText(error)); });
    showSaved();
    updateBusy();
}

QWidget* ConnectionsPage::makeChoices()
{
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_foundCard = new Card(tr("Found on this machine"));
    m_foundCard->body()->addWidget(m_found);
    m_savedCard = new Card(tr("Saved connections"));
    m_savedCard->body()->addWidget(m_saved);
    m_testCard = new Card(tr("Test"));
    m_test->setMinimumHeight(scaled(300));
    m_testCard->body()->addWidget(m_test, 1);
    m_testCard->hide();
    column->addWidget(m_savedCard);
    column->addWidget(m_foundCard);
    // Beside the form, which keeps its height.
    column->addWidget(m_testCard, 3);
    column->addStretch(1);
    return inner;
}

QWidget* ConnectionsPage::makeEditor()
{
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto* card = new Card(tr("Connection"));
    card->body()->addWidget(m_form);
    column->addWidget(card);
    column->addStretch(1);
    return inner;
}

void ConnectionsPage::pageShown()
{
    refresh();
}

void ConnectionsPage::refresh()
{
    findServers();
    showSaved();
    probeLocalhost();
}

bool ConnectionsPage::cancel()
{
    if (m_test->isRunning()) {
        m_test->cancel();
        return true;
    }
    if (workspace()->state() == Workspace::State::Connecting) {
        workspace()->disconnectFromServer();
        return true;
    }
    return false;
}

void ConnectionsPage::openHint(const PageHint& hint)
{
    const Profile* saved = workspace()->store()->find(hint.profile);
    if (saved)
        m_form->setProfile(*saved, true);
    else if (!hint.profile.isEmpty())
        m_form->setProfile(workspace()->profile(), false);
}

void ConnectionsPage::findServers()
{
    m_offers.clear();
    QList<core::Error> problems;
    const auto found = core::settings::findServers(QDir::currentPath(), core::settings::processEnvironment(), &problems);
    for (const core::settings::Found& server : found) {
        ConnectionChoice choice;
        choice.profile = server.choice.profile.value_or(Profile());
        choice.profile.endpoint = server.choice.endpoint;
        choice.profile.lightapiConfig = server.lightapiConfig;
        choice.title = core::endpointLabel(server.choice.endpoint);
        choice.where = server.where == QLatin1StringView("environment") ? server.choice.source : QString(server.where);
        m_offers << choice;
    }
    if (problems.isEmpty())
        strips()->remove(QStringLiteral("problems"));
    else
        strips()->show(QStringLiteral("problems"), stripForError(problems.first()));
    showFound();
}

// A Redis at its usual place is offered; asking it costs one connection and no lookup.
void ConnectionsPage::probeLocalhost()
{
    if (m_probe)
        return;
    core::Endpoint local;
    local.connectTimeoutMs = probeTimeoutMs;
    m_probe = std::make_unique<core::redis::Session>(local);
    m_probe->setReadOnly(true);
    core::onFinished(m_probe->open(), this, [this](const core::Result<core::redis::ServerFacts>& facts) {
        m_localhost = facts.has_value() || facts.error().code == core::Code::Auth; // one that wants a password is there, too
        m_probe.reset();
        showFound();
    });
}

void ConnectionsPage::showFound()
{
    QList<ConnectionChoice> choices = m_offers;
    const core::Endpoint local;
    const bool known = std::ranges::any_of(choices, [&](const ConnectionChoice& c) { return sameAddress(c.profile.endpoint, local); });
    if (m_localhost && !known) {
        ConnectionChoice choice;
        choice.profile.endpoint = local;
        choice.title = core::endpointLabel(local);
        choice.where = tr("answers here");
        choices << choice;
    }
    m_foundCard->setVisible(!choices.isEmpty());
    m_found->setChoices(choices);
}

void ConnectionsPage::showSaved()
{
    QList<ConnectionChoice> choices;
    for (const Profile& profile : workspace()->store()->profiles())
        choices << ConnectionChoice {profile, profile.name, {}, true};
    m_saved->setChoices(choices);
}

void ConnectionsPage::connectTo(const ConnectionChoice& choice)
{
    strips()->clear();
    workspace()->connectTo(choice.profile, choice.profile.endpoint.password);
}

void ConnectionsPage::connectByForm()
{
    strips()->clear();
    const auto profile = formProfile();
    if (!profile)
        strips()->showError(formStrip, profile.error());
    else
        workspace()->connectTo(*profile, profile->endpoint.password);
}

// How keys are made is edited in a dialog of its own, maybe since the form was filled: what is in force there is kept.
core::Result<Profile> ConnectionsPage::formProfile()
{
    auto profile = m_form->profile();
    if (!profile)
        return profile;
    const Profile& current = workspace()->profile();
    const Profile* saved = m_form->savedName().isEmpty() ? nullptr : workspace()->store()->find(m_form->savedName());
    const bool isUnsavedHere = m_form->savedName().isEmpty() && workspace()->isOpen() && !workspace()->store()->find(current.name) && sameAddress(profile->endpoint, current.endpoint);
    if (const Profile* rules = saved ? saved : isUnsavedHere ? &current : nullptr) {
        profile->lightapiRelease = rules->lightapiRelease;
        profile->keyTemplates = rules->keyTemplates;
    }
    return profile;
}

void ConnectionsPage::test()
{
    const auto profile = formProfile();
    if (!profile) {
        strips()->showError(formStrip, profile.error());
        return;
    }
    m_testCard->show();
    m_test->start(*profile, workspace()->jobs());
    updateBusy();
}

void ConnectionsPage::save()
{
    strips()->remove(formStrip);
    const auto profile = formProfile();
    if (!profile) {
        strips()->showError(formStrip, profile.error());
        return;
    }
    if (profile->name.isEmpty()) {
        strips()->show(formStrip, {Tone::Bad, tr("The connection has no name."), tr("Give it one to save it; a name is also what production asks you to type.")});
        return;
    }
    const bool taken = profile->name != m_form->savedName() && workspace()->store()->find(profile->name);
    if (taken)
        askReplace(*profile);
    else
        put(*profile);
}

// A name that another connection has would silently take that one's place.
void ConnectionsPage::askReplace(const Profile& profile)
{
    strips()->show(formStrip, {Tone::Warn, tr("Another saved connection is called %1.").arg(core::displayText(profile.name)), tr("Replace it, or give this one another name."),
                                  {{tr("Replace it"), [this, profile] {
                                        strips()->remove(formStrip);
                                        put(profile);
                                    }}}});
}

void ConnectionsPage::put(const Profile& profile)
{
    core::settings::Store* store = workspace()->store();
    const QString beforeName = m_form->savedName();
    const auto copyOf = [store](const QString& name) {
        const Profile* found = store->find(name);
        return found ? std::optional(*found) : std::nullopt;
    };
    const std::optional<Profile> before = copyOf(beforeName);
    const std::optional<Profile> replaced = beforeName == profile.name ? std::nullopt : copyOf(profile.name);
    Profile kept = profile;
    kept.identities = before ? before->identities : QList<core::settings::SavedIdentity>(); // made on another page meanwhile
    auto saved = store->put(kept);
    if (saved && before && beforeName != profile.name)
        saved = store->remove(beforeName);
    if (!saved) {
        strips()->showError(formStrip, saved.error(), [this, profile] { put(profile); });
        return;
    }
    if (replaced)
        workspace()->identities()->onRemoved(*replaced);
    if (before)
        workspace()->identities()->onChanged(*before, kept);
    m_form->setProfile(profile, true);
    showSaved();
    strips()->show(formStrip, {Tone::Ok, tr("%1 was saved.").arg(core::displayText(profile.name)), tr("Its password was not: it is asked for in each session.")});
}

void ConnectionsPage::remove()
{
    const QString name = m_form->savedName();
    strips()->show(formStrip, {Tone::Warn, tr("Remove the saved connection %1?").arg(core::displayText(name)), tr("Only what is saved here goes, with the secrets of its identities; the server is not touched."),
                                  {{tr("Remove it"), [this, name] {
                                        strips()->remove(formStrip);
                                        const Profile* saved = workspace()->store()->find(name);
                                        const Profile gone = saved ? *saved : Profile();
                                        if (const auto removed = workspace()->store()->remove(name); !removed)
                                            strips()->showError(formStrip, removed.error());
                                        else
                                            workspace()->identities()->onRemoved(gone);
                                        m_form->setProfile({}, false);
                                        showSaved();
                                    }}}});
}

void ConnectionsPage::edit(const ConnectionChoice& choice)
{
    m_form->setProfile(choice.profile, choice.saved);
    m_testCard->hide();
    strips()->remove(formStrip);
}

void ConnectionsPage::onConnectFailed(const core::Error& error)
{
    // The window says it above every page. A password that is missing or wrong is typed into the form.
    if (error.code == core::Code::Auth)
        m_form->setProfile(workspace()->profile(), workspace()->store()->find(workspace()->profile().name) != nullptr);
}

void ConnectionsPage::pageConnected()
{
    updateBusy();
}

void ConnectionsPage::pageDisconnected()
{
    updateBusy();
}

void ConnectionsPage::updateBusy()
{
    const bool connecting = workspace()->state() == Workspace::State::Connecting;
    m_form->setBusy(connecting || m_test->isRunning());
    m_demo->setVisible(workspace()->hasDemo());
    // A demo whose server died is there to be started anew.
    m_demo->setEnabled(!connecting && !(workspace()->isDemo() && workspace()->state() == Workspace::State::Connected));
    m_disconnect->setVisible(workspace()->isOpen() || connecting);
    m_disconnect->setText(connecting ? tr("Stop connecting") : tr("Disconnect"));
}

}
