// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keylist.h"
#include "core/keys/metacolumns.h"
#include "core/keys/rowset.h"

namespace core::keys {

// How a list of keys is sorted. Keys with one value stay by key; those without one (gone, not known, refused) come last either way.
struct KeySort {
    enum class By { Key, Kind, Expiry, Type, Memory };
    By by = By::Key;
    bool descending = false;
    // Needs MetaColumns.
    bool needsFigures() const { return by != By::Key && by != By::Kind; }
    friend bool operator==(const KeySort&, const KeySort&) = default;
};

// `byKey` in that order; `columns` may be null where they are not needed. Runs on a pool thread, with 16 bytes a key meanwhile. nullptr
// when cancelled.
std::shared_ptr<const Order> sorted(const KeyStore& store, const std::shared_ptr<const Order>& byKey, const KeySort& sort, const MetaColumns* columns,
    const cache::RouteTable& routes, const std::atomic_bool& cancelled);

// The keys in `rows` of `shown`, whatever order that is in, as a list by key. `byKey` holds at least these. For a pool thread: a pass over
// `byKey`.
KeyList listOf(std::shared_ptr<const KeyStore> store, const Order& byKey, const Order& shown, const RowSet& rows);

}
