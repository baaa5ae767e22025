// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/parsedkey.h"
#include "core/keys/bytesregex.h"
#include "core/keys/keystore.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>
#include <QStringList>

#include <limits>
#include <optional>
#include <vector>

namespace core::keys {

// One comparison of bytes.
struct TextTest {
    enum class How { Part, Start, Whole, Glob }; // Glob: Redis' rules, see glob.h
    How how = How::Part;
    QByteArray text;
    bool ignoreCase = false; // ASCII
    bool passes(QByteArrayView bytes) const;
    // What every text that passes holds somewhere; empty: nothing in particular.
    QByteArray literalPart() const;
    // What every text that passes starts with, if case counts.
    QByteArray literalStart() const;
};

struct RegexTest {
    BytesRegex regex;
};

// Of what a key says about itself (core/cache).
struct ParsedTest {
    enum class What { Class, Path, Pair, Kind, Scheme };
    What what = What::Kind;
    TextTest text = {}; // Class, Path; Pair: its name
    std::optional<TextTest> value = {}; // Pair: any value without
    cache::Kind kind = cache::Kind::Unknown;
    QString scheme = {};
    bool passes(const cache::ParsedKey& parsed) const;
};

// Of what only the server can tell.
struct FigureTest {
    enum class What { Ttl, NoTtl, Size };
    enum class Relation { Less, LessOrEqual, Equal, GreaterOrEqual, Greater };
    What what = What::Ttl;
    Relation relation = Relation::Less;
    qint64 limit = 0; // milliseconds, bytes
};

// Passes what passes one of the tests, or with `excluded` none of them.
template <typename Test>
struct Clause {
    std::vector<Test> anyOf;
    bool excluded = false;
};

// A part of the search text, in UTF-16 units.
struct QueryPlace {
    qsizetype from = 0;
    qsizetype length = 0;
    friend bool operator==(const QueryPlace&, const QueryPlace&) = default;
};

// Which keys are looked for: clauses that all hold. Made from the text of the search field (parseKeyQuery), from a KeyFilter, or clause
// by clause (the options of the command line). A value, safe to copy to other threads. KeyMatcher and filtered() apply it.
class KeyQuery {
public:
    KeyQuery() = default;
    explicit KeyQuery(const KeyFilter& filter);

    void add(Clause<TextTest> clause) { m_texts.push_back(std::move(clause)); }
    void add(Clause<RegexTest> clause) { m_regexes.push_back(std::move(clause)); }
    void add(Clause<ParsedTest> clause) { m_parsed.push_back(std::move(clause)); }
    void add(Clause<FigureTest> clause) { m_figures.push_back(std::move(clause)); }
    void add(const KeyQuery& other); // both hold

    const std::vector<Clause<TextTest>>& texts() const { return m_texts; }
    const std::vector<Clause<RegexTest>>& regexes() const { return m_regexes; }
    const std::vector<Clause<ParsedTest>>& parsed() const { return m_parsed; }
    const std::vector<Clause<FigureTest>>& figures() const { return m_figures; }

    bool isEmpty() const { return m_texts.empty() && m_regexes.empty() && m_parsed.empty() && m_figures.empty(); }
    // Some clause needs figures that the server must be asked for: filtered() and KeyMatcher leave it out, matchesMeta() decides it.
    bool needsMeta() const { return !m_figures.empty(); }
    bool needsTtl() const;
    bool needsSize() const;
    // Milliseconds or KeyMeta::noExpiry, gone, unknown; bytes of MEMORY USAGE or less than 0 when not known. A key that is gone, and one
    // of which a figure that is needed is not known, never passes. A bound for the TTL concerns keys that have one: each key is in just one
    // of ttl<60, ttl>=60, ttl=none.
    bool matchesMeta(qint64 ttlMs, qint64 memoryBytes) const;
    // Of the first term about TTL or size in the text it was made from.
    std::optional<QueryPlace> metaPlace() const { return m_metaPlace; }
    void setMetaPlace(QueryPlace place) { m_metaPlace = place; }

    // A glob that a server's SCAN can apply without losing a match; empty: it must send everything.
    QByteArray serverPattern() const;

private:
    std::vector<Clause<TextTest>> m_texts;
    std::vector<Clause<RegexTest>> m_regexes;
    std::vector<Clause<ParsedTest>> m_parsed;
    std::vector<Clause<FigureTest>> m_figures;
    std::optional<QueryPlace> m_metaPlace;
};

struct QueryMistake {
    QueryPlace place; // what is wrong; inside the text, never empty unless the text is
    Error error; // Reason::BadQuery
};
using ParsedQuery = tl::expected<KeyQuery, QueryMistake>;

// The language of the search field (docs/search.md):
//
//   query  = terms, separated by spaces or tabs, that all must hold; none: every key
//   term   = [-] what it excludes
//            word                 the key contains it; every other text that no row below takes, lightapi:Book: too
//            "text"               the same, spaces and all; \" is a quote, \\ a backslash, every other backslash itself
//            b64:BASE64           the same, exact bytes
//            glob:PATTERN         the whole key matches, by Redis' rules
//            re:PATTERN           the regular expression matches somewhere in the key (BytesRegex)
//            class:C path:P       the endpoint class or path is that; wildcards by Redis' rules
//            query:NAME[=VALUE]   the query has that pair, decoded; wildcards in both
//            kind:KIND[,KIND…]    entry, tag, lock, health, probe or unknown: one of them
//            ttl<T ttl<=T ttl>T ttl>=T ttl=none     T: a number with s (default), m, h or d
//            size<N size<=N size>N size>=N size=N   N: a number with k, M, G or T (powers of 1000, as formatBytes writes)
//   PATTERN, C, P, NAME, VALUE may be quoted to hold spaces, or b64:…; of class, path and query they then are literal.
//
// `ignoreCase` (ASCII; re: by PCRE2's rules) concerns every text and pattern. Cheap: nothing is matched and no machine code made.
ParsedQuery parseKeyQuery(const QString& text, bool ignoreCase);

// The term that the position is in or behind, without the minus; empty between two spaces. For completion.
QueryPlace queryTermAt(const QString& text, qsizetype position);
// "class:", "ttl<" …: what a term may start with.
QStringList queryTermStarts();
// The words after "kind:".
QStringList queryKinds();
// `text` as a term, or behind a prefix, that means exactly it.
QString queryQuoted(QByteArrayView text);

}
