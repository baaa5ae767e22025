// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/asciicase.h"
#include "core/keys/glob.h"
#include "core/keys/keymatcher.h"
#include "core/keys/keystore.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace core::keys {

namespace {

constexpr std::size_t checkEvery = 4096;
// A binary search for a key costs about as much as walking over this many.
constexpr std::size_t searchWorth = 2000;

using Span = std::pair<std::size_t, std::size_t>; // positions in the order, end excluded
using Spans = std::vector<Span>;
using TextClause = Clause<TextTest>;

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
    return TextTest {TextTest::How::Part, filter.contains, filter.ignoreCase}.passes(key);
}

// "text*" and "*text*" ask for a beginning and a part, which are found without asking each key.
TextTest plainer(const TextTest& test)
{
    const QByteArray start = test.literalStart();
    const QByteArray part = test.literalPart();
    if (test.how == TextTest::How::Glob && !start.isEmpty() && test.text == start + "*")
        return {TextTest::How::Start, start, test.ignoreCase};
    if (test.how == TextTest::How::Glob && !part.isEmpty() && test.text == "*" + part + "*")
        return {TextTest::How::Part, part, test.ignoreCase};
    return test;
}

KeyQuery plainer(const KeyQuery& query)
{
    KeyQuery plain;
    for (TextClause clause : query.texts()) {
        std::transform(clause.anyOf.begin(), clause.anyOf.end(), clause.anyOf.begin(), [](const TextTest& test) { return plainer(test); });
        plain.add(std::move(clause));
    }
    for (const auto& clause : query.regexes())
        plain.add(clause);
    for (const auto& clause : query.parsed())
        plain.add(clause);
    return plain;
}

// What all keys that pass the clause must start with, one of them. Empty: no limit.
QList<QByteArray> leadingParts(const TextClause& clause)
{
    QList<QByteArray> parts;
    for (const TextTest& test : clause.anyOf)
        parts << (test.ignoreCase || clause.excluded ? QByteArray() : test.literalStart());
    return parts.contains(QByteArray()) ? QList<QByteArray>() : parts;
}

// The order is sorted, so that keys with one beginning lie together. Overlapping beginnings ("a", "ab") are united.
Spans spansOf(const KeyStore& store, const Order& order, QList<QByteArray> parts)
{
    std::sort(parts.begin(), parts.end());
    Spans spans;
    std::size_t from = 0;
    for (const QByteArray& part : std::as_const(parts)) {
        const std::size_t begin = lowerBound(store, order, part, from);
        const std::size_t end = prefixEnd(store, order, part, begin);
        if (end > begin)
            spans.emplace_back(begin, end);
        from = std::max(from, end);
    }
    return spans;
}

std::size_t sizeOf(const Spans& spans)
{
    std::size_t size = 0;
    for (const auto& [begin, end] : spans)
        size += end - begin;
    return size;
}

// Of the clauses that say how keys begin, the one that leaves the fewest.
Spans candidateSpans(const KeyStore& store, const Order& order, const KeyQuery& query, KeyMatcher& matcher)
{
    Spans best {{0, order.size()}};
    std::size_t bestIndex = query.texts().size();
    for (std::size_t i = 0; i < query.texts().size(); ++i) {
        const QList<QByteArray> parts = leadingParts(query.texts()[i]);
        if (parts.isEmpty())
            continue;
        Spans spans = spansOf(store, order, parts);
        if (bestIndex == query.texts().size() || sizeOf(spans) < sizeOf(best)) {
            best = std::move(spans);
            bestIndex = i;
        }
    }
    if (bestIndex < query.texts().size()) {
        const auto& tests = query.texts()[bestIndex].anyOf;
        if (std::all_of(tests.begin(), tests.end(), [](const TextTest& test) { return test.how == TextTest::How::Start; }))
            matcher.skipText(bestIndex);
    }
    return best;
}

class Bitmap {
public:
    explicit Bitmap(std::size_t size)
        : m_words(size / 64 + 1)
    {
    }
    void set(KeyId id) { m_words[id / 64] |= std::uint64_t(1) << (id % 64); }
    bool has(KeyId id) const { return m_words[id / 64] >> (id % 64) & 1U; }
    std::size_t count() const
    {
        std::size_t sum = 0;
        for (const std::uint64_t word : m_words)
            sum += std::size_t(std::popcount(word));
        return sum;
    }
    Order ids() const
    {
        Order all;
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            for (std::uint64_t word = m_words[i]; word != 0; word &= word - 1)
                all.push_back(KeyId(i * 64 + std::size_t(std::countr_zero(word))));
        }
        return all;
    }

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
    for (const char* hit = findBytes(text, end, needle); hit; hit = hit < end ? findBytes(hit, end, needle) : nullptr) {
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

// What searches over the arena can look for: every key that passes holds one of the texts.
struct Needles {
    static constexpr std::size_t noClause = std::numeric_limits<std::size_t>::max();

    QList<QByteArray> texts; // folded with ignoreCase
    bool ignoreCase = false;
    std::size_t clause = noClause; // of KeyQuery::texts(), when the search decides it
    // The longer the shortest text, the fewer keys are left and the faster the search.
    qsizetype worth() const
    {
        qsizetype shortest = texts.isEmpty() ? 0 : std::numeric_limits<qsizetype>::max();
        for (const QByteArray& text : texts)
            shortest = std::min(shortest, text.size());
        return shortest;
    }
    void take(const TextTest& test, const QByteArray& part)
    {
        ignoreCase = test.ignoreCase;
        texts << (test.ignoreCase ? folded(part) : part);
    }
};

Needles needlesOf(const TextClause& clause, std::size_t index)
{
    Needles needles;
    const auto& tests = clause.anyOf;
    const bool oneCase = std::all_of(tests.begin(), tests.end(), [&](const TextTest& test) { return test.ignoreCase == tests.front().ignoreCase; });
    if (clause.excluded || !oneCase)
        return needles;
    for (const TextTest& test : tests)
        needles.take(test, test.literalPart());
    const bool decides = std::all_of(tests.begin(), tests.end(), [](const TextTest& test) { return test.how == TextTest::How::Part; });
    needles.clause = decides ? index : Needles::noClause;
    return needles;
}

// Every scheme takes class and path out of the key as they are, byte by byte; pairs are decoded, so that only what stands for itself
// in any encoding is sure to be in the key.
QByteArray sureText(const TextTest& test, bool decoded)
{
    const QByteArray part = test.literalPart();
    const auto isBare = [](char c) { return (c >= '0' && c <= '9') || (folded(c) >= 'a' && folded(c) <= 'z'); };
    return decoded && !std::all_of(part.begin(), part.end(), isBare) ? QByteArray() : part;
}

Needles needlesOf(const Clause<ParsedTest>& clause)
{
    Needles needles;
    for (const ParsedTest& test : clause.anyOf) {
        const bool pair = test.what == ParsedTest::What::Pair;
        if (clause.excluded || test.what == ParsedTest::What::Kind || test.what == ParsedTest::What::Scheme)
            return {};
        const QByteArray name = sureText(test.text, pair);
        const QByteArray value = test.value ? sureText(*test.value, pair) : QByteArray();
        needles.take(test.text, name.size() < value.size() ? value : name);
    }
    return needles;
}

Needles bestNeedles(const KeyQuery& query)
{
    Needles best;
    const auto offer = [&](Needles needles) {
        if (needles.worth() > best.worth())
            best = std::move(needles);
    };
    for (std::size_t i = 0; i < query.texts().size(); ++i)
        offer(needlesOf(query.texts()[i], i));
    for (const auto& clause : query.parsed())
        offer(needlesOf(clause));
    return best;
}

bool markAllContaining(const KeyStore& store, KeyId count, const Needles& needles, const std::atomic_bool& cancelled, Bitmap& hits)
{
    const std::size_t runs = store.runCount(count);
    for (std::size_t i = 0; i < runs; ++i) {
        if (cancelled)
            return false;
        const KeyStore::Run run = store.run(i, count);
        const QByteArray copy = needles.ignoreCase ? folded(QByteArrayView(run.data, qsizetype(run.bytes))) : QByteArray();
        for (const QByteArray& text : needles.texts)
            markContaining(store, run, needles.ignoreCase ? copy.constData() : run.data, text, hits);
    }
    return true;
}

using Filtered = Result<std::shared_ptr<const Order>>;

// Keys of `order` one after the other: deleted ones are left out, of the others the matcher is asked.
class Selection {
public:
    Selection(const KeyStore& store, const Order& order, KeyMatcher& matcher, const std::atomic_bool& cancelled)
        : m_store(store)
        , m_order(order)
        , m_matcher(matcher)
        , m_cancelled(cancelled)
        , m_asks(!matcher.isTrivial())
    {
    }

    Filtered all(const Spans& spans)
    {
        return walk(spans, [](KeyId) { return true; });
    }

    Filtered marked(const Spans& spans, const Bitmap& hits)
    {
        if (hits.count() < sizeOf(spans) / searchWorth)
            return few(spans, hits.ids());
        return walk(spans, [&](KeyId id) { return hits.has(id); });
    }

private:
    template <typename Wanted>
    Filtered walk(const Spans& spans, const Wanted& wanted)
    {
        for (const auto& [begin, end] : spans) {
            for (std::size_t from = begin; from < end; from += checkEvery) {
                if (m_cancelled)
                    return fail(Code::Cancelled);
                const std::size_t stop = std::min(end, from + checkEvery);
                for (std::size_t i = from; i < stop; ++i) {
                    if (wanted(m_order[i]) && !take(m_order[i]))
                        return fail(*m_failure);
                }
            }
        }
        return done();
    }

    // A few hits are looked up in the order, which walks over nothing. Repeats of a key are not in it.
    Filtered few(const Spans& spans, Order hits)
    {
        std::sort(hits.begin(), hits.end(), [this](KeyId a, KeyId b) { return QByteArrayView(m_store.at(a)).compare(m_store.at(b)) < 0; });
        std::size_t from = 0;
        for (const KeyId id : hits) {
            from = lowerBound(m_store, m_order, m_store.at(id), from);
            const bool inside = std::any_of(spans.begin(), spans.end(), [&](const Span& span) { return span.first <= from && from < span.second; });
            if (from < m_order.size() && m_order[from] == id && inside && !take(id))
                return fail(*m_failure);
        }
        return done();
    }

    // False when it must stop.
    bool take(KeyId id)
    {
        if (m_store.isDeleted(id))
            return true;
        if (m_asks) {
            // Such a question may take a while.
            const Result<bool> passes = m_cancelled ? Result<bool>(fail(Code::Cancelled)) : m_matcher.passes(m_store.at(id));
            if (!passes)
                m_failure = passes.error();
            if (!passes || !*passes)
                return passes.has_value();
        }
        m_passed.push_back(id);
        return true;
    }

    Filtered done()
    {
        m_passed.shrink_to_fit();
        return std::make_shared<const Order>(std::move(m_passed));
    }

    const KeyStore& m_store;
    const Order& m_order;
    KeyMatcher& m_matcher;
    const std::atomic_bool& m_cancelled;
    bool m_asks;
    Order m_passed;
    std::optional<Error> m_failure;
};

}

bool KeyFilter::matches(QByteArrayView key) const
{
    return passesPrefixes(*this, key) && passesParts(*this, key) && passesContains(*this, key) && passesGlobs(*this, key);
}

Result<std::shared_ptr<const Order>> filtered(const KeyStore& store, const Order& order, const KeyQuery& asked,
    const cache::RouteTable& routes, const std::atomic_bool& cancelled)
{
    const KeyQuery query = plainer(asked);
    KeyMatcher matcher(query, routes);
    const Spans spans = candidateSpans(store, order, query, matcher);
    const KeyId count = store.size();
    // Key by key in the order jumps about in memory; one pass over the arena is faster unless few keys are asked about.
    const Needles needles = bestNeedles(query);
    if (needles.worth() == 0 || sizeOf(spans) < count / 8)
        return Selection(store, order, matcher, cancelled).all(spans);

    Bitmap hits(count);
    if (!markAllContaining(store, count, needles, cancelled, hits))
        return fail(Code::Cancelled);
    if (needles.clause != Needles::noClause)
        matcher.skipText(needles.clause);
    return Selection(store, order, matcher, cancelled).marked(spans, hits);
}

std::shared_ptr<const Order> filtered(const KeyStore& store, const Order& order, const KeyFilter& filter, const std::atomic_bool& cancelled)
{
    static const cache::RouteTable none;
    return filtered(store, order, KeyQuery(filter), none, cancelled).value_or(nullptr);
}

}
