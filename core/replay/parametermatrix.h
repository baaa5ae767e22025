// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/cache/parsedkey.h"

namespace core::replay {

struct RouteTargets {
    struct Skipped {
        QByteArray route;
        QString why;
    };
    QList<QByteArray> targets;
    QList<Skipped> skipped;
};

// The collection target of every cached route of the table, times every combination of the parameters: repeats of one name are its values, names
// stand in the query in the order in which they first came. A name that the route has in its path ("/users/{id}/posts") fills that
// place there. Values are encoded as the key's (querycodec). Routes that are not cached, or that lack a value for their path, are skipped.
// More than `most` targets are refused (Reason::TooManyTargets), before any is made.
Result<RouteTargets> matrixTargets(const cache::RouteTable& routes, const cache::QueryPairs& parameters, qint64 most = 1'000'000);

// "name=value" as an argument; the text is what it says, not percent-encoded.
Result<std::pair<QByteArray, QByteArray>> parameterFromArgument(const QString& argument);

}
