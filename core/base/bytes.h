// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

// Keys and values are bytes. These are the only ways they become text and back.
namespace core {

// What `bytes` (not empty) begin with: a whole UTF-8 sequence, or the longest part of one that is broken or cut off.
struct Utf8Part {
    qsizetype length = 1;
    bool isWhole = false;
};
Utf8Part firstUtf8Part(QByteArrayView bytes);

// True when `bytes` is well-formed UTF-8 (no overlong forms, no surrogates).
bool isUtf8(QByteArrayView bytes);

// Bytes as one line of plain text in which nothing is hidden: control, bidi and invisible characters and bytes that are not
// UTF-8 appear as \xNN (a byte) or \u{NNNN} (a character), a backslash as two. For labels that show plain text.
QString displayText(QByteArrayView bytes);

inline QString displayText(const QByteArray& bytes) { return displayText(QByteArrayView(bytes)); }
// The same for what is text already (sentences, server messages, file names), except that a backslash stays one: display text of
// bytes that a sentence holds comes out as it went in, so a sink may always call this.
QString displayText(const QString& text);

// For a sink that lays text out, which takes seconds for a megabyte and is never looked at whole: beginning and end of what is longer
// than `longest` with "…" between them, anything else as it is.
constexpr qsizetype longestShown = 1000;
QString shortened(const QString& text, qsizetype longest = longestShown);
// The same of bytes, as displayText(), which makes more characters of them than `longest`.
QString shortDisplayText(QByteArrayView bytes, qsizetype longest = longestShown);

// Server text for a sink that guesses rich text (chart titles, legends, tooltips, message boxes, notifications): displayText()
// with & < > " escaped. Elsewhere use Qt::PlainText.
QString plain(QByteArrayView bytes);
inline QString plain(const QByteArray& bytes) { return plain(QByteArrayView(bytes)); }
QString plain(const QString& text);

// A key, prefix, text or pattern given as an argument: "b64:…" holds exact bytes, anything else is UTF-8 (CLI.md, "Output").
Result<QByteArray> bytesFromArgument(const QString& argument);
// The argument that bytesFromArgument() turns back into `bytes`: their text where all of it can be seen, else "b64:…".
QString argumentFromBytes(QByteArrayView bytes);

// One word of a POSIX shell command line, quoted where needed.
QString shellQuoted(const QString& word);

}
