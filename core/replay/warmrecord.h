// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/replay/warm.h"

#include <QByteArray>
#include <QFuture>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QThreadPool>
#include <QTimer>

namespace core::replay {

// What a run of warming was to do and has not done, as a file: one JSON line about the run, the targets a line each, then the number of
// each target that needs no more requests, as they come. Of header fields, credentials among them, the names alone are in it. Targets that failed, and those of which Redis
// could not be asked, count as not done.
struct WarmRecord {
    QString api; // the base URL they are for
    QList<QByteArray> targets;
    QList<bool> done; // of each
    QList<QByteArray> headerNames {}; // of the fields that the run sends, each once, lower case
    QList<qsizetype> remaining() const;
    // Those of `headerNames` that `given` lacks: without them other answers would be stored than the run was meant to store.
    QList<QByteArray> missing(const http::Headers& given) const;
};

QList<QByteArray> headerNamesOf(const http::Headers& headers); // as a record keeps them

// All three: any thread, wait for the disk.
// A last line that was cut off by a crash is left out; write the record again before appending to it. FileMissing, FilePermission,
// FileDamaged.
Result<WarmRecord> readWarmRecord(const QString& file);
Result<void> writeWarmRecord(const QString& file, const WarmRecord& record); // replaces it
Result<void> appendToWarmRecord(const QString& file, const QList<qsizetype>& done);

// Keeps the record of a run up to date while it runs, at most twice a second and on a thread of its own; removes the file when nothing
// remains. Lives in the job's thread.
class WarmKeeper final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WarmKeeper)
public:
    // `numbers`: of the job's targets in the record. The file exists already.
    WarmKeeper(QString file, Warm* job, QList<qsizetype> numbers, QObject* parent = nullptr);
    ~WarmKeeper() override; // waits for what is being written

signals:
    // After the job's end, once: all is on the disk, or the file is gone. An empty error text is none.
    void kept(qint64 remaining, const QString& error);

private:
    void onResult(int index);
    void write();
    void onWritten(const Result<void>& outcome);

    const QString m_file;
    const QPointer<Warm> m_job;
    const QList<qsizetype> m_numbers;
    QList<qsizetype> m_pending;
    qint64 m_remaining;
    bool m_writing = false;
    bool m_ended = false;
    bool m_isLast = false; // what is being written
    QString m_error;
    QTimer m_timer;
    QThreadPool m_pool;
};

}
