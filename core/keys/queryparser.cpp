// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/exacttext.h"
#include "core/keys/keyquery.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace core::keys {

namespace {

constexpr std::array prefixes {u"class:", u"path:", u"query:", u"kind:", u"glob:", u"re:", u"b64:"};
constexpr std::array allKinds {cache::Kind::Entry, cache::Kind::TagIndex, cache::Kind::Lock, cache::Kind::Health, cache::Kind::Probe, cache::Kind::Unknown};
constexpr double mostFigure = 9e15; // a double counts in ones up to here

using Relation = FigureTest::Relation;

bool isGap(QChar c)
{
    return c == u' ' || c == u'\t';
}

// A wrong place on its way out of the parser.
struct Wrong {
    QueryPlace place;
    QString why;
};
template <typename T>
using Parsed = tl::expected<T, Wrong>;
using Done = tl::expected<void, Wrong>;

tl::unexpected<Wrong> wrong(qsizetype from, qsizetype end, const QString& why)
{
    return tl::unexpected(Wrong {{from, std::max<qsizetype>(end - from, 1)}, why});
}

// A word, quoted text or b64:… as written and as meant.
struct Value {
    QByteArray bytes;
    bool literal = false; // quoted or b64: not a pattern
    QueryPlace place;
    QString text; // what `bytes` were made from
    std::vector<qsizetype> units; // where each unit of `text` stands
};

class Parser {
public:
    Parser(const QString& text, bool ignoreCase)
        : m_text(text)
        , m_ignoreCase(ignoreCase)
    {
    }

    Parsed<KeyQuery> run()
    {
        for (skipGaps(); m_at < m_text.size(); skipGaps()) {
            if (const Done done = term(); !done)
                return tl::unexpected(done.error());
        }
        return m_query;
    }

private:
    void skipGaps()
    {
        while (m_at < m_text.size() && isGap(m_text[m_at]))
            ++m_at;
    }
    qsizetype wordEnd(qsizetype from) const
    {
        while (from < m_text.size() && !isGap(m_text[from]))
            ++from;
        return from;
    }
    bool atEnd() const { return m_at == m_text.size() || isGap(m_text[m_at]); }
    QStringView rest() const { return QStringView(m_text).sliced(m_at); }

    Done term()
    {
        const qsizetype from = m_at;
        m_excluded = m_text[m_at] == u'-';
        if (m_excluded && (++m_at, atEnd()))
            return wrong(from, m_at, QStringLiteral("behind \"-\" stands what to exclude"));
        if (const Parsed<bool> figure = figureTerm(); !figure || *figure)
            return figure ? Done() : Done(tl::unexpected(figure.error()));
        const auto* prefix = std::find_if(prefixes.begin(), prefixes.end(), [this](const char16_t* p) { return rest().startsWith(QStringView(p)); });
        if (prefix == prefixes.end() || QStringView(*prefix) == QStringView(u"b64:"))
            return plainTerm();
        return prefixTerm(QStringView(*prefix));
    }

    Done plainTerm()
    {
        const Parsed<Value> value = takeValue(m_at, false);
        if (!value)
            return tl::unexpected(value.error());
        addText(TextTest::How::Part, *value);
        return {};
    }

    Done prefixTerm(QStringView prefix)
    {
        const qsizetype from = m_at;
        m_at += prefix.size();
        if (prefix == QStringView(u"kind:"))
            return kindTerm(from);
        if (prefix == QStringView(u"query:"))
            return pairTerm(from);
        const Parsed<Value> value = takeValue(from, prefix == QStringView(u"glob:"));
        if (!value)
            return tl::unexpected(value.error());
        if (prefix == QStringView(u"re:"))
            return regexTerm(*value);
        if (prefix == QStringView(u"glob:"))
            addText(TextTest::How::Glob, *value);
        else
            m_query.add(Clause<ParsedTest> {{{prefix == QStringView(u"class:") ? ParsedTest::What::Class : ParsedTest::What::Path, patternOf(*value)}}, m_excluded});
        return {};
    }

    void addText(TextTest::How how, const Value& value)
    {
        m_query.add(Clause<TextTest> {{{how, value.bytes, m_ignoreCase}}, m_excluded});
    }
    TextTest patternOf(const Value& value) const
    {
        return {value.literal ? TextTest::How::Whole : TextTest::How::Glob, value.bytes, m_ignoreCase};
    }

    // Up to the next space, or the closing quote. `from`: the start of the term, for what is missing.
    Parsed<Value> takeValue(qsizetype from, bool mayBeEmpty, QChar stop = {})
    {
        if (m_at < m_text.size() && m_text[m_at] == u'"')
            return takeQuoted(mayBeEmpty, stop);
        Value value;
        const qsizetype begin = m_at;
        while (!atEnd() && (stop.isNull() || m_text[m_at] != stop))
            ++m_at;
        value.place = {begin, m_at - begin};
        value.text = m_text.sliced(begin, m_at - begin);
        if (value.text.isEmpty())
            return wrong(from, m_at, QStringLiteral("behind \"%1\" something is missing").arg(displayText(m_text.sliced(from, m_at - from))));
        return decoded(std::move(value));
    }

    Parsed<Value> decoded(Value value) const
    {
        for (qsizetype i = 0; i < value.text.size(); ++i)
            value.units.push_back(value.place.from + i);
        value.literal = value.text.startsWith(QStringView(u"b64:"));
        const Result<QByteArray> bytes = bytesFromArgument(value.text);
        const qsizetype end = value.place.from + value.place.length;
        if (!bytes)
            return wrong(value.place.from, end, bytes.error().detail);
        if (value.literal && bytes->isEmpty())
            return wrong(value.place.from, end, QStringLiteral("behind \"b64:\" bytes in base64 are missing"));
        value.bytes = *bytes;
        if (value.literal)
            value.units.clear(); // a byte has no place of its own
        return value;
    }

    Parsed<Value> takeQuoted(bool mayBeEmpty, QChar stop)
    {
        Value value;
        value.literal = true;
        const qsizetype begin = m_at++;
        for (; m_at < m_text.size() && m_text[m_at] != u'"'; ++m_at) {
            const bool escape = m_text[m_at] == u'\\' && m_at + 1 < m_text.size() && (m_text[m_at + 1] == u'"' || m_text[m_at + 1] == u'\\');
            m_at += escape ? 1 : 0;
            value.text += m_text[m_at];
            value.units.push_back(m_at);
        }
        if (m_at == m_text.size())
            return wrong(begin, m_at, QStringLiteral("the closing quote is missing"));
        ++m_at;
        value.place = {begin, m_at - begin};
        if (value.text.isEmpty() && !mayBeEmpty)
            return wrong(begin, m_at, QStringLiteral("there is nothing between the quotes"));
        if (!atEnd() && (stop.isNull() || m_text[m_at] != stop))
            return wrong(m_at, wordEnd(m_at), QStringLiteral("behind the closing quote a space is missing"));
        value.bytes = value.text.toUtf8();
        return value;
    }

    Done regexTerm(const Value& value)
    {
        const auto regex = BytesRegex::compile(value.bytes, m_ignoreCase);
        if (regex) {
            m_query.add(Clause<RegexTest> {{{*regex}}, m_excluded});
            return {};
        }
        const QString why = QStringLiteral("the regular expression is wrong here: ") + regex.error().what;
        if (value.units.empty())
            return wrong(value.place.from, value.place.from + value.place.length, why);
        // PCRE2 points at what it could not take, or to the end when something is missing there.
        const qsizetype unit = std::min(QString::fromUtf8(value.bytes.first(regex.error().at)).size(), value.text.size() - 1);
        const qsizetype at = value.units[static_cast<std::size_t>(unit)];
        return wrong(at, at + 1, why);
    }

    Done pairTerm(qsizetype from)
    {
        const Parsed<Value> name = takeValue(from, false, u'=');
        if (!name)
            return tl::unexpected(name.error());
        ParsedTest test {ParsedTest::What::Pair, patternOf(*name)};
        if (m_at < m_text.size() && m_text[m_at] == u'=') {
            ++m_at;
            Value none;
            none.literal = true;
            const Parsed<Value> value = atEnd() ? Parsed<Value>(none) : takeValue(from, true);
            if (!value)
                return tl::unexpected(value.error());
            test.value = patternOf(*value);
        }
        m_query.add(Clause<ParsedTest> {{std::move(test)}, m_excluded});
        return {};
    }

    Done kindTerm(qsizetype from)
    {
        const qsizetype end = wordEnd(m_at);
        if (end == m_at)
            return wrong(from, end, QStringLiteral("behind \"kind:\" stands one of %1").arg(kindList()));
        Clause<ParsedTest> clause {{}, m_excluded};
        for (;; ++m_at) {
            const qsizetype comma = m_text.indexOf(u',', m_at);
            const qsizetype wordStop = comma < 0 ? end : std::min(comma, end);
            const QString word = m_text.sliced(m_at, wordStop - m_at);
            const auto* kind = std::find_if(allKinds.begin(), allKinds.end(), [&](cache::Kind k) { return cache::kindName(k) == word; });
            if (kind == allKinds.end())
                return wrong(word.isEmpty() ? from : m_at, word.isEmpty() ? end : wordStop, QStringLiteral("a kind is one of %1").arg(kindList()));
            clause.anyOf.push_back({.what = ParsedTest::What::Kind, .kind = *kind});
            m_at = wordStop;
            if (m_at == end)
                break;
        }
        m_query.add(std::move(clause));
        return {};
    }

    static QString kindList() { return queryKinds().join(QStringLiteral(", ")); }

    // ttl or size with a sign of comparison behind it; false when the term is something else.
    Parsed<bool> figureTerm()
    {
        const bool ttl = rest().startsWith(QStringView(u"ttl"));
        const qsizetype name = ttl ? 3 : 4;
        if ((!ttl && !rest().startsWith(QStringView(u"size"))) || rest().size() == name || !QStringView(u"<>=").contains(rest()[name]))
            return false;
        const qsizetype from = m_at;
        const qsizetype end = wordEnd(from);
        m_at += name;
        const Relation relation = takeRelation();
        const QStringView text = QStringView(m_text).sliced(m_at, end - m_at);
        FigureTest test {ttl ? FigureTest::What::Ttl : FigureTest::What::Size, relation, 0};
        if (ttl && relation == Relation::Equal) {
            if (text != QStringView(u"none"))
                return wrong(from, end, QStringLiteral("a TTL is compared by < <= > >=, and only \"ttl=none\" by ="));
            test.what = FigureTest::What::NoTtl;
        } else if (const auto limit = figure(text, ttl)) {
            test.limit = *limit;
        } else if (text.isEmpty()) {
            return wrong(from, end, missingFigure(ttl));
        } else {
            return wrong(m_at, end, missingFigure(ttl));
        }
        m_at = end;
        if (!m_query.metaPlace())
            m_query.setMetaPlace({from, end - from});
        m_query.add(Clause<FigureTest> {{test}, m_excluded});
        return true;
    }

    static QString missingFigure(bool ttl)
    {
        return ttl ? QStringLiteral("here stands a time such as 60, 90s, 5m, 2h or 1.5d")
                   : QStringLiteral("here stands a number of bytes such as 500, 10k, 1.5M or 2G");
    }

    Relation takeRelation()
    {
        const QChar sign = m_text[m_at++];
        if (sign == u'=')
            return Relation::Equal;
        const bool orEqual = m_at < m_text.size() && m_text[m_at] == u'=';
        m_at += orEqual ? 1 : 0;
        if (sign == u'<')
            return orEqual ? Relation::LessOrEqual : Relation::Less;
        return orEqual ? Relation::GreaterOrEqual : Relation::Greater;
    }

    // In milliseconds or bytes. Digits with at most one point, then a unit.
    static std::optional<qint64> figure(QStringView text, bool ttl)
    {
        qsizetype digits = 0;
        int points = 0;
        while (digits < text.size() && ((text[digits] >= u'0' && text[digits] <= u'9') || text[digits] == u'.'))
            points += text[digits++] == u'.' ? 1 : 0;
        const std::optional<double> unit = ttl ? timeUnit(text.sliced(digits)) : sizeUnit(text.sliced(digits));
        bool ok = false;
        const double number = text.first(digits).toDouble(&ok);
        if (!ok || !unit || points > 1 || text[0] == u'.' || text[digits - 1] == u'.' || number * *unit > mostFigure)
            return {};
        return std::llround(number * *unit);
    }

    static std::optional<double> timeUnit(QStringView unit)
    {
        if (unit.isEmpty() || unit == QStringView(u"s"))
            return 1000.0;
        if (unit == QStringView(u"m"))
            return 60'000.0;
        if (unit == QStringView(u"h"))
            return 3'600'000.0;
        return unit == QStringView(u"d") ? std::optional(86'400'000.0) : std::nullopt;
    }

    static std::optional<double> sizeUnit(QStringView unit)
    {
        if (unit.isEmpty())
            return 1.0;
        const qsizetype power = QStringView(u"kmgt").indexOf(unit[0].toLower());
        return unit.size() == 1 && power >= 0 ? std::optional(std::pow(1000.0, double(power + 1))) : std::nullopt;
    }

    const QString& m_text;
    bool m_ignoreCase;
    qsizetype m_at = 0;
    bool m_excluded = false;
    KeyQuery m_query;
};

Error errorOf(const QString& text, const Wrong& wrong)
{
    const QString part = displayText(text.sliced(wrong.place.from, std::min(wrong.place.length, text.size() - wrong.place.from)));
    return {Code::Input, Reason::BadQuery, QStringLiteral("\"%1\"").arg(part),
        QStringLiteral("Character %1: %2").arg(wrong.place.from + 1).arg(wrong.why)};
}

bool looksLikeTerm(const QString& text)
{
    const auto starts = [&](const QString& start) { return text.startsWith(start); };
    const QStringList all = queryTermStarts();
    return text.startsWith(u'-') || text.startsWith(u'"') || text.startsWith(QStringLiteral("b64:")) || std::any_of(all.begin(), all.end(), starts);
}

}

ParsedQuery parseKeyQuery(const QString& text, bool ignoreCase)
{
    Parsed<KeyQuery> query = Parser(text, ignoreCase).run();
    if (query)
        return *std::move(query);
    return tl::unexpected(QueryMistake {query.error().place, errorOf(text, query.error())});
}

QueryPlace queryTermAt(const QString& text, qsizetype position)
{
    qsizetype from = 0;
    bool quoted = false;
    for (qsizetype i = 0; i < position; ++i) {
        if (quoted && text[i] == u'\\')
            ++i;
        else if (text[i] == u'"' && (quoted || i == from || text[i - 1] == u':' || text[i - 1] == u'='))
            quoted = !quoted;
        else if (!quoted && isGap(text[i]))
            from = i + 1;
        if (i == from && text[i] == u'-')
            ++from;
    }
    qsizetype end = std::max(from, position);
    while (end < text.size() && !isGap(text[end]))
        ++end;
    return {from, end - from};
}

QStringList queryTermStarts()
{
    return {QStringLiteral("class:"), QStringLiteral("path:"), QStringLiteral("query:"), QStringLiteral("kind:"), QStringLiteral("glob:"),
        QStringLiteral("re:"), QStringLiteral("ttl<"), QStringLiteral("ttl>"), QStringLiteral("ttl="), QStringLiteral("size<"),
        QStringLiteral("size>"), QStringLiteral("size=")};
}

QStringList queryKinds()
{
    QStringList words;
    for (const cache::Kind kind : allKinds)
        words << cache::kindName(kind);
    return words;
}

QString queryQuoted(QByteArrayView text)
{
    const QString argument = argumentFromBytes(text);
    if (!isVisibleText(text))
        return argument;
    QString word = QString::fromUtf8(text);
    const bool bare = !word.isEmpty() && !looksLikeTerm(word)
        && std::none_of(word.begin(), word.end(), [](QChar c) { return isGap(c) || QStringView(u"*?[\\\"").contains(c); });
    if (bare)
        return word;
    word.replace(u'\\', QStringLiteral("\\\\")).replace(u'"', QStringLiteral("\\\""));
    return u'"' + word + u'"';
}

}
