// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/parsedkey.h"

#include <QByteArrayView>

// Queries as LightAPI's caching example writes them into keys: decoded, joined by '&' and '=', nothing escaped.
namespace core::cache {

// Adds the pairs of a written query. False when it can be read in another way: a segment without '=' or with two of them may be a
// part of its neighbour.
bool readSeedQuery(QByteArrayView query, QueryPairs& into);

// query_params.items() is a dict: a repeated name keeps its first place and its last value.
QueryPairs lastValues(const QueryPairs& pairs);

QByteArray joinedPairs(const QueryPairs& pairs); // name=value&name=value

}
