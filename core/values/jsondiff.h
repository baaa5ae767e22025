// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/diff.h"

namespace core::values {

// The same JSON with every string written in the one shortest way, UTF-8 where it can be: "caf\u00e9" as Python stores it and "café"
// as Starlette sends it become one. Numbers and the order of members stay. `json` must be JSON.
QByteArray withPlainStrings(const QByteArray& json);

// What differs between two JSON texts as cache::jsonEqual() sees them, however each writes its strings and its 1.0; none when one is
// no JSON. Values are told with their strings plain. Takes as long as they are large.
std::optional<PathDiff> diffJson(const QByteArray& before, const QByteArray& after, const DiffLimits& limits = {});

}
