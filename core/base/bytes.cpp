// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"

#include "core/base/endpoint.h"
#include "core/base/exacttext.h"

#include <algorithm>
#include <array>

namespace core {

namespace {
    // What may follow a lead byte: the length of the sequence and the range of its second byte (Unicode table 3-7).
    struct Lead {
        int length;
        unsigned low;
        unsigned high;
    };
    Lead leadOf(unsigned byte)
    {
        if (byte < 0x80)
            return {1, 0, 0};
        if (byte >= 0xC2 && byte <= 0xDF)
            return {2, 0x80, 0xBF};
        if (byte >= 0xE0 && byte <= 0xEF)
            return {3, byte == 0xE0 ? 0xA0U : 0x80U, byte == 0xED ? 0x9FU : 0xBFU};
        if (byte >= 0xF0 && byte <= 0xF4)
            return {4, byte == 0xF0 ? 0x90U : 0x80U, byte == 0xF4 ? 0x8FU : 0xBFU};
        return {0, 0, 0};
    }

    // Of a well-formed sequence.
    char32_t pointOf(QByteArrayView sequence)
    {
        constexpr std::array<unsigned, 5> leadBits {0, 0x7F, 0x1F, 0x0F, 0x07};
        char32_t point = static_cast<unsigned char>(sequence[0]) & leadBits[static_cast<std::size_t>(sequence.size())];
        for (const char byte : sequence.sliced(1))
            point = point << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
        return point;
    }

    // Characters that a reader cannot see or that reorder what he sees.
    bool isHidden(char32_t point)
    {
        if (point == U' ')
            return false;
        switch (QChar::category(point)) {
        case QChar::Other_Control:
        case QChar::Other_Format:
        case QChar::Other_Surrogate:
        case QChar::Other_PrivateUse:
        case QChar::Other_NotAssigned:
        case QChar::Separator_Line:
        case QChar::Separator_Paragraph:
        case QChar::Separator_Space:
            return true;
        default:
            // Fillers and variation selectors are letters or marks by category, yet draw nothing.
            return point == 0x115F || point == 0x1160 || point == 0x3164 || point == 0xFFA0
                || (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF) || point == 0x034F;
        }
    }

    void appendByte(QString& out, unsigned char byte)
    {
        switch (byte) {
        case '\n': out += QStringLiteral("\\n"); return;
        case '\r': out += QStringLiteral("\\r"); return;
        case '\t': out += QStringLiteral("\\t"); return;
        default: out += QStringLiteral("\\x%1").arg(static_cast<uint>(byte), 2, 16, QLatin1Char('0'));
        }
    }
}

Utf8Part firstUtf8Part(QByteArrayView bytes)
{
    const Lead lead = leadOf(static_cast<unsigned char>(bytes[0]));
    qsizetype good = 1;
    for (; good < lead.length && good < bytes.size(); ++good) {
        const auto next = static_cast<unsigned char>(bytes[good]);
        if (next < (good == 1 ? lead.low : 0x80U) || next > (good == 1 ? lead.high : 0xBFU))
            break;
    }
    return {good, good == lead.length};
}

bool isUtf8(QByteArrayView bytes)
{
    return bytes.isValidUtf8();
}

namespace {

QString visible(QByteArrayView bytes, QLatin1StringView backslash)
{
    QString out;
    out.reserve(bytes.size());
    while (!bytes.isEmpty()) {
        const Utf8Part part = firstUtf8Part(bytes);
        const char32_t point = part.isWhole ? pointOf(bytes.first(part.length)) : 0;
        if (point < 0x20 || point == 0x7F) {
            appendByte(out, static_cast<unsigned char>(bytes[0]));
            bytes = bytes.sliced(1);
            continue;
        }
        if (point == U'\\')
            out += backslash;
        else if (part.isWhole && point < 0x80)
            out += QLatin1Char(bytes[0]);
        else if (isHidden(point))
            out += QStringLiteral("\\u{%1}").arg(static_cast<uint>(point), 4, 16, QLatin1Char('0'));
        else
            out += QString::fromUcs4(&point, 1);
        bytes = bytes.sliced(part.length);
    }
    return out;
}

}

QString displayText(QByteArrayView bytes)
{
    return visible(bytes, QLatin1StringView("\\\\"));
}

QString displayText(const QString& text)
{
    return visible(text.toUtf8(), QLatin1StringView("\\"));
}

bool isVisibleText(QByteArrayView bytes)
{
    if (!isExactText(bytes))
        return false;
    while (!bytes.isEmpty()) {
        const Utf8Part part = firstUtf8Part(bytes);
        if (isHidden(pointOf(bytes.first(part.length))))
            return false;
        bytes = bytes.sliced(part.length);
    }
    return true;
}

QString shortened(const QString& text, qsizetype longest)
{
    if (text.size() <= longest)
        return text;
    qsizetype head = longest / 2;
    qsizetype tail = text.size() - longest / 2;
    if (text.at(head - 1).isHighSurrogate())
        --head;
    if (text.at(tail).isLowSurrogate())
        ++tail;
    return QStringView(text).first(head) % QChar(u'…') % QStringView(text).sliced(tail);
}

QString shortDisplayText(QByteArrayView bytes, qsizetype longest)
{
    if (bytes.size() <= longest)
        return displayText(bytes);
    const auto isInsideCharacter = [bytes](qsizetype at) { return at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xC0U) == 0x80; };
    qsizetype head = longest / 2;
    qsizetype tail = bytes.size() - longest / 2;
    for (int i = 0; i < 3 && isInsideCharacter(head); ++i)
        --head;
    for (int i = 0; i < 3 && isInsideCharacter(tail); ++i)
        ++tail;
    return displayText(bytes.first(head)) % QChar(u'…') % displayText(bytes.sliced(tail));
}

QString plain(QByteArrayView bytes)
{
    return displayText(bytes).toHtmlEscaped();
}

QString plain(const QString& text)
{
    return displayText(text).toHtmlEscaped();
}

Result<QByteArray> bytesFromArgument(const QString& argument)
{
    static constexpr QStringView prefix = u"b64:";
    if (!argument.startsWith(prefix))
        return argument.toUtf8();
    const QByteArray encoded = argument.sliced(prefix.size()).toLatin1();
    const auto decoded = QByteArray::fromBase64Encoding(encoded, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return fail(Code::Input, Reason::BadKeyArgument, argument, QStringLiteral("not valid base64 after \"b64:\""));
    return *decoded;
}

QString argumentFromBytes(QByteArrayView bytes)
{
    // An argument is shown and pasted in terminals, which act on control characters; one that looks like our own prefix would be read as it.
    if (isVisibleText(bytes) && !bytes.startsWith("b64:"))
        return QString::fromUtf8(bytes);
    return QStringLiteral("b64:") + QString::fromLatin1(bytes.toByteArray().toBase64());
}

QString shellQuoted(const QString& word)
{
    static constexpr QStringView safe = u"@%+=:,./-_";
    const bool bare = !word.isEmpty() && std::all_of(word.begin(), word.end(), [](QChar c) {
        return (c.unicode() < 0x80 && c.isLetterOrNumber()) || safe.contains(c);
    });
    if (bare)
        return word;
    QString quoted = word;
    quoted.replace(u'\'', QStringLiteral("'\\''"));
    return u'\'' + quoted + u'\'';
}

QString endpointLabel(const Endpoint& endpoint)
{
    const QString db = u'/' + QString::number(endpoint.database);
    if (endpoint.transport == Endpoint::Transport::Unix)
        return endpoint.path + db;
    const QString host = endpoint.host.contains(u':') ? QString(u'[' + endpoint.host + u']') : endpoint.host;
    return host + u':' + QString::number(endpoint.port) + db;
}

QString endpointUrl(const Endpoint& endpoint)
{
    const QString user
        = endpoint.user.isEmpty() ? QString() : QString(QString::fromLatin1(endpoint.user.toPercentEncoding()) + u'@');
    if (endpoint.transport == Endpoint::Transport::Unix) {
        const QString path = QString::fromLatin1(endpoint.path.toUtf8().toPercentEncoding("/"));
        return QStringLiteral("unix://") + user + path + QStringLiteral("?db=") + QString::number(endpoint.database);
    }
    const QString scheme
        = endpoint.transport == Endpoint::Transport::Tls ? QStringLiteral("rediss://") : QStringLiteral("redis://");
    return scheme + user + endpointLabel(endpoint);
}

}
