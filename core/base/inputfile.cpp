// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/inputfile.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/base/savefile.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace core {

namespace {
    constexpr qsizetype pieceBytes = 64 * 1024;

    tl::unexpected<Error> tooLarge(const QString& name, const InputLimit& limit)
    {
        return fail(Code::Input, Reason::None, name, QStringLiteral("It holds more than %1, the most that is taken here. %2").arg(formatBytes(limit.bytes), limit.advice));
    }

    tl::unexpected<Error> lineTooLong(const QString& name, qint64 number, qint64 most, char separator)
    {
        const QString unit = separator == '\0' ? QStringLiteral("Item") : QStringLiteral("Line");
        const QString advice = separator == '\0' ? QStringLiteral("Items are separated by NUL here.") : QStringLiteral("One a line is read; look whether it is the right file.");
        return fail(Code::Input, Reason::None, name, QStringLiteral("%1 %2 is longer than %3, the most that is taken. %4").arg(unit, formatCount(number), formatBytes(most), advice));
    }

    tl::unexpected<Error> nothingThere(const QString& name, qint64 number, char separator)
    {
        const QString what = separator == '\0' ? QStringLiteral("NULs") : QStringLiteral("empty lines");
        return fail(Code::Input, Reason::None, name, QStringLiteral("It holds nothing but %1 for long (to number %2), more than the most that is taken. Look whether it is the right file.").arg(what, formatCount(number)));
    }

    int openFile(const QString& file, int flags, const InputFile::Look& look)
    {
        for (;;) {
            const int descriptor = ::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | flags);
            if (descriptor >= 0 || errno != EINTR)
                return descriptor;
            if (look)
                look();
        }
    }
}

InputFile::InputFile(int descriptor, QString name, bool owns, Look look)
    : m_descriptor(descriptor)
    , m_name(std::move(name))
    , m_owns(owns)
    , m_look(std::move(look))
{
}

InputFile::InputFile(InputFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_name(std::move(other.m_name))
    , m_owns(other.m_owns)
    , m_look(std::move(other.m_look))
{
}

InputFile::~InputFile()
{
    if (m_owns && m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<InputFile> InputFile::open(const QString& file, Look look)
{
    const int descriptor = openFile(file, 0, look);
    if (descriptor < 0)
        return fileError(file, errno);
    return InputFile(descriptor, displayText(file), true, std::move(look));
}

Result<InputFile> InputFile::openRegular(const QString& file)
{
    const int descriptor = openFile(file, O_NONBLOCK, {}); // a pipe would be waited for
    if (descriptor < 0)
        return fileError(file, errno);
    InputFile opened(descriptor, displayText(file), true, {});
    struct stat facts = {};
    if (::fstat(descriptor, &facts) != 0)
        return fileError(file, errno);
    if (S_ISDIR(facts.st_mode))
        return fileError(file, EISDIR);
    if (!S_ISREG(facts.st_mode))
        return fail(Code::File, Reason::FileDamaged, displayText(file), QStringLiteral("it is a pipe or a device, and a file is wanted"));
    return opened;
}

InputFile InputFile::standardInput(Look look)
{
    return {STDIN_FILENO, QStringLiteral("stdin"), false, std::move(look)};
}

Result<qsizetype> InputFile::read(char* into, qsizetype size)
{
    for (;;) {
        if (m_look)
            m_look();
        const ssize_t got = ::read(m_descriptor, into, static_cast<std::size_t>(size));
        if (got >= 0)
            return qsizetype(got);
        if (errno != EINTR)
            return fileError(m_name, errno);
    }
}

qint64 InputFile::regularSize() const
{
    struct stat facts = {};
    return ::fstat(m_descriptor, &facts) == 0 && S_ISREG(facts.st_mode) ? qint64(facts.st_size) : -1;
}

Result<QByteArray> InputFile::next(qint64 bytes)
{
    QByteArray out;
    if (const qint64 size = regularSize(); size > 0)
        out.reserve(qsizetype(std::min(size, bytes)));
    QByteArray piece(std::min<qint64>(pieceBytes, bytes), Qt::Uninitialized);
    while (out.size() < bytes) {
        const auto got = read(piece.data(), std::min<qsizetype>(piece.size(), bytes - out.size()));
        if (!got)
            return fail(got.error());
        if (*got == 0)
            break;
        out.append(piece.constData(), *got);
    }
    return out;
}

Result<QByteArray> InputFile::all(const InputLimit& limit)
{
    if (regularSize() > limit.bytes)
        return tooLarge(m_name, limit);
    auto out = next(limit.bytes + 1);
    if (out && out->size() > limit.bytes)
        return tooLarge(m_name, limit);
    return out;
}

Result<void> InputFile::lines(char separator, qint64 maxLineBytes, const std::function<Result<void>(const QByteArray&)>& take)
{
    QByteArray line;
    qint64 number = 1;
    qint64 emptyOnes = 0; // in a row: separators alone hold nothing either
    const auto end = [&]() -> Result<void> {
        emptyOnes = line.isEmpty() ? emptyOnes + 1 : 0;
        if (emptyOnes > maxLineBytes)
            return nothingThere(m_name, number, separator);
        ++number;
        auto taken = take(line);
        line.resize(0); // keeps its memory
        return taken;
    };
    QByteArray piece(pieceBytes, Qt::Uninitialized);
    for (;;) {
        const auto got = read(piece.data(), piece.size()); // what a pipe holds so far: its lines are taken as they come
        if (!got)
            return fail(got.error());
        if (*got == 0)
            return line.isEmpty() ? Result<void>() : end();
        QByteArrayView rest(piece.constData(), *got);
        while (!rest.isEmpty()) {
            const qsizetype at = rest.indexOf(separator);
            const QByteArrayView part = at < 0 ? rest : rest.first(at);
            if (line.size() + part.size() > maxLineBytes)
                return lineTooLong(m_name, number, maxLineBytes, separator);
            line.append(part);
            if (at < 0)
                break;
            if (const auto taken = end(); !taken)
                return taken;
            rest = rest.sliced(at + 1);
        }
    }
}

Result<QByteArray> readRegular(const QString& file, const InputLimit& limit)
{
    auto opened = InputFile::openRegular(file);
    if (!opened)
        return fail(opened.error());
    return opened->all(limit);
}

}
