// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/replay/warm.h"
#include "core/replay/warmpreview.h"

// What warm prints.
namespace cli {

void writeWarmItem(JsonWriter& json, const core::replay::WarmResult& result, const QString& source);
QString warmLine(const core::replay::WarmResult& result);

// "1,200 targets: 1,000 of access.log, 200 of routes (35 repeated)".
QString sourcesText(const core::replay::CombinedTargets& targets);
// "1,200 requests, about 24 s".
QString planText(const core::replay::WarmPlan& plan);
// The plan, the targets with what Redis holds of them, the summary.
void writePreview(Context& context, const core::replay::WarmPreview& preview, const core::replay::WarmPlan& plan);

}
