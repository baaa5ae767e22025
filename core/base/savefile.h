// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace core {

// Code::File with what errno says, of files that are read or written: FileMissing, DiskFull, FileDamaged (a folder, or a disk that fails),
// else FilePermission.
tl::unexpected<Error> fileError(const QString& file, int errorNumber, const QString& detail = {});

// The same of a file that is to be written: what is not there is its folder then, and is named.
tl::unexpected<Error> writeError(const QString& file, int errorNumber, const QString& detail = {});

// Replaces a file as a whole or not at all, readable by its owner alone. A device or a pipe is written to and stays what it is.
// Any thread; waits for the disk.
Result<void> saveFile(const QString& file, const QByteArray& bytes);

}
