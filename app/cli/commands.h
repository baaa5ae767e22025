// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

// One function a command; each starts its work on the context's event loop and returns.
namespace cli {

class Context;
using Command = void (*)(Context&);

void runAudit(Context& context);
void runDemo(Context& context);
void runExpire(Context& context);
void runExport(Context& context);
void runGet(Context& context);
void runHeaders(Context& context);
void runHealth(Context& context);
void runHelp(Context& context);
void runImport(Context& context);
void runInvalidate(Context& context);
void runKeys(Context& context);
void runLocks(Context& context);
void runParse(Context& context);
void runPredict(Context& context);
void runProfiles(Context& context);
void runPut(Context& context);
void runReleaseLock(Context& context);
void runReplay(Context& context);
void runStats(Context& context);
void runTag(Context& context);
void runTags(Context& context);
void runTree(Context& context);
void runVersion(Context& context);
void runWarm(Context& context);

// nullptr when the table's command has no function: a test says that this never happens.
Command commandFunction(const QString& name);

}
