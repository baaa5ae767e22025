// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/escapes.h"

#include <algorithm>
#include <optional>

namespace core::values {

namespace {
    struct Escape {
        QByteArray bytes;
        qsizetype length = 0; // characters, the backslash included
    };

    // toUInt() would take a sign and spaces around them too.
    bool areHexDigits(QStringView text)
    {
        return std::ranges::all_of(text, [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F'); });
    }

    std::optional<Escape> byteEscape(QStringView text)
    {
        if (text.size() < 4 || !areHexDigits(text.sliced(2, 2)))
            return std::nullopt;
        return Escape {QByteArray(1, static_cast<char>(text.sliced(2, 2).toUInt(nullptr, 16))), 4};
    }

    std::optional<Escape> characterEscape(QStringView text)
    {
        static constexpr qsizetype mostDigits = 6;
        const qsizetype end = text.left(mostDigits + 4).indexOf(u'}');
        if (end < 4 || text.at(2) != u'{' || !areHexDigits(text.sliced(3, end - 3)))
            return std::nullopt;
        const char32_t point = text.sliced(3, end - 3).toUInt(nullptr, 16);
        if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return std::nullopt;
        return Escape {QStringView(QChar::fromUcs4(point)).toUtf8(), end + 1}; // QString::fromUcs4() drops U+FEFF
    }

    // `text` begins with a backslash.
    std::optional<Escape> escapeAt(QStringView text)
    {
        if (text.size() < 2)
            return std::nullopt;
        switch (text.at(1).unicode()) {
        case u'\\': return Escape {"\\", 2};
        case u'n': return Escape {"\n", 2};
        case u'r': return Escape {"\r", 2};
        case u't': return Escape {"\t", 2};
        case u'x': return byteEscape(text);
        case u'u': return characterEscape(text);
        default: return std::nullopt;
        }
    }
}

Unescaped bytesFromEscapes(const QString& text)
{
    Unescaped result;
    qsizetype at = 0;
    while (at < text.size()) {
        const qsizetype slash = text.indexOf(u'\\', at);
        const qsizetype end = slash < 0 ? text.size() : slash;
        result.bytes += QStringView(text).sliced(at, end - at).toUtf8();
        if (slash < 0)
            break;
        const auto escape = escapeAt(QStringView(text).sliced(slash));
        if (!escape) {
            result.badAt = slash;
            return result;
        }
        result.bytes += escape->bytes;
        at = slash + escape->length;
    }
    return result;
}

}
