// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/keyscan.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace core::keys {

using KeyId = std::uint32_t; // number of a key in order of arrival

// All keys of a database in chunks of 2 MiB with 32-bit offsets: about 44 bytes a key for keys of 40 bytes, 48 with its order.
// Append-only, filled by one thread (the scan's I/O thread) and read by any other up to size() without a lock; ids stay valid
// for the store's life. A key larger than a chunk has a chunk of its own. Deletion marks. Repeats that SCAN returned are
// appended and dropped by the order (sortedOrder).
class KeyStore final : public redis::KeySink {
public:
    KeyStore();
    ~KeyStore() override;

    // redis::KeySink, in the scan's I/O thread
    void key(const char* bytes, std::size_t size) override;
    void batchEnd() override; // publishes what came since

    KeyId size() const; // published keys, repeats and deleted ones included
    QByteArrayView at(KeyId id) const; // valid as long as the store
    // For a pass over many keys in another order than they lie in, which else waits for memory at each: some keys ahead where the
    // key lies is fetched, and, some keys later, its bytes.
    void prefetchPlace(KeyId id) const;
    QByteArrayView prefetchBytes(KeyId id) const; // returns at(id)
    void markDeleted(KeyId id); // any thread
    bool isDeleted(KeyId id) const;
    // Memory in use by published keys, offsets, tables and deletion marks.
    std::size_t bytesUsed() const;

    // For whole passes: keys that lie back to back in one chunk. Runs follow each other in the order of ids; `count` is what
    // size() said.
    struct Run {
        KeyId first = 0;
        KeyId count = 0;
        const char* data = nullptr; // of key `first`
        std::size_t bytes = 0;
    };
    std::size_t runCount(KeyId count) const;
    Run run(std::size_t index, KeyId count) const;
    std::uint32_t endInRun(KeyId id) const; // where the key ends, counted from Run::data

private:
    struct Private;
    std::unique_ptr<Private> d;
};

// Ids in byte order of their keys without repeats and deleted ones. Of repeats the last to come stays: a key that was marked
// deleted and then scanned once more exists again, one whose mark came last does not.
using Order = std::vector<KeyId>;

// Made on a pool thread from the first `count` keys of the store. nullptr when cancelled.
std::shared_ptr<const Order> sortedOrder(const KeyStore& store, KeyId count, const std::atomic_bool& cancelled);
// The same from `order`, which holds the first `sorted` keys: only what came since is sorted, then the two are merged.
std::shared_ptr<const Order> extendedOrder(
    const KeyStore& store, const Order& order, KeyId sorted, KeyId count, const std::atomic_bool& cancelled);

// Positions in an order. prefixEnd: the first key behind those that start with `prefix`, looked for from `from` on.
std::size_t lowerBound(const KeyStore& store, const Order& order, QByteArrayView key, std::size_t from = 0);
std::size_t prefixEnd(const KeyStore& store, const Order& order, QByteArrayView prefix, std::size_t from);
// Position of exactly this key, or -1.
qint64 findKey(const KeyStore& store, const Order& order, QByteArrayView key);

// Kinds of condition intersect; several globs or several prefixes unite (CLI.md, FILTER).
struct KeyFilter {
    QByteArray contains; // heeds case unless ignoreCase (ASCII)
    bool ignoreCase = false;
    QList<QByteArray> globs; // Redis' own glob rules (util.c stringmatchlen)
    QList<QByteArray> prefixes; // literal
    bool onePart = false; // no ':' in the key
    bool isEmpty() const { return contains.isEmpty() && globs.isEmpty() && prefixes.isEmpty() && !onePart; }
    bool matches(QByteArrayView key) const;
};
// Ids of `order` whose key passes and is not deleted, in the same order; runs on a pool thread. nullptr when cancelled.
std::shared_ptr<const Order> filtered(const KeyStore& store, const Order& order, const KeyFilter& filter, const std::atomic_bool& cancelled);

}
