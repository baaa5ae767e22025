// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"

namespace core::cache {

// Releases of LightAPI in a row that make keys in one way.
struct ReleaseRange {
    QVersionNumber first, last;
    QString scheme;
    friend bool operator==(const ReleaseRange&, const ReleaseRange&) = default;
};
QVersionNumber newestRelease(); // that is known; what comes after it is taken as this one
const QList<ReleaseRange>& releaseRanges(); // oldest first; releases in none of them cache nothing by themselves

// The releases that store this request under `storedKey`, when the table's own release does not: what the profile should say. Empty
// when it does, or when no known release makes that key.
QList<ReleaseRange> otherReleasesFor(const Request& request, const QByteArray& storedKey, const RouteTable& routes);

}
