// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"
#include "tests/integration/verdictstage.h"

// One thing that may happen to a request and its entry, played on a stage whose Redis is empty at first.
struct VerdictScenario {
    QByteArray name;
    QString words; // for docs/verdicts.md
    std::function<core::replay::ReplayResult(VerdictStage&)> play;
};
const QList<VerdictScenario>& verdictScenarios();
