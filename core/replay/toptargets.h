// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>

#include <map>
#include <set>
#include <vector>

namespace core::replay {

struct TopTarget {
    QByteArray target;
    qint64 count = 0; // never less than the truth
    qint64 excess = 0; // by at most so much more

    friend bool operator==(const TopTarget&, const TopTarget&) = default;
};

// The most frequent of any number of targets in bounded memory. Exact up to the limits; beyond them "space saving" (Metwally,
// Agrawal, El Abbadi 2005): a new target takes the place of the rarest and inherits its count as excess. What is really among the most
// frequent is never lost that way: a target with a share above 1/limit of all stays.
class TopTargets final {
public:
    struct Limits {
        qsizetype targets = 100'000;
        qsizetype bytes = 64 * 1024 * 1024; // of the targets together
    };
    TopTargets() = default;
    explicit TopTargets(Limits limits)
        : m_limits(limits)
    {
    }

    void add(const QByteArray& target);
    bool isExact() const { return m_displaced == 0; }
    qint64 displaced() const { return m_displaced; } // targets that lost their place
    qsizetype size() const { return m_places.size(); }
    QList<TopTarget> top(qsizetype most) const; // the most frequent first, of equal ones the first seen

private:
    struct Entry {
        TopTarget what;
        qint64 seen = 0; // in the order of first sight
    };
    void rank();
    void makeRoom(qsizetype bytes, Entry& newcomer);

    Limits m_limits;
    QHash<QByteArray, std::size_t> m_places;
    std::vector<Entry> m_entries;
    std::vector<std::size_t> m_free;
    // Places by count, kept only once something must go.
    std::map<qint64, std::set<std::size_t>> m_byCount;
    bool m_isRanked = false;
    qsizetype m_bytes = 0;
    qint64 m_seen = 0;
    qint64 m_displaced = 0;
};

}
