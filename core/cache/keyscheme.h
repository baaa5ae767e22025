// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/parsedkey.h"
#include "core/cache/routes.h"

#include <memory>
#include <vector>

namespace core::cache {

struct Request {
    QByteArray method = "GET";
    QByteArray target; // raw, as typed
    // User id, for schemes that hold one; empty: a user without one.
    std::optional<QByteArray> subject = {};
    // "http://localhost:8000": scheme and Host header, for md5-v1, which makes a key for each. Clients that say another name for
    // the same server use another entry.
    QList<QByteArray> origins = {};
    QByteArray jsonBody = {}; // of POST, PUT and PATCH, for md5-v1; empty: none
};

struct Prediction {
    QString scheme;
    QByteArray key;
    QByteArray className;
    Confidence confidence = Confidence::Exact;
    std::optional<qint64> ttlS = {}; // seconds that an entry lives by template, route or release; none: not known
};

struct Effect { // what a request other than GET does to the cache
    QString effect; // "purge"
    QByteArray className;
    QByteArray pattern; // "lightapi:Book:*"
};

// One way in which keys are made. Schemes know nothing of each other; a new one is a new class and one line in allSchemes().
class KeyScheme {
public:
    virtual ~KeyScheme() = default;
    virtual QString id() const = 0;
    // Whether it reads and predicts keys of this name: its own id, or the name of a template.
    virtual bool makes(const QString& scheme, const RouteTable& routes) const;
    virtual std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const = 0;
    virtual QList<Prediction> predict(const Request& request, const RouteTable& routes) const;
    virtual QList<Effect> effects(const Request& request, const RouteTable& routes) const;
    // Every way in which this scheme can read the key, parse() first; no more than a few.
    virtual QList<ParsedKey> readings(const QByteArray& key, const RouteTable& routes) const;
    // predict(parse(key)): the key that a request with the parts of `parsed` makes. None: no request does, or the parts are not all
    // in the key.
    virtual std::optional<QByteArray> remade(const ParsedKey& parsed, const RouteTable& routes) const;
};

const std::vector<std::unique_ptr<KeyScheme>>& allSchemes();
const KeyScheme* schemeFor(const QString& name, const RouteTable& routes); // null: no scheme and no template of that name

// Whether each route's scheme is one of those or a template; else Reason::BadEndpoint.
Result<void> checkSchemes(const RouteTable& routes);

// The best scheme's view of a key; Kind::Unknown when none fits. Cheap enough for every key of a scan (no allocation beyond
// the result).
ParsedKey parseKey(const QByteArray& key, const RouteTable& routes);

// The same with what is too dear for every key of a scan: predict(parse(key)) is compared with the key. A key that its own parts do
// not make again is Ambiguous, with a note that says so.
ParsedKey parsedInDetail(const QByteArray& key, const RouteTable& routes);
// The ways in which the key can be read besides `parsed`: by other schemes, and cut in another place by the same one.
QList<ParsedKey> otherReadings(const ParsedKey& parsed, const RouteTable& routes);
// Seconds that an entry of this key should live, by template, route or release; none: not known.
std::optional<qint64> policyTtlS(const ParsedKey& parsed, const RouteTable& routes);

struct RequestForecast {
    Cached cached = Cached::Unknown;
    QList<Prediction> predictions; // empty for a class that is not cached
    std::optional<QByteArray> wouldBeKey; // kept for a class that is not cached
    QList<Effect> effects;
    const Route* route = nullptr; // into the table
};
RequestForecast forecast(const Request& request, const RouteTable& routes);

}
