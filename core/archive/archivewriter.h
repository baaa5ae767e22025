// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/archivetext.h"
#include "core/base/result.h"

#include <QCryptographicHash>
#include <QFileDevice>

#include <memory>

namespace core::archive {

// Writes an archive: the file has its name only when it is whole, readable by its owner alone; until then, and after a failure, what
// stood there stands. A device or a pipe is written through. One thread at a time, any; waits for the disk.
class ArchiveWriter final {
public:
    explicit ArchiveWriter(QString file); // "-": stdout
    ~ArchiveWriter(); // without finish() nothing is left of it

    Result<void> open(const Header& header);
    Result<void> write(const QByteArray& lines);
    Result<void> finish(qint64 keys); // the end line, and the name
    qint64 bytes() const { return m_bytes; }
    const QByteArray& sha256() const { return m_sha256; } // hex, after finish()

private:
    Result<void> put(const QByteArray& bytes);
    Result<void> putOut(const QByteArray& bytes);
    tl::unexpected<Error> failure() const;

    QString m_file;
    std::unique_ptr<QFileDevice> m_device; // none for stdout
    QCryptographicHash m_hash {QCryptographicHash::Sha256};
    QByteArray m_sha256;
    qint64 m_bytes = 0;
};

}
