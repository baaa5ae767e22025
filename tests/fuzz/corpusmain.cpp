// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target over the files of a folder, for compilers without libFuzzer.
#include "fuzz.h"

#include <QDir>
#include <QFile>

int main(int argc, char** argv)
{
    const QDir folder(argc == 2 ? QString::fromLocal8Bit(argv[1]) : QString());
    const QStringList names = argc == 2 ? folder.entryList(QDir::Files, QDir::Name) : QStringList();
    for (const QString& name : names) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) {
            std::fprintf(stderr, "cannot read %s\n", qPrintable(file.fileName()));
            return 2;
        }
        const QByteArray bytes = file.readAll();
        std::printf("%s\n", qPrintable(name));
        std::fflush(stdout);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.constData()), std::size_t(bytes.size()));
    }
    if (names.isEmpty())
        std::fprintf(stderr, "usage: %s FOLDER (with files)\n", argv[0]);
    return names.isEmpty() ? 2 : 0;
}
