// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>

namespace core {

// A long act: starts once, can be cancelled in any state, finishes exactly once. Lives in the thread that made it and never
// blocks it. Subclasses hold their typed outcome and implement onStart() and onCancel(); both must lead to finish().
class Job : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Job)
public:
    enum class State { Ready, Running, Cancelling, Finished };
    Q_ENUM(State)

    // `kind` is a stable word ("scan", "invalidate", "warm" …); `subject` what it works on, in display text.
    Job(QString kind, QString subject, QObject* parent = nullptr);

    QString kind() const { return m_kind; }
    QString subject() const { return m_subject; }
    State state() const { return m_state; }
    bool isFinished() const { return m_state == State::Finished; }
    bool wasCancelled() const { return m_cancelled; }
    // Work done and expected; total is -1 while it is not known. Unit: items (keys, requests, steps).
    qint64 done() const { return m_done; }
    qint64 total() const { return m_total; }
    // Since start, or of the whole run once finished.
    qint64 elapsedMs() const;
    // Valid after finished(): the failure that ended it; Code::Cancelled after a cancel.
    const Result<void>& outcome() const { return m_outcome; }

    void start();
    // Idempotent, safe before start and after the end. finished() follows, at once or when what is in flight has ended.
    void cancel();

signals:
    void started();
    // At most about ten times a second, and once more before finished().
    void progressed(qint64 done, qint64 total);
    // Exactly once; outcome() says how. What was done up to here can be read from the subclass, also after a cancel or a
    // failure. (No Result in the signal: tl::expected 1.0 cannot compare expected<void>, which moc's meta type asks for.)
    void finished();

protected:
    virtual void onStart() = 0;
    // Asked once while running. The default ends the job at once.
    virtual void onCancel();

    void setProgress(qint64 done, qint64 total);
    void setSubject(QString subject) { m_subject = std::move(subject); }
    // Ends the job; later calls are ignored, so that racing answers cannot end it twice.
    void finish(Result<void> outcome = {});

private:
    QString m_kind;
    QString m_subject;
    State m_state = State::Ready;
    bool m_cancelled = false;
    qint64 m_done = 0;
    qint64 m_total = -1;
    qint64 m_finalMs = -1;
    QElapsedTimer m_clock;
    QElapsedTimer m_lastProgress;
    Result<void> m_outcome;
};

}
