// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/seenkeys.h"

namespace core::replay {

namespace {
    constexpr qsizetype maxKeys = 100'000;
    constexpr qsizetype maxAsked = 10'000;
    constexpr qint64 slackMs = 50;
}

std::optional<qint64> SeenKeys::endOf(const QByteArray& key) const
{
    const auto at = m_ends.constFind(key);
    return at == m_ends.constEnd() ? std::nullopt : std::optional(*at);
}

void SeenKeys::forgetIf(const std::function<bool(const QByteArray&)>& wasDeleted)
{
    // Asking about more of them takes longer than a window may stand still; not to know an end costs one EXPIRED at most.
    if (m_ends.size() > maxAsked)
        return clear();
    m_ends.removeIf([&](const auto& seen) { return wasDeleted(seen.key()); });
}

void SeenKeys::saw(const QByteArray& key, const Snapshot& snapshot)
{
    if (snapshot.exists && snapshot.pttlMs >= 0) {
        if (m_ends.size() >= maxKeys)
            m_ends.clear();
        m_ends.insert(key, snapshot.monotonicMs + snapshot.pttlMs);
        return;
    }
    const auto end = endOf(key);
    const bool ranOut = !snapshot.exists && end && snapshot.monotonicMs >= *end - slackMs - snapshot.roundTripMs;
    if (!ranOut)
        m_ends.remove(key);
}

}
