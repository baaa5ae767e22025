// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandtable.h"

#include <QString>

// Help as plain text and as a man page, both from the command table. Only what works is listed.
namespace cli {

QString overviewText();
QString commandText(const CommandSpec& command);
QString manPage(const QString& version); // roff, man(7) macros

}
