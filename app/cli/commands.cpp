// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cli {

namespace {
    constexpr std::array<std::pair<const char*, Command>, 24> functions {{
        {"audit", runAudit},
        {"demo", runDemo},
        {"expire", runExpire},
        {"export", runExport},
        {"get", runGet},
        {"headers", runHeaders},
        {"health", runHealth},
        {"help", runHelp},
        {"import", runImport},
        {"invalidate", runInvalidate},
        {"keys", runKeys},
        {"locks", runLocks},
        {"parse", runParse},
        {"predict", runPredict},
        {"profiles", runProfiles},
        {"put", runPut},
        {"release-lock", runReleaseLock},
        {"replay", runReplay},
        {"stats", runStats},
        {"tag", runTag},
        {"tags", runTags},
        {"tree", runTree},
        {"version", runVersion},
        {"warm", runWarm},
    }};
}

Command commandFunction(const QString& name)
{
    const auto found = std::ranges::find_if(functions, [&](const auto& row) { return name == QLatin1String(row.first); });
    return found == functions.end() ? nullptr : found->second;
}

}
