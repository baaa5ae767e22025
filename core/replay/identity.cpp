// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/identity.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/http/credentials.h"

#include <algorithm>
#include <array>

namespace core::replay {

namespace {
    constexpr std::array kindNames {"none", "bearer", "basic", "login", "headers"};

    tl::unexpected<Error> bad(const Identity& identity, const QString& why)
    {
        return fail(Code::Input, Reason::BadIdentity, displayText(identity.name), why);
    }

    Result<void> checkUser(const Identity& identity)
    {
        if (identity.user.isEmpty() || identity.secret.isEmpty())
            return bad(identity, QStringLiteral("The user name or the password is missing."));
        if (!isUtf8(identity.secret))
            return bad(identity, QStringLiteral("The password is not UTF-8."));
        // RFC 7617: what follows the first colon is the password.
        if (identity.kind == IdentityKind::Basic && identity.user.contains(u':'))
            return bad(identity, QStringLiteral("A user name of Basic authentication has no colon."));
        return {};
    }

    // Of `secret`; nothing where one line is none. The lines are not told: they are the secret.
    std::optional<http::Headers> fieldsOf(const QByteArray& secret)
    {
        http::Headers fields;
        for (const QByteArray& line : secret.split('\n')) {
            if (line.trimmed().isEmpty())
                continue;
            const auto field = http::headerFromArgument(QString::fromUtf8(line.trimmed()));
            if (!field)
                return {};
            fields << *field;
        }
        return fields;
    }

    // "Basic dXNlcjpwYXNz" as user and password.
    std::optional<std::pair<QByteArray, QByteArray>> basicPair(const QByteArray& value)
    {
        const auto decoded = QByteArray::fromBase64Encoding(value.mid(6).trimmed(), QByteArray::AbortOnBase64DecodingErrors);
        const qsizetype colon = decoded ? decoded.decoded.indexOf(':') : -1;
        if (colon < 1 || !isUtf8(decoded.decoded))
            return {};
        return std::pair(decoded.decoded.left(colon), decoded.decoded.mid(colon + 1));
    }

    bool beginsWith(const QByteArray& value, const char* scheme)
    {
        return value.left(qstrlen(scheme)).compare(scheme, Qt::CaseInsensitive) == 0;
    }
}

QString identityKindName(IdentityKind kind)
{
    return QLatin1StringView(kindNames.at(static_cast<std::size_t>(kind)));
}

std::optional<IdentityKind> identityKindFromName(const QString& name)
{
    for (const auto kind : {IdentityKind::None, IdentityKind::Bearer, IdentityKind::Basic, IdentityKind::Login, IdentityKind::Headers}) {
        if (identityKindName(kind) == name)
            return kind;
    }
    return {};
}

Result<void> checkIdentity(const Identity& identity)
{
    if (identity.name.trimmed().isEmpty())
        return bad(identity, QStringLiteral("It has no name."));
    switch (identity.kind) {
    case IdentityKind::None:
        return {};
    case IdentityKind::Bearer:
        if (identity.secret.isEmpty())
            return bad(identity, QStringLiteral("The token is missing."));
        if (std::ranges::any_of(identity.secret, [](char c) { return uchar(c) <= 0x20 || uchar(c) >= 0x7F; }))
            return bad(identity, QStringLiteral("A token holds no space and nothing but ASCII."));
        return {};
    case IdentityKind::Basic:
        return checkUser(identity);
    case IdentityKind::Headers:
        if (const auto fields = fieldsOf(identity.secret); !fields || fields->isEmpty())
            return bad(identity, QStringLiteral("It wants header fields, \"Name: value\", one a line."));
        return {};
    case IdentityKind::Login:
        break;
    }
    if (const auto target = cache::checkTarget(identity.loginPath); !target)
        return target;
    return checkUser(identity);
}

http::Headers bearerHeader(QByteArrayView token)
{
    return {{"Authorization", "Bearer " + token.toByteArray()}};
}

http::Headers headersOf(const Identity& identity)
{
    if (!checkIdentity(identity))
        return {};
    if (identity.kind == IdentityKind::Bearer)
        return bearerHeader(identity.secret);
    if (identity.kind == IdentityKind::Headers)
        return *fieldsOf(identity.secret);
    if (identity.kind != IdentityKind::Basic)
        return {};
    const QByteArray pair = identity.user.toUtf8() + ':' + identity.secret;
    return {{"Authorization", "Basic " + pair.toBase64()}};
}

Identity identityFromHeaders(const http::Headers& fields)
{
    const bool isOne = fields.size() == 1 && fields.first().first.compare("Authorization", Qt::CaseInsensitive) == 0;
    const QByteArray value = isOne ? fields.first().second.trimmed() : QByteArray();
    if (beginsWith(value, "Bearer ")) {
        Identity bearer {QStringLiteral("-"), IdentityKind::Bearer, {}, value.mid(7).trimmed()};
        if (checkIdentity(bearer)) {
            bearer.name.clear();
            return bearer;
        }
    }
    if (const auto pair = beginsWith(value, "Basic ") ? basicPair(value) : std::nullopt)
        return {{}, IdentityKind::Basic, QString::fromUtf8(pair->first), pair->second};
    QByteArray lines;
    for (const auto& [name, content] : fields)
        lines += name + ": " + content + '\n';
    return {{}, IdentityKind::Headers, {}, lines.trimmed()};
}

http::Headers withoutCredentials(http::Headers headers)
{
    headers.removeIf([](const auto& header) { return http::isCredential(header.first); });
    return headers;
}

http::Headers withoutFields(http::Headers headers, const QList<QByteArray>& names)
{
    headers.removeIf([&names](const auto& header) {
        return std::ranges::any_of(names, [&header](const QByteArray& name) { return header.first.compare(name, Qt::CaseInsensitive) == 0; });
    });
    return headers;
}

QList<QByteArray> fieldNames(const http::Headers& headers)
{
    QList<QByteArray> names;
    for (const auto& header : headers)
        names << header.first;
    return names;
}

http::Headers typedBeside(const http::Headers& typed, const QList<Identity>& identities)
{
    http::Headers left = withoutCredentials(typed);
    for (const Identity& identity : identities)
        left = withoutFields(std::move(left), fieldNames(headersOf(identity)));
    return left;
}

JoinedHeaders joinHeaders(const http::Headers& typed, const http::Headers& ofIdentity)
{
    JoinedHeaders joined {typed, {}};
    for (const auto& header : ofIdentity) {
        const auto isSame = [&header](const auto& other) { return header.first.compare(other.first, Qt::CaseInsensitive) == 0; };
        if (std::ranges::any_of(typed, isSame))
            joined.overruled << QString::fromLatin1(header.first);
        else
            joined.headers << header;
    }
    return joined;
}

QString shownHeader(const std::pair<QByteArray, QByteArray>& header)
{
    return displayText(header.first) + QStringLiteral(": ") + (http::isCredential(header.first) ? QStringLiteral("***") : displayText(header.second));
}

}
