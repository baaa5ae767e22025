// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/keyscan.h"

#include <QSemaphore>
#include <QSet>

#include <atomic>
#include <mutex>

// Keeps what a scan delivers. Filled in the I/O thread, read after the job has finished.
class KeyCollector final : public core::redis::KeySink {
public:
    void key(const char* bytes, std::size_t size) override
    {
        const std::lock_guard lock(m_mutex);
        m_keys.insert(QByteArray(bytes, static_cast<qsizetype>(size)));
        ++m_count;
    }
    void batchEnd() override
    {
        {
            const std::lock_guard lock(m_mutex);
            ++m_batches;
        }
        if (m_held)
            m_held = !m_released.tryAcquire(1, longestHoldMs);
    }

    // Before the scan: it stands still after its first batch, in the middle for certain, until release(). A failing test that
    // never releases it ends nevertheless.
    void hold() { m_held = true; }
    void release() { m_released.release(); }

    QSet<QByteArray> keys() const
    {
        const std::lock_guard lock(m_mutex);
        return m_keys;
    }
    qint64 count() const
    {
        const std::lock_guard lock(m_mutex);
        return m_count;
    }
    int batches() const
    {
        const std::lock_guard lock(m_mutex);
        return m_batches;
    }

private:
    static constexpr int longestHoldMs = 10'000;
    mutable std::mutex m_mutex;
    std::atomic_bool m_held = false;
    QSemaphore m_released;
    QSet<QByteArray> m_keys;
    qint64 m_count = 0;
    int m_batches = 0;
};
