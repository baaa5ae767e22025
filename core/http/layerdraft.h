// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/cacheheaders.h"

#include <QHash>

#include <compare>
#include <vector>

// What the readers of cacheheaders.cpp share while layers are put together: one reader a group of dialects.
namespace core::http {

// Header fields by name; lines keep their place, for "between fields by position".
class FieldTable final {
public:
    explicit FieldTable(const Headers& headers);

    // Indices of the lines of a field, in order; `name` in lower case.
    QList<int> lines(const QByteArray& name) const { return m_lines.value(name); }
    bool has(const QByteArray& name) const { return m_lines.contains(name); }
    QList<QByteArray> names() const; // lower case, each once, by first line
    const QByteArray& nameAt(int line) const { return m_headers[line].first; } // as written
    const QByteArray& valueAt(int line) const { return m_headers[line].second; }
    std::optional<QByteArray> first(const QByteArray& name) const;

private:
    const Headers& m_headers;
    QHash<QByteArray, QList<int>> m_lines;
};

struct Place {
    int line = 0;
    qsizetype part = 0; // of the line
    auto operator<=>(const Place&) const = default;
};

// One element of a list field.
struct Element {
    QByteArray text; // trimmed
    Place place;
};
// Commas inside quotes and parentheses do not separate; empty elements are left out.
QList<QByteArray> listElements(const QByteArray& value);
QList<Element> listElements(const FieldTable& fields, const QByteArray& name);

struct Draft {
    CacheLayer layer;
    Place place;
    QByteArray field; // lower case
    QByteArray host {}; // the cache's own name, lower case, without a port; empty: it does not name itself
    bool lookupHit = false; // X-Cache-Lookup says that it was in the store
    bool hitsTold = false; // X-Cache-Hits is read
};
using Drafts = std::vector<Draft>;

// The verdict of a cache's word, whole and in any case; Unknown when no cache is known to use it.
Verdict verdictOfWord(QByteArrayView word);
// "HIT from host (…)", "TCP_MISS from host", "HIT": word, name, rest.
Draft draftOf(const QByteArray& fieldName, const Element& element);
QByteArray hostKey(QByteArrayView host); // lower case, without a port
void addDetail(CacheLayer& layer, const QString& text);

// RFC 9211.
void readCacheStatus(const FieldTable& fields, Drafts& drafts);
// X-Cache with X-Cache-Lookup (Squid), X-Cache-Detail (Apache httpd), X-Cache-Hits and X-Served-By (Fastly), X-Cache-Remote (Akamai).
void readXCache(const FieldTable& fields, Drafts& drafts);
// X-Cache-Status, CF-Cache-Status … : fields of one word.
void readWordFields(const FieldTable& fields, Drafts& drafts);
// Names of fields in which a cache speaks, by their name, and which no reader knows.
QList<QByteArray> unknownCacheFields(const FieldTable& fields);

// What a proxy put into Via (RFC 9110, 7.6.3), nearest the origin first. Not each is a cache.
struct ViaHop {
    QByteArray name; // as written
    QByteArray host; // hostKey() of it
    QByteArray comment; // without its parentheses
};
QList<ViaHop> viaHops(const FieldTable& fields);
// X-Varnish: one id a miss or pass, two a hit. Joins an X-Cache that the same Varnish was made to send.
void readVarnish(const FieldTable& fields, const QList<ViaHop>& via, Drafts& drafts);
// Squid says MISS both of what it has not and of what it has and may not use; what that means depends on its version.
void readSquidVersions(const QList<ViaHop>& via, Drafts& drafts);
// The order of those that Via names.
void orderByVia(const QList<ViaHop>& via, Drafts& drafts);

// X-Cache-Key, X-Cache-TTL and what else accompanies a layer. `drafts` are in order.
void addSideFields(const FieldTable& fields, Drafts& drafts);
// Age, Cache-Control, Warning and ETag.
void addFreshness(const FieldTable& fields, Drafts& drafts);

}
