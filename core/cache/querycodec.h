// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/parsedkey.h"
#include "core/base/result.h"

// Python's urllib as LightAPI uses it through Starlette: str(QueryParams) = urlencode(parse_qsl(raw, keep_blank_values=True))
// (Starlette 0.37 to 0.52 datastructures.py; table A3 of the vectors).
namespace core::cache {

// Raw query (without "?") to decoded pairs: order and repeats kept, empty segments dropped, bad UTF-8 becomes U+FFFD.
QueryPairs parseQuery(QByteArrayView raw);
// Pairs to urlencode() text: space is +, unreserved bare, everything else %XX upper-case.
QByteArray encodeQuery(const QueryPairs& pairs);
// Whether encodeQuery(parseQuery(text)) is `text` itself, mostly without doing either.
bool isEncodedQuery(QByteArrayView text);
QByteArray percentDecoded(QByteArrayView text, bool plusIsSpace);

// A raw request target as typed: starts with '/', no byte <= 0x20, no 0x7F, else Reason::BadTarget.
Result<void> checkTarget(QByteArrayView target);
// "/books%2F1?a=1#x" -> decoded path and raw query. A '#' is data here, as on the wire.
struct SplitTarget {
    QByteArray path; // percent-decoded, bad UTF-8 kept as U+FFFD like Starlette does
    QByteArray rawQuery;
};
SplitTarget splitTarget(QByteArrayView target);

// request.url.path of a decoded path: Starlette builds the URL from it and urlsplit() reads it again, so it ends at '?' or '#' and loses
// tab, CR and LF. Only routes with text parameters let such a path through.
QByteArray urlPath(QByteArray path);

// "http://localhost:8000" of a base URL: scheme and Host header as clients send it, without a path and without the scheme's own port.
// Reason::BadApiUrl for what is no http or https URL.
Result<QByteArray> originFromUrl(const QString& url);

// A target that LightAPI stores under a key with this decoded path and these pairs: percent-encoded where a target must be.
QByteArray joinTarget(QByteArrayView path, const QueryPairs& query);

}
