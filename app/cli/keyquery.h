// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandline.h"
#include "core/keys/keyquery.h"

namespace cli {

// The FILTER options (CLI.md): kinds of filter intersect, repeats of one kind unite, --query is one more kind.
core::Result<core::keys::KeyQuery> queryFromLine(const CommandLine& line);

}
