// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/identitysave.h"

#include "core/base/async.h"
#include "core/base/bytes.h"

namespace ui {

IdentitySave::IdentitySave(Identities* identities, Wish wish, QObject* parent)
    : QObject(parent)
    , m_identities(identities)
    , m_wish(std::move(wish))
{
}

void IdentitySave::start()
{
    const QString& name = m_wish.identity.name;
    if (name != m_wish.before && m_identities->find(m_wish.place.connection, name))
        return end(m_identities->put(m_wish.place, m_wish.before, m_wish.identity)); // refuses; nothing of the other one is touched
    if (!m_wish.secret.isEmpty())
        return keep(m_wish.secret);
    const bool stays = name == m_wish.before && m_wish.lasts != m_identities->isForSession(m_wish.place, name);
    if (stays || m_wish.before.isEmpty())
        return list(false);
    auto asked = m_identities->secret(m_wish.place, m_wish.before);
    m_withdraw = [asked]() mutable { asked.cancel(); };
    core::onFinished(asked, this, [this](const core::Result<std::optional<QByteArray>>& secret) {
        if (m_isDone)
            return;
        if (!secret)
            end(core::fail(secret.error()));
        else
            *secret ? keep(**secret) : list(false);
    });
}

void IdentitySave::keep(const QByteArray& secret)
{
    auto asked = m_identities->keepSecret(m_wish.place, m_wish.identity.name, secret, m_wish.lasts);
    m_withdraw = [asked]() mutable { asked.cancel(); };
    core::onFinished(asked, this, [this](const core::Result<void>& kept) {
        if (m_isDone)
            return;
        kept ? list(true) : end(kept);
    });
}

void IdentitySave::list(bool wroteSecret)
{
    const QString& name = m_wish.identity.name;
    const bool isGone = !m_wish.before.isEmpty() && !m_identities->find(m_wish.place.connection, m_wish.before);
    const auto listed = isGone ? core::Result<void>(core::fail(core::Code::Cancelled)) : m_identities->put(m_wish.place, m_wish.before, m_wish.identity);
    if (!listed && wroteSecret && (isGone || name != m_wish.before))
        m_identities->forgetSecret(m_wish.place, name); // of nobody
    if (listed && !m_wish.before.isEmpty() && name != m_wish.before)
        m_identities->forgetSecret(m_wish.place, m_wish.before);
    end(listed);
}

void IdentitySave::cancel()
{
    if (m_isDone)
        return;
    if (m_withdraw)
        m_withdraw();
    end(core::fail(core::Code::Cancelled));
}

void IdentitySave::end(const core::Result<void>& outcome)
{
    m_isDone = true;
    m_outcome = outcome;
    emit finished();
}

}
