// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/decoder.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace core::values {

namespace {
    struct Name {
        Decoder decoder;
        const char* word;
        const char* name;
    };
    constexpr std::array<Name, 12> names {{
        {Decoder::Json, "json", "JSON"},
        {Decoder::Envelope, "envelope", "LightAPI envelope"},
        {Decoder::Gzip, "gzip", "gzip"},
        {Decoder::Zlib, "zlib", "zlib"},
        {Decoder::Zstd, "zstd", "zstd"},
        {Decoder::Msgpack, "msgpack", "MessagePack"},
        {Decoder::Pickle, "pickle", "Python pickle"},
        {Decoder::Utf8, "utf8", "UTF-8"},
        {Decoder::Latin1, "latin1", "Latin-1"},
        {Decoder::Utf16, "utf16", "UTF-16"},
        {Decoder::Image, "image", "image"},
        {Decoder::Hex, "hex", "hex"},
    }};

    const Name& rowOf(Decoder decoder)
    {
        return *std::ranges::find(names, decoder, &Name::decoder);
    }
}

QList<Decoder> allDecoders()
{
    QList<Decoder> all;
    for (const Name& name : names)
        all += name.decoder;
    return all;
}

QString decoderName(Decoder decoder)
{
    return QString::fromLatin1(rowOf(decoder).name);
}

QString decoderWord(Decoder decoder)
{
    return QString::fromLatin1(rowOf(decoder).word);
}

std::optional<Decoder> decoderFromWord(const QString& word)
{
    const auto at = std::ranges::find_if(names, [&](const Name& name) { return word == QLatin1String(name.word); });
    return at == names.end() ? std::nullopt : std::optional(at->decoder);
}

bool isCompression(Decoder decoder)
{
    return decoder == Decoder::Gzip || decoder == Decoder::Zlib || decoder == Decoder::Zstd;
}

QString chainText(const Decoded& decoded)
{
    QStringList parts;
    for (const Decoder step : decoded.steps)
        parts += step == Decoder::Image ? QString::fromLatin1(decoded.imageFormat) : decoderName(step);
    return parts.isEmpty() ? QStringLiteral("bytes") : parts.join(QStringLiteral(" -> "));
}

}
