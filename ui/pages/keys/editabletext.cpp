// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/editabletext.h"

#include "core/base/exacttext.h"
#include "core/base/format.h"
#include "core/cache/jsontext.h"
#include "core/values/escapes.h"

#include <QCoreApplication>

#include <algorithm>

namespace ui {

using core::values::Decoded;
using core::values::Decoder;

namespace {
    constexpr qsizetype longestLine = 50'000; // characters: a text widget lays a line out as a whole
    constexpr qsizetype mostEscaped = 64 * 1024; // bytes

    QString tr(const char* text) { return QCoreApplication::translate("ui::EditableText", text); }

    Editable refused(const QString& sentence) { return {std::nullopt, sentence}; }

    qsizetype longestOf(const QString& text)
    {
        qsizetype longest = 0;
        for (const QStringView line : QStringView(text).tokenize(u'\n'))
            longest = std::max(longest, line.size());
        return longest;
    }

    // A text widget parts lines at more than LF, and lets some characters go unseen.
    bool survivesEditing(const QByteArray& bytes)
    {
        if (!core::isExactText(bytes))
            return false;
        const QString text = QString::fromUtf8(bytes);
        return std::ranges::none_of(text, [](QChar c) {
            return (c.unicode() < 0x20 && c != u'\n' && c != u'\t') || c == QChar(0x7F) || c == QChar::ParagraphSeparator || c == QChar::LineSeparator
                || c == QChar(0xFDD0) || c == QChar(0xFDD1) || c == QChar::ObjectReplacementCharacter;
        });
    }

    bool isJson(const Decoded& decoded) { return !decoded.problem && (decoded.has(Decoder::Json) || decoded.has(Decoder::Envelope)); }

    Editable withLines(EditableText made)
    {
        if (const qsizetype longest = longestOf(made.text); longest > longestLine)
            return refused(tr("A line of it has %1 characters: more than can be edited here.").arg(core::formatCount(longest)));
        return {std::move(made), {}};
    }
}

Editable editableText(const QByteArray& bytes, const Decoded& decoded)
{
    if (bytes.size() > mostEditable)
        return refused(tr("It holds %1: up to %2 can be edited here.").arg(core::formatBytes(bytes.size()), core::formatBytes(mostEditable)));
    if (!decoded.steps.isEmpty() && core::values::isCompression(decoded.steps.first()))
        return refused(tr("It is stored as %1: what is inside cannot be edited here.").arg(core::values::decoderName(decoded.steps.first())));
    if (!survivesEditing(bytes)) {
        if (bytes.size() > mostEscaped)
            return refused(tr("Its bytes are not text; up to %1 of such can be edited here, as escapes.").arg(core::formatBytes(mostEscaped)));
        return withLines({EditableText::Form::Escaped, core::displayText(bytes)});
    }
    EditableText made {EditableText::Form::Text, QString::fromUtf8(bytes), std::nullopt, isJson(decoded)};
    const bool laidOut = made.isJson && !decoded.isTextCut && survivesEditing(decoded.text) && decoded.text.size() <= mostEditable * 4;
    if (const auto style = laidOut ? core::values::jsonStyleOf(bytes) : std::nullopt) {
        EditableText spread = made;
        spread.form = EditableText::Form::LaidOut;
        spread.text = QString::fromUtf8(decoded.text);
        spread.style = style;
        if (typedBytes(spread, spread.text, true).bytes == bytes) // exactly, or as it stands
            made = spread;
    }
    return withLines(std::move(made));
}

Typed typedBytes(const EditableText& edited, const QString& text, bool wantsJson)
{
    Typed typed;
    if (edited.form == EditableText::Form::Escaped) {
        const core::values::Unescaped read = core::values::bytesFromEscapes(text);
        typed.bytes = read.bytes;
        typed.badAt = read.badAt;
        typed.isStorable = read.isGood();
        if (!read.isGood())
            typed.position = core::values::positionOf(text.toUtf8(), text.left(read.badAt).toUtf8().size());
        return typed;
    }
    typed.bytes = text.toUtf8();
    const qsizetype badByte = wantsJson || edited.style ? core::cache::jsonErrorAt(typed.bytes) : -1;
    if (badByte >= 0) {
        typed.badAt = QString::fromUtf8(typed.bytes.first(std::min(badByte, typed.bytes.size()))).size();
        typed.position = core::values::positionOf(typed.bytes, badByte);
    } else if (edited.style) {
        typed.bytes = core::values::jsonInStyle(typed.bytes, *edited.style);
    }
    return typed;
}

}
