// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/cacheheaders.h"

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
}

Headers parseHead(const QByteArray& head)
{
    Headers headers;
    bool ended = false;
    for (QByteArray line : head.split('\n')) {
        if (line.endsWith('\r'))
            line.chop(1);
        const bool startsHead = line.startsWith("HTTP/");
        if (ended && !startsHead)
            break; // the body
        if (startsHead) { // of several heads (100 Continue, redirects) the last
            headers.clear();
            ended = false;
        } else if (line.isEmpty()) {
            ended = !headers.isEmpty();
        } else {
            takeLine(headers, line);
        }
    }
    return headers;
}

}
