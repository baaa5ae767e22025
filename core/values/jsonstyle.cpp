// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/jsonstyle.h"

#include "core/cache/jsontext.h"

#include <QList>
#include <QString>

#include <algorithm>

namespace core::values {

std::optional<JsonStyle> jsonStyleOf(const QByteArray& json)
{
    if (!cache::isJson(json))
        return std::nullopt;
    for (const JsonStyle style : {JsonStyle::Spaced, JsonStyle::Compact}) {
        if (jsonInStyle(json, style) == json)
            return style;
    }
    return std::nullopt;
}

QByteArray jsonInStyle(const QByteArray& json, JsonStyle style)
{
    QByteArray text;
    text.reserve(json.size());
    cache::JsonTokens tokens(json);
    for (QByteArrayView token = tokens.next(); !token.isEmpty(); token = tokens.next()) {
        text += token;
        if (style == JsonStyle::Spaced && (token[0] == ',' || token[0] == ':'))
            text += ' ';
    }
    return text;
}

TextPosition positionOf(QByteArrayView text, qsizetype byte)
{
    const QByteArrayView before = text.first(std::clamp<qsizetype>(byte, 0, text.size()));
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    return {std::ranges::count(before, '\n') + 1, QString::fromUtf8(before.sliced(lineStart)).toUcs4().size() + 1};
}

}
