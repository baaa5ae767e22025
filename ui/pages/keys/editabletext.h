// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/decoder.h"
#include "core/values/jsonstyle.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace ui {

// Stored bytes as text that can be typed in, and back. What cannot be turned back into exactly the same bytes is not offered.
struct EditableText {
    enum class Form {
        Text, // UTF-8 as it stands
        LaidOut, // JSON spread over lines; stored in `style` again
        Escaped, // bytes as \xNN
    };
    Form form = Form::Text;
    QString text;
    std::optional<core::values::JsonStyle> style = {};
    bool isJson = false; // what is stored is; so should what is typed be
};

constexpr qsizetype mostEditable = 1'000'000; // bytes; of a text widget that is still quick

// Or why they are not editable, as a sentence. `decoded` is what they were found to be.
struct Editable {
    std::optional<EditableText> text;
    QString refusal;
};
Editable editableText(const QByteArray& bytes, const core::values::Decoded& decoded);

// What was typed, as it would be stored.
struct Typed {
    QByteArray bytes;
    // JSON stops here, or an escape is none. In characters of the text; -1: nothing is wrong.
    qsizetype badAt = -1;
    core::values::TextPosition position = {}; // of it
    bool isStorable = true; // false: no bytes can be made of it
};
Typed typedBytes(const EditableText& edited, const QString& text, bool wantsJson);

}
