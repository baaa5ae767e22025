// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sampler.h"

#include "core/base/async.h"
#include "core/redis/info.h"

namespace core::metrics {

namespace {

// An INFO that takes longer than this many intervals leaves a gap: its average would hide what happened.
constexpr int missedTicksOfAGap = 3;

}

Sampler::Sampler(redis::Session* session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&m_timer, &QTimer::timeout, this, &Sampler::ask);
    connect(session, &redis::Session::stateChanged, this, [this](redis::Session::State state) {
        if (state != redis::Session::State::Connected)
            m_history.addGap();
    });
}

void Sampler::start(int intervalMs)
{
    m_timer.start(intervalMs);
    ask();
}

void Sampler::stop()
{
    m_timer.stop();
    m_history.addGap();
}

void Sampler::ask()
{
    if (m_asking) {
        if (++m_missed == missedTicksOfAGap)
            m_history.addGap();
        return;
    }
    if (m_session->state() != redis::Session::State::Connected)
        return;
    m_asking = true;
    m_missed = 0;
    onFinished(m_session->call({"INFO"}), this, [this](const Result<redis::Reply>& reply) { handleInfo(reply); });
}

void Sampler::handleInfo(const Result<redis::Reply>& reply)
{
    m_asking = false;
    if (!reply)
        return handleFailure(reply.error());
    auto sample = sampleFromInfo(redis::parseInfo(reply->bytes));
    if (!sample)
        return handleFailure({Code::Reply, Reason::OtherReply, QStringLiteral("INFO"), QStringLiteral("no keyspace_hits")});
    sample->at = m_clock.utcNow();
    sample->monotonicMs = m_clock.monotonicMs();
    sample->ownLookups = m_session->ownLookups();
    sample->ownHits = m_session->ownHits();
    sample->ownMisses = m_session->ownMisses();
    sample->ownLookupsUnknown = m_session->ownLookupsUnknown();
    m_history.add(*std::move(sample));
    m_lastError.reset();
    emit sampled();
}

void Sampler::handleFailure(const Error& error)
{
    m_history.addGap();
    m_lastError = error;
    emit failed();
}

}
