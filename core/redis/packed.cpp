// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/packed.h"

#include "core/redis/wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace core::redis {

namespace {
    constexpr std::size_t digitsAtMost = 20;

    // "$3\r\n" and "\r\n" around a word of three bytes, in one go: this runs for each word that is sent.
    void appendBulk(QByteArray& out, const char* word, qsizetype size)
    {
        std::array<char, digitsAtMost + 3> header;
        header[0] = '$';
        char* end = std::to_chars(header.data() + 1, header.data() + header.size(), size).ptr;
        *end++ = '\r';
        *end++ = '\n';
        const qsizetype headerSize = end - header.data();
        const qsizetype from = out.size();
        const qsizetype needed = from + headerSize + size + 2;
        if (needed > out.capacity())
            out.reserve(std::max(needed, 2 * out.capacity()));
        out.resize(needed);
        char* at = out.data() + from;
        std::memcpy(at, header.data(), std::size_t(headerSize));
        if (size > 0)
            std::memcpy(at + headerSize, word, std::size_t(size));
        std::memcpy(at + headerSize + size, "\r\n", 2);
    }

    // The number of a header, and on to the line behind it.
    qsizetype takeHeader(const char*& at, const char* end)
    {
        qsizetype number = 0;
        at = std::from_chars(at + 1, end, number).ptr + 2;
        return number;
    }
}

CommandShape::CommandShape(std::initializer_list<QByteArray> words)
    : m_command(words)
    , m_lookups(LookupRule::of(m_command))
{
    Q_ASSERT(words.size() > 0 && !words.begin()->isNull());
    QByteArray piece = '*' + QByteArray::number(qsizetype(words.size())) + "\r\n";
    for (const QByteArray& word : words) {
        if (word.isNull())
            m_pieces << std::exchange(piece, {});
        else
            appendBulk(piece, word.constData(), word.size());
    }
    m_pieces << piece;
}

PackedPipeline::PackedPipeline(const Pipeline& pipeline)
    : m_bytes(encoded(pipeline))
    , m_others(pipeline)
{
    m_entries.reserve(std::size_t(pipeline.size()));
    for (qsizetype i = 0; i < pipeline.size(); ++i)
        m_entries.push_back({nullptr, i});
}

void PackedPipeline::appendWord(QByteArrayView word)
{
    appendBulk(m_bytes, word.data(), word.size());
}

void PackedPipeline::appendWord(qint64 number)
{
    std::array<char, digitsAtMost> digits;
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    appendBulk(m_bytes, digits.data(), end - digits.data());
}

void PackedPipeline::begin(const CommandShape& shape)
{
    m_entries.push_back({&shape, m_bytes.size()});
    if (std::ranges::find(m_shapes, &shape) == m_shapes.end())
        m_shapes.push_back(&shape);
}

PackedPipeline& PackedPipeline::operator<<(const Command& command)
{
    m_entries.push_back({nullptr, m_others.size()});
    m_others << command;
    m_bytes += encoded({command});
    return *this;
}

Command PackedPipeline::command(qsizetype index) const
{
    const Entry& entry = m_entries[std::size_t(index)];
    if (!entry.shape)
        return m_others.at(entry.at);
    const char* at = m_bytes.constData() + entry.at;
    const char* end = m_bytes.constData() + m_bytes.size();
    Command command;
    for (qsizetype words = takeHeader(at, end); words > 0; --words) {
        const qsizetype size = takeHeader(at, end);
        command << QByteArray(at, size);
        at += size + 2;
    }
    return command;
}

}
