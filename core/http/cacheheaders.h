// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"

#include <QList>
#include <QString>

#include <optional>

namespace core::http {

enum class Verdict { Hit, Miss, Expired, Stale, Revalidated, Bypass, Unknown };
QString verdictName(Verdict verdict); // HIT MISS …

// What one cache on the way said of itself, in whichever fields.
struct CacheLayer {
    QString name; // the cache's own name where it gives one, else the field's
    Verdict verdict = Verdict::Unknown;
    std::optional<qint64> ttlS; // may be negative: stale for so long
    std::optional<QByteArray> key;
    QString detail; // whatever else it said, and what that rests on
    QByteArray raw; // as written
    // It names no cache and has the form of X-Cache or X-Cache-Status that LightAPI's documentation shows: perhaps the app's own.
    bool maybeApp = false;
    bool ttlReckoned = false; // ttlS is Cache-Control less Age and no word of the cache itself
};
// One item a cache, not one a header, nearest the origin first: inside a field as its dialect says, between fields by position, between
// caches that Via names as Via says. Read are Cache-Status (RFC 9211), X-Cache of nginx, Varnish, Fastly, CloudFront, Akamai, Squid and
// Apache httpd, X-Varnish, X-Cache-Status with -Key and -TTL, X-Proxy-Cache, CF-Cache-Status, X-FastAPI-Cache, X-Vercel-Cache,
// X-Nextjs-Cache, X-LiteSpeed-Cache, any other field named after a cache that says a known word; Age, Cache-Control, Warning and ETag
// with them. What cannot be read is UNKNOWN with its text, never an error. Time is linear in the size of the head.
QList<CacheLayer> cacheLayers(const Headers& headers);
// Age as RFC 9111 reads it: none when absent or invalid.
std::optional<qint64> ageSeconds(const Headers& headers);
// Head of a response as text (status line optional, ends at the blank line; of several heads the last).
Headers parseHead(const QByteArray& head);

}
