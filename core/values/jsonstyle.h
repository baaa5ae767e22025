// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

// JSON that is edited laid out and stored as it was written before.
namespace core::values {

// How a text is written between its tokens.
enum class JsonStyle {
    Compact, // {"a":1,"b":2}
    Spaced, // {"a": 1, "b": 2}: json.dumps() of Python, and so LightAPI
};

// Of JSON that is written in one of them throughout; none for any other.
std::optional<JsonStyle> jsonStyleOf(const QByteArray& json);
// The same tokens in that style. `json` must be JSON.
QByteArray jsonInStyle(const QByteArray& json, JsonStyle style);

// Where a byte of a text stands for people: from 1, columns in characters.
struct TextPosition {
    qsizetype line = 1;
    qsizetype column = 1;
};
TextPosition positionOf(QByteArrayView text, qsizetype byte);

}
