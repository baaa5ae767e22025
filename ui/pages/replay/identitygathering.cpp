// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/identitygathering.h"

#include "core/base/async.h"
#include "ui/pages/replay/signin.h"

namespace ui {

IdentityGathering::IdentityGathering(Identities* identities, Identities::Place place, QList<Identities::Saved> wanted, QObject* parent)
    : QObject(parent)
    , m_identities(identities)
    , m_place(std::move(place))
    , m_wanted(std::move(wanted))
{
}

void IdentityGathering::start()
{
    QMetaObject::invokeMethod(this, &IdentityGathering::askNext, Qt::QueuedConnection);
}

void IdentityGathering::askNext()
{
    if (m_isCancelled)
        return;
    if (m_wanted.isEmpty())
        return emit finished();
    const Identities::Saved next = m_wanted.takeFirst();
    emit asking(next.name);
    m_asked = m_identities->secret(m_place, next.name);
    core::onFinished(m_asked, this, [this, next](const core::Result<std::optional<QByteArray>>& secret) {
        if (m_isCancelled)
            return;
        take(next, secret);
        askNext();
    });
}

void IdentityGathering::take(const Identities::Saved& identity, const core::Result<std::optional<QByteArray>>& secret)
{
    const core::replay::Identity whole = identityOf(identity, secret ? secret->value_or(QByteArray()) : QByteArray());
    std::optional<core::Error> error;
    if (const auto known = checkMethod(identity); !known)
        error = known.error();
    else if (!secret)
        error = secret.error();
    else if (!*secret)
        error = noSecret(identity.name);
    if (error)
        m_failed << core::replay::IdentityRow {.identity = whole.name, .kind = whole.kind, .user = whole.user, .error = error};
    else
        m_found << whole;
}

void IdentityGathering::cancel()
{
    m_isCancelled = true;
    m_asked.cancel();
}

}
