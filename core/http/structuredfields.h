// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>
#include <variant>

// Structured field values (RFC 8941, 4.2), strict: what the grammar does not allow makes the whole field invalid. Linear in time and
// memory; no recursion.
namespace core::http::structured {

struct Token {
    QByteArray text;
    bool operator==(const Token&) const = default;
};
struct Bytes { // decoded
    QByteArray bytes;
    bool operator==(const Bytes&) const = default;
};
struct Decimal { // exact: at most three digits stand behind the point
    qint64 thousandths = 0;
    bool operator==(const Decimal&) const = default;
};
// Integer, Decimal, String (unescaped), Token, Byte Sequence, Boolean.
using Value = std::variant<qint64, Decimal, QByteArray, Token, Bytes, bool>;

struct Parameter {
    QByteArray name;
    Value value = true; // a bare name is true
    QByteArray raw; // "name=value" as written
};
// Each name once, where it first stood; the value that came last (RFC 8941, 4.2.3.2).
using Parameters = QList<Parameter>;

struct Item {
    Value value;
    Parameters parameters;
};
struct InnerList {
    QList<Item> items;
    Parameters parameters;
};
struct Member {
    std::variant<Item, InnerList> what;
    qsizetype offset = 0; // of `raw` in the field
    QByteArray raw;
};

// Several lines of one field are joined by ", " before (RFC 8941, 4.2). None: the field is invalid. An empty field is an empty list.
std::optional<QList<Member>> parseList(const QByteArray& field);
std::optional<Item> parseItem(const QByteArray& field);

// The parameter of that name when its value is a T.
template <typename T>
const T* valueOf(const Parameters& parameters, QByteArrayView name)
{
    for (const Parameter& parameter : parameters) {
        if (parameter.name == name)
            return std::get_if<T>(&parameter.value);
    }
    return nullptr;
}

}
