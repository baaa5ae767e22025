// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/joblist.h"

namespace ui {

JobList::JobList(QObject* parent)
    : QObject(parent)
{
}

QList<core::Job*> JobList::deleting() const
{
    QList<core::Job*> jobs;
    for (const Entry& entry : m_running) {
        if (entry.label.deletes)
            jobs << entry.job;
    }
    return jobs;
}

void JobList::track(core::Job* job, JobLabel label)
{
    if (!job || job->isFinished())
        return;
    connect(job, &core::Job::finished, this, [this, job] { forget(job); });
    connect(job, &QObject::destroyed, this, [this, job] { forget(job); });
    m_running += Entry {job, std::move(label), {}};
    emit runningChanged();
}

void JobList::setWaiting(const core::Job* job, const QString& why)
{
    for (Entry& entry : m_running) {
        if (entry.job != job || entry.waiting == why)
            continue;
        entry.waiting = why;
        return emit waitingChanged(entry.job, why);
    }
}

void JobList::report(const StripText& result)
{
    emit reported(result);
}

void JobList::forget(const core::Job* job)
{
    const auto removed = m_running.removeIf([job](const Entry& entry) { return entry.job == job; });
    if (removed > 0)
        emit runningChanged();
}

}
