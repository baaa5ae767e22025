// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/wire.h"

#include <array>
#include <charconv>

namespace core::redis {

namespace {
    // Header digits and line ends of one word; generous, so that encoded() allocates once.
    constexpr qsizetype wordOverhead = 16;

    void appendHeader(QByteArray& out, char type, qsizetype count)
    {
        std::array<char, 24> text {type};
        char* end = std::to_chars(text.begin() + 1, text.end() - 2, count).ptr;
        *end++ = '\r';
        *end++ = '\n';
        out.append(text.data(), end - text.begin());
    }
}

QByteArray encoded(const Pipeline& pipeline)
{
    qsizetype size = 0;
    for (const Command& command : pipeline) {
        size += wordOverhead;
        for (const QByteArray& word : command.words())
            size += word.size() + wordOverhead;
    }
    QByteArray out;
    out.reserve(size);
    for (const Command& command : pipeline) {
        appendHeader(out, '*', command.words().size());
        for (const QByteArray& word : command.words()) {
            appendHeader(out, '$', word.size());
            out += word;
            out += "\r\n";
        }
    }
    return out;
}

}
