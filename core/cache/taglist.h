// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>

namespace core::cache {

// The names in a tag that is stored as a JSON list of texts (LightAPI caching example), repeats kept, exact bytes. Anything
// else is Code::Data with CorruptTag and the place in its detail: a list of which a part cannot be read has no usable names,
// as deleting the rest and the tag would leave that part live but untagged.
Result<QList<QByteArray>> parseTagList(const QByteArray& json);

}
