// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/joblist.h"

#include <QElapsedTimer>
#include <QHash>
#include <QPointer>
#include <QWidget>

class QVBoxLayout;

namespace ui {

class ElidedLabel;
class MessageStrip;
class ProgressBar;

// One running job: what, bar, count, rate, time left, Cancel. 40 px.
class JobRow final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JobRow)
public:
    explicit JobRow(const JobList::Entry& entry, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    void setWaiting(const QString& why);

private:
    void showProgress();

    QPointer<core::Job> m_job;
    QString m_unit;
    QString m_waiting; // why nothing is done for now
    ProgressBar* m_bar;
    ElidedLabel* m_count;
    ElidedLabel* m_rate;
    ElidedLabel* m_left;
    // Rate over the last seconds, not since the start: a throttled run must not look fast.
    qint64 m_markDone = 0;
    double m_perSecond = -1;
    QElapsedTimer m_sinceMark;
};

// At the window's bottom on every page: the running jobs and, after one ended, what was done.
class JobStrip final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JobStrip)
public:
    explicit JobStrip(JobList* jobs, QWidget* parent = nullptr);
    // Esc: closes the result; false when there is none.
    bool closeResult();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void showJobs();
    void showResult(const StripText& text);
    void showSelf();

    JobList* m_jobs;
    QVBoxLayout* m_column;
    QHash<core::Job*, JobRow*> m_rows;
    MessageStrip* m_result = nullptr;
    QWidget* m_resultHolder;
};

}
