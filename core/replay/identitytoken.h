// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace core::replay {

// What a JSON Web Token (RFC 7519) says of itself. Its signature is not looked at: good enough to show, and to know when to ask for
// another one; never to be believed.
struct TokenFacts {
    QByteArray subject; // of "sub", a number as it is written; empty: none
    std::optional<qint64> expiresS; // of "exp", seconds since 1970
};

// Nothing where it is no JWT: such a token is opaque and may be as good.
std::optional<TokenFacts> tokenFacts(QByteArrayView token);

// The member `name` of a JSON object: a string decoded, anything else as written. Nothing where it is not there or `json` is no object;
// of a name that stands twice the last, as in Python.
std::optional<QByteArray> memberOf(QByteArrayView json, QByteArrayView name);
// A JSON string as its bytes; nothing for any other token.
std::optional<QByteArray> stringOf(QByteArrayView token);

}
