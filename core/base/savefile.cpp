// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/savefile.h"

#include "core/base/bytes.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <cerrno>

namespace core {

namespace {
    // QSaveFile would put a plain file in place of /dev/null.
    bool isWrittenThrough(const QFileInfo& file)
    {
        return file.exists() && !file.isFile() && !file.isDir();
    }

    Reason reasonOf(int errorNumber)
    {
        switch (errorNumber) {
        case ENOENT:
        case ENOTDIR:
            return Reason::FileMissing;
        case ENOSPC:
        case EDQUOT:
            return Reason::DiskFull;
        case EISDIR:
        case EIO:
        case EINVAL: // of a file that is there and cannot be read
            return Reason::FileDamaged;
        default:
            return Reason::FilePermission;
        }
    }

    QString textOf(int errorNumber)
    {
        return errorNumber == EISDIR ? QStringLiteral("it is a folder") : qt_error_string(errorNumber);
    }
}

tl::unexpected<Error> fileError(const QString& file, int errorNumber, const QString& detail)
{
    return fail(Code::File, reasonOf(errorNumber), displayText(file), detail.isEmpty() ? textOf(errorNumber) : detail);
}

tl::unexpected<Error> writeError(const QString& file, int errorNumber, const QString& detail)
{
    const QFileInfo info(file);
    if (errorNumber != ENOENT || QFileInfo::exists(info.absolutePath()))
        return fileError(file, errorNumber, detail);
    return fail(Code::File, Reason::FileMissing, displayText(info.absolutePath()),
        QStringLiteral("That folder is missing, so %1 cannot be written there").arg(displayText(info.fileName())));
}

Result<void> saveFile(const QString& file, const QByteArray& bytes)
{
    errno = 0;
    if (isWrittenThrough(QFileInfo(file))) {
        QFile out(file);
        if (!out.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || out.write(bytes) != bytes.size())
            return writeError(file, errno, out.errorString());
        return {};
    }
    QSaveFile out(file);
    const bool isOpen = out.open(QIODevice::WriteOnly) && out.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    if (!isOpen || out.write(bytes) != bytes.size() || !out.commit())
        return writeError(file, errno, out.errorString());
    return {};
}

}
