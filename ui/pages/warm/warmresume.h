// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/warmrecord.h"

#include <QString>
#include <QThreadPool>

#include <functional>
#include <optional>

namespace ui {

class Workspace;

// What a warming of the open connection was to do and has not done, on disk (core/replay/warmrecord.h), so that one that was interrupted
// can go on: one file for each profile and address in the folder of the audit log; none for the demo, which is another one each time. Files
// are read and written on a thread of its own, one act behind the other.
class WarmResume final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WarmResume)
public:
    explicit WarmResume(Workspace* workspace, QObject* parent = nullptr);

    // Reads the record of the open connection again; changed() at once, as none is known, and where one is kept when it was read.
    void look();
    // Of a run that has not ended; none where there is nothing left to do, or nothing is known.
    const std::optional<core::replay::WarmRecord>& record() const { return m_record; }
    // Why a record that is there cannot be read.
    const std::optional<core::Error>& failure() const { return m_failure; }
    // What kept the last run's record from being brought up to date, in a sentence; empty: nothing.
    const QString& keepFailure() const { return m_keepFailure; }
    QList<QByteArray> remaining() const;

    // Before a run of `targets`: a record of it, or record() as it is where it goes on with that; behind what is still written of the run
    // before. `then` hears whether it is on disk.
    void prepare(const QList<QByteArray>& targets, bool goesOn, std::function<void(const core::Result<void>&)> then);
    // Follows the run that was prepared; changed() when it has ended.
    void keep(core::replay::Warm* job);
    void forget(); // the record, also on disk

signals:
    void changed();

private:
    void setRecord(std::optional<core::replay::WarmRecord> record, std::optional<core::Error> failure);
    void read();
    void afterKeeping(std::function<void()> act);
    void onKept(const QString& error);

    Workspace* m_workspace;
    QString m_file; // empty: none is kept
    std::optional<core::replay::WarmRecord> m_record;
    std::optional<core::Error> m_failure;
    QList<qsizetype> m_numbers; // of the targets that were prepared
    quint64 m_looks = 0; // an answer about an earlier connection is dropped
    core::replay::WarmKeeper* m_keeper = nullptr; // writes the file until it says kept()
    QList<std::function<void()>> m_afterKeeping;
    QString m_keepFailure;
    QThreadPool m_pool;
};

}
