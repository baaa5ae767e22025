// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyquery.h"

#include "core/keys/asciicase.h"
#include "core/keys/glob.h"
#include "core/keys/keymeta.h"
#include "core/redis/globescape.h"

#include <algorithm>

namespace core::keys {

namespace {

bool compares(qint64 value, FigureTest::Relation relation, qint64 limit)
{
    switch (relation) {
    case FigureTest::Relation::Less: return value < limit;
    case FigureTest::Relation::LessOrEqual: return value <= limit;
    case FigureTest::Relation::Equal: return value == limit;
    case FigureTest::Relation::GreaterOrEqual: return value >= limit;
    case FigureTest::Relation::Greater: break;
    }
    return value > limit;
}

bool passesFigure(const FigureTest& test, qint64 ttlMs, qint64 memoryBytes)
{
    switch (test.what) {
    case FigureTest::What::NoTtl: return ttlMs == KeyMeta::noExpiry;
    case FigureTest::What::Ttl: return ttlMs >= 0 && compares(ttlMs, test.relation, test.limit);
    case FigureTest::What::Size: break;
    }
    return compares(memoryBytes, test.relation, test.limit);
}

bool holdsPair(const ParsedTest& test, const cache::QueryPairs& pairs)
{
    return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
        return test.text.passes(pair.first) && (!test.value || test.value->passes(pair.second));
    });
}

// The one test of a clause that a server's MATCH can stand for.
const TextTest* onlyTest(const Clause<TextTest>& clause, TextTest::How how)
{
    const bool fits = !clause.excluded && clause.anyOf.size() == 1 && clause.anyOf.front().how == how && !clause.anyOf.front().ignoreCase;
    return fits ? &clause.anyOf.front() : nullptr;
}

template <typename Test>
void append(std::vector<Clause<Test>>& to, const std::vector<Clause<Test>>& from)
{
    to.insert(to.end(), from.begin(), from.end());
}

}

bool TextTest::passes(QByteArrayView bytes) const
{
    if (ignoreCase)
        return TextTest {how, folded(text)}.passes(folded(bytes));
    switch (how) {
    case How::Part: return containsBytes(bytes, text);
    case How::Start: return bytes.startsWith(text);
    case How::Whole: return bytes == text;
    case How::Glob: break;
    }
    return globMatches(text, bytes);
}

QByteArray TextTest::literalPart() const
{
    return how == How::Glob ? globLiteralPart(text) : text;
}

QByteArray TextTest::literalStart() const
{
    if (how == How::Part)
        return {};
    return how == How::Glob ? globLiteralPrefix(text) : text;
}

bool ParsedTest::passes(const cache::ParsedKey& key) const
{
    switch (what) {
    case What::Class: return key.className && text.passes(*key.className);
    case What::Path: return key.path && text.passes(*key.path);
    case What::Pair: return holdsPair(*this, key.query);
    case What::Kind: return key.kind == kind;
    case What::Scheme: break;
    }
    return key.scheme == scheme;
}

KeyQuery::KeyQuery(const KeyFilter& filter)
{
    if (!filter.contains.isEmpty())
        add(Clause<TextTest> {{{TextTest::How::Part, filter.contains, filter.ignoreCase}}});
    Clause<TextTest> globs;
    for (const QByteArray& glob : filter.globs)
        globs.anyOf.push_back({TextTest::How::Glob, glob});
    Clause<TextTest> prefixes;
    for (const QByteArray& prefix : filter.prefixes)
        prefixes.anyOf.push_back({TextTest::How::Start, prefix});
    if (!globs.anyOf.empty())
        add(std::move(globs));
    if (!prefixes.anyOf.empty())
        add(std::move(prefixes));
    if (filter.onePart)
        add(Clause<TextTest> {{{TextTest::How::Part, ":"}}, true});
}

void KeyQuery::add(const KeyQuery& other)
{
    append(m_texts, other.m_texts);
    append(m_regexes, other.m_regexes);
    append(m_parsed, other.m_parsed);
    append(m_figures, other.m_figures);
    if (!m_metaPlace)
        m_metaPlace = other.m_metaPlace;
}

bool KeyQuery::needsTtl() const
{
    return std::any_of(m_figures.begin(), m_figures.end(), [](const auto& clause) {
        return std::any_of(clause.anyOf.begin(), clause.anyOf.end(), [](const FigureTest& test) { return test.what != FigureTest::What::Size; });
    });
}

bool KeyQuery::needsSize() const
{
    return std::any_of(m_figures.begin(), m_figures.end(), [](const auto& clause) {
        return std::any_of(clause.anyOf.begin(), clause.anyOf.end(), [](const FigureTest& test) { return test.what == FigureTest::What::Size; });
    });
}

bool KeyQuery::matchesMeta(qint64 ttlMs, qint64 memoryBytes) const
{
    if (!needsMeta())
        return true;
    if (ttlMs == KeyMeta::gone || (needsTtl() && ttlMs == KeyMeta::unknown) || (needsSize() && memoryBytes < 0))
        return false;
    return std::all_of(m_figures.begin(), m_figures.end(), [&](const auto& clause) {
        const bool any = std::any_of(
            clause.anyOf.begin(), clause.anyOf.end(), [&](const FigureTest& test) { return passesFigure(test, ttlMs, memoryBytes); });
        return any != clause.excluded;
    });
}

QByteArray KeyQuery::serverPattern() const
{
    for (const auto& clause : m_texts) {
        if (const TextTest* glob = onlyTest(clause, TextTest::How::Glob))
            return glob->text;
    }
    for (const auto& clause : m_texts) {
        if (const TextTest* start = onlyTest(clause, TextTest::How::Start); start && !start->text.isEmpty())
            return core::redis::globEscaped(start->text) + '*';
    }
    return {};
}

}
