// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"

namespace core::replay {

// Why Redis did not check this verdict, an English sentence; none: it did, or the verdict needs no look at it. What a header claims
// is no check (specification C3.17a), so no expectation of a verdict holds on it.
std::optional<QString> whyNotChecked(const ReplayResult& result);

// The answered requests of a run whose verdict needed Redis, and those of them about which it could not be asked. No thread of its own.
class RedisLosses final {
public:
    void add(const ReplayResult& result);
    qint64 count() const { return m_count; }
    bool isAll() const { return m_count > 0 && m_count == m_wanted; } // nothing was checked at all
    qint64 firstN() const { return m_firstN; } // the lowest number of them; 0: none
    const Error& error() const { return m_error; } // why, of that one
    QString sentence() const; // English; empty: there are none

private:
    qint64 m_wanted = 0, m_count = 0, m_firstN = 0;
    Error m_error;
};

}
