// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/querycodec.h"

#include "core/base/bytes.h"

#include <algorithm>

#include <QUrl>

namespace core::cache {

namespace {
    const QByteArrayView replacement("\xEF\xBF\xBD"); // U+FFFD

    int hexDigit(char c)
    {
        if (c >= '0' && c <= '9')
            return c - '0';
        if (c >= 'a' && c <= 'f')
            return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    // bytes.decode("utf-8", "replace"): one U+FFFD for each maximal subpart that is not well-formed.
    QByteArray replacedUtf8(const QByteArray& bytes)
    {
        if (isUtf8(bytes))
            return bytes;
        QByteArray out;
        for (QByteArrayView rest = bytes; !rest.isEmpty();) {
            const Utf8Part part = firstUtf8Part(rest);
            out += part.isWhole ? rest.first(part.length) : replacement;
            rest = rest.sliced(part.length);
        }
        return out;
    }

    // urllib.parse.unquote of text that Starlette decoded as Latin-1: escapes are decoded within runs of ASCII, and a raw byte
    // above 0x7F is the character of that number.
    QByteArray unquotedLatin1(QByteArrayView text)
    {
        const auto isAscii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
        auto end = std::find_if_not(text.begin(), text.end(), isAscii);
        if (end == text.end())
            return replacedUtf8(percentDecoded(text, true));
        QByteArray out;
        for (auto at = text.begin(); at != text.end(); end = std::find_if_not(at, text.end(), isAscii)) {
            out += replacedUtf8(percentDecoded(QByteArrayView(at, end), true));
            for (at = end; at != text.end() && !isAscii(*at); ++at) {
                const auto byte = static_cast<unsigned char>(*at);
                out += static_cast<char>(0xC0 | (byte >> 6));
                out += static_cast<char>(0x80 | (byte & 0x3F));
            }
        }
        return out;
    }

    bool isUnreserved(char c)
    {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'
            || c == '~';
    }

    void appendQuoted(QByteArray& out, const QByteArray& text)
    {
        static constexpr char digits[] = "0123456789ABCDEF";
        for (const char c : text) {
            if (isUnreserved(c)) {
                out += c;
            } else if (c == ' ') {
                out += '+';
            } else {
                const auto byte = static_cast<unsigned char>(c);
                out += '%';
                out += digits[byte >> 4];
                out += digits[byte & 0xF];
            }
        }
    }
}

QByteArray percentDecoded(QByteArrayView text, bool plusIsSpace)
{
    // Written through a pointer: keys of a whole database pass here.
    QByteArray out(text.size(), Qt::Uninitialized);
    char* to = out.data();
    for (qsizetype i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
        if (low >= 0) {
            *to++ = static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            *to++ = plusIsSpace && text[i] == '+' ? ' ' : text[i];
        }
    }
    out.truncate(to - out.constData());
    return out;
}

QueryPairs parseQuery(QByteArrayView raw)
{
    QueryPairs pairs;
    for (qsizetype from = 0; from <= raw.size();) {
        qsizetype end = raw.indexOf('&', from);
        if (end < 0)
            end = raw.size();
        const QByteArrayView segment = raw.sliced(from, end - from);
        from = end + 1;
        if (segment.isEmpty())
            continue;
        const qsizetype equals = segment.indexOf('=');
        if (equals < 0)
            pairs.emplace_back(unquotedLatin1(segment), QByteArray(""));
        else
            pairs.emplace_back(unquotedLatin1(segment.first(equals)), unquotedLatin1(segment.sliced(equals + 1)));
    }
    return pairs;
}

QByteArray encodeQuery(const QueryPairs& pairs)
{
    QByteArray out;
    for (const auto& [name, value] : pairs) {
        if (!out.isEmpty())
            out += '&';
        appendQuoted(out, name);
        out += '=';
        appendQuoted(out, value);
    }
    return out;
}

bool isEncodedQuery(QByteArrayView text)
{
    bool hasEquals = false;
    bool hasHighBytes = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
            const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
            const bool isLower = low >= 0 && (text[i + 1] >= 'a' || text[i + 2] >= 'a');
            if (low < 0 || isLower || isUnreserved(static_cast<char>(high * 16 + low)) || high * 16 + low == ' ')
                return false;
            hasHighBytes = hasHighBytes || high >= 8;
            i += 2;
        } else if (c == '&') {
            if (!hasEquals || i + 1 == text.size())
                return false;
            hasEquals = false;
        } else if (c == '=') {
            if (hasEquals)
                return false;
            hasEquals = true;
        } else if (!isUnreserved(c) && c != '+') {
            return false;
        }
    }
    // Bytes that are not UTF-8 would have been replaced before they were encoded.
    return text.isEmpty() || (hasEquals && (!hasHighBytes || encodeQuery(parseQuery(text)) == text));
}

Result<void> checkTarget(QByteArrayView target)
{
    const auto isBad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
    if (target.isEmpty())
        return fail(Code::Input, Reason::BadTarget, QStringLiteral("An empty text"));
    if (target[0] != '/')
        return fail(Code::Input, Reason::BadTarget, displayText(target), QStringLiteral("it does not start with a slash"));
    const auto bad = std::find_if(target.begin(), target.end(), isBad);
    if (bad != target.end()) {
        const auto position = static_cast<qsizetype>(std::distance(target.begin(), bad));
        return fail(Code::Input, Reason::BadTarget, displayText(target),
            QStringLiteral("byte 0x%1 at position %2").arg(static_cast<uint>(*bad), 2, 16, QLatin1Char('0')).arg(position + 1));
    }
    return {};
}

SplitTarget splitTarget(QByteArrayView target)
{
    const qsizetype question = target.indexOf('?');
    const QByteArrayView path = question < 0 ? target : target.first(question);
    SplitTarget split;
    split.path = replacedUtf8(percentDecoded(path, false));
    if (question >= 0)
        split.rawQuery = target.sliced(question + 1).toByteArray();
    return split;
}

QByteArray urlPath(QByteArray path)
{
    const auto end = std::find_if(path.cbegin(), path.cend(), [](char c) { return c == '?' || c == '#'; });
    path.truncate(std::distance(path.cbegin(), end));
    path.removeIf([](char c) { return c == '\t' || c == '\r' || c == '\n'; });
    return path;
}

Result<QByteArray> originFromUrl(const QString& url)
{
    const QUrl parsed(url, QUrl::StrictMode);
    const bool plain = parsed.scheme() == u"http";
    if (!parsed.isValid() || (!plain && parsed.scheme() != u"https") || parsed.host().isEmpty())
        return fail(Code::Input, Reason::BadApiUrl, 
            parsed.isValid() ? displayText(parsed.toString(QUrl::RemoveUserInfo)) : QStringLiteral("This text"));
    const int ownPort = plain ? 80 : 443;
    QString host = parsed.host(QUrl::FullyEncoded);
    if (host.contains(u':') && !host.startsWith(u'['))
        host = u'[' + host + u']';
    const QString port = parsed.port(ownPort) == ownPort ? QString() : QString(u':' + QString::number(parsed.port()));
    return QString(parsed.scheme() + QStringLiteral("://") + host + port).toUtf8();
}

QByteArray joinTarget(QByteArrayView path, const QueryPairs& query)
{
    // '?' and '#' would end the path, '%' would start an escape; the rest of what a path may hold bare stays readable.
    QByteArray target = path.toByteArray().toPercentEncoding("/:@!$&'()*+,;=");
    if (!query.isEmpty())
        target += '?' + encodeQuery(query);
    return target;
}

}
