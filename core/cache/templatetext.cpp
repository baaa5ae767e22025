// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"
#include "core/cache/templateparts.h"

#include <algorithm>

namespace core::cache {

namespace {
    using Field = KeyTemplate::Field;
    using Piece = KeyTemplate::Piece;

    struct Placeholder {
        const char16_t* name;
        Field field;
    };
    const Placeholder placeholders[] = {{u"class", Field::Class}, {u"path", Field::Path}, {u"query", Field::Query},
        {u"sorted_query", Field::SortedQuery}, {u"user", Field::User}, {u"id", Field::Id}};

    QString at(qsizetype index, const QString& detail)
    {
        return QStringLiteral("position %1: %2").arg(index + 1).arg(detail);
    }

    // One pass over the text; the first mistake ends it.
    class TextReader {
    public:
        explicit TextReader(const QString& text)
            : m_text(text)
        {
        }
        tl::expected<std::vector<Piece>, QString> read();

    private:
        std::vector<Piece> pieces(bool inHash);
        void literal(std::vector<Piece>& into);
        void placeholder(std::vector<Piece>& into, bool inHash);
        void hash(std::vector<Piece>& into, qsizetype open, bool inHash);
        std::optional<Piece> named(QStringView name) const;
        void add(std::vector<Piece>& into, Piece piece, qsizetype open);
        void wrong(qsizetype index, const QString& detail);
        bool isWrong() const { return !m_wrong.isEmpty(); }

        const QString& m_text;
        qsizetype m_at = 0;
        QString m_wrong;
    };

    void TextReader::wrong(qsizetype index, const QString& detail)
    {
        if (m_wrong.isEmpty())
            m_wrong = at(index, detail);
    }

    void TextReader::literal(std::vector<Piece>& into)
    {
        const qsizetype from = m_at;
        while (m_at < m_text.size() && m_text[m_at] != u'{' && m_text[m_at] != u'}')
            ++m_at;
        const QString text = m_text.sliced(from, m_at - from);
        for (qsizetype percent = text.indexOf(u'%'); percent >= 0; percent = text.indexOf(u'%', percent + 1)) {
            if (percentDecoded(text.sliced(percent, std::min<qsizetype>(3, text.size() - percent)).toUtf8(), false).size() != 1
                || percent + 2 >= text.size())
                return wrong(from + percent, QStringLiteral("'%' and two hex digits make a byte; the character itself is %25"));
        }
        into.push_back({Field::Literal, percentDecoded(text.toUtf8(), false), {}});
    }

    std::optional<Piece> TextReader::named(QStringView name) const
    {
        if (name.startsWith(u"query:") && name.size() > 6)
            return Piece {Field::Parameter, percentDecoded(name.sliced(6).toUtf8(), false), {}};
        const auto found = std::ranges::find_if(placeholders, [name](const Placeholder& one) { return name == one.name; });
        return found == std::end(placeholders) ? std::nullopt : std::optional(Piece {found->field, {}, {}});
    }

    bool isQuery(const Piece& piece)
    {
        return piece.field == Field::Query || piece.field == Field::SortedQuery;
    }

    // Whether both stand for the same part of a request, so that a key would hold it twice.
    bool overlap(const Piece& left, const Piece& right)
    {
        const bool parameters = left.field == Field::Parameter && right.field == Field::Parameter;
        if (parameters)
            return left.text == right.text;
        const bool partOfQuery = (isQuery(left) && right.field == Field::Parameter) || (isQuery(right) && left.field == Field::Parameter);
        return partOfQuery || (isQuery(left) && isQuery(right)) || left.field == right.field;
    }

    // Where one value ends must be seen: by a literal, by the slash that a path begins with, or by the length of a hash.
    bool canFollow(const Piece& before, const Piece& piece)
    {
        if (before.field == Field::Literal || before.field == Field::Md5)
            return true;
        return before.field == Field::Class && piece.field == Field::Path;
    }

    void TextReader::add(std::vector<Piece>& into, Piece piece, qsizetype open)
    {
        const bool twice = std::ranges::any_of(into, [&piece](const Piece& other) {
            return other.field != Field::Literal && other.field != Field::Md5 && overlap(other, piece);
        });
        if (twice)
            return wrong(open, QStringLiteral("this part of a request is in the key already"));
        if (!into.empty() && !canFollow(into.back(), piece))
            return wrong(open, QStringLiteral("nothing says where the part before ends"));
        into.push_back(std::move(piece));
    }

    void TextReader::hash(std::vector<Piece>& into, qsizetype open, bool inHash)
    {
        if (inHash)
            return wrong(open, QStringLiteral("a hash holds no other hash"));
        m_at += 5; // "{md5:"
        Piece piece {Field::Md5, {}, pieces(true)};
        if (isWrong())
            return;
        if (m_at == m_text.size())
            return wrong(open, QStringLiteral("'{' is not closed"));
        const bool constant = std::ranges::all_of(piece.inner, [](const Piece& one) { return one.field == Field::Literal; });
        if (constant)
            return wrong(open, QStringLiteral("the hash is of nothing that a request has"));
        ++m_at;
        if (!into.empty() && !canFollow(into.back(), piece))
            return wrong(open, QStringLiteral("nothing says where the part before ends"));
        into.push_back(std::move(piece));
    }

    void TextReader::placeholder(std::vector<Piece>& into, bool inHash)
    {
        const qsizetype open = m_at;
        if (QStringView(m_text).sliced(open).startsWith(u"{md5:"))
            return hash(into, open, inHash);
        const qsizetype close = m_text.indexOf(u'}', open);
        if (close < 0)
            return wrong(open, QStringLiteral("'{' is not closed"));
        const QStringView name = QStringView(m_text).sliced(open + 1, close - open - 1);
        auto piece = named(name);
        if (!piece)
            return wrong(open, QStringLiteral("there is no {%1}; there are {class} {path} {query} {sorted_query} {user} {id} {query:NAME} {md5:…}").arg(name));
        m_at = close + 1;
        add(into, *std::move(piece), open);
    }

    // Up to the end, or in a hash up to the brace that closes it.
    std::vector<Piece> TextReader::pieces(bool inHash)
    {
        std::vector<Piece> made;
        while (m_at < m_text.size() && !isWrong()) {
            const QChar c = m_text[m_at];
            if (c == u'{')
                placeholder(made, inHash);
            else if (c != u'}')
                literal(made);
            else if (inHash)
                break;
            else
                wrong(m_at, QStringLiteral("'}' closes nothing; the character itself is %7D"));
        }
        return made;
    }

    tl::expected<std::vector<Piece>, QString> TextReader::read()
    {
        std::vector<Piece> made = pieces(false);
        const bool tells = std::ranges::any_of(made, [](const Piece& piece) { return piece.field == Field::Literal || piece.field == Field::Md5; });
        if (m_text.isEmpty())
            wrong(0, QStringLiteral("the template is empty"));
        else if (!tells)
            wrong(0, QStringLiteral("without text of its own the template fits too many keys"));
        if (isWrong())
            return tl::unexpected(m_wrong);
        return made;
    }
}

tl::expected<std::vector<KeyTemplate::Piece>, QString> piecesFromText(const QString& text)
{
    return TextReader(text).read();
}

}
