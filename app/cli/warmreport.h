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
// What was sent before anything was warmed, to find the targets.
struct SentBefore {
    qint64 sitemaps = 0, pages = 0;
};
// "nothing was requested", or how many and that they may have been stored.
QString sentText(const SentBefore& sent);
// The plan, the targets with what Redis holds of them, the summary.
void writePreview(Context& context, const core::replay::WarmPreview& preview, const core::replay::WarmPlan& plan, const SentBefore& sent);

}
