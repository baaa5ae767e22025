// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/input.h"

#include "app/cli/signalwatch.h"
#include "core/base/bytes.h"

#include <cerrno>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <rapidjson/document.h>
#include <unistd.h>

#include <QFile>

using core::Code;
using core::fail;
using core::Reason;
using core::Result;

namespace cli {

namespace {
    core::Error fileError(int number, const QString& file)
    {
        switch (number) {
        case ENOENT:
        case ENOTDIR:
            return {Code::File, Reason::FileMissing, file, {}};
        case EACCES:
        case EPERM:
        case EROFS:
            return {Code::File, Reason::FilePermission, file, {}};
        case ENOSPC:
        case EDQUOT:
            return {Code::File, Reason::DiskFull, file, {}};
        case EISDIR:
            return {Code::File, Reason::FileDamaged, file, QStringLiteral("it is a folder")};
        default:
            return {Code::File, Reason::FileDamaged, file, QStringLiteral("it could not be read or written to its end")};
        }
    }

    Result<QByteArray> readAll(int descriptor, const QString& file)
    {
        QByteArray all;
        char part[65536];
        for (;;) {
            const ssize_t got = ::read(descriptor, part, sizeof part);
            if (got > 0)
                all.append(part, got);
            else if (got == 0)
                return all;
            else if (errno == EINTR && SignalWatch::received() != 0)
                SignalWatch::endBySignal(SignalWatch::received());
            else if (errno != EINTR)
                return fail(fileError(errno, file));
        }
    }

    const rapidjson::Value* member(const rapidjson::Value& object, const char* name)
    {
        const auto found = object.FindMember(name);
        return found == object.MemberEnd() ? nullptr : &found->value;
    }

    // A key of one NDJSON line; no value for the summary line.
    Result<std::optional<QByteArray>> keyFromJson(const QByteArray& line, qsizetype number)
    {
        const auto bad = [&](const QString& why) {
            return fail(Code::Input, Reason::BadKeyArgument, QStringLiteral("Line %1").arg(number), why);
        };
        rapidjson::Document json;
        json.Parse<rapidjson::kParseValidateEncodingFlag>(line.constData(), static_cast<std::size_t>(line.size()));
        if (json.HasParseError() || !json.IsObject())
            return bad(QStringLiteral("it is not a JSON object"));
        if (const auto* type = member(json, "type"); type && type->IsString() && std::string_view(type->GetString()) == "summary")
            return std::optional<QByteArray>();
        if (const auto* key = member(json, "key"); key && key->IsString())
            return std::optional(QByteArray(key->GetString(), key->GetStringLength()));
        if (const auto* encoded = member(json, "key_b64"); encoded && encoded->IsString()) {
            const auto decoded = QByteArray::fromBase64Encoding(
                QByteArray(encoded->GetString(), encoded->GetStringLength()), QByteArray::AbortOnBase64DecodingErrors);
            if (decoded)
                return std::optional(*decoded);
        }
        return bad(QStringLiteral("it has neither \"key\" nor \"key_b64\""));
    }

    // A key may start with a brace too ({user}:1), so one JSON object decides, not the first character.
    bool isNdjson(const QByteArray& firstLine)
    {
        rapidjson::Document json;
        json.Parse(firstLine.constData(), static_cast<std::size_t>(firstLine.size()));
        return !json.HasParseError() && json.IsObject() && (member(json, "key") || member(json, "type"));
    }

    // What "keys --json" prints, or such a document on many lines. Its lines are no keys, and nothing else would say so.
    bool isOneDocument(const QByteArray& text)
    {
        const QByteArray trimmed = text.trimmed();
        if (!trimmed.startsWith('{') && !trimmed.startsWith('['))
            return false;
        rapidjson::Document json;
        json.Parse(trimmed.constData(), static_cast<std::size_t>(trimmed.size()));
        if (json.HasParseError()) // of NDJSON at the end of the first line
            return false;
        const bool ours = json.IsObject() && member(json, "schema") && !member(json, "type");
        return ours || trimmed.contains('\n');
    }

    Result<QList<QByteArray>> keysFromLines(const QByteArray& text)
    {
        if (isOneDocument(text))
            return fail(Code::Input, Reason::BadKeyArgument, QStringLiteral("A JSON document"),
                QStringLiteral("keys come as lines, or as \"keys --ndjson\" prints them"));
        QList<QByteArray> keys;
        std::optional<bool> ndjson;
        qsizetype number = 0;
        for (const QByteArray& line : text.split('\n')) {
            ++number;
            if (line.isEmpty())
                continue;
            if (!ndjson)
                ndjson = isNdjson(line);
            if (*ndjson) {
                const auto key = keyFromJson(line, number);
                if (!key)
                    return fail(key.error());
                if (*key)
                    keys << **key;
            } else if (line.startsWith("b64:")) {
                const auto key = core::bytesFromArgument(QString::fromLatin1(line));
                if (!key)
                    return fail(key.error());
                keys << *key;
            } else {
                keys << line;
            }
        }
        return keys;
    }
}

Result<QByteArray> readFile(const QString& file)
{
    if (file == QStringLiteral("-"))
        return readAll(STDIN_FILENO, QStringLiteral("stdin"));
    const int descriptor = ::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(fileError(errno, file));
    const Result<QByteArray> all = readAll(descriptor, file);
    ::close(descriptor);
    return all;
}

Result<QList<QByteArray>> keysFromText(const QByteArray& text, bool nulSeparated)
{
    if (!nulSeparated)
        return keysFromLines(text);
    QList<QByteArray> keys;
    for (const QByteArray& key : text.split('\0')) {
        if (!key.isEmpty())
            keys << key;
    }
    return keys;
}

}
