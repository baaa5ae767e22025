// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace core::http {

enum class Verdict { Hit, Miss, Expired, Stale, Revalidated, Bypass, Unknown };
QString verdictName(Verdict verdict); // HIT MISS …

// What one cache on the way said of itself (X-Cache, X-Cache-Status with -Key and -TTL, Age), nearest the origin first.
struct CacheLayer {
    QString name; // the cache's own name where it gives one, else the field's
    Verdict verdict = Verdict::Unknown;
    std::optional<qint64> ttlS;
    std::optional<QByteArray> key;
    QString detail;
    QByteArray raw;
};
// One item a cache: X-Cache-Key, -TTL and Age belong to the cache whose X-Cache or X-Cache-Status they accompany.
QList<CacheLayer> cacheLayers(const Headers& headers);
// Names of other fields in which a cache speaks (Cache-Status, CF-Cache-Status, X-Varnish …), as they were written, each once. They
// are not read in this version; without layers, they forbid to say that there was no cache.
QStringList unreadCacheFields(const Headers& headers);
// Age as RFC 9111 reads it: none when absent or invalid.
std::optional<qint64> ageSeconds(const Headers& headers);
// Head of a response as text (status line optional, ends at the blank line; of several heads the last).
Headers parseHead(const QByteArray& head);

}
