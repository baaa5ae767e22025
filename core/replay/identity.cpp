// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/identity.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/http/credentials.h"

#include <algorithm>
#include <array>

namespace core::replay {

namespace {
    constexpr std::array kindNames {"none", "bearer", "basic", "login"};

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
}

QString identityKindName(IdentityKind kind)
{
    return QLatin1StringView(kindNames.at(static_cast<std::size_t>(kind)));
}

std::optional<IdentityKind> identityKindFromName(const QString& name)
{
    for (const auto kind : {IdentityKind::None, IdentityKind::Bearer, IdentityKind::Basic, IdentityKind::Login}) {
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
    if (identity.kind != IdentityKind::Basic)
        return {};
    const QByteArray pair = identity.user.toUtf8() + ':' + identity.secret;
    return {{"Authorization", "Basic " + pair.toBase64()}};
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
