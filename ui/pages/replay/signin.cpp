// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/signin.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "ui/shell/workspace.h"

namespace ui {

using core::http::Headers;

SignIn::SignIn(Workspace* workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
{
    // Tokens end with their connection.
    connect(workspace, &Workspace::disconnected, this, [this] {
        cancel();
        m_login.reset();
        m_last = {};
        m_lastHeaders.clear();
    });
}

SignIn::~SignIn() = default;

core::replay::Login* SignIn::login()
{
    if (m_client != m_workspace->client() || !m_login) {
        m_client = m_workspace->client();
        m_login = m_client ? std::make_unique<core::replay::Login>(m_client) : nullptr;
    }
    return m_login.get();
}

void SignIn::start(const Identities::Saved& identity, Then then)
{
    cancel();
    if (const auto known = checkMethod(identity); !known)
        return then(core::fail(known.error()));
    Identities* identities = m_workspace->identities();
    m_then = std::move(then);
    m_waitsFor = tr("the key store");
    m_asked = identities->secret(identities->placeOf(m_workspace->profile()), identity.name);
    core::onFinished(m_asked, this, [this, identity, turn = ++m_turn](const core::Result<std::optional<QByteArray>>& secret) {
        if (turn == m_turn)
            onSecret(identity, secret);
    });
    emit changed();
}

void SignIn::onSecret(const Identities::Saved& identity, const core::Result<std::optional<QByteArray>>& secret)
{
    if (!secret)
        return end(core::fail(secret.error()));
    if (!*secret)
        return end(core::fail(noSecret(identity.name)));
    if (!login())
        return end(core::fail(core::Code::Cancelled));
    const core::replay::Identity whole = identityOf(identity, **secret);
    m_waitsFor = core::displayText(whole.loginPath);
    emit changed();
    m_signing = login()->headersFor(whole);
    core::onFinished(m_signing, this, [this, whole, turn = m_turn](const core::Result<Headers>& headers) {
        if (turn != m_turn)
            return;
        m_last = whole;
        m_lastHeaders = headers.value_or(Headers());
        end(headers);
    });
}

void SignIn::end(const core::Result<Headers>& headers)
{
    ++m_turn;
    const Then then = std::exchange(m_then, nullptr);
    emit changed();
    then(headers);
}

bool SignIn::cancel()
{
    if (!isBusy())
        return false;
    ++m_turn;
    m_asked.cancel();
    m_signing.cancel();
    m_then = nullptr;
    emit changed();
    return true;
}

void SignIn::onRefused()
{
    if (m_login)
        m_login->refused(m_last, m_lastHeaders);
}

core::Error noSecret(const QString& identity)
{
    return {core::Code::Input, core::Reason::BadIdentity, core::displayText(identity), SignIn::tr("Its secret is not kept: type it in Manage identities.")};
}

}
