// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keysort.h"

#include "core/cache/keyscheme.h"

#include <algorithm>
#include <functional>

namespace core::keys {

namespace {

constexpr std::size_t checkEvery = 16'384;

struct Item {
    qint64 value;
    std::uint32_t position;
};

using Value = std::function<std::optional<qint64>(KeyId id)>;

// Places of the types by name, as their indexes come in the order in which they were met.
std::vector<qint64> typeRanks(const QList<QByteArray>& names)
{
    QList<QByteArray> byName = names;
    std::ranges::sort(byName);
    std::vector<qint64> ranks;
    for (const QByteArray& name : names)
        ranks.push_back(byName.indexOf(name));
    return ranks;
}

Value valueOf(const KeyStore& store, const KeySort& sort, const MetaColumns* columns, const cache::RouteTable& routes)
{
    switch (sort.by) {
    case KeySort::By::Expiry:
        return [columns](KeyId id) { return columns->number(id, MetaColumn::Expiry); };
    case KeySort::By::Memory:
        return [columns](KeyId id) { return columns->number(id, MetaColumn::Memory); };
    case KeySort::By::Type:
        return [columns, ranks = typeRanks(columns->typeNames())](KeyId id) {
            const auto type = columns->number(id, MetaColumn::Type);
            const bool isRanked = type && std::size_t(*type) < ranks.size(); // else it was met only just now
            return isRanked ? std::optional(ranks[std::size_t(*type)]) : std::nullopt;
        };
    default:
        return [&store, &routes](KeyId id) { return std::optional(qint64(cache::parseKey(store.at(id).toByteArray(), routes).kind)); };
    }
}

std::shared_ptr<const Order> sortedByValue(const Order& byKey, bool descending, const Value& value, const std::atomic_bool& cancelled)
{
    std::vector<Item> items;
    items.reserve(byKey.size());
    Order without;
    for (std::size_t i = 0; i < byKey.size(); ++i) {
        if (i % checkEvery == 0 && cancelled)
            return nullptr;
        if (const auto known = value(byKey[i]))
            items.push_back({*known, std::uint32_t(i)});
        else
            without.push_back(byKey[i]);
    }
    std::sort(items.begin(), items.end(), [descending](const Item& a, const Item& b) {
        if (a.value != b.value)
            return descending ? a.value > b.value : a.value < b.value;
        return a.position < b.position;
    });
    if (cancelled)
        return nullptr;
    auto order = std::make_shared<Order>();
    order->reserve(byKey.size());
    for (const Item& item : items)
        order->push_back(byKey[item.position]);
    order->insert(order->end(), without.begin(), without.end());
    return order;
}

}

std::shared_ptr<const Order> sorted(const KeyStore& store, const std::shared_ptr<const Order>& byKey, const KeySort& sort, const MetaColumns* columns,
    const cache::RouteTable& routes, const std::atomic_bool& cancelled)
{
    if (sort.by != KeySort::By::Key)
        return sortedByValue(*byKey, sort.descending, valueOf(store, sort, columns, routes), cancelled);
    return sort.descending ? std::make_shared<const Order>(byKey->rbegin(), byKey->rend()) : byKey;
}

KeyList listOf(std::shared_ptr<const KeyStore> store, const Order& byKey, const Order& shown, const RowSet& rows)
{
    std::vector<bool> wanted(store->size());
    for (const RowSet::Interval& interval : rows.intervals()) {
        for (std::int64_t row = interval.first; row <= interval.last; ++row)
            wanted[shown[std::size_t(row)]] = true;
    }
    auto order = std::make_shared<Order>();
    order->reserve(std::size_t(rows.count()));
    std::ranges::copy_if(byKey, std::back_inserter(*order), [&](KeyId id) { return wanted[id]; });
    return {std::move(store), std::move(order)};
}

}
