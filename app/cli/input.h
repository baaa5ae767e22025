// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

// What comes in by files and stdin ("-").
namespace cli {

// Blocks until the end of the file; for use before anything runs. A signal that comes meanwhile ends the process.
core::Result<QByteArray> readFile(const QString& file);

// Keys from a file: text lines ("b64:…" for exact bytes), NUL-separated exact bytes, or NDJSON as "keys --ndjson" prints it.
// The first line that is neither is the error.
core::Result<QList<QByteArray>> keysFromText(const QByteArray& text, bool nulSeparated);

}
