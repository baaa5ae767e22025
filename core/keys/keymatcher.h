// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keyquery.h"
#include "core/keys/metacolumns.h"

#include <atomic>
#include <memory>
#include <vector>

namespace core::keys {

// Asks a query of one key after the other; one a thread. `query` and `routes` must outlive it.
class KeyMatcher {
public:
    KeyMatcher(const KeyQuery& query, const cache::RouteTable& routes);
    // Terms about TTL and size are left out. Fails where a regular expression gives up.
    Result<bool> passes(QByteArrayView key);
    // The clause of this number in KeyQuery::texts() is known to hold for all keys to come.
    void skipText(std::size_t index) { m_skipped[index] = true; }
    // Nothing is left to ask.
    bool isTrivial() const;

private:
    Result<bool> passesRegexes(QByteArrayView key);

    const KeyQuery& m_query;
    const cache::RouteTable& m_routes;
    std::vector<bool> m_skipped;
    std::vector<std::vector<BytesRegex::Matcher>> m_regexes; // of each clause
};

// Ids of `order` whose key passes and is not deleted, in the same order. Runs on a pool thread: plain text costs about one search over
// the arena, or only over the part of the order that starts alike; classes, paths, kinds, pairs and regular expressions are asked of the
// keys that are left. Code::Cancelled within milliseconds; Reason::SearchTooCostly where a regular expression gives up.
Result<std::shared_ptr<const Order>> filtered(const KeyStore& store, const Order& order, const KeyQuery& query,
    const cache::RouteTable& routes, const std::atomic_bool& cancelled);

// Ids of `order` that pass what the query says of TTL and size, by the columns; `nowMs` is the Unix time that a TTL counts from. Keys that
// are gone, have expired by then or were not asked about do not pass. nullptr when cancelled.
std::shared_ptr<const Order> filteredByMeta(
    const Order& order, const KeyQuery& query, const MetaColumns& columns, qint64 nowMs, const std::atomic_bool& cancelled);

}
