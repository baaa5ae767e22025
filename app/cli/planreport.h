// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/invalidate/run.h"

namespace cli {

// What invalidate prints: the plan, then either what the run did or that there was none.
void writePlan(Context& context, const core::invalidate::Plan& plan, const QString& nameToType);
void writeRun(Context& context, const core::invalidate::Run& run);
void writeNoRun(Context& context);

}
