// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/archivewriter.h"

#include "core/base/bytes.h"
#include "core/base/savefile.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace core::archive {

namespace {
    bool isStdout(const QString& file)
    {
        return file == QLatin1StringView("-");
    }

    // QSaveFile would put a plain file in place of /dev/null.
    bool isWrittenThrough(const QString& file)
    {
        const QFileInfo info(file);
        return info.exists() && !info.isFile() && !info.isDir();
    }
}

ArchiveWriter::ArchiveWriter(QString file)
    : m_file(std::move(file))
{
}

ArchiveWriter::~ArchiveWriter() = default;

tl::unexpected<Error> ArchiveWriter::failure() const
{
    // A size that the system does not allow is room that is not there.
    const int number = errno == EFBIG ? ENOSPC : errno;
    const QString detail = m_device ? m_device->errorString() : QString();
    return isStdout(m_file) ? fileError(QStringLiteral("stdout"), number, detail) : writeError(m_file, number, detail);
}

Result<void> ArchiveWriter::open(const Header& header)
{
    errno = 0;
    if (isWrittenThrough(m_file)) {
        m_device = std::make_unique<QFile>(m_file);
        if (!m_device->open(QIODevice::WriteOnly | QIODevice::Unbuffered))
            return failure();
    } else if (!isStdout(m_file)) {
        m_device = std::make_unique<QSaveFile>(m_file);
        if (!m_device->open(QIODevice::WriteOnly | QIODevice::Unbuffered)
            || !m_device->setPermissions(QFile::ReadOwner | QFile::WriteOwner))
            return failure();
    }
    return write(headerLine(header));
}

Result<void> ArchiveWriter::write(const QByteArray& lines)
{
    m_hash.addData(lines);
    return put(lines);
}

Result<void> ArchiveWriter::put(const QByteArray& bytes)
{
    m_bytes += bytes.size();
    errno = 0;
    if (!m_device)
        return putOut(bytes);
    if (m_device->write(bytes) != bytes.size())
        return failure();
    return {};
}

// By hand: QFile takes a pipe that is full at the moment for a failure.
Result<void> ArchiveWriter::putOut(const QByteArray& bytes)
{
    qsizetype from = 0;
    while (from < bytes.size()) {
        const ssize_t wrote = ::write(STDOUT_FILENO, bytes.constData() + from, static_cast<std::size_t>(bytes.size() - from));
        if (wrote >= 0) {
            from += wrote;
        } else if (errno == EAGAIN) {
            pollfd ready {STDOUT_FILENO, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return failure();
        }
    }
    return {};
}

Result<void> ArchiveWriter::finish(qint64 keys)
{
    m_sha256 = m_hash.result().toHex();
    if (auto ended = put(endLine(keys, m_sha256)); !ended)
        return ended;
    errno = 0;
    auto* whole = dynamic_cast<QSaveFile*>(m_device.get());
    if (whole != nullptr && !whole->commit())
        return failure();
    return {};
}

}
