// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/http/client.h"

#include <algorithm>
#include <array>

namespace core::http {

namespace {
    // RFC 9110, 5.6.2
    bool isTokenByte(char byte)
    {
        constexpr QByteArrayView marks("!#$%&'*+-.^_`|~");
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
            || marks.contains(byte);
    }

    bool isToken(QByteArrayView text)
    {
        return !text.isEmpty() && std::ranges::all_of(text, isTokenByte);
    }

    bool equalNames(QByteArrayView left, QByteArrayView right)
    {
        return left.compare(right, Qt::CaseInsensitive) == 0;
    }

    // libcurl 7.88 passes CR LF inside a header to the wire (specification C11.47).
    bool isValueByte(char byte)
    {
        return byte != '\r' && byte != '\n' && byte != '\0';
    }
}

Result<void> checkMethod(QByteArrayView method)
{
    if (!isToken(method))
        return fail(Code::Input, Reason::BadMethod, displayText(method));
    // Also "head": a proxy may fold the case, and the harm is done at the server.
    if (equalNames(method, "HEAD"))
        return fail(Code::Guard, Reason::HeadRefused, QStringLiteral("HEAD"));
    return {};
}

Result<void> checkRequestTarget(QByteArrayView target)
{
    const auto isRefused = [](char byte) { return static_cast<unsigned char>(byte) <= 0x20 || byte == 0x7F; };
    if (!target.startsWith('/') || std::ranges::any_of(target, isRefused))
        return fail(Code::Input, Reason::BadTarget, target.isEmpty() ? QStringLiteral("An empty text") : displayText(target));
    return {};
}

Result<void> checkHeader(QByteArrayView name, QByteArrayView value)
{
    if (!isToken(name))
        return fail(Code::Input, Reason::BadHeader, displayText(name), QStringLiteral("That is no name of a field"));
    if (!std::ranges::all_of(value, isValueByte)) // which may be a token, so it is not shown
        return fail(Code::Input, Reason::BadHeader, displayText(name), QStringLiteral("Its value holds a line break or a NUL"));
    static constexpr std::array<QByteArrayView, 2> framing {"Content-Length", "Transfer-Encoding"};
    if (std::ranges::any_of(framing, [name](QByteArrayView field) { return equalNames(name, field); })) {
        return fail(Code::Input, Reason::BadHeader, displayText(name),
            QStringLiteral("The length follows from the body and cannot be given"));
    }
    return {};
}

Result<std::pair<QByteArray, QByteArray>> headerFromArgument(const QString& line)
{
    const QByteArray bytes = line.toUtf8();
    const qsizetype colon = bytes.indexOf(':');
    // The value is left out of the error: it may be a token.
    if (colon <= 0)
        return fail(Code::Input, Reason::BadHeader, QStringLiteral("A line without \"Name: \""));
    const QByteArray name = bytes.left(colon);
    // Only blanks are trimmed: a line break at the end is an error, not white space.
    QByteArrayView value = QByteArrayView(bytes).sliced(colon + 1);
    while (value.startsWith(' ') || value.startsWith('\t'))
        value = value.sliced(1);
    while (value.endsWith(' ') || value.endsWith('\t'))
        value.chop(1);
    if (const auto ok = checkHeader(name, value); !ok)
        return fail(ok.error());
    return std::pair(name, value.toByteArray());
}

}
