// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/exportsource.h"

namespace core::archive {

// Writes keys with type, expiry and value to an archive (docs/archive.md), two batches in flight on the Bulk line. Memory: a few
// batches. The file is there when it is whole, and only then; a cancel, a failure and a lost line leave what was there before. A
// cancel that comes when all is read and the file is given its name changes nothing.
// Lookups: three a key, one more with a DUMP, two a part of a large value. No other database is selected meanwhile.
class Exporter final : public Job {
    Q_OBJECT
public:
    struct Options {
        bool withDump = false; // RESTORE needs it, for a server of the same version or a newer one
        bool gentle = false; // see redis::BulkPass
    };
    // `file`: "-" is stdout. `session` must outlive the job.
    Exporter(redis::Session* session, keys::KeyList keys, QString file, Options options, QObject* parent = nullptr);
    ~Exporter() override;
    ExportSummary summary() const; // bytes and sha256 once it has finished well

protected:
    void onStart() override;
    void onCancel() override;

private:
    void onOpened();
    void onPassed();
    void end(const Result<void>& outcome);

    redis::Session* m_session;
    keys::KeyList m_keys;
    QString m_file;
    Options m_options;
    std::shared_ptr<ExportSource> m_source;
    std::shared_ptr<void> m_databaseHold;
    std::shared_ptr<void> m_reading; // any of the keys, see redis::OwnReads
    redis::BulkPass* m_pass = nullptr;
    bool m_ending = false;
    bool m_committing = false; // a cancel comes too late
};

}
