// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keymatcher.h"

#include "core/cache/keyscheme.h"
#include "core/keys/keymeta.h"

#include <algorithm>

namespace core::keys {

namespace {

bool passesText(const Clause<TextTest>& clause, QByteArrayView key)
{
    return std::any_of(clause.anyOf.begin(), clause.anyOf.end(), [&](const TextTest& test) { return test.passes(key); }) != clause.excluded;
}

bool passesParsed(const Clause<ParsedTest>& clause, const cache::ParsedKey& parsed)
{
    return std::any_of(clause.anyOf.begin(), clause.anyOf.end(), [&](const ParsedTest& test) { return test.passes(parsed); }) != clause.excluded;
}

}

KeyMatcher::KeyMatcher(const KeyQuery& query, const cache::RouteTable& routes)
    : m_query(query)
    , m_routes(routes)
    , m_skipped(query.texts().size(), false)
{
    for (const auto& clause : query.regexes()) {
        m_regexes.emplace_back();
        for (const RegexTest& test : clause.anyOf)
            m_regexes.back().emplace_back(test.regex);
    }
}

bool KeyMatcher::isTrivial() const
{
    return m_query.regexes().empty() && m_query.parsed().empty() && std::find(m_skipped.begin(), m_skipped.end(), false) == m_skipped.end();
}

Result<bool> KeyMatcher::passes(QByteArrayView key)
{
    for (std::size_t i = 0; i < m_skipped.size(); ++i) {
        if (!m_skipped[i] && !passesText(m_query.texts()[i], key))
            return false;
    }
    // What can fail comes last: a key that another term rules out needs no verdict of it.
    if (!m_query.parsed().empty()) {
        const cache::ParsedKey parsed = cache::parseKey(key.toByteArray(), m_routes);
        const auto& clauses = m_query.parsed();
        if (!std::all_of(clauses.begin(), clauses.end(), [&](const auto& clause) { return passesParsed(clause, parsed); }))
            return false;
    }
    return passesRegexes(key);
}

Result<bool> KeyMatcher::passesRegexes(QByteArrayView key)
{
    for (std::size_t i = 0; i < m_regexes.size(); ++i) {
        bool any = false;
        for (BytesRegex::Matcher& matcher : m_regexes[i]) {
            const Result<bool> matches = matcher.matches(key);
            if (!matches)
                return matches;
            any = any || *matches;
        }
        if (any == m_query.regexes()[i].excluded)
            return false;
    }
    return true;
}

std::shared_ptr<const Order> filteredByMeta(
    const Order& order, const KeyQuery& query, const MetaColumns& columns, qint64 nowMs, const std::atomic_bool& cancelled)
{
    Order passed;
    for (const KeyId id : order) {
        if (cancelled)
            return nullptr;
        const std::optional<qint64> endMs = columns.number(id, MetaColumn::Expiry);
        if (!endMs)
            continue;
        const bool never = *endMs == MetaColumns::Facts::never;
        const qint64 ttlMs = never ? KeyMeta::noExpiry : *endMs > nowMs ? *endMs - nowMs : KeyMeta::gone;
        if (query.matchesMeta(ttlMs, columns.number(id, MetaColumn::Memory).value_or(-1)))
            passed.push_back(id);
    }
    passed.shrink_to_fit();
    return std::make_shared<const Order>(std::move(passed));
}

}
