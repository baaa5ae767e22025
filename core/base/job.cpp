// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job.h"

namespace core {

namespace {
    constexpr qint64 progressIntervalMs = 100;
}

Job::Job(QString kind, QString subject, QObject* parent)
    : QObject(parent)
    , m_kind(std::move(kind))
    , m_subject(std::move(subject))
{
}

qint64 Job::elapsedMs() const
{
    if (m_finalMs >= 0)
        return m_finalMs;
    return m_clock.isValid() ? m_clock.elapsed() : 0;
}

void Job::start()
{
    if (m_state != State::Ready)
        return;
    m_state = State::Running;
    m_clock.start();
    emit started();
    if (m_state == State::Running)
        onStart();
}

void Job::cancel()
{
    if (m_state == State::Finished || m_state == State::Cancelling)
        return;
    m_cancelled = true;
    const bool neverStarted = m_state == State::Ready;
    m_state = State::Cancelling;
    if (neverStarted)
        finish(fail(Code::Cancelled));
    else
        onCancel();
}

void Job::onCancel()
{
    finish(fail(Code::Cancelled));
}

void Job::setProgress(qint64 done, qint64 total)
{
    m_done = done;
    m_total = total;
    if (m_lastProgress.isValid() && m_lastProgress.elapsed() < progressIntervalMs)
        return;
    m_lastProgress.start();
    emit progressed(m_done, m_total);
}

void Job::finish(Result<void> outcome)
{
    if (m_state == State::Finished)
        return;
    m_state = State::Finished;
    m_finalMs = m_clock.isValid() ? m_clock.elapsed() : 0;
    m_outcome = std::move(outcome);
    emit progressed(m_done, m_total);
    emit finished();
}

}
