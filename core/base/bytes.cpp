// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"

#include "core/base/endpoint.h"

namespace core {

namespace {
    // Length of the well-formed UTF-8 sequence at the start of `bytes` and its code point; 0 when there is none.
    // Table 3-7 of the Unicode Standard.
    qsizetype decodeOne(QByteArrayView bytes, char32_t& point)
    {
        const auto at = [&](qsizetype i) { return static_cast<unsigned char>(bytes[i]); };
        const auto tail = [&](qsizetype i, unsigned low = 0x80, unsigned high = 0xBF) {
            return i < bytes.size() && at(i) >= low && at(i) <= high;
        };
        const unsigned first = at(0);
        if (first < 0x80) {
            point = first;
            return 1;
        }
        if (first >= 0xC2 && first <= 0xDF && tail(1)) {
            point = (first & 0x1FU) << 6 | (at(1) & 0x3FU);
            return 2;
        }
        if (first >= 0xE0 && first <= 0xEF && tail(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && tail(2)) {
            point = (first & 0x0FU) << 12 | (at(1) & 0x3FU) << 6 | (at(2) & 0x3FU);
            return 3;
        }
        if (first >= 0xF0 && first <= 0xF4 && tail(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && tail(2)
            && tail(3)) {
            point = (first & 0x07U) << 18 | (at(1) & 0x3FU) << 12 | (at(2) & 0x3FU) << 6 | (at(3) & 0x3FU);
            return 4;
        }
        return 0;
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

bool isUtf8(QByteArrayView bytes)
{
    char32_t point = 0;
    while (!bytes.isEmpty()) {
        const qsizetype length = decodeOne(bytes, point);
        if (length == 0)
            return false;
        bytes = bytes.sliced(length);
    }
    return true;
}

QString displayText(QByteArrayView bytes)
{
    QString out;
    out.reserve(bytes.size());
    while (!bytes.isEmpty()) {
        char32_t point = 0;
        const qsizetype length = decodeOne(bytes, point);
        if (length == 0 || point < 0x20 || point == 0x7F) {
            appendByte(out, static_cast<unsigned char>(bytes[0]));
            bytes = bytes.sliced(1);
            continue;
        }
        if (point == U'\\')
            out += QStringLiteral("\\\\");
        else if (isHidden(point))
            out += QStringLiteral("\\u{%1}").arg(static_cast<uint>(point), 4, 16, QLatin1Char('0'));
        else
            out += QString::fromUcs4(&point, 1);
        bytes = bytes.sliced(length);
    }
    return out;
}

QString displayText(const QString& text)
{
    return displayText(text.toUtf8());
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
    // NUL cannot stand in an argument, and a literal that looks like our own prefix would be read as one.
    if (isUtf8(bytes) && !bytes.contains('\0') && !bytes.startsWith("b64:"))
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
