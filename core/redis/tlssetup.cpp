// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/tlssetup.h"

#include "core/base/bytes.h"
#include "core/base/inputfile.h"

#include <QSslCertificate>
#include <QSslKey>

#include <array>

namespace core::redis {

namespace {
    constexpr qint64 maxPemBytes = 10'000'000; // the authorities of a whole system are some 250 KB

    Result<QByteArray> contentsOf(const QString& name)
    {
        auto pem = readRegular(name, {maxPemBytes, QStringLiteral("A PEM file is wanted.")}); // a pipe would hold the window
        if (!pem)
            return fail(Code::Tls, Reason::TlsCaFile, displayText(name), pem.error().detail);
        return pem;
    }

    Result<QList<QSslCertificate>> certificatesIn(const QString& name)
    {
        const Result<QByteArray> pem = contentsOf(name);
        if (!pem)
            return fail(pem.error());
        QList<QSslCertificate> certificates = QSslCertificate::fromData(*pem, QSsl::Pem);
        if (certificates.isEmpty())
            return fail(Code::Tls, Reason::TlsCaFile, displayText(name), QStringLiteral("no certificate in PEM form in it"));
        return certificates;
    }

    Result<QSslKey> keyIn(const QString& name)
    {
        const Result<QByteArray> pem = contentsOf(name);
        if (!pem)
            return fail(pem.error());
        for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
            if (QSslKey key(*pem, algorithm); !key.isNull())
                return key;
        }
        return fail(Code::Tls, Reason::TlsCaFile, displayText(name), QStringLiteral("no private key without a passphrase in it"));
    }

    Reason reasonOf(QSslError::SslError error)
    {
        switch (error) {
        case QSslError::SelfSignedCertificate: return Reason::TlsSelfSigned;
        case QSslError::CertificateExpired:
        case QSslError::CertificateNotYetValid: return Reason::TlsExpired;
        case QSslError::HostNameMismatch: return Reason::TlsWrongName;
        case QSslError::SelfSignedCertificateInChain:
        case QSslError::UnableToGetIssuerCertificate:
        case QSslError::UnableToGetLocalIssuerCertificate:
        case QSslError::UnableToVerifyFirstCertificate:
        case QSslError::CertificateUntrusted:
        case QSslError::InvalidCaCertificate: return Reason::TlsUntrusted;
        default: return Reason::TlsFailed;
        }
    }
}

Result<QSslConfiguration> tlsConfiguration(const Endpoint& endpoint)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!endpoint.tlsCaFile.isEmpty()) {
        const auto authorities = certificatesIn(endpoint.tlsCaFile);
        if (!authorities)
            return fail(authorities.error());
        configuration.setCaCertificates(*authorities);
    }
    if (!endpoint.tlsCertFile.isEmpty()) {
        const auto chain = certificatesIn(endpoint.tlsCertFile);
        if (!chain)
            return fail(chain.error());
        configuration.setLocalCertificateChain(*chain);
        // redis-cli too takes key and certificate from one file when only one is given.
        const auto key = keyIn(endpoint.tlsKeyFile.isEmpty() ? endpoint.tlsCertFile : endpoint.tlsKeyFile);
        if (!key)
            return fail(key.error());
        configuration.setPrivateKey(*key);
    }
    return configuration;
}

Error tlsError(const QList<QSslError>& errors, const QString& subject)
{
    // What makes trust impossible comes before what is merely out of date or misnamed.
    static constexpr std::array order {Reason::TlsSelfSigned, Reason::TlsUntrusted, Reason::TlsExpired, Reason::TlsWrongName};
    for (const Reason reason : order) {
        for (const QSslError& error : errors) {
            if (reasonOf(error.error()) == reason)
                return {Code::Tls, reason, subject, error.errorString()};
        }
    }
    return {Code::Tls, Reason::TlsFailed, subject, errors.isEmpty() ? QString() : errors.first().errorString()};
}

}
