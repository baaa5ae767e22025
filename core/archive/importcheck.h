// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/archivereader.h"
#include "core/base/job.h"
#include "core/redis/bulkpass.h"

#include <QMap>

#include <atomic>
#include <vector>

namespace core::archive {

// What an import would do, before anything is written.
struct ImportPreview {
    Header header;
    qint64 keys = 0; // in the archive
    QMap<QByteArray, qint64> types; // of all of them
    qint64 incomplete = 0; // vanished while they were exported: left out
    qint64 expired = 0; // ended meanwhile, by the server's clock: left out
    qint64 byRestore = 0;
    qint64 byValue = 0;
    qint64 unusable = 0; // no logical value, and a DUMP that this server would refuse
    qint64 existing = 0; // of those by RESTORE and by value, keys that are there now
    qint64 existingByRestore = 0; // of those
    qint64 toWrite() const { return byRestore + byValue; }
    // Without the existing ones, which are left as they are.
    qint64 newByRestore() const { return byRestore - existingByRestore; }
    qint64 newByValue() const { return byValue - (existing - existingByRestore); }
};

// An archive whose every line and checksum was found right, and what is needed to write it to the server it was looked at for.
struct CheckedArchive {
    explicit CheckedArchive(const QString& file)
        : reader(file)
    {
    }
    ArchiveReader reader; // used by one act at a time
    ImportPreview preview;
    std::vector<qint64> incomplete; // places among the keys, ascending
    QString runId; // of the server
    int database = 0;
    int rdbVersion = 0; // the newest that the server takes by RESTORE
    qint64 clockAheadMs = 0; // the server's clock to ours
    bool isRestorable(const QByteArray& dump) const;
};

// Reads and checks a whole archive on the pool, then asks the server which of its keys exist (one lookup a key). Which DUMPs it
// takes is seen by the version of one that it makes itself, of a key of ours that lives for an instant; a session that may not write,
// and a check for a dry run, goes by the server's version. Writes nothing else.
class ImportCheck final : public Job {
    Q_OBJECT
public:
    struct Options {
        bool mayWrite = false;
        redis::WritePermit permit;
    };
    // `session` must outlive the job.
    ImportCheck(redis::Session* session, QString file, Options options, QObject* parent = nullptr);
    ~ImportCheck() override; // what runs on the pool ends by itself
    std::shared_ptr<CheckedArchive> archive() const { return m_archive; } // after finished() without error

protected:
    void onStart() override;
    void onCancel() override;

private:
    void askTime();
    void read();
    void askVersion();
    void onVersion(const Result<redis::Replies>& replies);
    void countKinds();
    void askExisting();
    void end(const Result<void>& outcome);

    struct Dumps {
        qint64 withValue = 0;
        qint64 alone = 0;
    };
    struct Seen;
    redis::Session* m_session;
    QString m_file;
    Options m_options;
    std::shared_ptr<CheckedArchive> m_archive;
    std::shared_ptr<Seen> m_seen;
    std::shared_ptr<std::atomic_bool> m_cancelled = std::make_shared<std::atomic_bool>(false);
    std::shared_ptr<void> m_databaseHold;
    redis::BulkPass* m_pass = nullptr;
};

// RDB version in the footer of a DUMP (two bytes before a checksum of eight); -1 for what is none.
int dumpVersion(const QByteArray& dump);

}
