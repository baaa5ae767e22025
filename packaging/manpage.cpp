// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options/helptext.h"

#include <cstdio>

// Writes the man page, from the table that the parser and the help read.
int main()
{
    const QByteArray page = cli::manPage(QStringLiteral(CACHELIGHT_VERSION)).toUtf8();
    return std::fwrite(page.constData(), 1, static_cast<std::size_t>(page.size()), stdout) == static_cast<std::size_t>(page.size()) ? 0 : 1;
}
