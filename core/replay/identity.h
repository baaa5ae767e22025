// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"

#include <QStringList>

namespace core::replay {

// Who a request is sent as. LightAPI 0.4.0 (auth.py) takes a bearer token or Basic, and gives tokens at /auth/login; what stands before
// it may want other fields (Cookie, X-Api-Key).
enum class IdentityKind { None, Bearer, Basic, Login, Headers };
QString identityKindName(IdentityKind kind); // none bearer basic login headers: the words of the settings file
std::optional<IdentityKind> identityKindFromName(const QString& name);

struct Identity {
    QString name;
    IdentityKind kind = IdentityKind::None;
    QString user; // of Basic and Login
    QByteArray secret; // the token of Bearer, the password of Basic and Login, in UTF-8; of Headers fields, one a line; in memory only
    QByteArray loginPath = "/auth/login"; // where LightAPI 0.1.21 and later give a token, on the configured origin

    friend bool operator==(const Identity&, const Identity&) = default;
};

// Reason::BadIdentity with what is missing; never repeats the secret.
Result<void> checkIdentity(const Identity& identity);

// What it adds to a request; for Login that takes a token first (login.h). An identity that checkIdentity() refuses adds nothing.
http::Headers headersOf(const Identity& identity);
http::Headers bearerHeader(QByteArrayView token);

// The other way round, without a name: Bearer or Basic where `fields` is one Authorization of that form, else Headers.
Identity identityFromHeaders(const http::Headers& fields);
// `headers` without those that carry a credential (isCredential()).
http::Headers withoutCredentials(http::Headers headers);
// `headers` without those of these names, in whatever case; and the names of `headers`.
http::Headers withoutFields(http::Headers headers, const QList<QByteArray>& names);
QList<QByteArray> fieldNames(const http::Headers& headers);
// What of `typed` goes out with each of `identities` where they are compared: no credential, and nothing that one of them supplies
// itself, as it would make all of them one.
http::Headers typedBeside(const http::Headers& typed, const QList<Identity>& identities);

// `typed` with those of an identity. A field typed by hand wins; `overruled` names the ones of the identity that were left out for it.
struct JoinedHeaders {
    http::Headers headers;
    QStringList overruled;
};
JoinedHeaders joinHeaders(const http::Headers& typed, const http::Headers& ofIdentity);

// A header for people: the value of one that carries a credential is masked.
QString shownHeader(const std::pair<QByteArray, QByteArray>& header);

}
