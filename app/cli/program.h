// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cli {

// The whole of cachelight: reads the words, runs the command, returns the exit status (CLI.md) or ends by the signal that came.
// Without a command it becomes cachelight-gui where that is installed.
int runProgram(int argc, char* argv[]);

}
