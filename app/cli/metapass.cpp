// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/metapass.h"

#include <algorithm>

namespace cli {

namespace {
    constexpr std::size_t batchSize = 500;
    constexpr std::size_t atOnce = 2;
}

MetaPass::MetaPass(Context& context, std::size_t count, KeyOf keyOf)
    : QObject(&context)
    , m_context(context)
    , m_count(count)
    , m_keyOf(std::move(keyOf))
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
    while (m_inFlight.size() < atOnce && m_sent < m_count) {
        auto batch = std::make_shared<Batch>();
        batch->first = m_sent;
        QList<QByteArray> keys;
        for (const std::size_t end = std::min(m_count, m_sent + batchSize); m_sent < end; ++m_sent)
            keys << m_keyOf(m_sent);
        m_inFlight.push_back(batch);
        m_context.await(core::keys::readMeta(m_context.session(), keys), [this, batch](const QList<core::keys::KeyMeta>& metas) {
            batch->metas = metas;
            deliver();
        });
    }
}

void MetaPass::deliver()
{
    while (!m_stopped && !m_inFlight.empty() && m_inFlight.front()->metas) {
        const auto batch = m_inFlight.front();
        m_inFlight.pop_front();
        send();
        m_batch(batch->first, *batch->metas);
    }
    if (!m_stopped && m_inFlight.empty() && m_sent == m_count) {
        m_stopped = true;
        m_then();
    }
}

}
