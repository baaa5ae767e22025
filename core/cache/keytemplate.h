// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cache/parsedkey.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>
#include <vector>

namespace core::cache {

// What a template's placeholders stand for: of a request, or read out of a key.
struct TemplateValues {
    std::optional<QByteArray> className, path; // path: decoded, as in ParsedKey
    std::optional<QByteArray> user; // no user chosen: none; a user without a name: empty, which is "None" in a key
    std::optional<QByteArray> id;
    QueryPairs query; // decoded
};

// How an application of its own makes its keys: literal text with {class} {path} {query} {sorted_query} {user} {id}
// {query:NAME} {md5:…}. In literal text %XX is a byte, so that %7B is a brace and %2C a comma.
//   {query}         the query urlencoded as LightAPI does, in the order sent; empty without one
//   {sorted_query}  the same, sorted by name and value
//   {query:NAME}    the last value of one parameter, decoded; without a value the template does not fit the request
//   {id}            the digits at the end of a detail's path, else the parameter "id"
//   {md5:…}         the hash of a template, which can be predicted and never read
// A value; copy it freely.
class KeyTemplate {
public:
    // Reason::BadKeyTemplate with the position of what is wrong, counted from 1.
    static Result<KeyTemplate> fromText(const QString& name, const QString& text, std::optional<qint64> ttlS = {});

    const QString& name() const { return m_name; } // a scheme id for routes; several templates may share one
    const QString& text() const { return m_text; }
    std::optional<qint64> ttlS() const { return m_ttlS; }
    bool isHashed() const; // holds {md5:…}

    // The key; none where a placeholder has no value.
    std::optional<QByteArray> keyOf(const TemplateValues& values) const;

    struct Match {
        TemplateValues values;
        bool isOnly = true; // no other cut of the key fits
    };
    // Leftmost and shortest. Costs one comparison for a key that begins otherwise.
    std::optional<Match> match(QByteArrayView key) const;

    enum class Field { Literal, Class, Path, Query, SortedQuery, User, Id, Parameter, Md5 };
    struct Piece {
        Field field = Field::Literal;
        QByteArray text; // Literal: its bytes; Parameter: its name
        std::vector<Piece> inner; // Md5
    };

private:
    QString m_name, m_text;
    std::optional<qint64> m_ttlS;
    std::vector<Piece> m_pieces;
};

// NAME=TEMPLATE[,ttl=S] (--key-template) and back.
Result<KeyTemplate> keyTemplateFromArgument(const QString& argument);
QString argumentFromKeyTemplate(const KeyTemplate& keyTemplate);

// The hierarchical keys of LightAPI's caching example with their times to live; templates of that name replace them.
const QList<KeyTemplate>& hierarchicalTemplates();

}
