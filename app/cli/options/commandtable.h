// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

// The one table of the command line (CLI.md): the parser, the help, the man page and the window's "Copy as cachelight command"
// read it. What is planned but not built stands in it too, marked, so that it is refused by name and never ignored.
namespace cli {

struct OptionSpec {
    const char* name = nullptr; // "--match"
    const char* shortName = nullptr; // "-H"
    const char* value = nullptr; // "GLOB"; nullptr: a switch
    const char* text = nullptr; // one line of help, UTF-8
    bool repeats = false;
    bool available = true;
};

struct CommandSpec {
    enum class Server {
        None, // never talks to Redis
        Reads, // changes nothing in Redis by itself
        Writes, // needs a server that was named
    };

    const char* name = nullptr;
    const char* positional = ""; // "KEY", "[TARGET…]"
    int minPositional = 0;
    int maxPositional = 0; // -1: any number
    Server server = Server::None;
    const char* text = nullptr;
    std::vector<OptionSpec> options;
    const char* notes = ""; // paragraphs of help after the options
    bool available = true;
};

const std::vector<CommandSpec>& commandTable();
const std::vector<OptionSpec>& globalOptionTable();

// nullptr when there is none of that name.
const CommandSpec* findCommand(const QString& name);
// By long or short name; nullptr when the list has none.
const OptionSpec* findOption(const std::vector<OptionSpec>& options, const QString& name);
// In any command or among the global ones: what the parser needs before it knows the command.
const OptionSpec* findAnyOption(const QString& name);

}
