// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/keyscan.h"

#include <QByteArrayView>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace core::keys {

using KeyId = std::uint32_t; // number of a key in order of arrival

// All keys of a database in chunks of 1 MiB with 32-bit offsets: about 44 bytes a key for keys of 40 bytes. Append-only, filled
// by one thread (the scan's I/O thread) and read by any other up to size() without a lock; ids stay valid for the store's life.
// Deletion marks. Repeats that SCAN returned are appended and dropped by the order (SortedOrder).
class KeyStore final : public redis::KeySink {
public:
    KeyStore();
    ~KeyStore() override;

    // redis::KeySink, in the scan's I/O thread
    void key(const char* bytes, std::size_t size) override;
    void batchEnd() override; // publishes what came since

    KeyId size() const; // published keys, repeats and deleted ones included
    QByteArrayView at(KeyId id) const; // valid as long as the store
    void markDeleted(KeyId id); // any thread
    bool isDeleted(KeyId id) const;
    std::size_t bytesUsed() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

// Ids in byte order of their keys without repeats and deleted ones. Made on a pool thread from a prefix of the store.
using Order = std::vector<KeyId>;
std::shared_ptr<const Order> sortedOrder(const KeyStore& store, KeyId count, const std::atomic_bool& cancelled);

// Ids of `order` whose key passes; the filter runs on a pool thread and stops when cancelled.
struct KeyFilter {
    QByteArray contains; // heeds case unless ignoreCase (ASCII)
    bool ignoreCase = false;
    QList<QByteArray> globs; // Redis' own glob rules (util.c stringmatchlen)
    QList<QByteArray> prefixes; // literal
    bool isEmpty() const { return contains.isEmpty() && globs.isEmpty() && prefixes.isEmpty(); }
    bool matches(QByteArrayView key) const;
};
std::shared_ptr<const Order> filtered(const KeyStore& store, const Order& order, const KeyFilter& filter, const std::atomic_bool& cancelled);

}
