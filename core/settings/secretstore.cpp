// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/secretstore.h"

#include "core/base/async.h"

#include <QUrl>

namespace core::settings {

// A slash inside a part becomes %2F, so that one outside parts them.
QString identitySecretName(const QString& connection, const QByteArray& origin, const QString& identity)
{
    QString name = QStringLiteral("identity");
    for (const QString& part : {connection, QString::fromUtf8(origin), identity})
        name += u'/' + QString::fromLatin1(QUrl::toPercentEncoding(part));
    return name;
}

QFuture<Result<std::optional<QByteArray>>> SessionSecrets::read(const QString& service, const QString& name)
{
    const auto at = m_secrets.constFind({service, name});
    const auto secret = at == m_secrets.cend() ? std::nullopt : std::optional(*at);
    return readyFuture(Result<std::optional<QByteArray>>(secret));
}

QFuture<Result<void>> SessionSecrets::write(const QString& service, const QString& name, const QByteArray& secret)
{
    m_secrets.insert({service, name}, secret);
    return readyFuture(Result<void>());
}

QFuture<Result<void>> SessionSecrets::remove(const QString& service, const QString& name)
{
    m_secrets.remove({service, name});
    return readyFuture(Result<void>());
}

}
