// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTemporaryDir>

// An authority of our own and certificates by it, made with the openssl command in a private folder.
class TestCertificates final {
public:
    struct Pair {
        QString certificate;
        QString key;
    };

    bool isValid() const { return m_folder.isValid() && !m_failed; }
    QString error() const { return m_error; }
    QString folder() const { return m_folder.path(); }

    Pair authority(const QString& name = QStringLiteral("ca"));
    // `names`: "DNS:localhost,IP:127.0.0.1"; days below 0: over already.
    Pair signedBy(const Pair& authority, const QString& name, const QString& names, int days = 2);
    Pair selfSigned(const QString& name, const QString& names);

private:
    bool openssl(const QStringList& arguments);
    Pair pair(const QString& name) const;
    QTemporaryDir m_folder;
    bool m_failed = false;
    QString m_error;
};
