// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/requestsource.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/http/credentials.h"
#include "core/replay/accesslog.h"
#include "core/replay/curlcommand.h"
#include "core/replay/identity.h"

#include <algorithm>

namespace core::replay {

using cache::Kind;
using cache::ParsedKey;

QString sourceKindText(SourcedRequest::Kind kind)
{
    switch (kind) {
    case SourcedRequest::Kind::Curl: return QStringLiteral("curl command");
    case SourcedRequest::Kind::LogLine: return QStringLiteral("line of an access log");
    case SourcedRequest::Kind::Url: return QStringLiteral("URL");
    case SourcedRequest::Kind::Target: return QStringLiteral("request target");
    case SourcedRequest::Kind::Key: break;
    }
    return QStringLiteral("key");
}

QStringList SourcedRequest::credentialNames() const
{
    QStringList names;
    for (const auto& [name, value] : request.headers) {
        if (http::isCredential(name) && !names.contains(displayText(name), Qt::CaseInsensitive))
            names << displayText(name);
    }
    return names;
}

http::Request SourcedRequest::withoutCredentials() const
{
    http::Request bare = request;
    bare.headers = replay::withoutCredentials(bare.headers);
    return bare;
}

Result<SourcedRequest> sourcedFromCurl(QByteArrayView command)
{
    const auto curl = requestFromCurl(command);
    if (!curl)
        return fail(curl.error());
    return SourcedRequest {SourcedRequest::Kind::Curl, curl->request(), curl->origin, curl->warnings};
}

Result<SourcedRequest> sourcedFromLogLine(QByteArrayView line)
{
    const auto logged = logLineFromText(line);
    if (!logged)
        return fail(logged.error());
    if (logged->method.compare("HEAD", Qt::CaseInsensitive) == 0)
        return fail(Code::Guard, Reason::HeadRefused);
    SourcedRequest sourced {SourcedRequest::Kind::LogLine, {.method = logged->method, .target = logged->target}, {}, {}};
    if (logged->method != "GET")
        sourced.warnings << QStringLiteral("The log says %1; a log holds neither headers nor bodies, so it would be sent without.").arg(displayText(logged->method));
    return sourced;
}

namespace {
    bool beginsWith(QByteArrayView text, QByteArrayView word)
    {
        return text.first(std::min(text.size(), word.size())).compare(word, Qt::CaseInsensitive) == 0;
    }

    Result<SourcedRequest> fromUrl(QByteArrayView text)
    {
        const auto url = splitUrl(text);
        if (!url)
            return fail(url.error());
        SourcedRequest sourced {SourcedRequest::Kind::Url, {.target = url->target}, url->origin, {}};
        if (!url->userInfo.isEmpty()) {
            QByteArray user = cache::percentDecoded(url->userInfo, false);
            if (!user.contains(':'))
                user += ':';
            sourced.request.headers << std::pair<QByteArray, QByteArray>("Authorization", "Basic " + user.toBase64());
        }
        return sourced;
    }

    Result<SourcedRequest> fromTarget(QByteArrayView text)
    {
        if (const auto ok = cache::checkTarget(text); !ok)
            return fail(ok.error());
        return SourcedRequest {SourcedRequest::Kind::Target, {.target = text.toByteArray()}, {}, {}};
    }
}

Result<SourcedRequest> requestFromText(QByteArrayView text)
{
    const QByteArrayView trimmed = text.trimmed();
    const QByteArrayView shown = trimmed.startsWith("$ ") ? trimmed.sliced(2).trimmed() : trimmed;
    if (beginsWith(shown, "curl"))
        return sourcedFromCurl(shown);
    if (beginsWith(trimmed, "http://") || beginsWith(trimmed, "https://"))
        return fromUrl(trimmed);
    return trimmed.startsWith('/') ? fromTarget(trimmed) : sourcedFromLogLine(trimmed);
}

namespace {
    tl::unexpected<Error> noRequest(const QByteArray& key, const QString& why)
    {
        return fail(Code::Input, Reason::KeyWithoutRequest, shortDisplayText(key, 120), why);
    }

    QString whyNoEntry(Kind kind)
    {
        switch (kind) {
        case Kind::TagIndex: return QStringLiteral("It is a tag, which an app keeps for itself.");
        case Kind::Lock: return QStringLiteral("It is a lock of something that no request is known for.");
        case Kind::Health:
        case Kind::Probe: return QStringLiteral("It belongs to a check, not to a request.");
        default: return QStringLiteral("Its form is none of those in which LightAPI stores answers.");
        }
    }

    // The target of one reading whose request makes the key again.
    std::optional<QByteArray> provenTarget(const ParsedKey& reading, const cache::RouteTable& routes)
    {
        const cache::KeyScheme* scheme = cache::schemeFor(reading.scheme, routes);
        if (!scheme || !reading.path || !reading.path->startsWith('/') || scheme->remade(reading, routes) != reading.raw)
            return {};
        const QByteArray target = cache::joinTarget(*reading.path, reading.query);
        return cache::checkTarget(target) ? std::optional(target) : std::nullopt;
    }

    void addKeyWarnings(SourcedRequest& sourced, const ParsedKey& reading, qsizetype targets)
    {
        if (targets > 1)
            sourced.warnings << QStringLiteral("The key can be read in %1 ways that all make it; this is the likeliest.").arg(targets);
        if (reading.user && !reading.user->isEmpty())
            sourced.warnings << QStringLiteral("The key holds the user %1: send it as that one.").arg(displayText(*reading.user));
    }
}

Result<SourcedRequest> requestFromKey(const QByteArray& key, const cache::RouteTable& routes)
{
    const ParsedKey parsed = cache::parsedInDetail(key, routes);
    if (parsed.kind == Kind::Lock && parsed.inner)
        return requestFromKey(parsed.inner->raw, routes);
    if (parsed.kind != Kind::Entry)
        return noRequest(key, whyNoEntry(parsed.kind));
    QList<ParsedKey> readings {parsed};
    readings += cache::otherReadings(parsed, routes);
    QList<QByteArray> targets;
    std::optional<ParsedKey> chosen;
    for (const ParsedKey& reading : readings) {
        const auto target = provenTarget(reading, routes);
        if (!target || targets.contains(*target))
            continue;
        targets << *target;
        chosen = chosen ? chosen : reading;
    }
    if (!chosen) {
        const QString note = parsed.notes.isEmpty() ? QStringLiteral("which request made it is not in the key") : parsed.notes.last();
        return noRequest(key, note.left(1).toUpper() + note.mid(1) + u'.');
    }
    SourcedRequest sourced {SourcedRequest::Kind::Key, {.target = targets.first()}, {}, {}};
    addKeyWarnings(sourced, *chosen, targets.size());
    return sourced;
}

}
