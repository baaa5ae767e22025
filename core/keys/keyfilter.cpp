// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/glob.h"
#include "core/keys/keystore.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <utility>

namespace core::keys {

namespace {

constexpr std::size_t checkEvery = 4096;

using Span = std::pair<std::size_t, std::size_t>; // positions in the order, end excluded

char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c;
}

QByteArray foldedCopy(QByteArrayView bytes)
{
    QByteArray copy(bytes.size(), Qt::Uninitialized);
    std::transform(bytes.begin(), bytes.end(), copy.begin(), folded);
    return copy;
}

const char* find(const char* from, const char* end, QByteArrayView needle)
{
    return static_cast<const char*>(::memmem(from, std::size_t(end - from), needle.data(), std::size_t(needle.size())));
}

bool containsBytes(QByteArrayView key, QByteArrayView needle)
{
    return find(key.begin(), key.end(), needle) != nullptr;
}

bool passesGlobs(const KeyFilter& filter, QByteArrayView key)
{
    return filter.globs.isEmpty()
        || std::any_of(filter.globs.begin(), filter.globs.end(), [&](const QByteArray& glob) { return globMatches(glob, key); });
}

bool passesPrefixes(const KeyFilter& filter, QByteArrayView key)
{
    return filter.prefixes.isEmpty()
        || std::any_of(filter.prefixes.begin(), filter.prefixes.end(), [&](const QByteArray& prefix) { return key.startsWith(prefix); });
}

bool passesParts(const KeyFilter& filter, QByteArrayView key)
{
    return !filter.onePart || !key.contains(':');
}

bool passesContains(const KeyFilter& filter, QByteArrayView key)
{
    if (filter.contains.isEmpty())
        return true;
    if (filter.ignoreCase)
        return containsBytes(foldedCopy(key), foldedCopy(filter.contains));
    return containsBytes(key, filter.contains);
}

// What all wanted keys must start with, one of them: the prefixes, else what the globs begin with. Empty: no limit.
QList<QByteArray> leadingParts(const KeyFilter& filter)
{
    if (!filter.prefixes.isEmpty())
        return filter.prefixes;
    QList<QByteArray> parts;
    for (const QByteArray& glob : filter.globs)
        parts << globLiteralPrefix(glob);
    return parts;
}

// The order is sorted, so that keys with one beginning lie together. Overlapping beginnings ("a", "ab") are united.
std::vector<Span> candidateSpans(const KeyStore& store, const Order& order, const KeyFilter& filter)
{
    QList<QByteArray> parts = leadingParts(filter);
    if (parts.isEmpty() || parts.contains(QByteArray()))
        return {{0, order.size()}};
    std::sort(parts.begin(), parts.end());
    std::vector<Span> spans;
    std::size_t from = 0;
    for (const QByteArray& part : std::as_const(parts)) {
        const std::size_t begin = lowerBound(store, order, part, from);
        const std::size_t end = prefixEnd(store, order, part, begin);
        if (end > begin)
            spans.emplace_back(begin, end);
        from = end;
    }
    return spans;
}

class Bitmap {
public:
    explicit Bitmap(std::size_t size)
        : m_words(size / 64 + 1)
    {
    }
    void set(KeyId id) { m_words[id / 64] |= std::uint64_t(1) << (id % 64); }
    bool has(KeyId id) const { return m_words[id / 64] >> (id % 64) & 1U; }

private:
    std::vector<std::uint64_t> m_words;
};

// One search over the bytes of a run; a hit counts where it lies inside one key. Hits come in ascending order, so that the
// key of each is found by going forward in steps that double.
void markContaining(const KeyStore& store, const KeyStore::Run& run, const char* text, QByteArrayView needle, Bitmap& hits)
{
    const char* const end = text + run.bytes;
    KeyId id = run.first;
    const KeyId last = run.first + run.count;
    for (const char* hit = find(text, end, needle); hit; hit = hit < end ? find(hit, end, needle) : nullptr) {
        const auto offset = std::uint64_t(hit - text);
        KeyId step = 1;
        while (last - id > step && store.endInRun(id + step - 1) <= offset) {
            id += step;
            step *= 2;
        }
        KeyId high = std::min<KeyId>(last - 1, id + step - 1);
        while (id < high) {
            const KeyId middle = id + (high - id) / 2;
            if (store.endInRun(middle) <= offset)
                id = middle + 1;
            else
                high = middle;
        }
        const std::uint32_t keyEnd = store.endInRun(id);
        if (offset + std::uint64_t(needle.size()) <= keyEnd) {
            hits.set(id);
            hit = text + keyEnd;
        } else {
            ++hit; // it reaches into the next key
        }
    }
}

// What one search over the arena can look for: every key that passes contains it.
struct Needle {
    QByteArray text;
    bool ignoreCase = false;
};

Needle needleOf(const KeyFilter& filter)
{
    if (!filter.contains.isEmpty())
        return {filter.ignoreCase ? foldedCopy(filter.contains) : filter.contains, filter.ignoreCase};
    return {filter.globs.size() == 1 ? globLiteralPart(filter.globs.first()) : QByteArray(), false};
}

bool markAllContaining(const KeyStore& store, KeyId count, const Needle& needle, const std::atomic_bool& cancelled, Bitmap& hits)
{
    const std::size_t runs = store.runCount(count);
    for (std::size_t i = 0; i < runs; ++i) {
        if (cancelled)
            return false;
        const KeyStore::Run run = store.run(i, count);
        if (needle.ignoreCase) {
            const QByteArray text = foldedCopy({run.data, qsizetype(run.bytes)});
            markContaining(store, run, text.constData(), needle.text, hits);
        } else {
            markContaining(store, run, run.data, needle.text, hits);
        }
    }
    return true;
}

using Test = std::function<bool(KeyId)>;

std::shared_ptr<const Order> select(
    const KeyStore& store, const Order& order, const std::vector<Span>& spans, const std::atomic_bool& cancelled, const Test& test)
{
    Order passed;
    std::size_t steps = 0;
    for (const auto& [begin, end] : spans) {
        for (std::size_t i = begin; i < end; ++i) {
            if (steps++ % checkEvery == 0 && cancelled)
                return nullptr;
            if (!store.isDeleted(order[i]) && test(order[i]))
                passed.push_back(order[i]);
        }
    }
    passed.shrink_to_fit();
    return std::make_shared<const Order>(std::move(passed));
}

}

bool KeyFilter::matches(QByteArrayView key) const
{
    return passesPrefixes(*this, key) && passesParts(*this, key) && passesContains(*this, key) && passesGlobs(*this, key);
}

std::shared_ptr<const Order> filtered(const KeyStore& store, const Order& order, const KeyFilter& filter, const std::atomic_bool& cancelled)
{
    const std::vector<Span> spans = candidateSpans(store, order, filter);
    std::size_t candidates = 0;
    for (const auto& [begin, end] : spans)
        candidates += end - begin;
    const KeyId count = store.size();
    // Key by key in the order jumps about in memory; one pass over the arena is faster unless few keys are asked about.
    const Needle needle = needleOf(filter);
    if (needle.text.isEmpty() || candidates < count / 8)
        return select(store, order, spans, cancelled, [&](KeyId id) { return filter.matches(store.at(id)); });

    Bitmap hits(count);
    if (!markAllContaining(store, count, needle, cancelled, hits))
        return nullptr;
    const bool more = !filter.globs.isEmpty() || filter.onePart;
    return select(store, order, spans, cancelled, [&](KeyId id) {
        return hits.has(id) && (!more || (passesGlobs(filter, store.at(id)) && passesParts(filter, store.at(id))));
    });
}

}
