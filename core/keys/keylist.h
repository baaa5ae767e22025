// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/keys/keystore.h"

#include <functional>
#include <initializer_list>

namespace core::keys {

// A list of keys in byte order without repeats, which never changes: a few million of them cost 48 bytes a key, a copy costs
// nothing, and any thread may read. Deletions that are marked in the store later do not touch it.
class KeyList {
public:
    KeyList();
    // `order` as sortedOrder() makes it, or a part of such a one; both are kept alive.
    KeyList(std::shared_ptr<const KeyStore> store, std::shared_ptr<const Order> order);
    // Sorted and freed of repeats here: for a pool thread when there are many.
    explicit KeyList(const QList<QByteArray>& keys);
    KeyList(std::initializer_list<QByteArray> keys);

    qsizetype size() const { return qsizetype(m_order->size()); }
    bool isEmpty() const { return m_order->empty(); }
    QByteArrayView at(qsizetype position) const { return m_store->at((*m_order)[std::size_t(position)]); } // valid as long as any copy
    QByteArray key(qsizetype position) const { return at(position).toByteArray(); }
    // At most `count` keys from `from` on.
    QList<QByteArray> mid(qsizetype from, qsizetype count) const;
    QList<QByteArray> toList() const { return mid(0, size()); }
    // Position of exactly this key, or -1. `hint`: where it is looked for first; going through in order costs one comparison each.
    qsizetype indexOf(QByteArrayView key, qsizetype hint = 0) const;
    // Those that `keep` wants, in the same store; Code::Cancelled.
    Result<KeyList> filtered(const std::function<bool(QByteArrayView)>& keep, const std::atomic_bool& cancelled) const;
    bool contains(QByteArrayView key) const { return indexOf(key) >= 0; }

    friend bool operator==(const KeyList& a, const KeyList& b);

private:
    std::shared_ptr<const KeyStore> m_store; // never null
    std::shared_ptr<const Order> m_order; // never null
};

}
