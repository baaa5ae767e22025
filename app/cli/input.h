// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/keylines.h"
#include "core/base/inputfile.h"

#include <QByteArray>
#include <QList>
#include <QString>

// What comes in by files and stdin ("-"). All block until what is wanted was read, for use before anything runs; a signal that comes
// meanwhile ends the process. Errors as of InputFile.
namespace cli {

// The most of one line of targets or keys.
constexpr qint64 maxLineBytes = 1'000'000;

core::Result<core::InputFile> openInput(const QString& file, std::function<void()> beforeRead = {});
// The whole of a small file.
core::Result<QByteArray> readFile(const QString& file, const core::InputLimit& limit);
// Line by line, in the memory of one: whatever the length of the file. `beforeRead`: nothing more is there just now, perhaps.
core::Result<void> readLines(const QString& file, bool nulSeparated, const std::function<core::Result<void>(const QByteArray&)>& take,
    std::function<void()> beforeRead = {});
core::Result<void> readKeys(const QString& file, bool nulSeparated, const KeyLines::Take& take, std::function<void()> beforeRead = {});
// All of a file, which are kept.
core::Result<QList<QByteArray>> keysFrom(const QString& file, bool nulSeparated);

// Counts what is kept of lists of any length, and refuses more than a machine can hold.
class KeptItems final {
public:
    explicit KeptItems(QString file);
    core::Result<void> add(QList<QByteArray>& list, const QByteArray& item);

private:
    QString m_file;
    qint64 m_bytes = 0;
};

}
