// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandtable.h"
#include "core/base/result.h"

#include <QList>
#include <QStringList>

#include <optional>
#include <utility>

namespace cli {

// The words after the program's name, sorted out by the command table.
struct CommandLine {
    const CommandSpec* command = nullptr; // none: the window, or the help
    QStringList positional;
    QList<std::pair<QString, QString>> options; // long name and value, in the order given

    bool has(const char* name) const;
    QString value(const char* name) const; // the last; empty without
    QStringList values(const char* name) const;

    // Checked numbers; BadOption names the option and what it takes. None when the option was not given.
    core::Result<std::optional<qint64>> integer(const char* name, qint64 least, qint64 most) const;
    core::Result<std::optional<double>> seconds(const char* name) const; // more than 0, at most a year
};

// Options before or after the command, "--name value" or "--name=value", "--" ends them. What CLI.md plans and this version
// lacks: Code::Usage with Reason::NotInThisVersion; all other mistakes Code::Usage too.
core::Result<CommandLine> parseCommandLine(const QStringList& words);

// What went wrong with an option, for commands that check values of their own.
core::Error badOption(const QString& option, const QString& detail);

}
