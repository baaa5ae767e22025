// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandline.h"
#include "core/invalidate/plan.h"

namespace cli {

// The selectors of invalidate, and --except; no selector at all is Reason::EmptySelection.
core::Result<core::invalidate::Selection> selectionFrom(const CommandLine& line);
core::Result<core::invalidate::Selection> exceptionsFrom(const CommandLine& line);

}
