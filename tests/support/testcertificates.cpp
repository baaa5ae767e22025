// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testcertificates.h"

#include <QFile>
#include <QProcess>

namespace {
const QStringList newKey {QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
    QStringLiteral("ec_paramgen_curve:prime256v1"), QStringLiteral("-nodes")};
}

bool TestCertificates::openssl(const QStringList& arguments)
{
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(QStringLiteral("openssl"), arguments);
    const bool done = process.waitForFinished(20'000) && process.exitCode() == 0;
    if (!done) {
        m_failed = true;
        m_error = QString::fromLocal8Bit(process.readAllStandardError());
    }
    return done;
}

TestCertificates::Pair TestCertificates::pair(const QString& name) const
{
    return {m_folder.filePath(name + QStringLiteral(".pem")), m_folder.filePath(name + QStringLiteral(".key"))};
}

TestCertificates::Pair TestCertificates::authority(const QString& name)
{
    const Pair made = pair(name);
    openssl(QStringList {QStringLiteral("req"), QStringLiteral("-x509")} + newKey
        + QStringList {QStringLiteral("-keyout"), made.key, QStringLiteral("-out"), made.certificate, QStringLiteral("-subj"),
            QString(QStringLiteral("/CN=") + name), QStringLiteral("-days"), QStringLiteral("2")});
    return made;
}

TestCertificates::Pair TestCertificates::signedBy(const Pair& authority, const QString& name, const QString& names, int days)
{
    const Pair made = pair(name);
    const QString request = m_folder.filePath(name + QStringLiteral(".csr"));
    const QString extensions = m_folder.filePath(name + QStringLiteral(".ext"));
    QFile file(extensions);
    if (!file.open(QIODevice::WriteOnly) || file.write("subjectAltName=" + names.toLatin1() + '\n') < 0) {
        m_failed = true;
        return made;
    }
    file.close();
    openssl(QStringList {QStringLiteral("req")} + newKey
        + QStringList {QStringLiteral("-keyout"), made.key, QStringLiteral("-out"), request, QStringLiteral("-subj"),
            QString(QStringLiteral("/CN=") + name)});
    openssl({QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"), request, QStringLiteral("-CA"),
        authority.certificate, QStringLiteral("-CAkey"), authority.key, QStringLiteral("-CAcreateserial"), QStringLiteral("-days"),
        QString::number(days), QStringLiteral("-extfile"), extensions, QStringLiteral("-out"), made.certificate});
    return made;
}

TestCertificates::Pair TestCertificates::selfSigned(const QString& name, const QString& names)
{
    const Pair made = pair(name);
    openssl(QStringList {QStringLiteral("req"), QStringLiteral("-x509")} + newKey
        + QStringList {QStringLiteral("-keyout"), made.key, QStringLiteral("-out"), made.certificate, QStringLiteral("-subj"),
            QString(QStringLiteral("/CN=") + name), QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-addext"),
            QString(QStringLiteral("subjectAltName=") + names)});
    return made;
}
