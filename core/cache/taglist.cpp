// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/taglist.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace core::cache {

namespace {
    // Takes [ "text", … ] and stops at anything else.
    struct ListHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ListHandler> {
        QList<QByteArray> names;
        bool open = false;

        bool Default() { return false; }
        bool StartArray()
        {
            const bool nested = open;
            open = true;
            return !nested;
        }
        bool EndArray(rapidjson::SizeType) { return true; }
        bool String(const char* text, rapidjson::SizeType length, bool)
        {
            if (!open)
                return false;
            names << QByteArray(text, static_cast<qsizetype>(length));
            return true;
        }
    };
}

Result<QList<QByteArray>> parseTagList(const QByteArray& json)
{
    rapidjson::MemoryStream stream(json.constData(), static_cast<std::size_t>(json.size()));
    rapidjson::Reader reader;
    ListHandler handler;
    const rapidjson::ParseResult result = reader.Parse(stream, handler);
    // RapidJSON takes a NUL after the list for its end.
    const bool whole = stream.Tell() == static_cast<std::size_t>(json.size());
    if (!result.IsError() && whole)
        return std::move(handler.names);
    if (!result.IsError())
        return fail(Code::Data, Reason::CorruptTag, {}, QStringLiteral("not a JSON list of texts: something follows it"));
    const QString why = result.Code() == rapidjson::kParseErrorTermination
        ? QStringLiteral("something else than a text")
        : QString::fromLatin1(rapidjson::GetParseError_En(result.Code()));
    return fail(Code::Data, Reason::CorruptTag, {},
        QStringLiteral("not a JSON list of texts: %1 at byte %2").arg(why, QString::number(result.Offset())));
}

}
