// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"

#include <QList>
#include <QString>

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
QList<CacheLayer> cacheLayers(const Headers& headers);
// Head of a response as text (status line optional, ends at the blank line; of several heads the last).
Headers parseHead(const QByteArray& head);

}
