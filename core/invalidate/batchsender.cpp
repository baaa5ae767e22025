// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/batchsender.h"

#include "core/base/async.h"

#include <algorithm>

namespace core::invalidate {

BatchSender::BatchSender(redis::Session* session, Callbacks callbacks, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_callbacks(std::move(callbacks))
{
    m_pace.setSingleShot(true);
    connect(&m_pace, &QTimer::timeout, this, &BatchSender::pump);
}

void BatchSender::start()
{
    m_clock.start();
    m_pace.start(0); // never calls back before start() has returned
}

void BatchSender::stop()
{
    m_stopped = true;
    m_pace.start(0);
}

void BatchSender::pump()
{
    bool nothingLeft = m_stopped || !m_session;
    while (!nothingLeft && m_inFlight < m_window) {
        const qint64 wait = waitMs();
        if (wait > 0) {
            m_pace.start(static_cast<int>(wait));
            return;
        }
        const Batch batch = m_callbacks.next();
        nothingLeft = batch.pipeline.isEmpty();
        if (!nothingLeft)
            sendOne(batch);
    }
    // Only when nothing is in flight is it the end: an answer may make new batches.
    if (nothingLeft && m_inFlight == 0 && !m_ended) {
        m_ended = true;
        m_callbacks.ended();
    }
}

void BatchSender::sendOne(const Batch& batch)
{
    ++m_inFlight;
    m_sentKeys += batch.keys;
    onFinished(m_session->send(batch.pipeline, redis::Session::Line::Bulk, m_permit), this,
        [this, ticket = batch.ticket](const Result<redis::Replies>& replies) { onAnswer(ticket, replies); });
}

void BatchSender::onAnswer(qint64 ticket, const Result<redis::Replies>& replies)
{
    --m_inFlight;
    m_callbacks.answered(ticket, replies);
    pump();
}

// What was sent so far is due over its share of a second; the next may go when that has passed.
qint64 BatchSender::waitMs() const
{
    if (m_keysPerS <= 0)
        return 0;
    return std::max<qint64>(0, m_sentKeys * 1000 / m_keysPerS - m_clock.elapsed());
}

}
