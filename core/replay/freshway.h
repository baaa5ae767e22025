// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace core::replay {

// How an answer is had that does not come from the entry (specification C11.41). The entry is never moved aside: LightAPI stores it
// again meanwhile, and putting the old one back would serve what a purge in between has ended.
enum class FreshWay {
    OtherApi, // the same app at a second address, without the cache
    Parameter, // an extra parameter that the app does not use: stores an entry of its own, which is deleted afterwards
    Unlink, // the entry is deleted, and what the request then stores stays
};
QString freshWayName(FreshWay way); // other-api parameter unlink

// The name stands for nothing in LightAPI: it filters by the fields that an endpoint lists only.
inline constexpr char defaultFreshParameter[] = "cachelight_fresh";
// May be a query parameter's name and no other part of a target: letters, digits, '_', '-', '.'.
Result<void> checkFreshParameter(const QByteArray& name);

// `target` with one parameter more; `value` must be made of the same characters as a name.
QByteArray withParameter(const QByteArray& target, const QByteArray& name, const QByteArray& value);
// An answer to such a target without the parameter where it is repeated: LightAPI's links to other pages hold every one
// (0.4.0 pagination.py). `value` must be one that occurs nowhere else.
QByteArray withoutParameter(QByteArray body, const QByteArray& name, const QByteArray& value);

// The key under which the answer to withParameter(target) is stored, where it is certain that it is another than that of `target`; else
// why not, in English source text: a class with vary_on (0.3.0 and later put the listed names alone into the key), a key that is not
// predicted, a target that has the parameter already, another scheme than LightAPI's own, whose code may read any parameter.
tl::expected<QByteArray, QString> keyOfProbe(const cache::Request& target, const QByteArray& name, const QByteArray& value, const cache::RouteTable& routes);

}
