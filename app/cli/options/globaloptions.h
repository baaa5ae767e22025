// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandline.h"
#include "core/settings/serversource.h"

#include <optional>

namespace cli {

// The options that every command takes, and the window too, with their values checked.
struct GlobalOptions {
    core::settings::ServerOptions server;
    QString api, apiCa, lightapiConfig, lightapiRelease;
    QStringList endpoints, keyTemplates;
    bool json = false, ndjson = false;
    bool yes = false;
    QString confirm;
    bool readOnly = false;
    std::optional<int> maxTimeMs;
    bool quiet = false, verbose = false, noColor = false; // noColor: --no-color, NO_COLOR is read by who paints
};
core::Result<GlobalOptions> globalOptions(const CommandLine& line);

}
