// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/secretstore.h"

#include <QtGlobal>

#include <memory>

namespace core::keychain {

// The system's key store (Secret Service or KWallet) by QtKeychain, without its plain-text fallback: no store, no secret written.
// Errors: Code::Unsupported with Reason::NoSecretStore, Code::Timeout with SecretsTimeout, Code::Permission with SecretsRefused,
// Code::Reply with SecretsFailed. Names are shown in errors, secrets never.
//
// One a process: QtKeychain has one queue, which belongs to the thread that asks first. It is asked in a thread of this store's own,
// as some of what it does waits for the session bus.
class KeychainStore final : public settings::SecretStore {
    Q_DISABLE_COPY_MOVE(KeychainStore)
public:
    // Long enough to type the password that unlocks a store.
    static constexpr int usualTimeLimitMs = 30'000;
    explicit KeychainStore(int timeLimitMs = usualTimeLimitMs);
    ~KeychainStore() override; // what is under way is given up

    bool isLasting() const override { return true; }
    QFuture<Result<std::optional<QByteArray>>> read(const QString& service, const QString& name) override;
    // One that succeeds after its time limit or a cancel is taken back: nobody was told that it is kept.
    QFuture<Result<void>> write(const QString& service, const QString& name, const QByteArray& secret) override;
    QFuture<Result<void>> remove(const QString& service, const QString& name) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}
