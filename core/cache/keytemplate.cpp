// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/keytemplate.h"

#include "core/cache/querycodec.h"
#include "core/cache/templateparts.h"

#include <algorithm>

#include <QCryptographicHash>

namespace core::cache {

namespace {
    using Field = KeyTemplate::Field;
    using Piece = KeyTemplate::Piece;

    std::optional<QByteArray> lastValue(const QueryPairs& query, const QByteArray& name)
    {
        const auto found = std::find_if(query.crbegin(), query.crend(), [&name](const auto& pair) { return pair.first == name; });
        return found == query.crend() || found->second.isEmpty() ? std::nullopt : std::optional(found->second);
    }

    QByteArray sortedQuery(QueryPairs query)
    {
        std::ranges::sort(query);
        return encodeQuery(query);
    }

    std::optional<QByteArray> userText(const std::optional<QByteArray>& user)
    {
        // f"{user.get('sub')}" of a user without one.
        return user && user->isEmpty() ? QByteArray("None") : user;
    }

    std::optional<QByteArray> joined(const std::vector<Piece>& pieces, const TemplateValues& values);

    std::optional<QByteArray> hashed(const Piece& piece, const TemplateValues& values)
    {
        const auto text = joined(piece.inner, values);
        if (!text)
            return {};
        return QCryptographicHash::hash(*text, QCryptographicHash::Md5).toHex();
    }

    std::optional<QByteArray> textOf(const Piece& piece, const TemplateValues& values)
    {
        switch (piece.field) {
        case Field::Literal: return piece.text;
        case Field::Class: return values.className;
        case Field::Path: return values.path;
        case Field::Query: return encodeQuery(values.query);
        case Field::SortedQuery: return sortedQuery(values.query);
        case Field::User: return userText(values.user);
        case Field::Id: return values.id ? values.id : lastValue(values.query, "id");
        case Field::Parameter: return lastValue(values.query, piece.text);
        case Field::Md5: break;
        }
        return hashed(piece, values);
    }

    std::optional<QByteArray> joined(const std::vector<Piece>& pieces, const TemplateValues& values)
    {
        QByteArray key;
        for (const Piece& piece : pieces) {
            const auto text = textOf(piece, values);
            if (!text)
                return {};
            key += *text;
        }
        return key;
    }

    void take(TemplateValues& values, const Piece& piece, QByteArrayView text)
    {
        switch (piece.field) {
        case Field::Class: values.className = text.toByteArray(); break;
        case Field::Path: values.path = text.toByteArray(); break;
        case Field::Query:
        case Field::SortedQuery: values.query += parseQuery(text); break;
        case Field::User: values.user = text.toByteArray(); break;
        case Field::Id: values.id = text.toByteArray(); break;
        case Field::Parameter: values.query.emplace_back(piece.text, text.toByteArray()); break;
        case Field::Literal:
        case Field::Md5: break;
        }
    }

    tl::unexpected<Error> bad(const QString& argument, const QString& detail)
    {
        return fail(Code::Input, Reason::BadKeyTemplate, argument, detail);
    }

    bool isName(QStringView text)
    {
        return !text.isEmpty() && std::ranges::all_of(text, [](QChar c) {
            return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-' || c == u'_' || c == u'.';
        });
    }

    // The other schemes' ids (schemes.h): a template must not pass for one of them. "hierarchical" is one of templates.
    bool isTaken(const QString& name)
    {
        static const QStringList taken {QStringLiteral("lightapi-v2"), QStringLiteral("md5-v1"), QStringLiteral("seed-v1"),
            QStringLiteral("smart"), QStringLiteral("probe"), QStringLiteral("lock"), QStringLiteral("tag"), QStringLiteral("health"),
            QStringLiteral("template")};
        return taken.contains(name);
    }

    Result<std::optional<qint64>> ttlFrom(const QStringList& options)
    {
        const auto wrong = [](const QString& detail) { return fail(Code::Input, Reason::BadKeyTemplate, {}, detail); };
        std::optional<qint64> ttlS;
        for (const QString& option : options) {
            if (!option.startsWith(QStringLiteral("ttl=")))
                return wrong(QStringLiteral("there is no option \"%1\"; a comma of the key is written %2C").arg(option));
            bool isNumber = false;
            if (ttlS)
                return wrong(QStringLiteral("ttl is given twice"));
            ttlS = option.sliced(4).toLongLong(&isNumber);
            if (!isNumber || *ttlS < 1)
                return wrong(QStringLiteral("ttl is a number of seconds from 1 on"));
        }
        return ttlS;
    }
}

Result<KeyTemplate> KeyTemplate::fromText(const QString& name, const QString& text, std::optional<qint64> ttlS)
{
    if (!isName(name))
        return bad(name, QStringLiteral("a name of letters, digits, '-', '_' and '.' comes first, then \"=\""));
    if (isTaken(name))
        return bad(name, QStringLiteral("\"%1\" is the name of a scheme that is built in").arg(name));
    auto pieces = piecesFromText(text);
    if (!pieces)
        return bad(text, pieces.error());
    KeyTemplate made;
    made.m_name = name;
    made.m_text = text;
    made.m_ttlS = ttlS;
    made.m_pieces = *std::move(pieces);
    return made;
}

bool KeyTemplate::isHashed() const
{
    return std::ranges::any_of(m_pieces, [](const Piece& piece) { return piece.field == Field::Md5; });
}

std::optional<QByteArray> KeyTemplate::keyOf(const TemplateValues& values) const
{
    return joined(m_pieces, values);
}

std::optional<KeyTemplate::Match> KeyTemplate::match(QByteArrayView key) const
{
    const Piece& first = m_pieces.front();
    if (first.field == Field::Literal && !key.startsWith(first.text))
        return {};
    const auto cut = cutByTemplate(m_pieces, key);
    if (!cut)
        return {};
    Match match;
    match.isOnly = cut->isOnly;
    for (std::size_t i = 0; i < m_pieces.size(); ++i)
        take(match.values, m_pieces[i], cut->parts[i]);
    return match;
}

Result<KeyTemplate> keyTemplateFromArgument(const QString& argument)
{
    const QStringList parts = argument.split(u',');
    const qsizetype equals = parts.first().indexOf(u'=');
    if (equals < 1)
        return bad(argument, QStringLiteral("a name and \"=\" come first"));
    const auto ttlS = ttlFrom(parts.sliced(1));
    if (!ttlS)
        return bad(argument, ttlS.error().detail);
    return KeyTemplate::fromText(parts.first().first(equals), parts.first().sliced(equals + 1), *ttlS);
}

QString argumentFromKeyTemplate(const KeyTemplate& keyTemplate)
{
    const QString text = keyTemplate.name() + u'=' + keyTemplate.text();
    return keyTemplate.ttlS() ? QString(text + QStringLiteral(",ttl=") + QString::number(*keyTemplate.ttlS())) : text;
}

const QList<KeyTemplate>& hierarchicalTemplates()
{
    // docs/examples/caching.md, tag v0.1.12, "Advanced Caching Patterns": the first parameter that is there decides.
    static const QList<KeyTemplate> templates = [] {
        const QString name = QStringLiteral("hierarchical");
        return QList<KeyTemplate> {KeyTemplate::fromText(name, QStringLiteral("item:{id}"), 7200).value(),
            KeyTemplate::fromText(name, QStringLiteral("category:{query:category_id}:items"), 1800).value(),
            KeyTemplate::fromText(name, QStringLiteral("all_items"), 600).value()};
    }();
    return templates;
}

}
