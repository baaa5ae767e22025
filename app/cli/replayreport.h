// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "core/replay/replay.h"

namespace cli {

// What is printed of a request, without what may have megabytes: items wait for their turn.
struct ReplayItem {
    core::replay::ReplayResult result; // no body, no stored value
    qint64 bodyBytes = 0;
    QByteArray bodySha256;
};
ReplayItem replayItemOf(const core::replay::ReplayResult& result);

// One request of "replay" as CLI.md says it, and the same for people.
QString verdictWord(const core::replay::ReplayResult& result);
void writeReplayItem(JsonWriter& json, const ReplayItem& item);
void printReplayItem(Output& out, const core::replay::ReplayResult& result, bool isJudged);

}
