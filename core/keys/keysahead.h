// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keystore.h"

#include <algorithm>
#include <array>

namespace core::keys {

// Keys one after the other in an order: they lie in order of their arrival, so each would be a wait for memory. The store and the order
// must outlive it.
class KeysAhead {
public:
    KeysAhead(const KeyStore& store, const Order& order, std::size_t end)
        : m_store(store)
        , m_order(order)
        , m_end(end)
    {
    }

    // Fetches those from `at` on that are not on their way yet.
    void reach(std::size_t at)
    {
        m_next = std::max(m_next, at);
        for (const std::size_t end = std::min(m_end, at + count); m_next < end; ++m_next) {
            if (m_end - m_next > count)
                m_store.prefetchPlace(m_order[m_next + count]);
            m_keys[m_next % count] = m_store.prefetchBytes(m_order[m_next]);
        }
    }
    QByteArrayView at(std::size_t at) const { return m_keys[at % count]; }
    // Also nullptr behind what was reached.
    const QByteArrayView* find(std::size_t at) const { return at < m_next ? &m_keys[at % count] : nullptr; }

private:
    static constexpr std::size_t count = 16;
    const KeyStore& m_store;
    const Order& m_order;
    std::size_t m_end, m_next = 0;
    std::array<QByteArrayView, count> m_keys;
};

}
