// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/savefile.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace core;

namespace {
QByteArray contentOf(const QString& file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray("unreadable");
}
}

class TestSaveFile final : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

private slots:
    void replacesTheWhole()
    {
        const QString file = m_folder.filePath(QStringLiteral("a"));
        QVERIFY(saveFile(file, "a longer text"));
        QVERIFY(saveFile(file, "short"));
        QCOMPARE(contentOf(file), QByteArray("short"));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!(QFile::permissions(file) & others));
    }

    void followsALink()
    {
        const QString file = m_folder.filePath(QStringLiteral("target"));
        const QString link = m_folder.filePath(QStringLiteral("link"));
        QVERIFY(saveFile(file, "old"));
        QVERIFY(QFile::link(file, link));
        QVERIFY(saveFile(link, "new"));
        QVERIFY(QFileInfo(link).isSymLink());
        QCOMPARE(contentOf(file), QByteArray("new"));
    }

    void writesThroughAPipe()
    {
        const QByteArray pipe = QFile::encodeName(m_folder.filePath(QStringLiteral("pipe")));
        QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
        const int reader = ::open(pipe.constData(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        QVERIFY(saveFile(QFile::decodeName(pipe), "text"));
        QByteArray read(16, '\0');
        read.resize(::read(reader, read.data(), 16));
        ::close(reader);
        QCOMPARE(read, QByteArray("text"));
        struct stat now {};
        QVERIFY(::stat(pipe.constData(), &now) == 0 && S_ISFIFO(now.st_mode));
    }

    void saysWhyNot()
    {
        const auto missing = saveFile(m_folder.filePath(QStringLiteral("none/file")), "x");
        QVERIFY(!missing && missing.error().reason == Reason::FileMissing);
        QCOMPARE(missing.error().subject, m_folder.filePath(QStringLiteral("none"))); // and not the file
        QVERIFY2(missing.error().detail.contains(QStringLiteral("folder")), qPrintable(missing.error().detail));
        const auto folder = saveFile(m_folder.path(), "x");
        QVERIFY(!folder && folder.error().code == Code::File);
        QVERIFY(!folder.error().detail.isEmpty());
        QCOMPARE(fileError(QStringLiteral("f"), ENOSPC).value().reason, Reason::DiskFull);
        QCOMPARE(fileError(QStringLiteral("f"), EACCES).value().reason, Reason::FilePermission);
        QCOMPARE(fileError(QStringLiteral("f"), ENOTDIR).value().reason, Reason::FileMissing);
    }
};

QTEST_GUILESS_MAIN(TestSaveFile)
#include "tst_savefile.moc"
