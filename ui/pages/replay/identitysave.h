// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/identities.h"

namespace ui {

// Saves an identity: its secret first, then its name and method. An identity is listed only when its secret is kept.
class IdentitySave final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IdentitySave)
public:
    struct Wish {
        Identities::Place place;
        QString before; // the name it had; empty: a new one
        Identities::Saved identity;
        QByteArray secret; // empty: the one that is kept
        bool lasts = false; // in the key store, else for this session
    };
    // `identities` outlives this.
    IdentitySave(Identities* identities, Wish wish, QObject* parent = nullptr);

    void start();
    // finished() follows; nothing is listed then.
    void cancel();
    const Wish& wish() const { return m_wish; }
    // Valid after finished(). Errors: of the key store (also Cancelled), BadIdentity, those of settings::Store.
    const core::Result<void>& outcome() const { return m_outcome; }

signals:
    void finished(); // once

private:
    void keep(const QByteArray& secret);
    void list(bool wroteSecret);
    void end(const core::Result<void>& outcome);

    Identities* m_identities;
    Wish m_wish;
    std::function<void()> m_withdraw; // what is asked of the key store
    bool m_isDone = false;
    core::Result<void> m_outcome;
};

}
