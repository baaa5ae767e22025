// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/accesslog.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/replay/logjson.h"

#include <algorithm>

namespace core::replay {

namespace {
    int hexDigit(char c)
    {
        if (c >= '0' && c <= '9')
            return c - '0';
        const char lower = static_cast<char>(c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    // nginx writes \xHH for what its log cannot hold, Apache also \" \\ \n and the like (util.c, ap_escape_logitem).
    QByteArray unescaped(QByteArrayView text)
    {
        if (!text.contains('\\'))
            return text.toByteArray();
        static constexpr QByteArrayView letters("abfnrtv\"\\");
        static constexpr QByteArrayView bytes("\a\b\f\n\r\t\v\"\\");
        QByteArray out;
        out.reserve(text.size());
        for (qsizetype i = 0; i < text.size(); ++i) {
            const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
            const int high = next == 'x' && i + 3 < text.size() ? hexDigit(text[i + 2]) : -1;
            const int low = high >= 0 ? hexDigit(text[i + 3]) : -1;
            const qsizetype letter = next != '\0' ? letters.indexOf(next) : -1;
            if (low >= 0) {
                out += static_cast<char>(high * 16 + low);
                i += 3;
            } else if (letter >= 0) {
                out += bytes[letter];
                ++i;
            } else {
                out += text[i];
            }
        }
        return out;
    }

    bool isMethod(QByteArrayView text)
    {
        return !text.isEmpty() && text.size() <= 32
            && std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
    }

    // "GET /books?a=1 HTTP/1.1"
    bool takeRequest(QByteArrayView request, LogLine& line)
    {
        const qsizetype first = request.indexOf(' ');
        if (first < 0)
            return false;
        const qsizetype last = request.lastIndexOf(' ');
        const bool hasVersion = last > first && request.sliced(last + 1).startsWith("HTTP/");
        line.method = request.first(first).toByteArray();
        line.target = request.sliced(first + 1, (hasVersion ? last : request.size()) - first - 1).toByteArray();
        return true;
    }

    int statusOf(QByteArrayView text)
    {
        const bool isStatus = text.size() >= 3 && std::ranges::all_of(text.first(3), [](char c) { return c >= '0' && c <= '9'; })
            && (text.size() == 3 || text[3] == ' ' || text[3] == '\t');
        return isStatus ? (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0') : 0;
    }

    // The request is the first quoted text behind the time; where there is no time, the first of all.
    qsizetype openingQuote(QByteArrayView line)
    {
        const qsizetype behindTime = line.indexOf("] \"");
        return behindTime >= 0 ? behindTime + 2 : line.indexOf('"');
    }

    std::optional<LogLine> fromColumns(QByteArrayView line)
    {
        const qsizetype open = openingQuote(line);
        if (open < 0)
            return {};
        qsizetype close = open + 1;
        while (close < line.size() && line[close] != '"')
            close += line[close] == '\\' ? 2 : 1;
        LogLine out;
        if (close >= line.size() || !takeRequest(unescaped(line.sliced(open + 1, close - open - 1)), out))
            return {};
        const QByteArrayView behind = line.sliced(close + 1).trimmed();
        out.status = statusOf(behind);
        if (out.status == 0 && !behind.startsWith('-') && !behind.isEmpty())
            return {};
        return out;
    }

    std::optional<LogLine> fromJson(QByteArrayView line)
    {
        const auto fields = logFields(line);
        if (!fields)
            return {};
        LogLine out;
        const bool hasTarget = !fields->target.isEmpty();
        if (hasTarget)
            out = {fields->method, fields->target, 0};
        else if (!takeRequest(fields->request, out))
            return {};
        if (hasTarget && out.method.isEmpty() && !fields->request.isEmpty()) { // "request" beside "request_uri"
            LogLine request;
            if (takeRequest(fields->request, request))
                out.method = request.method;
        }
        out.status = statusOf(fields->status);
        return out;
    }
}

std::optional<LogLine> parseLogLine(QByteArrayView line)
{
    const QByteArrayView trimmed = line.trimmed();
    auto out = trimmed.startsWith('{') ? fromJson(trimmed) : fromColumns(trimmed);
    if (!out || !isMethod(out->method))
        return {};
    // "*" of OPTIONS and the host of CONNECT are no broken lines: their method is told.
    if (out->method == "GET" && !cache::checkTarget(out->target))
        return {};
    return out;
}

Result<LogLine> logLineFromText(QByteArrayView text)
{
    const auto line = parseLogLine(text);
    if (!line)
        return fail(Code::Input, Reason::BadLogLine, QStringLiteral("The text"));
    if (const auto good = cache::checkTarget(line->target); !good)
        return fail(good.error());
    return *line;
}

}
