// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>

namespace core::replay {

// One file of the sitemap protocol (sitemaps.org): pages, or more sitemaps.
struct SitemapDocument {
    bool isIndex = false;
    QList<QByteArray> locations; // as written, XML's own escapes taken off
    qint64 unusable = 0; // empty ones and longer than 8 KiB
    bool isCut = false; // there were more than 50,000: the protocol's limit, so the rest was not read
};

constexpr qsizetype mostSitemapLocations = 50'000;
constexpr qint64 mostSitemapBytes = 52'428'800; // of one, unpacked: the protocol's limit

// XML or gzip of it. A document type is refused, so that no entity can grow; so is what is larger than the protocol allows. Failures
// are Reason::BadSitemap, with the line for broken XML. `name` is for messages. Any thread; up to a second for the largest.
Result<SitemapDocument> parseSitemap(const QByteArray& bytes, const QString& name);

}
