// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/redirect.h"

#include "core/base/bytes.h"
#include "core/http/urlparts.h"

#include <algorithm>
#include <array>

namespace core::http {

namespace {
    // RFC 3986, 3.1
    bool startsWithScheme(const QByteArray& text)
    {
        const auto isSchemeByte = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; };
        const qsizetype colon = text.indexOf(':');
        return colon > 0 && std::ranges::all_of(text.first(colon), isSchemeByte);
    }

    QByteArray withoutFragment(const QByteArray& text)
    {
        const qsizetype hash = text.indexOf('#');
        return hash < 0 ? text : text.left(hash);
    }

    RedirectGoal checked(const QByteArray& target)
    {
        if (checkRequestTarget(target))
            return {RedirectStop::None, target};
        return {RedirectStop::Unreadable, {}};
    }

    // From "scheme://authority…" what stands behind the authority.
    QByteArray behindAuthority(const QByteArray& url)
    {
        const QByteArrayView rest = QByteArrayView(url).sliced(url.indexOf("//") + 2);
        const auto* const end = std::ranges::find_if(rest, [](char c) { return c == '/' || c == '?'; });
        const QByteArray target = rest.sliced(end - rest.begin()).toByteArray();
        return target.startsWith('/') ? target : '/' + target;
    }

    RedirectGoal absoluteGoal(const UrlParts& base, const QByteArray& url)
    {
        const QByteArray scheme = url.left(url.indexOf(':')).toLower();
        if (scheme != "http" && scheme != "https")
            return {RedirectStop::OtherScheme, {}};
        const UrlParts goal(url);
        if (!goal.isValid() || !url.contains("://"))
            return {RedirectStop::Unreadable, {}};
        if (goal.origin() != base.origin() || goal.hasCredentials())
            return {RedirectStop::OtherOrigin, {}};
        return checked(behindAuthority(url));
    }

    RedirectGoal relativeGoal(const QByteArray& baseUrl, const QByteArray& target, const QByteArray& reference)
    {
        UrlParts url(baseUrl + target);
        if (!url.isValid() || !url.follow(reference))
            return {RedirectStop::Unreadable, {}};
        const QByteArray query = url.part(CURLUPART_QUERY);
        return checked(query.isEmpty() ? url.part(CURLUPART_PATH) : QByteArray(url.part(CURLUPART_PATH) + '?' + query));
    }
}

RedirectGoal redirectGoal(const QByteArray& baseUrl, const QByteArray& target, const QByteArray& location)
{
    QByteArray origin = baseUrl;
    while (origin.endsWith('/'))
        origin.chop(1);
    const UrlParts base(origin);
    const QByteArray reference = withoutFragment(location);
    if (reference.startsWith("//"))
        return absoluteGoal(base, base.part(CURLUPART_SCHEME) + ':' + reference);
    if (reference.startsWith('/'))
        return checked(reference);
    return startsWithScheme(reference) ? absoluteGoal(base, reference) : relativeGoal(origin, target, reference);
}

bool isRedirect(int status)
{
    constexpr std::array statuses {301, 302, 303, 307, 308};
    return std::ranges::find(statuses, status) != statuses.end();
}

namespace {
    QString stopText(RedirectStop stop)
    {
        switch (stop) {
        case RedirectStop::None:
        case RedirectStop::NotAsked: break;
        case RedirectStop::OtherOrigin: return QStringLiteral("another origin, never followed");
        case RedirectStop::OtherScheme: return QStringLiteral("neither http nor https, never followed");
        case RedirectStop::TooMany: return QStringLiteral("too many redirects, followed no further");
        case RedirectStop::Unreadable: return QStringLiteral("no usable location, not followed");
        }
        return QStringLiteral("not followed");
    }
}

QString redirectSentence(const Response& response)
{
    if (!response.redirectsTo)
        return {};
    return QStringLiteral("a redirect to %1 (%2)").arg(shortDisplayText(*response.redirectsTo), stopText(response.redirectStop));
}

}
