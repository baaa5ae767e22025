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
    std::optional<QByteArray> subject; // user id, for schemes that hold one
};

struct Prediction {
    QString scheme;
    QByteArray key;
    QByteArray className;
    Confidence confidence = Confidence::Exact;
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
    virtual std::optional<ParsedKey> parse(const QByteArray& key, const RouteTable& routes) const = 0;
    virtual QList<Prediction> predict(const Request& request, const RouteTable& routes) const;
    virtual QList<Effect> effects(const Request& request, const RouteTable& routes) const;
};

const std::vector<std::unique_ptr<KeyScheme>>& allSchemes();

// The best scheme's view of a key; Kind::Unknown when none fits. Cheap enough for every key of a scan (no allocation beyond
// the result).
ParsedKey parseKey(const QByteArray& key, const RouteTable& routes);

struct RequestForecast {
    Cached cached = Cached::Unknown;
    QList<Prediction> predictions; // empty for a class that is not cached
    std::optional<QByteArray> wouldBeKey; // kept for a class that is not cached
    QList<Effect> effects;
    const Route* route = nullptr; // into the table
};
RequestForecast forecast(const Request& request, const RouteTable& routes);

}
