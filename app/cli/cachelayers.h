// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/jsonwriter.h"
#include "core/http/cacheheaders.h"

namespace cli {

// The members of one cache layer, the same in headers and replay.
void writeLayer(JsonWriter& json, const core::http::CacheLayer& layer);

}
