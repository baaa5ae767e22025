// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/jsondiff.h"

#include "core/cache/entryvalue.h"
#include "core/cache/jsontext.h"
#include "core/values/parsed.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace core::values {

namespace {
    constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

    // RapidJSON's writer puts a number that it gets as text in quotes.
    class Writer final : public rapidjson::Writer<rapidjson::StringBuffer> {
    public:
        using rapidjson::Writer<rapidjson::StringBuffer>::Writer;
        bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return RawValue(text, size, rapidjson::kNumberType); }
    };

    bool isSame(const PathChange& change)
    {
        return change.before && change.after && cache::jsonEqual(*change.before, *change.after);
    }
}

QByteArray withPlainStrings(const QByteArray& json)
{
    rapidjson::MemoryStream stream(json.constData(), static_cast<std::size_t>(json.size()));
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    rapidjson::Reader().Parse<flags>(stream, writer);
    return QByteArray(buffer.GetString(), static_cast<qsizetype>(buffer.GetSize()));
}

std::optional<PathDiff> diffJson(const QByteArray& before, const QByteArray& after, const DiffLimits& limits)
{
    if (!cache::isJson(before) || !cache::isJson(after))
        return std::nullopt;
    const QByteArray first = withPlainStrings(before);
    const QByteArray second = withPlainStrings(after);
    PathDiff found = diffStructures(structureOfJson(first, limits.isCancelled), structureOfJson(second, limits.isCancelled), limits);
    found.changes.removeIf(isSame);
    return found;
}

}
