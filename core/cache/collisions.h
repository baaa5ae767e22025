// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"

namespace core::cache {

// Another request that makes the key of this one, so that each may get the other's answer.
struct Collision {
    // "unescaped-join"     a value holds what separates the parts of the key
    // "outside-vary-on"    a parameter that vary_on does not list is not in the key
    // "repeated-parameter" only the last value of a repeated name is in the key
    // "not-in-key"         the template leaves the query out
    // "query-as-user"      a parameter reads as another user's part of the key
    // "path-cut"           the key holds the path up to '?' or '#', without tab, CR and LF
    // "bad-utf8"           bytes that are not UTF-8 all become U+FFFD
    QString why;
    QByteArray target; // the other request
    bool anonymous = false; // the other request has no user
    QString detail; // English source text: what somebody who sends it can do
};

// Each is tried: both targets make `prediction.key`. What merely spells the same parameters in another way (blank values, escapes,
// '+') is the same request and no collision. Empty for a prediction of another scheme than the route's.
QList<Collision> collisionsOf(const Request& request, const Prediction& prediction, const RouteTable& routes);

}
