// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keysahead.h"
#include "core/keys/keystore.h"

#include <QtEndian>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

namespace core::keys {

namespace {

constexpr KeyId dropped = ~KeyId(0);
constexpr std::size_t smallRange = 24;
constexpr std::size_t ahead = 12; // keys that are fetched into the cache before they are needed
constexpr std::size_t checkEvery = 4096; // steps between looks at the cancel flag

struct Item {
    std::uint64_t prefix; // eight bytes of the key from the range's depth on, as a number that orders like them; NULs behind the end
    KeyId id;
};

std::uint64_t prefixAt(QByteArrayView key, qsizetype depth)
{
    if (key.size() - depth >= 8)
        return qFromBigEndian<quint64>(key.data() + depth);
    std::array<char, 8> padded {};
    if (key.size() > depth)
        std::memcpy(padded.data(), key.data() + depth, std::size_t(key.size() - depth));
    return qFromBigEndian<quint64>(padded.data());
}

int compareBytes(QByteArrayView a, QByteArrayView b)
{
    const qsizetype common = std::min(a.size(), b.size());
    const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), std::size_t(common));
    return order != 0 ? order : (a.size() > b.size()) - (a.size() < b.size());
}

// Radix sort, in place, of eight cached bytes of each key at a time: most steps never touch the arena, and what all keys of a range
// have in common is passed over at once. The ranges to do are kept on a stack of our own, as equal beginnings of 1 MB would be
// 131,072 deep.
class Sorter {
public:
    Sorter(const KeyStore& store, const std::atomic_bool& cancelled)
        : m_store(store)
        , m_cancelled(cancelled)
    {
    }

    // Ids from `from` to `to` in order; of repeats the last. Deleted ones are still there. False when cancelled.
    bool run(KeyId from, KeyId to)
    {
        m_items.resize(to - from);
        for (KeyId id = from; id < to; ++id)
            m_items[id - from] = {prefixAt(m_store.at(id), 0), id};
        m_todo.push_back({0, m_items.size(), 0});
        while (!m_todo.empty()) {
            if (m_cancelled)
                return false;
            const Range range = m_todo.back();
            m_todo.pop_back();
            if (range.end - range.begin <= smallRange)
                sortSmall(range);
            else
                split(range);
        }
        return true;
    }

    template <typename Keep>
    Order take(Keep keep)
    {
        const auto wanted = [&](const Item& item) { return item.id != dropped && keep(item.id); };
        Order order;
        order.reserve(std::size_t(std::count_if(m_items.begin(), m_items.end(), wanted)));
        for (const Item& item : m_items) {
            if (wanted(item))
                order.push_back(item.id);
        }
        return order;
    }

private:
    struct Range {
        std::size_t begin, end;
        qsizetype depth;
    };

    void push(std::size_t begin, std::size_t end, qsizetype depth)
    {
        if (end - begin > 1)
            m_todo.push_back({begin, end, depth});
    }

    void split(const Range& range)
    {
        std::uint64_t any = 0, all = ~std::uint64_t(0);
        for (std::size_t i = range.begin; i < range.end; ++i) {
            any |= m_items[i].prefix;
            all &= m_items[i].prefix;
        }
        if (any == all)
            descend(range);
        else
            distribute(range, (std::bit_width(any ^ all) - 1) / 8 * 8);
    }

    // By the first byte that is not the same in all ("American flag": each item is swapped to where its bucket is being filled).
    void distribute(const Range& range, int shift)
    {
        const auto byteOf = [shift](const Item& item) { return std::size_t(item.prefix >> shift & 0xFFU); };
        std::array<std::size_t, 256> ends {}; // first the sizes
        for (std::size_t i = range.begin; i < range.end; ++i)
            ++ends[byteOf(m_items[i])];
        std::array<std::size_t, 256> heads {};
        std::size_t at = range.begin;
        for (std::size_t byte = 0; byte < ends.size(); ++byte) {
            heads[byte] = at;
            at += ends[byte];
            ends[byte] = at;
            push(heads[byte], at, range.depth);
        }
        for (std::size_t byte = 0; byte < ends.size(); ++byte) {
            while (heads[byte] < ends[byte]) {
                Item item = m_items[heads[byte]];
                for (std::size_t to = byteOf(item); to != byte; to = byteOf(item))
                    std::swap(item, m_items[heads[to]++]);
                m_items[heads[byte]++] = item;
            }
        }
    }

    // `act` with the key of each item.
    template <typename Act>
    void forEachKey(const Range& range, Act act)
    {
        for (std::size_t i = range.begin; i < range.end; ++i) {
            if (i + 2 * ahead < range.end)
                m_store.prefetchPlace(m_items[i + 2 * ahead].id);
            if (i + ahead < range.end)
                m_store.prefetchBytes(m_items[i + ahead].id);
            act(i, m_store.at(m_items[i].id));
        }
    }

    // All have the same eight bytes here. Those that end within them come first: each is a beginning of all longer ones.
    void descend(const Range& range)
    {
        const qsizetype depth = range.depth + 8;
        if (const qsizetype common = range.end - range.begin > smallRange ? passCommon(range, depth) : 0; common > 0)
            return push(range.begin, range.end, depth + common);
        std::size_t longer = range.begin;
        forEachKey(range, [&](std::size_t i, QByteArrayView key) {
            if (key.size() <= depth) {
                m_items[i].prefix = std::uint64_t(key.size());
                std::swap(m_items[i], m_items[longer++]);
            } else {
                m_items[i].prefix = prefixAt(key, depth);
            }
        });
        sortEnded(range.begin, longer);
        push(longer, range.end, depth);
    }

    // How many bytes of `key` from `depth` on are the same as at `bytes`, at most `common`; none of them is its last.
    static qsizetype commonWith(const char* bytes, QByteArrayView key, qsizetype depth, qsizetype common)
    {
        const qsizetype most = std::min(common, key.size() - depth - 1);
        if (most <= 0)
            return 0;
        if (std::memcmp(key.data() + depth, bytes, std::size_t(most)) == 0)
            return most;
        return std::mismatch(bytes, bytes + most, key.data() + depth).first - bytes;
    }

    // Takes the prefixes from behind what all keys have in common from `depth` on; returns how much that is, or 0 with nothing of
    // use taken. A few keys tell how much it may be, so that mostly one look at each is enough.
    qsizetype passCommon(const Range& range, qsizetype depth)
    {
        constexpr std::size_t looks = 8;
        const QByteArrayView first = m_store.at(m_items[range.begin].id);
        const char* const bytes = first.data() + std::min(depth, first.size());
        qsizetype common = first.size() - depth - 1;
        for (std::size_t i = 1; i < looks; ++i)
            common = commonWith(bytes, m_store.at(m_items[range.begin + i * (range.end - range.begin) / looks].id), depth, common);
        for (qsizetype taken = -1; common > 0 && taken != common;) {
            taken = common;
            forEachKey(range, [&](std::size_t i, QByteArrayView key) {
                common = commonWith(bytes, key, depth, common);
                m_items[i].prefix = prefixAt(key, depth + common);
            });
        }
        return std::max<qsizetype>(common, 0);
    }

    // Here `prefix` is the length: equal padded bytes of equal length are one key that came more than once.
    void sortEnded(std::size_t begin, std::size_t end)
    {
        const auto first = m_items.begin() + std::ptrdiff_t(begin);
        std::sort(first, m_items.begin() + std::ptrdiff_t(end), [](const Item& a, const Item& b) {
            return a.prefix != b.prefix ? a.prefix < b.prefix : a.id < b.id;
        });
        for (std::size_t i = begin; i + 1 < end; ++i) {
            if (m_items[i].prefix == m_items[i + 1].prefix)
                m_items[i].id = dropped;
        }
    }

    int compare(const Item& a, const Item& b, qsizetype depth) const
    {
        if (a.prefix != b.prefix)
            return a.prefix < b.prefix ? -1 : 1;
        return compareBytes(m_store.at(a.id).sliced(depth), m_store.at(b.id).sliced(depth));
    }

    void sortSmall(const Range& range)
    {
        for (std::size_t i = range.begin + 1; i < range.end; ++i) {
            const Item item = m_items[i];
            std::size_t hole = i;
            for (; hole > range.begin; --hole) {
                const int order = compare(m_items[hole - 1], item, range.depth);
                if (order < 0 || (order == 0 && m_items[hole - 1].id < item.id))
                    break;
                m_items[hole] = m_items[hole - 1];
            }
            m_items[hole] = item;
        }
        for (std::size_t i = range.begin; i + 1 < range.end; ++i) {
            if (compare(m_items[i], m_items[i + 1], range.depth) == 0)
                m_items[i].id = dropped;
        }
    }

    const KeyStore& m_store;
    const std::atomic_bool& m_cancelled;
    std::vector<Item> m_items;
    std::vector<Range> m_todo;
};

// First position from `from` on whose key does not fulfil `before`, by steps that double: near positions are found at once.
template <typename Before>
std::size_t gallop(const Order& order, std::size_t from, Before before)
{
    std::size_t step = 1;
    std::size_t low = from;
    while (low + step <= order.size() && before(order[low + step - 1])) {
        low += step;
        step *= 2;
    }
    std::size_t high = std::min(order.size(), low + step - 1);
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (before(order[middle]))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Both orders by key, without what is deleted; of a key in both the one of `fresh`. Cancelled: nothing.
std::optional<Order> merge(const KeyStore& store, const Order& order, const Order& fresh, const std::atomic_bool& cancelled)
{
    // Among many keys a few are found by looking for them; else reading all in their order is faster than waiting for memory at each look.
    constexpr std::size_t few = 64;
    const bool isSparse = fresh.size() < order.size() / few;
    KeysAhead olds(store, order, order.size()), news(store, fresh, fresh.size());
    Order merged;
    merged.reserve(order.size() + fresh.size());
    const auto append = [&](KeyId id) {
        if (!store.isDeleted(id))
            merged.push_back(id);
    };
    std::size_t position = 0;
    const auto orderAt = [&](QByteArrayView key) {
        if (position == order.size())
            return 1;
        if (isSparse)
            return compareBytes(store.at(order[position]), key);
        olds.reach(position);
        return compareBytes(olds.at(position), key);
    };
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        if (i % checkEvery == 0 && cancelled)
            return std::nullopt;
        news.reach(i);
        const QByteArrayView key = news.at(i);
        for (const std::size_t next = isSparse ? lowerBound(store, order, key, position) : position; position < next; ++position)
            append(order[position]);
        int found = orderAt(key);
        for (; found < 0; found = orderAt(key))
            append(order[position++]);
        if (found == 0)
            ++position;
        append(fresh[i]);
    }
    for (; position < order.size(); ++position)
        append(order[position]);
    merged.shrink_to_fit();
    return merged;
}

}

std::shared_ptr<const Order> sortedOrder(const KeyStore& store, KeyId count, const std::atomic_bool& cancelled)
{
    Sorter sorter(store, cancelled);
    if (!sorter.run(0, count))
        return nullptr;
    return std::make_shared<const Order>(sorter.take([&](KeyId id) { return !store.isDeleted(id); }));
}

std::shared_ptr<const Order> extendedOrder(
    const KeyStore& store, const Order& order, KeyId sorted, KeyId count, const std::atomic_bool& cancelled)
{
    Order fresh;
    {
        Sorter sorter(store, cancelled);
        if (!sorter.run(sorted, count))
            return nullptr;
        // Deleted ones stay until the merge: they must still replace an earlier arrival of the same key.
        fresh = sorter.take([](KeyId) { return true; });
    }
    auto merged = merge(store, order, fresh, cancelled);
    return merged ? std::make_shared<const Order>(std::move(*merged)) : nullptr;
}

std::size_t lowerBound(const KeyStore& store, const Order& order, QByteArrayView key, std::size_t from)
{
    return gallop(order, from, [&](KeyId id) { return compareBytes(store.at(id), key) < 0; });
}

std::size_t prefixEnd(const KeyStore& store, const Order& order, QByteArrayView prefix, std::size_t from)
{
    return gallop(order, from, [&](KeyId id) {
        const QByteArrayView key = store.at(id);
        return compareBytes(key.first(std::min(key.size(), prefix.size())), prefix) <= 0;
    });
}

qint64 findKey(const KeyStore& store, const Order& order, QByteArrayView key)
{
    const std::size_t position = lowerBound(store, order, key);
    const bool found = position < order.size() && compareBytes(store.at(order[position]), key) == 0;
    return found ? qint64(position) : -1;
}

}
