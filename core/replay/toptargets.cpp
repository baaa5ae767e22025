// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/toptargets.h"

#include <algorithm>

namespace core::replay {

void TopTargets::add(const QByteArray& target)
{
    if (const auto known = m_places.constFind(target); known != m_places.constEnd()) {
        const std::size_t place = *known;
        const qint64 count = ++m_entries[place].what.count;
        if (m_isRanked) {
            const auto old = m_byCount.find(count - 1);
            old->second.erase(place);
            if (old->second.empty())
                m_byCount.erase(old);
            m_byCount[count].insert(place);
        }
        return;
    }
    Entry newcomer {{target, 1, 0}, m_seen++};
    makeRoom(target.size(), newcomer);
    std::size_t place = m_entries.size();
    if (m_free.empty()) {
        m_entries.push_back(newcomer);
    } else {
        place = m_free.back();
        m_free.pop_back();
        m_entries[place] = newcomer;
    }
    m_places.insert(target, place);
    m_bytes += target.size();
    if (m_isRanked)
        m_byCount[newcomer.what.count].insert(place);
}

void TopTargets::rank()
{
    m_isRanked = true;
    for (const std::size_t place : std::as_const(m_places))
        m_byCount[m_entries[place].what.count].insert(place);
}

void TopTargets::makeRoom(qsizetype bytes, Entry& newcomer)
{
    while (!m_places.isEmpty() && (m_places.size() >= m_limits.targets || m_bytes + bytes > m_limits.bytes)) {
        if (!m_isRanked)
            rank();
        const auto rarest = m_byCount.begin();
        const std::size_t place = *rarest->second.begin();
        newcomer.what.excess = std::max(newcomer.what.excess, rarest->first);
        newcomer.what.count = newcomer.what.excess + 1;
        rarest->second.erase(place);
        if (rarest->second.empty())
            m_byCount.erase(rarest);
        m_bytes -= m_entries[place].what.target.size();
        m_places.remove(m_entries[place].what.target);
        m_entries[place] = {};
        m_free.push_back(place);
        ++m_displaced;
    }
}

QList<TopTarget> TopTargets::top(qsizetype most) const
{
    std::vector<const Entry*> all;
    all.reserve(static_cast<std::size_t>(m_places.size()));
    for (const std::size_t place : m_places)
        all.push_back(&m_entries[place]);
    const auto isMore = [](const Entry* left, const Entry* right) {
        return left->what.count != right->what.count ? left->what.count > right->what.count : left->seen < right->seen;
    };
    const auto end = std::min<qsizetype>(most, m_places.size());
    std::partial_sort(all.begin(), all.begin() + end, all.end(), isMore);
    QList<TopTarget> out;
    out.reserve(end);
    for (qsizetype i = 0; i < end; ++i)
        out << all[static_cast<std::size_t>(i)]->what;
    return out;
}

}
