// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyindex.h"
#include "core/keys/keyquery.h"
#include "core/keys/keysort.h"
#include "core/keys/keytree.h"

#include <atomic>
#include <memory>
#include <optional>

namespace ui {

// Rows of a list that was shown: what is chosen there stays chosen in the next one.
struct ChosenKeys {
    std::shared_ptr<const core::keys::KeyStore> store;
    std::shared_ptr<const core::keys::Order> byKey, rows;
    std::shared_ptr<const core::keys::RowSet> chosen; // of `rows`; millions of intervals where every other row is
};

// What the flat list of Keys shows: the keys of a node that a search finds, sorted.
struct KeyView {
    core::keys::KeyIndex::Snapshot snapshot; // ids mean keys of its store, whatever the index shows by now
    quint64 version = 0; // of the snapshot
    quint64 wish = 0; // number of the node, search and sort that it was made for
    core::keys::KeySort sort;
    QByteArray prefix; // of the node
    core::keys::KeyId newest = 0; // of the snapshot's order
    std::shared_ptr<const core::keys::Order> byKey; // the keys in the snapshot's order
    std::shared_ptr<const core::keys::Order> rows; // as they are shown
    double filterMs = -1; // none was asked for
    std::shared_ptr<const core::keys::RowSet> chosen = std::make_shared<const core::keys::RowSet>(); // of `rows`, never null
    // Where there are no rows: why the search failed, or the keys (by key) that the server must be asked about first.
    std::optional<core::Error> failure;
    std::shared_ptr<const core::keys::Order> unknown;
};

struct KeyViewWish {
    core::keys::KeyIndex::Snapshot snapshot;
    quint64 version = 0;
    quint64 wish = 0;
    core::keys::TreeRef node;
    core::keys::KeyQuery query;
    core::keys::KeySort sort;
    core::cache::RouteTable routes;
    std::shared_ptr<const core::keys::MetaColumns> columns; // null: nothing is known
    ChosenKeys chosen; // or nothing
    std::shared_ptr<const KeyView> shown; // of the same number and store it only loses what was deleted since, if nothing came
    bool needsFigures() const { return query.needsMeta() || sort.needsFigures(); }
};

// For a pool thread. Code::Cancelled.
core::Result<KeyView> makeKeyView(const KeyViewWish& wish, const std::atomic_bool& cancelled);

// Row of the key in `rows`, the keys of `byKey` in any order, or -1. Where they are not by key one pass over numbers: about a millisecond a
// million.
qint64 rowOfKey(const core::keys::KeyStore& store, const core::keys::Order& byKey, const core::keys::Order& rows, QByteArrayView key);

}
