// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "core/cache/parsedkey.h"
#include "core/cache/routes.h"

namespace cli {

// The members "kind" … "query" that keys and parse share.
void writeParsed(JsonWriter& json, const core::cache::ParsedKey& parsed);
// A key as one line that --keys-from reads back: itself, or b64:… where it holds what a line cannot. On a terminal escaped.
QString keyLine(const Output& out, const QByteArray& key);

}
