// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keystore.h"
#include "core/redis/bulkpass.h"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <unordered_map>

namespace core::keys {

enum class MetaColumn { Expiry, Memory, Type };

// When they expire, how large they are and of what type: of all keys of a store, by id, 13 bytes a key. Made only when somebody
// asks for it (sorting by it, "ttl<60"). Written by one thread while any other reads; a key's facts appear all at once.
class MetaColumns final {
public:
    struct Facts {
        static constexpr qint64 never = std::numeric_limits<qint64>::max(); // it does not expire
        qint64 endMs = never; // when it expires: Unix time by this machine's clock
        qint64 memoryBytes = -1; // -1: refused
        QByteArray type; // "string" …
    };

    explicit MetaColumns(KeyId size); // facts of ids below it
    KeyId size() const { return m_size; }

    void set(KeyId id, const Facts& facts);
    void setGone(KeyId id);
    bool isKnown(KeyId id) const { return id < m_size && word(id) != unasked; }
    bool isGone(KeyId id) const { return id < m_size && word(id) == gone; }
    std::optional<Facts> facts(KeyId id) const; // none: not asked, gone
    // One fact as a number, without a lock: Facts::endMs, Facts::memoryBytes, an index into typeNames(). None: not known, gone, refused.
    std::optional<qint64> number(KeyId id, MetaColumn column) const;
    QList<QByteArray> typeNames() const;

private:
    // In `m_types`: an index into m_names behind these.
    static constexpr quint8 unasked = 0;
    static constexpr quint8 gone = 1;
    static constexpr quint8 firstType = 2;
    static constexpr quint32 refused = ~quint32(0);
    static constexpr quint32 large = refused - 1; // its size is in m_large
    qint64 memoryOf(KeyId id) const;

    // From calloc(): ten million cost nothing before they are written to, where a constructor would go through all of them.
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    template <typename T>
    using Column = std::unique_ptr<T[], Free>;

    quint8 word(KeyId id) const { return std::atomic_ref(m_types[id]).load(std::memory_order_acquire); }
    quint8 typeWord(const QByteArray& type);

    KeyId m_size;
    Column<qint64> m_ends;
    Column<quint32> m_memory;
    Column<quint8> m_types; // published last
    mutable std::mutex m_mutex; // for the two below
    std::unordered_map<KeyId, qint64> m_large; // 4 GiB and more
    QList<QByteArray> m_names;
};

// PTTL, TYPE and MEMORY USAGE of each key of `order`, all of one key in a row, into `columns`. Counts two lookups a key. Cancelling
// keeps what has come. A key whose PTTL is refused ends it with the permission that is missing; a refused MEMORY USAGE is kept as such.
redis::BulkPass* makeMetaPass(redis::Session* session, std::shared_ptr<const KeyStore> store, std::shared_ptr<const Order> order,
    std::shared_ptr<MetaColumns> columns, redis::BulkPass::Options options, QObject* parent = nullptr);

}
