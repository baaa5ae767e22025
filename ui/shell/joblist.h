// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "ui/widgets/messagestrip.h"

#include <QList>
#include <QObject>
#include <QString>

namespace ui {

// How a running job is called in the strip at the window's bottom. All text is plain.
struct JobLabel {
    QString verb; // "Invalidating"
    QString subject; // "tag product:*" in display text
    QString unit = QStringLiteral("items"); // "keys", "requests"
    QString icon; // Icon name: "invalidate"
    bool deletes = false; // or overwrites: the window does not close before it has ended and its audit line is written
};

// Every long act of the window, so that each shows itself in the same place on every page, with count, rate, time left and Cancel.
// Jobs stay their page's: the list watches them and forgets those that die.
class JobList final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JobList)
public:
    struct Entry {
        core::Job* job = nullptr;
        JobLabel label;
        QString waiting {}; // why it stands still for now: "paused"; empty: it goes on
    };
    explicit JobList(QObject* parent = nullptr);

    // Watches `job` (not owned) until it finishes or dies. Call it before or after start().
    void track(core::Job* job, JobLabel label);
    // In place of rate and time left while it waits; empty again when it goes on. Ignored for a job that is not running.
    void setWaiting(const core::Job* job, const QString& why);
    // What was done, after a job ended, also after a cancel or failure: shown as a strip at the bottom on every page until closed.
    void report(const StripText& result);
    // Newest last.
    const QList<Entry>& running() const { return m_running; }
    // Those that delete.
    QList<core::Job*> deleting() const;

signals:
    void runningChanged();
    void waitingChanged(core::Job* job, const QString& why);
    void reported(const ui::StripText& result);

private:
    void forget(const core::Job* job);

    QList<Entry> m_running;
};

}
