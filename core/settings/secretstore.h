// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QFuture>
#include <QHash>
#include <QString>

#include <optional>
#include <utility>

namespace core::settings {

// Where passwords and tokens are kept. `service` parts what belongs to different uses, `name` is unique in it; neither is secret.
// Every question ends: by its answer, by the store's time limit (Reason::SecretsTimeout), or when its future is cancelled.
// Called from one thread.
class SecretStore {
public:
    virtual ~SecretStore() = default;
    // Whether what is written is there in the next session.
    virtual bool isLasting() const = 0;
    // Nothing where there is none of that name.
    virtual QFuture<Result<std::optional<QByteArray>>> read(const QString& service, const QString& name) = 0;
    virtual QFuture<Result<void>> write(const QString& service, const QString& name, const QByteArray& secret) = 0;
    // One that is not there is no error.
    virtual QFuture<Result<void>> remove(const QString& service, const QString& name) = 0;
};

// Of all secrets that Cachelight keeps.
inline constexpr QLatin1StringView secretService {"cachelight"};
// What the secret of an identity is called: for one connection and one server, as credentials go to their own origin only. No two of
// these give one name, whatever is in them. `origin` is replay::Origin::text().
QString identitySecretName(const QString& connection, const QByteArray& origin, const QString& identity);

// In memory, for this session only: where no key store answers, or where none is wanted.
class SessionSecrets final : public SecretStore {
public:
    bool isLasting() const override { return false; }
    QFuture<Result<std::optional<QByteArray>>> read(const QString& service, const QString& name) override;
    QFuture<Result<void>> write(const QString& service, const QString& name, const QByteArray& secret) override;
    QFuture<Result<void>> remove(const QString& service, const QString& name) override;

private:
    QHash<std::pair<QString, QString>, QByteArray> m_secrets;
};

}
