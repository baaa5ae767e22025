// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "core/replay/freshcheck.h"

namespace cli {

// What a target's entry is beside a fresh answer, as member "fresh" of a replay item, and the same for people.
void writeFresh(JsonWriter& json, const core::replay::FreshResult& result);
void printFresh(Output& out, const core::replay::FreshResult& result);
// An item of a comparison whose request was not sent anew after it.
void reportFresh(Output& out, const core::replay::FreshResult& result);
void writeFreshCounts(JsonWriter& json, const core::replay::FreshCheck::Counts& counts);

}
