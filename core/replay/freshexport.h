// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/freshexchange.h"

namespace core::replay {

// One row a difference, one of a result without any: target, state, way, key, ttl_ms, age_ms, path, cached, fresh, reason. RFC 4180; a field
// that a spreadsheet would take for a formula begins with an apostrophe.
QByteArray freshCsv(const QList<FreshResult>& results);
// {"schema":1,"items":[…]} with the same names; bytes as displayText().
QByteArray freshJson(const QList<FreshResult>& results);

}
