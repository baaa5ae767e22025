// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/entryvalue.h"

#include "core/base/bytes.h"
#include "core/cache/jsontext.h"

#include <algorithm>

namespace core::cache {

namespace {
    bool isPrintableText(const QByteArray& bytes)
    {
        const auto isControl = [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
        };
        return isUtf8(bytes) && std::ranges::none_of(bytes, isControl);
    }

    struct EnvelopeNames {
        QByteArrayView body, status; // as tokens
    };
    constexpr EnvelopeNames seedNames {"\"data\"", "\"status_code\""};
    constexpr EnvelopeNames hashedNames {"\"body\"", "\"status\""};

    // Exactly these two members, the status an integer.
    bool takeEnvelope(EntryValue& value, const EnvelopeNames& names)
    {
        JsonTokens tokens(value.payload);
        if (tokens.next() != "{")
            return false;
        QByteArrayView data;
        std::optional<int> status;
        int members = 0;
        for (QByteArrayView name = tokens.next(); name != "}"; name = tokens.next()) {
            if (name == ",")
                continue;
            tokens.next();
            const QByteArrayView content = tokens.nextValue();
            bool isInt = false;
            if (++members > 2)
                return false;
            if (name == names.body)
                data = content;
            else if (const int code = content.toByteArray().toInt(&isInt); name == names.status && isInt)
                status = code;
        }
        if (members != 2 || data.isEmpty() || !status)
            return false;
        value.form = EntryValue::Form::Envelope;
        value.statusCode = status;
        value.payload = data.toByteArray();
        return true;
    }

    void takeEnvelopeOf(EntryValue& value, const QString& scheme)
    {
        if (scheme == u"lightapi-v2")
            return;
        const bool taken = scheme != u"md5-v1" && takeEnvelope(value, seedNames);
        if (!taken && (scheme.isEmpty() || scheme == u"md5-v1"))
            takeEnvelope(value, hashedNames);
    }

    QByteArray indentation(qsizetype depth)
    {
        return '\n' + QByteArray(depth * 2, ' ');
    }

    // Cuts to `limit` bytes, whole characters, and says so in a last line.
    QByteArray cut(QByteArray text, qsizetype limit)
    {
        static constexpr QByteArrayView mark("\n\xE2\x80\xA6");
        qsizetype size = std::max<qsizetype>(0, limit - mark.size());
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
            --size;
        text.truncate(size);
        return text + mark;
    }
}

QString formName(EntryValue::Form form)
{
    switch (form) {
    case EntryValue::Form::Json: return QStringLiteral("json");
    case EntryValue::Form::Envelope: return QStringLiteral("envelope");
    case EntryValue::Form::Text: return QStringLiteral("text");
    case EntryValue::Form::Binary: return QStringLiteral("binary");
    case EntryValue::Form::Collection: break;
    }
    return QStringLiteral("collection");
}

EntryValue decodeEntry(const QByteArray& stored, const QString& scheme)
{
    EntryValue value;
    value.payload = stored;
    if (!isJson(stored)) {
        value.form = isPrintableText(stored) ? EntryValue::Form::Text : EntryValue::Form::Binary;
        return value;
    }
    value.form = EntryValue::Form::Json;
    value.usableByLightApi = JsonTokens(stored).next() != "null";
    takeEnvelopeOf(value, scheme);
    return value;
}

bool jsonEqual(const QByteArray& left, const QByteArray& right)
{
    if (left == right)
        return true;
    const QByteArray fingerprint = jsonFingerprint(left);
    return !fingerprint.isEmpty() && fingerprint == jsonFingerprint(right);
}

QByteArray jsonIndented(const QByteArray& json, qsizetype limit)
{
    if (!isJson(json))
        return json;
    JsonTokens tokens(json);
    QByteArray out;
    qsizetype depth = 0;
    bool opened = false; // the last token opened a container that is empty so far
    for (QByteArrayView token = tokens.next(); !token.isEmpty(); token = tokens.next()) {
        const bool closes = token == "]" || token == "}";
        depth -= closes ? 1 : 0;
        if (opened != closes)
            out += indentation(depth);
        out += token;
        opened = token == "[" || token == "{";
        depth += opened ? 1 : 0;
        if (token == ",")
            out += indentation(depth);
        else if (token == ":")
            out += ' ';
        if (out.size() > limit)
            return cut(out, limit);
    }
    return out;
}

}
