// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/valuejson.h"

#include "core/base/bytes.h"
#include "core/cache/jsontext.h"

#include <algorithm>

namespace ui {

using core::values::Decoded;
using core::values::Value;

namespace {
    // As RFC 8259 asks for, and no more: all else stays as it is.
    QByteArray quoted(const QByteArray& text)
    {
        QByteArray out("\"");
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 0x20)
                out += "\\u00" + QByteArray(1, c).toHex();
            else if (c == '"' || c == '\\')
                out += QByteArray("\\") + c;
            else
                out += c;
        }
        return out + '"';
    }

    QByteArray bytesAsJson(const QByteArray& bytes)
    {
        return core::isUtf8(bytes) ? quoted(bytes) : QByteArray(R"({"b64":")" + bytes.toBase64() + R"("})");
    }

    QByteArray listAsJson(const QByteArrayList& written) { return '[' + written.join(", ") + ']'; }

    // "inf" is a score, and no number of JSON.
    QByteArray scoreAsJson(const QByteArray& score) { return core::cache::isJson(score) ? score : quoted(score); }

    QByteArray pairAsJson(const Value& value, qsizetype at)
    {
        const QByteArray& second = value.members.at(at + 1);
        return listAsJson({bytesAsJson(value.members.at(at)), value.type == "zset" ? scoreAsJson(second) : bytesAsJson(second)});
    }

    bool hasNames(const Value& value)
    {
        for (qsizetype i = 0; i < value.members.size(); i += value.stride) {
            if (!core::isUtf8(value.members.at(i)))
                return false;
        }
        return true;
    }

    QByteArray lines(const QByteArrayList& rows, char begin, char end)
    {
        return begin + (rows.isEmpty() ? QByteArray() : QByteArray("\n  " + rows.join(",\n  ") + '\n')) + end;
    }

    QByteArray stringAsJson(const QByteArray& stored, const Decoded& decoded)
    {
        if (core::cache::isJson(stored))
            return stored;
        return !decoded.isStopped && core::cache::isJson(decoded.bytes) ? decoded.bytes : bytesAsJson(stored);
    }
}

QByteArray valueAsJson(const Value& value, const Decoded& decoded)
{
    if (value.isString())
        return stringAsJson(value.bytes, decoded);
    QByteArrayList rows;
    for (const core::values::StreamEntry& entry : value.entries) {
        QByteArrayList words {bytesAsJson(entry.id)};
        for (const QByteArray& field : entry.fields)
            words += bytesAsJson(field);
        rows += listAsJson(words);
    }
    const bool isObject = value.type == "hash" && hasNames(value);
    for (qsizetype i = 0; i + value.stride <= value.members.size(); i += value.stride) {
        rows += isObject    ? QByteArray(bytesAsJson(value.members.at(i)) + ": " + bytesAsJson(value.members.at(i + 1)))
            : value.stride == 2 ? pairAsJson(value, i)
                                : bytesAsJson(value.members.at(i));
    }
    return isObject ? lines(rows, '{', '}') : lines(rows, '[', ']');
}

}
