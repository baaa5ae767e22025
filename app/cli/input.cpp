// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/input.h"

#include "app/cli/signalwatch.h"
#include "core/base/bytes.h"
#include "core/base/format.h"

using core::Code;
using core::fail;
using core::InputFile;
using core::Result;

namespace cli {

namespace {
    constexpr qint64 maxKeptItems = 50'000'000;
    constexpr qint64 maxKeptBytes = 4'000'000'000;

    void endOnSignal()
    {
        if (const int number = SignalWatch::received(); number != 0)
            SignalWatch::endBySignal(number);
    }
}

Result<InputFile> openInput(const QString& file, std::function<void()> beforeRead)
{
    const auto look = [beforeRead = std::move(beforeRead)] {
        endOnSignal();
        if (beforeRead)
            beforeRead();
    };
    return file == QStringLiteral("-") ? Result<InputFile>(InputFile::standardInput(look)) : InputFile::open(file, look);
}

Result<QByteArray> readFile(const QString& file, const core::InputLimit& limit)
{
    auto input = openInput(file);
    return input ? input->all(limit) : Result<QByteArray>(fail(input.error()));
}

Result<void> readLines(const QString& file, bool nulSeparated, const std::function<Result<void>(const QByteArray&)>& take, std::function<void()> beforeRead)
{
    auto input = openInput(file, std::move(beforeRead));
    return input ? input->lines(nulSeparated ? '\0' : '\n', maxLineBytes, take) : Result<void>(fail(input.error()));
}

Result<void> readKeys(const QString& file, bool nulSeparated, const KeyLines::Take& take, std::function<void()> beforeRead)
{
    KeyLines keys(nulSeparated, take);
    const auto read = readLines(file, nulSeparated, [&keys](const QByteArray& line) { return keys.line(line); }, std::move(beforeRead));
    return read ? keys.end() : read;
}

Result<QList<QByteArray>> keysFrom(const QString& file, bool nulSeparated)
{
    QList<QByteArray> keys;
    KeptItems kept(file);
    const auto read = readKeys(file, nulSeparated, [&](const QByteArray& key) { return kept.add(keys, key); });
    return read ? Result<QList<QByteArray>>(std::move(keys)) : Result<QList<QByteArray>>(fail(read.error()));
}

KeptItems::KeptItems(QString file)
    : m_file(file == QStringLiteral("-") ? QStringLiteral("stdin") : core::displayText(file))
{
}

Result<void> KeptItems::add(QList<QByteArray>& list, const QByteArray& item)
{
    m_bytes += item.size();
    if (list.size() >= maxKeptItems || m_bytes > maxKeptBytes)
        return fail(Code::Input, core::Reason::None, m_file,
            QStringLiteral("It holds more than %1 lines or %2, the most that are kept at once. Split it, and take one part after another.").arg(core::formatCount(maxKeptItems), core::formatBytes(maxKeptBytes)));
    list << item;
    return {};
}

}
