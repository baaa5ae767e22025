// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/responsehead.h"

namespace core::http {

namespace {
    void takeLine(Headers& headers, const QByteArray& line)
    {
        if ((line.startsWith(' ') || line.startsWith('\t')) && !headers.isEmpty()) {
            headers.last().second += ' ' + line.trimmed();
            return;
        }
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            headers.emplace_back(line.left(colon).trimmed(), line.mid(colon + 1).trimmed());
    }

    class HeadReader final {
    public:
        // False where the body begins.
        bool take(QByteArray line)
        {
            if (line.endsWith('\r'))
                line.chop(1);
            const bool startsHead = line.startsWith("HTTP/");
            if (m_ended && !startsHead)
                return false;
            if (startsHead) { // of several heads (100 Continue, redirects) the last
                m_headers.clear();
                m_ended = false;
            } else if (line.isEmpty()) {
                m_ended = !m_headers.isEmpty();
            } else {
                takeLine(m_headers, line);
            }
            return true;
        }
        Headers headers() && { return std::move(m_headers); }

    private:
        Headers m_headers;
        bool m_ended = false;
    };
}

ParsedHead parsedHead(const QByteArray& text)
{
    HeadReader reader;
    bool hasBody = false;
    for (qsizetype from = 0; from <= text.size() && !hasBody;) {
        const qsizetype end = text.indexOf('\n', from);
        hasBody = !reader.take(text.mid(from, end < 0 ? -1 : end - from));
        from = end < 0 ? text.size() + 1 : end + 1;
    }
    return {std::move(reader).headers(), hasBody};
}

Headers parseHead(const QByteArray& head)
{
    return parsedHead(head).headers;
}

}
