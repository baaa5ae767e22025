// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/serversource.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <cctype>

#include <QRegularExpression>

namespace core::settings {

namespace {
    // urllib.parse.unquote: escapes that are none stay as they are. QByteArray's own decoder makes other bytes of them.
    QByteArray unquoted(QStringView text, bool plusIsSpace = false)
    {
        const QByteArray bytes = text.toUtf8();
        QByteArray out;
        for (qsizetype i = 0; i < bytes.size(); ++i) {
            const QByteArray hex = bytes[i] == '%' ? bytes.mid(i + 1, 2) : QByteArray();
            const auto isHex = [](unsigned char c) { return std::isxdigit(c) != 0; };
            const bool isEscape = hex.size() == 2 && std::ranges::all_of(hex, isHex);
            if (isEscape) {
                out += QByteArray::fromHex(hex);
                i += 2;
            } else {
                out += plusIsSpace && bytes[i] == '+' ? ' ' : bytes[i];
            }
        }
        return out;
    }

    struct Parts {
        QString scheme, user, password, host, port, path;
        bool hasPassword = false;
        QMap<QString, QString> options; // the first value of each name, decoded as parse_qs() and unquote() do
    };

    tl::unexpected<Error> bad(const QString& url, const QString& detail)
    {
        return fail(Code::Input, Reason::BadUrl, displayText(maskedUrl(url)), detail);
    }

    void takeOptions(Parts& parts, QStringView query)
    {
        for (const QStringView segment : query.split(u'&', Qt::SkipEmptyParts)) {
            const qsizetype equals = segment.indexOf(u'=');
            const QString name = QString::fromUtf8(unquoted(segment.first(std::max<qsizetype>(0, equals)), true));
            if (equals < 1 || equals == segment.size() - 1 || parts.options.contains(name))
                continue;
            const QString once = QString::fromUtf8(unquoted(segment.sliced(equals + 1), true));
            parts.options[name] = QString::fromUtf8(unquoted(once));
        }
    }

    // "[::1]:6379" and "host:6379" as urlsplit() cuts them.
    void takeHost(Parts& parts, const QString& hostInfo)
    {
        const qsizetype open = hostInfo.indexOf(u'[');
        const qsizetype close = open < 0 ? -1 : hostInfo.indexOf(u']', open);
        const QString rest = close < 0 ? hostInfo : hostInfo.sliced(close + 1);
        const qsizetype colon = rest.indexOf(u':');
        parts.host = close < 0 ? rest.first(colon < 0 ? rest.size() : colon) : hostInfo.sliced(open + 1, close - open - 1);
        parts.port = colon < 0 ? QString() : rest.sliced(colon + 1);
    }

    Parts split(const QString& url)
    {
        Parts parts;
        const qsizetype schemeEnd = url.indexOf(u"://");
        parts.scheme = url.first(schemeEnd);
        QString rest = url.sliced(schemeEnd + 3);
        rest.truncate(rest.indexOf(u'#') < 0 ? rest.size() : rest.indexOf(u'#'));
        if (const qsizetype question = rest.indexOf(u'?'); question >= 0) {
            takeOptions(parts, QStringView(rest).sliced(question + 1));
            rest.truncate(question);
        }
        const qsizetype slash = rest.indexOf(u'/');
        const QString authority = slash < 0 ? rest : rest.first(slash);
        parts.path = slash < 0 ? QString() : rest.sliced(slash);
        const qsizetype at = authority.lastIndexOf(u'@');
        if (at >= 0) {
            const QString userInfo = authority.first(at);
            const qsizetype colon = userInfo.indexOf(u':');
            parts.user = colon < 0 ? userInfo : userInfo.first(colon);
            parts.password = colon < 0 ? QString() : userInfo.sliced(colon + 1);
        }
        takeHost(parts, authority.sliced(at + 1));
        return parts;
    }

    // Where the secret of a URL-like text stands: after the first ':' behind "://", up to the last '@'. A password with '/', '#'
    // or '@' in it makes a wrong URL, and must not show for that.
    struct Span {
        qsizetype from = 0;
        qsizetype to = 0;
    };
    Span secretOf(const QString& url)
    {
        const qsizetype scheme = url.indexOf(u"://");
        const qsizetype start = scheme < 0 ? 0 : scheme + 3;
        const qsizetype at = url.lastIndexOf(u'@');
        if (at < start)
            return {};
        const qsizetype colon = url.indexOf(u':', start);
        if (colon >= 0 && colon < at)
            return {colon + 1, at};
        return scheme < 0 ? Span {start, at} : Span {};
    }

    QString maskedQuery(const QString& query)
    {
        QStringList segments = query.split(u'&');
        for (QString& segment : segments) {
            const qsizetype equals = segment.indexOf(u'=');
            if (equals > 0 && unquoted(QStringView(segment).first(equals), true) == "password")
                segment = segment.first(equals + 1) + QStringLiteral("***");
        }
        return segments.join(u'&');
    }

    Result<int> numberIn(const QString& url, const QString& text, const QString& what, int maximum)
    {
        bool isNumber = false;
        const int number = text.toInt(&isNumber);
        if (!isNumber || number < 0 || number > maximum)
            return bad(url, what);
        return number;
    }

    // ?socket_timeout=1.5, in seconds.
    Result<int> timeoutIn(const QString& url, const QString& name, const QString& text)
    {
        bool isNumber = false;
        const double seconds = text.toDouble(&isNumber);
        if (!isNumber || seconds <= 0 || seconds > 3600)
            return bad(url, name + QStringLiteral(" is a number of seconds up to 3600"));
        return std::max(1, static_cast<int>(seconds * 1000));
    }

    Result<void> takeDatabase(Endpoint& endpoint, const QString& url, const Parts& parts)
    {
        QString text = parts.options.value(QStringLiteral("db"));
        // redis-py takes the slashes out of the path, so "/1/" is database 1.
        if (text.isEmpty() && endpoint.transport != Endpoint::Transport::Unix)
            text = QString::fromUtf8(unquoted(parts.path)).remove(u'/');
        if (text.isEmpty())
            return {};
        const QString wrong = QStringLiteral("the database is not a number from 0 on");
        return numberIn(url, text, wrong, 1'000'000).map([&endpoint](int number) { endpoint.database = number; });
    }

    Result<void> takeAddress(Endpoint& endpoint, const QString& url, const Parts& parts)
    {
        if (endpoint.transport == Endpoint::Transport::Unix) {
            endpoint.path = QString::fromUtf8(unquoted(parts.path));
            if (!parts.host.isEmpty() || endpoint.path.size() < 2)
                return bad(url, QStringLiteral("a Unix socket is named by its absolute path, after three slashes"));
            return {};
        }
        if (!parts.host.isEmpty())
            endpoint.host = QString::fromUtf8(unquoted(parts.host)).toLower();
        if (parts.port.isEmpty())
            return {};
        const Result<int> port = numberIn(url, parts.port,
            QStringLiteral("the port is not a number from 1 to 65535; percent-encode : / ? # [ ] @ in user and password"), 65535);
        if (!port || *port == 0)
            return port ? Result<void>(bad(url, QStringLiteral("the port is not a number from 1 to 65535"))) : fail(port.error());
        endpoint.port = static_cast<quint16>(*port);
        return {};
    }

    Result<void> takeTimeouts(Endpoint& endpoint, const QString& url, const Parts& parts)
    {
        const std::pair<QString, int Endpoint::*> names[] = {
            {QStringLiteral("socket_timeout"), &Endpoint::replyTimeoutMs},
            {QStringLiteral("socket_connect_timeout"), &Endpoint::connectTimeoutMs},
        };
        for (const auto& [name, member] : names) {
            if (!parts.options.contains(name))
                continue;
            const Result<int> ms = timeoutIn(url, name, parts.options[name]);
            if (!ms)
                return fail(ms.error());
            endpoint.*member = *ms;
        }
        return {};
    }

    void takeCredentials(Endpoint& endpoint, const Parts& parts)
    {
        endpoint.user = parts.user.isEmpty() ? parts.options.value(QStringLiteral("username")).toUtf8() : unquoted(parts.user);
        endpoint.password
            = parts.password.isEmpty() ? parts.options.value(QStringLiteral("password")).toUtf8() : unquoted(parts.password);
        endpoint.tlsCaFile = parts.options.value(QStringLiteral("ssl_ca_certs"));
        endpoint.tlsCertFile = parts.options.value(QStringLiteral("ssl_certfile"));
        endpoint.tlsKeyFile = parts.options.value(QStringLiteral("ssl_keyfile"));
    }

    // Nothing: a scheme that is read here.
    std::optional<Error> refusedScheme(const QString& url)
    {
        const qsizetype end = url.indexOf(u"://");
        const QString scheme = end < 0 ? QString() : url.first(end);
        if (scheme.contains(u"sentinel"))
            return Error {Code::Unsupported, Reason::NotInThisVersion, QStringLiteral("Redis Sentinel"), {}};
        if (scheme.contains(u"cluster"))
            return Error {Code::Unsupported, Reason::NotInThisVersion, QStringLiteral("Redis Cluster"), {}};
        const QStringList known {QStringLiteral("redis"), QStringLiteral("rediss"), QStringLiteral("unix")};
        if (known.contains(scheme))
            return {};
        return bad(url, end < 0 ? QStringLiteral("it has no scheme; LightAPI silently caches nothing with such a value")
                                : QStringLiteral("the scheme is not redis, rediss or unix")).value();
    }
}

Result<Endpoint> endpointFromUrl(const QString& written)
{
    const QString url = written.trimmed();
    if (const auto refused = refusedScheme(url))
        return fail(*refused);
    if (std::ranges::any_of(url, [](QChar c) { return c.unicode() <= 0x20 || c.unicode() == 0x7F; }))
        return bad(url, QStringLiteral("it holds a space or a control character"));
    const Parts parts = split(url);
    Endpoint endpoint;
    if (parts.scheme == u"rediss")
        endpoint.transport = Endpoint::Transport::Tls;
    else if (parts.scheme == u"unix")
        endpoint.transport = Endpoint::Transport::Unix;
    takeCredentials(endpoint, parts);
    for (const auto step : {takeAddress, takeDatabase, takeTimeouts}) {
        if (const Result<void> taken = step(endpoint, url, parts); !taken)
            return fail(taken.error());
    }
    return endpoint;
}

QString maskedUrl(const QString& url)
{
    QString masked = url;
    if (const Span secret = secretOf(url); secret.to > secret.from)
        masked.replace(secret.from, secret.to - secret.from, QStringLiteral("***"));
    const qsizetype question = masked.indexOf(u'?');
    return question < 0 ? masked : QString(masked.first(question + 1) + maskedQuery(masked.sliced(question + 1)));
}

QString withoutPassword(const QString& url)
{
    // Only what stands before the host: an '@' in the query is part of the address, unless there is no good address before it.
    const qsizetype start = url.indexOf(u"://") < 0 ? 0 : url.indexOf(u"://") + 3;
    static const QRegularExpression address(QStringLiteral("^(\\[[^\\]]*\\]|[^\\[\\]:/?#@]+)(:[0-9]*)?([/?#]|$)"));
    const Span secret = address.match(url.sliced(start)).hasMatch() ? Span {} : secretOf(url);
    const bool afterColon = secret.from > 0 && url[secret.from - 1] == u':';
    const qsizetype from = afterColon ? secret.from - 1 : secret.from;
    return secret.to > secret.from ? QString(url.first(from) + url.sliced(secret.to)) : url;
}

}
