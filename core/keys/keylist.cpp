// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keylist.h"

#include <algorithm>

namespace core::keys {

namespace {

constexpr std::size_t checkEvery = 4096;

template <typename Keys>
std::shared_ptr<const KeyStore> stored(const Keys& keys)
{
    auto store = std::make_shared<KeyStore>();
    for (const QByteArray& key : keys)
        store->key(key.constData(), std::size_t(key.size()));
    store->batchEnd();
    return store;
}

std::shared_ptr<const Order> orderOf(const KeyStore& store)
{
    const std::atomic_bool never = false;
    return sortedOrder(store, store.size(), never);
}

}

KeyList::KeyList()
    : KeyList(std::make_shared<const KeyStore>(), std::make_shared<const Order>())
{
}

KeyList::KeyList(std::shared_ptr<const KeyStore> store, std::shared_ptr<const Order> order)
    : m_store(std::move(store))
    , m_order(std::move(order))
{
}

KeyList::KeyList(const QList<QByteArray>& keys)
    : m_store(stored(keys))
    , m_order(orderOf(*m_store))
{
}

KeyList::KeyList(std::initializer_list<QByteArray> keys)
    : m_store(stored(keys))
    , m_order(orderOf(*m_store))
{
}

QList<QByteArray> KeyList::mid(qsizetype from, qsizetype count) const
{
    const qsizetype end = std::min(size(), from + count);
    QList<QByteArray> keys;
    keys.reserve(std::max<qsizetype>(0, end - from));
    for (qsizetype i = from; i < end; ++i)
        keys << key(i);
    return keys;
}

qsizetype KeyList::indexOf(QByteArrayView key, qsizetype hint) const
{
    if (hint >= 0 && hint < size() && at(hint) == key)
        return hint;
    return qsizetype(findKey(*m_store, *m_order, key));
}

Result<KeyList> KeyList::filtered(const std::function<bool(QByteArrayView)>& keep, const std::atomic_bool& cancelled) const
{
    auto kept = std::make_shared<Order>();
    for (std::size_t i = 0; i < m_order->size(); ++i) {
        if (i % checkEvery == 0 && cancelled)
            return fail(Code::Cancelled);
        if (keep(at(qsizetype(i))))
            kept->push_back((*m_order)[i]);
    }
    return KeyList(m_store, std::move(kept));
}

bool operator==(const KeyList& a, const KeyList& b)
{
    if (a.size() != b.size())
        return false;
    for (qsizetype i = 0; i < a.size(); ++i) {
        if (a.at(i) != b.at(i))
            return false;
    }
    return true;
}

}
