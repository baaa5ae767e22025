// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/metapass.h"

#include <QTimer>

#include <algorithm>
#include <chrono>

namespace cli {

namespace {
    constexpr std::size_t batchSize = 500;
    constexpr std::size_t atOnce = 2;
}

bool isUntold(const core::keys::KeyQuery& query, const core::keys::KeyMeta& meta)
{
    return !meta.isGone() && meta.refused
        && ((query.needsTtl() && meta.ttlMs == core::keys::KeyMeta::unknown) || (query.needsSize() && !meta.memoryBytes));
}

MetaPass::MetaPass(Context& context, std::size_t count, KeyOf keyOf)
    : QObject(&context)
    , m_context(context)
    , m_count(count)
    , m_keyOf(std::move(keyOf))
    , m_gentle(context.profile() && context.profile()->startsReadOnly())
{
}

void MetaPass::start(std::function<void(std::size_t, const QList<core::keys::KeyMeta>&)> batch, std::function<void()> then)
{
    m_batch = std::move(batch);
    m_then = std::move(then);
    if (m_count == 0)
        return m_then();
    send();
}

void MetaPass::send()
{
    while (!m_stopped && m_inFlight.size() < (m_gentle ? 1 : atOnce) && m_sent < m_count) {
        auto batch = std::make_shared<Batch>();
        batch->first = m_sent;
        QList<QByteArray> keys;
        for (const std::size_t end = std::min(m_count, m_sent + batchSize); m_sent < end; ++m_sent)
            keys << m_keyOf(m_sent);
        m_inFlight.push_back(batch);
        m_sinceSent.start();
        m_context.await(core::keys::readMeta(m_context.session(), keys, core::redis::Session::Line::Bulk), [this, batch](const QList<core::keys::KeyMeta>& metas) {
            batch->metas = metas;
            deliver();
        });
    }
}

void MetaPass::goOn()
{
    if (!m_gentle)
        return send();
    const std::chrono::nanoseconds rest(m_sinceSent.nsecsElapsed());
    QTimer::singleShot(std::chrono::ceil<std::chrono::milliseconds>(rest), this, &MetaPass::send);
}

void MetaPass::deliver()
{
    while (!m_stopped && !m_inFlight.empty() && m_inFlight.front()->metas) {
        const auto batch = m_inFlight.front();
        m_inFlight.pop_front();
        goOn();
        m_batch(batch->first, *batch->metas);
    }
    if (!m_stopped && m_inFlight.empty() && m_sent == m_count) {
        m_stopped = true;
        m_then();
    }
}

}
