// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/origin.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"

#include <algorithm>

namespace core::replay {

namespace {
    constexpr qsizetype longestUrlShown = 200;

    bool isAlnum(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    // Of "scheme" before "://"; 0 when the text does not begin so.
    qsizetype schemeLength(QByteArrayView url)
    {
        const auto isSchemeByte = [](char c) { return isAlnum(c) || c == '+' || c == '-' || c == '.'; };
        const qsizetype length = std::distance(url.begin(), std::ranges::find_if_not(url, isSchemeByte));
        return url.sliced(length).startsWith("://") ? length : 0;
    }

    quint16 ownPort(QByteArrayView scheme)
    {
        return scheme == "https" ? 443 : 80;
    }

    bool isHost(QByteArrayView host)
    {
        if (host.startsWith('['))
            return host.size() > 2 && host.endsWith(']')
                && std::ranges::all_of(host.sliced(1, host.size() - 2), [](char c) { return isAlnum(c) || c == ':' || c == '.' || c == '%'; });
        const auto fits = [](char c) { return isAlnum(c) || c == '-' || c == '.' || c == '_' || static_cast<unsigned char>(c) >= 0x80; };
        return !host.isEmpty() && std::ranges::all_of(host, fits);
    }

    // False when it is no port.
    bool takePort(QByteArrayView text, Origin& origin)
    {
        origin.port = ownPort(origin.scheme);
        if (text.isEmpty())
            return true;
        if (text.size() > 5 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
            return false;
        const int port = text.toByteArray().toInt();
        origin.port = static_cast<quint16>(port);
        return port >= 1 && port <= 65535;
    }

    bool takeHost(QByteArrayView text, Origin& origin)
    {
        const qsizetype hostEnd = text.startsWith('[') ? text.indexOf(']') + 1 : std::max<qsizetype>(0, text.indexOf(':') < 0 ? text.size() : text.indexOf(':'));
        const QByteArrayView host = text.first(hostEnd);
        const QByteArrayView rest = text.sliced(hostEnd);
        if (!isHost(host) || (!rest.isEmpty() && !rest.startsWith(':')))
            return false;
        origin.host = host.toByteArray().toLower();
        return takePort(rest.isEmpty() ? rest : rest.sliced(1), origin);
    }

    QByteArray targetOf(QByteArrayView rest)
    {
        const qsizetype fragment = rest.indexOf('#');
        const QByteArrayView kept = fragment < 0 ? rest : rest.first(fragment);
        return kept.startsWith('/') ? kept.toByteArray() : QByteArray('/' + kept.toByteArray());
    }

    tl::unexpected<Error> bad(QByteArrayView url, const QString& detail)
    {
        return fail(Code::Input, Reason::BadWebUrl, shownUrl(url), detail);
    }
}

QByteArray Origin::text() const
{
    const QByteArray bare = scheme + "://" + host;
    return port == ownPort(scheme) ? bare : QByteArray(bare + ':' + QByteArray::number(port));
}

Result<SplitUrl> splitUrl(QByteArrayView url, QByteArrayView defaultScheme)
{
    SplitUrl out;
    const qsizetype length = schemeLength(url);
    out.origin.scheme = (length > 0 ? url.first(length) : defaultScheme).toByteArray().toLower();
    if (out.origin.scheme != "http" && out.origin.scheme != "https")
        return bad(url, length > 0 ? QStringLiteral("only http and https are spoken") : QStringLiteral("it does not start with http:// or https://"));
    const QByteArrayView rest = length > 0 ? url.sliced(length + 3) : url;
    const auto endsAuthority = [](char c) { return c == '/' || c == '?' || c == '#'; };
    const qsizetype end = std::distance(rest.begin(), std::ranges::find_if(rest, endsAuthority));
    const QByteArrayView authority = rest.first(end);
    const qsizetype at = authority.indexOf('@');
    out.userInfo = at < 0 ? QByteArray() : authority.first(at).toByteArray();
    // A browser takes a backslash for a slash, curl does not: two readers, two hosts.
    if (authority.contains('\\') || !takeHost(authority.sliced(at + 1), out.origin))
        return bad(url, QStringLiteral("its host or port is not right"));
    out.target = targetOf(rest.sliced(end));
    if (const auto good = cache::checkTarget(out.target); !good)
        return fail(good.error());
    return out;
}

bool isOriginOf(const Origin& origin, const QString& baseUrl)
{
    const auto base = splitUrl(baseUrl.toUtf8());
    return base && base->origin == origin;
}

QString shownUrl(QByteArrayView url)
{
    const qsizetype at = url.lastIndexOf('@');
    if (at < 0)
        return shortDisplayText(url, longestUrlShown);
    const qsizetype length = schemeLength(url);
    const QByteArray scheme = length > 0 ? url.first(length + 3).toByteArray() : QByteArray();
    return shortDisplayText(QByteArray(scheme + url.sliced(at + 1).toByteArray()), longestUrlShown);
}

}
