// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/identities.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/errortext.h"
#include "core/replay/origin.h"

#include <algorithm>

namespace ui {

using core::settings::identitySecretName;
using core::settings::Profile;
using core::settings::secretService;

namespace {
    using Saved = core::settings::SavedIdentity;
    using Secret = core::Result<std::optional<QByteArray>>;

    QString secretName(const Identities::Place& place, const QString& identity)
    {
        return identitySecretName(place.connection, place.origin, identity);
    }

    // No saved connection has a line end in its name.
    constexpr QChar unsavedMark = u'\n';
    bool isSaved(const Identities::Place& place)
    {
        return !place.connection.contains(unsavedMark);
    }

    core::Result<void> replaceIn(QList<Saved>& list, const QString& before, const Saved& identity)
    {
        const auto named = [&list](const QString& name) { return std::ranges::find(list, name, &Saved::name); };
        if (identity.name != before && named(identity.name) != list.end())
            return core::fail(core::Code::Input, core::Reason::BadIdentity, core::displayText(identity.name), Identities::tr("Another identity of this connection has this name."));
        if (const auto at = named(before); at != list.end())
            *at = identity;
        else
            list << identity;
        return {};
    }
}

Identities::Identities(core::settings::Store* settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
{
}

Identities::Place Identities::placeOf(const Profile& profile) const
{
    const auto url = core::replay::splitUrl(profile.apiUrl.toUtf8());
    const QByteArray origin = url ? url->origin.text() : QByteArray();
    return {m_settings->find(profile.name) ? profile.name : QString(profile.name + unsavedMark + core::endpointLabel(profile.endpoint)), origin};
}

bool Identities::canLast(const Place& place) const
{
    const Profile* saved = m_settings->find(place.connection);
    return m_keyStore && saved && placeOf(*saved).origin == place.origin;
}

bool Identities::isForSession(const Place& place, const QString& name)
{
    const auto held = m_session.read(secretService, secretName(place, name)).result();
    return held && *held;
}

QList<Saved> Identities::list(const QString& connection) const
{
    const Profile* saved = m_settings->find(connection);
    return saved ? saved->identities : m_unsaved.value(connection);
}

std::optional<Saved> Identities::find(const QString& connection, const QString& name) const
{
    const QList<Saved> all = list(connection);
    const auto at = std::ranges::find(all, name, &Saved::name);
    return at == all.end() ? std::nullopt : std::optional(*at);
}

core::Result<void> Identities::put(const Place& place, const QString& before, const Saved& identity)
{
    const Profile* saved = m_settings->find(place.connection);
    if (!saved && isSaved(place)) // removed meanwhile
        return core::fail(core::Code::Input, core::Reason::NoSuchProfile, core::displayText(place.connection));
    Profile profile = saved ? *saved : Profile();
    QList<Saved>& all = saved ? profile.identities : m_unsaved[place.connection];
    if (const auto replaced = replaceIn(all, before, identity); !replaced)
        return replaced;
    if (const auto stored = saved ? m_settings->put(profile) : core::Result<void>(); !stored)
        return stored;
    if (!before.isEmpty() && before != identity.name)
        emit renamed(place.connection, before, identity.name);
    emit changed(place.connection);
    return {};
}

core::Result<void> Identities::remove(const Place& place, const QString& name)
{
    const auto isNamed = [&name](const Saved& identity) { return identity.name == name; };
    if (const Profile* saved = m_settings->find(place.connection)) {
        Profile profile = *saved;
        profile.identities.removeIf(isNamed);
        if (const auto stored = m_settings->put(profile); !stored)
            return stored;
    } else {
        m_unsaved[place.connection].removeIf(isNamed);
    }
    forgetSecret(place, name);
    emit changed(place.connection);
    return {};
}

QFuture<Secret> Identities::secret(const Place& place, const QString& name)
{
    const QString at = secretName(place, name);
    return isForSession(place, name) || !canLast(place) ? m_session.read(secretService, at) : m_keyStore->read(secretService, at);
}

quint64 Identities::wish(const QString& secretName, bool lasts)
{
    m_wishes.insert(secretName, {++m_turn, lasts});
    if (lasts)
        m_sessionOnly.remove(secretName);
    return m_turn;
}

QFuture<core::Result<void>> Identities::keepSecret(const Place& place, const QString& name, const QByteArray& secret, bool lasts)
{
    const QString at = secretName(place, name);
    const bool inKeyStore = lasts && canLast(place);
    const bool wasToLast = m_wishes.value(at).lasts;
    const quint64 turn = wish(at, inKeyStore);
    if (!inKeyStore) {
        if (find(place.connection, name) && canLast(place))
            removeFromKeyStore(at);
        else if (!wasToLast)
            m_sessionOnly.insert(at);
        return m_session.write(secretService, at, secret);
    }
    const QFuture<core::Result<void>> written = m_keyStore->write(secretService, at, secret);
    core::onFinished(written, this, [this, at, turn](const core::Result<void>& done) {
        if (done && isLatest(at, turn))
            m_session.remove(secretService, at);
        else if (done)
            takeBack(at);
        else if (done.error().reason == core::Reason::NoSecretStore && isLatest(at, turn))
            m_wishes[at].lasts = false; // and it will not come late
    });
    return written;
}

void Identities::forgetSecret(const Place& place, const QString& name)
{
    forget(secretName(place, name), isSaved(place));
}

void Identities::forget(const QString& secretName, bool asksKeyStore)
{
    wish(secretName, false);
    m_session.remove(secretService, secretName);
    // Also of one that was held for the session: an older one is left there where the store was locked when that was removed.
    if (asksKeyStore)
        removeFromKeyStore(secretName);
    m_sessionOnly.remove(secretName);
}

// Written after something else was wished: unless that is a newer secret in the same place.
void Identities::takeBack(const QString& secretName)
{
    if (!m_wishes.value(secretName).lasts)
        removeFromKeyStore(secretName);
}

void Identities::removeFromKeyStore(const QString& secretName)
{
    if (!m_keyStore)
        return;
    const bool wasNeverThere = m_sessionOnly.contains(secretName);
    core::onFinished(m_keyStore->remove(secretService, secretName), this, [this, wasNeverThere](const core::Result<void>& removed) {
        // A store that is not there may only not be running now, and keep the secret all the same.
        if (!removed && !(wasNeverThere && removed.error().reason == core::Reason::NoSecretStore))
            emit secretLeft(removed.error());
    });
}

void Identities::onRemoved(const Profile& profile)
{
    const QByteArray origin = placeOf(profile).origin;
    for (const Saved& identity : profile.identities)
        forget(secretName({profile.name, origin}, identity.name), true);
    emit changed(profile.name);
}

void Identities::onChanged(const Profile& before, const Profile& after)
{
    const Place from {before.name, placeOf(before).origin};
    const Place to {after.name, placeOf(after).origin};
    if (from == to)
        return;
    for (const Saved& identity : before.identities) {
        if (from.origin == to.origin)
            moveSecret(secretName(from, identity.name), secretName(to, identity.name));
        else
            forget(secretName(from, identity.name), true);
    }
    if (before.name != after.name)
        emit connectionRenamed(before.name, after.name);
    emit changed(after.name);
}

void Identities::moveSecret(const QString& from, const QString& to)
{
    const auto session = m_session.read(secretService, from).result();
    if (session && *session) {
        wish(from, false);
        wish(to, false);
        m_session.write(secretService, to, **session);
        if (m_sessionOnly.contains(from))
            m_sessionOnly.insert(to);
        forget(from, true);
        return;
    }
    if (!m_keyStore)
        return;
    const quint64 left = wish(from, false);
    const quint64 taken = wish(to, true);
    core::onFinished(m_keyStore->read(secretService, from), this, [this, from, to, left, taken](const Secret& secret) {
        if (!secret)
            emit secretLeft(secret.error());
        else if (*secret && isLatest(to, taken))
            writeMoved(from, to, **secret);
        else if (*secret && isLatest(from, left))
            removeFromKeyStore(from);
    });
}

void Identities::writeMoved(const QString& from, const QString& to, const QByteArray& secret)
{
    const quint64 left = m_wishes.value(from).turn;
    const quint64 taken = m_wishes.value(to).turn;
    core::onFinished(m_keyStore->write(secretService, to, secret), this, [this, from, to, left, taken](const core::Result<void>& written) {
        if (!written)
            return emit secretLeft(written.error());
        if (!isLatest(to, taken))
            takeBack(to);
        if (isLatest(from, left))
            removeFromKeyStore(from);
    });
}

StripText secretLeftText(const core::Error& error)
{
    const core::ErrorText text = core::describe(error);
    return {Tone::Warn, Identities::tr("The key store may hold a secret that should be gone, or lack one that was moved."), text.what + u' ' + text.why, {}};
}

core::replay::Identity identityOf(const Saved& saved, const QByteArray& secret)
{
    core::replay::Identity identity;
    identity.name = saved.name;
    identity.kind = core::replay::identityKindFromName(saved.method).value_or(core::replay::IdentityKind::None);
    identity.user = saved.user;
    identity.secret = secret;
    if (!saved.loginPath.isEmpty())
        identity.loginPath = saved.loginPath.toUtf8();
    return identity;
}

core::Result<void> checkMethod(const Saved& saved)
{
    const auto kind = core::replay::identityKindFromName(saved.method);
    if (kind && *kind != core::replay::IdentityKind::None)
        return {};
    return core::fail(core::Code::Input, core::Reason::BadIdentity, core::displayText(saved.name),
        Identities::tr("Its method \"%1\" is not known in this version.").arg(core::displayText(saved.method)));
}

}
