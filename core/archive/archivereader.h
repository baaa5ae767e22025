// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/archivetext.h"
#include "core/base/result.h"

#include <QCryptographicHash>
#include <QFile>

#include <memory>
#include <optional>

namespace core::archive {

// Reads an archive line by line; memory for one line. Whatever is not as docs/archive.md says is FileDamaged with the line's number;
// a newer version of the format is ArchiveNewer. One thread at a time, any; waits for the disk.
class ArchiveReader final {
public:
    enum class Check {
        Everything, // the checksum too
        Lines, // of a file that was checked: only that it is still the same one, by size and time
    };
    struct Line {
        bool isPart = false;
        Record record; // of a part: the type and key of its record, too
    };

    explicit ArchiveReader(QString file);
    ~ArchiveReader();
    Result<Header> open();
    // Back to the first record, once everything was checked.
    Result<void> rewind();
    // nullptr at the end, which has been checked then. Valid until the next call; may be moved from. Its memory is used again.
    Result<Line*> next();

    qint64 bytesRead() const { return m_read; }
    qint64 size() const { return m_size; }

private:
    class Json;
    Result<std::optional<QByteArrayView>> nextLine();
    Result<void> fill();
    void hashConsumed();
    Result<void> keyLine();
    Result<void> partLine();
    bool takeKey(QByteArray& to) const;
    Result<void> end();
    Result<void> takeBody(Record& record);
    Result<void> checkBody(const Record& record);
    tl::unexpected<Error> damaged(const QString& why) const;
    Result<void> sameFile();

    QString m_file;
    QFile m_device;
    Check m_check = Check::Everything;
    QCryptographicHash m_hash {QCryptographicHash::Sha256};
    QByteArray m_buffer;
    qsizetype m_at = 0; // next line's beginning in the buffer
    qsizetype m_hashed = 0; // up to here in the buffer
    qsizetype m_lineStart = 0;
    qint64 m_read = 0;
    qint64 m_size = 0;
    qint64 m_mtimeNs = 0;
    qint64 m_line = 0;
    qint64 m_keys = 0;
    Line m_current;
    std::optional<Record> m_open; // a record whose parts follow; key and type
    QByteArray m_lastId; // of the stream that is read
    std::unique_ptr<Json> m_json;
};

}
