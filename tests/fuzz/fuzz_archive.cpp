// SPDX-License-Identifier: GPL-3.0-or-later
// An archive of any bytes: it is read to its end or refused, and what was found right is read again the same.
#include "core/archive/archivereader.h"
#include "fuzz.h"

#include <QStringList>

#include <sys/mman.h>
#include <unistd.h>

using core::archive::ArchiveReader;

namespace {

// Types and keys of its lines, or nothing where it was refused.
std::optional<QList<QByteArray>> linesOf(ArchiveReader& reader)
{
    QList<QByteArray> lines;
    for (;;) {
        const auto line = reader.next();
        if (!line) {
            fuzz::must(!line.error().detail.isEmpty() || !line.error().subject.isEmpty(), "a refusal says what and where");
            return std::nullopt;
        }
        if (!*line)
            return lines;
        fuzz::must(reader.bytesRead() <= reader.size(), "no more is read than there is");
        lines << (*line)->record.type + ' ' + (*line)->record.key;
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // Its checksum would let nothing but whole archives pass: most that it reads comes before that.
    static const int file = memfd_create("archive", MFD_CLOEXEC);
    fuzz::must(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == ssize_t(size), "the input is a file");
    ArchiveReader reader(QStringLiteral("/proc/self/fd/%1").arg(file));
    if (!reader.open())
        return 0;
    const auto first = linesOf(reader);
    if (first && reader.rewind())
        fuzz::must(linesOf(reader) == first, "a second reading gives the same");
    return 0;
}
