// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>

namespace core {

// The most that is taken of one input; `advice` is a sentence, what to do where it holds more.
struct InputLimit {
    qint64 bytes;
    QString advice;
};

// A file, pipe or device that somebody gave, read once from its beginning and never further than is said: whatever it is (/dev/zero, a line
// without end, a folder, another file by mistake), reading it ends, in memory that is bounded. For any thread; waits for the file.
// Errors: FileMissing, FilePermission, FileDamaged; Code::Input where it holds more than is taken.
class InputFile final {
    Q_DISABLE_COPY(InputFile)
public:
    // Called before each read, and when a signal ended the wait for one.
    using Look = std::function<void()>;

    // Waits for a pipe that nobody writes to, as cat does.
    static Result<InputFile> open(const QString& file, Look look = {});
    // Files alone, for a program that must not wait: pipes and devices are refused.
    static Result<InputFile> openRegular(const QString& file);
    static InputFile standardInput(Look look = {}); // stays open
    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&&) = delete;
    ~InputFile();

    Result<QByteArray> all(const InputLimit& limit);
    // What comes next, at most so much; less at the end of the file alone.
    Result<QByteArray> next(qint64 bytes);
    // Each line without its separator, the last one too where none ends it and it is not empty. Ends with the first error of `take`.
    // A line, or so many empty ones in a row, beyond `maxLineBytes` is an error.
    Result<void> lines(char separator, qint64 maxLineBytes, const std::function<Result<void>(const QByteArray&)>& take);

private:
    InputFile(int descriptor, QString name, bool owns, Look look);
    Result<qsizetype> read(char* into, qsizetype size); // 0 at the end
    qint64 regularSize() const; // -1: it is none

    int m_descriptor;
    QString m_name; // as shown
    bool m_owns;
    Look m_look;
};

// The contents of a regular file, at once.
Result<QByteArray> readRegular(const QString& file, const InputLimit& limit);

}
