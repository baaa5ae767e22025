// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/identity.h"
#include "core/settings/profile.h"
#include "core/settings/secretstore.h"
#include "ui/widgets/messagestrip.h"

#include <QFuture>
#include <QHash>
#include <QObject>
#include <QSet>

namespace ui {

// The identities of the connections. Names and methods stand in their profiles; what proves them is in the system's key store, or for this
// session in memory, and is read anew each time: nothing of one identity is held that another could be given. One a window, GUI thread.
class Identities final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Identities)
public:
    using Saved = core::settings::SavedIdentity;
    // What secrets belong to: one connection at one server.
    struct Place {
        QString connection; // of one that is not saved more than its name, so that no saved one is called so
        QByteArray origin; // empty: the profile names no server
        friend bool operator==(const Place&, const Place&) = default;
    };

    // `settings` outlives this.
    explicit Identities(core::settings::Store* settings, QObject* parent = nullptr);
    // Outlives this, or null: secrets are then kept for this session only.
    void setKeyStore(core::settings::SecretStore* keyStore) { m_keyStore = keyStore; }

    Place placeOf(const core::settings::Profile& profile) const;
    // Whether a secret may outlive the session: only one of a saved connection at its own server, as nobody would remove another.
    bool canLast(const Place& place) const;
    bool isForSession(const Place& place, const QString& name);
    QList<Saved> list(const QString& connection) const;
    std::optional<Saved> find(const QString& connection, const QString& name) const;

    // In place of the one called `before`, or as a new one. Errors: BadIdentity (another has this name), those of Store.
    core::Result<void> put(const Place& place, const QString& before, const Saved& identity);
    // With its secret.
    core::Result<void> remove(const Place& place, const QString& name);

    // Nothing where there is none. Cancelling the future withdraws the question.
    QFuture<core::Result<std::optional<QByteArray>>> secret(const Place& place, const QString& name);
    // In the key store (`lasts`) or for this session, and no longer in the other one.
    QFuture<core::Result<void>> keepSecret(const Place& place, const QString& name, const QByteArray& secret, bool lasts);
    // Of an identity that has another name now.
    void forgetSecret(const Place& place, const QString& name);

    // A connection was removed: its secrets go.
    void onRemoved(const core::settings::Profile& profile);
    // One was saved under another name or with another API: the secrets go with the name, and stay with their server.
    void onChanged(const core::settings::Profile& before, const core::settings::Profile& after);

signals:
    void changed(const QString& connection);
    void renamed(const QString& connection, const QString& before, const QString& after);
    // A connection was saved under another name. Before changed().
    void connectionRenamed(const QString& before, const QString& after);
    // The key store still holds a secret that should have gone, or lost one on its way to another name.
    void secretLeft(const core::Error& error);

private:
    // What was wished last of a secret: an answer that comes late is known by its turn.
    struct Wish {
        quint64 turn = 0;
        bool lasts = false; // it is to be in the key store
    };
    quint64 wish(const QString& secretName, bool lasts);
    bool isLatest(const QString& secretName, quint64 turn) const { return m_wishes.value(secretName).turn == turn; }
    void forget(const QString& secretName, bool asksKeyStore);
    void moveSecret(const QString& from, const QString& to);
    void writeMoved(const QString& from, const QString& to, const QByteArray& secret);
    void takeBack(const QString& secretName);
    void removeFromKeyStore(const QString& secretName);

    core::settings::Store* m_settings;
    core::settings::SecretStore* m_keyStore = nullptr;
    core::settings::SessionSecrets m_session; // outlives connections: a reconnect forgets nothing
    QHash<QString, QList<Saved>> m_unsaved; // of connections that are not saved
    QHash<QString, Wish> m_wishes; // by name of the secret
    QSet<QString> m_sessionOnly; // names of secrets that were never to be in the key store
    quint64 m_turn = 0;
};

// What secretLeft() says.
StripText secretLeftText(const core::Error& error);
// With its secret, as the core takes it. An unknown method is None: see checkMethod().
core::replay::Identity identityOf(const core::settings::SavedIdentity& saved, const QByteArray& secret);
// Reason::BadIdentity where its method is none that this version knows.
core::Result<void> checkMethod(const core::settings::SavedIdentity& saved);

}
