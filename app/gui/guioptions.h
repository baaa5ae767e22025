// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/settings/profile.h"

#include <QStringList>

#include <optional>

namespace gui {

// What the window is started with: its own switches, and the options that every command of the command line takes.
struct Options {
    bool demo = false;
    bool checkDisplay = false; // exit status 0 where a window would be seen
    bool help = false, version = false;
    bool readOnly = false;
    QString stallReport; // file; "" none
    QString selfCheck; // PNG file; "" none
    QStringList shared; // what is left: for cli::parseCommandLine
};

// `words` without the program's name. Sorts out the window's own switches only; cannot know the others.
core::Result<Options> parseOptions(const QStringList& words);
// The profile that the shared options name; nothing where none of them names a server, so that nothing is connected unasked.
core::Result<std::optional<core::settings::Profile>> profileFrom(Options& options, const core::settings::Store& store);
QString helpText();

}
