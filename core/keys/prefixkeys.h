// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyindex.h"

#include <QByteArray>
#include <QList>

namespace core::keys {

// The keys of a snapshot that start with `prefix`, in byte order, deleted ones left out; at most `limit`. Two binary searches and
// a copy: cheap enough for the main thread while `limit` stays in the tens of thousands.
inline QList<QByteArray> keysWithPrefix(const KeyIndex::Snapshot& snapshot, QByteArrayView prefix, qsizetype limit)
{
    QList<QByteArray> keys;
    const std::size_t from = lowerBound(*snapshot.store, *snapshot.order, prefix);
    const std::size_t end = prefixEnd(*snapshot.store, *snapshot.order, prefix, from);
    for (std::size_t i = from; i < end && keys.size() < limit; ++i) {
        const KeyId id = (*snapshot.order)[i];
        if (!snapshot.store->isDeleted(id))
            keys << snapshot.store->at(id).toByteArray();
    }
    return keys;
}

}
