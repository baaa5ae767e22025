// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/verdict.h"

#include <QHash>

#include <functional>

namespace core::replay {

// Until when keys that snapshots saw will live: an entry found absent after its known end has run out, one found absent before
// was deleted. Of one server and database; share it between the runs of a session so that a later request is judged rightly.
class SeenKeys final {
public:
    // End of the entry in the clock of Snapshot::monotonicMs.
    std::optional<qint64> endOf(const QByteArray& key) const;
    void saw(const QByteArray& key, const Snapshot& snapshot);
    void forget(const QByteArray& key) { m_ends.remove(key); } // its deletion was witnessed
    void forgetIf(const std::function<bool(const QByteArray&)>& wasDeleted); // by ourselves
    void clear() { m_ends.clear(); }

private:
    QHash<QByteArray, qint64> m_ends;
};

}
