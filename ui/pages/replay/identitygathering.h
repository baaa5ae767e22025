// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/identitycheck.h"
#include "ui/shell/identities.h"

namespace ui {

// Reads the secrets of several identities, one after another: a store that has to be unlocked asks once.
class IdentityGathering final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IdentityGathering)
public:
    // `identities` outlives this.
    IdentityGathering(Identities* identities, Identities::Place place, QList<Identities::Saved> wanted, QObject* parent = nullptr);

    // finished() follows, never from here; not after a cancel.
    void start();
    void cancel();
    const QList<core::replay::Identity>& found() const { return m_found; }
    // Those without a secret, with the reason.
    const QList<core::replay::IdentityRow>& failed() const { return m_failed; }

signals:
    void asking(const QString& name);
    void finished();

private:
    void askNext();
    void take(const Identities::Saved& identity, const core::Result<std::optional<QByteArray>>& secret);

    Identities* m_identities;
    Identities::Place m_place;
    QList<Identities::Saved> m_wanted;
    QFuture<core::Result<std::optional<QByteArray>>> m_asked;
    QList<core::replay::Identity> m_found;
    QList<core::replay::IdentityRow> m_failed;
    bool m_isCancelled = false;
};

}
