// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QString>

namespace core::invalidate {

// The log of destructive acts: NDJSON in the XDG state folder, appended and synced, never values or passwords. An act writes a line
// "started" before its first command and one with its end under the same id: what a crash cut short stays on record.
struct AuditEntry {
    QString id; // UUID
    QDateTime at;
    QString act; // "invalidate", "release-lock"
    QString server, runId, profile, user;
    int database = 0;
    QStringList selectors; // "tag=table:products"
    QJsonObject counts; // RunSummary's fields
    QString outcome; // "started", "done", "cancelled", "failed: …"
    // Under way, or cut short by a crash: what was done is not known, whatever the counts of its beginning say.
    bool isOpen() const { return outcome == QLatin1StringView("started"); }
};
class AuditLog {
public:
    explicit AuditLog(QString file = defaultFile());
    static QString defaultFile(); // $XDG_STATE_HOME/cachelight/audit.ndjson
    // Blocks until the line is on disk: call it off the GUI thread.
    Result<void> append(const AuditEntry& entry) const;
    // Newest first, one entry an act; damaged lines are counted, not hidden. A log that is not there is empty.
    struct Contents {
        QList<AuditEntry> entries;
        int damagedLines = 0;
    };
    Result<Contents> read(QDateTime since = {}) const;
    QString file() const { return m_file; }

private:
    QString m_file;
};

}
