// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/exportsource.h"

#include "core/base/bytes.h"
#include "core/redis/typecommands.h"

#include <QDateTime>

#include <algorithm>

namespace core::archive {

namespace {
    using redis::Replies;
    using redis::Reply;

    constexpr qsizetype keysPerPipeline = 500;
    constexpr qint64 pipelineBytes = 4 * 1024 * 1024; // expected of its replies: two are in flight, here and in the server's buffers
    constexpr qsizetype unknownKeysPerPipeline = 50; // where sizes are not told
    constexpr qint64 partBytes = 1024 * 1024;
    constexpr qint64 unknownFirstBytes = 64 * 1024; // of a string
    constexpr qint64 largestDump = 64 * 1024 * 1024; // a DUMP comes in one piece; by the estimate before it is asked for, then by its size
    constexpr int mostTries = 5;

    bool isWrongType(const Reply& reply)
    {
        return reply.isError() && reply.bytes.startsWith("WRONGTYPE");
    }

    // The server's clock, by which its keys end; ours where it is not told.
    qint64 nowOf(const Reply& time)
    {
        if (time.items.size() != 2)
            return QDateTime::currentMSecsSinceEpoch();
        return time.items.at(0).bytes.toLongLong() * 1000 + time.items.at(1).bytes.toLongLong() / 1000;
    }
}

ExportSource::ExportSource(keys::KeyList keys, std::unique_ptr<ArchiveWriter> writer, bool withDump)
    : m_keys(std::move(keys))
    , m_writer(std::move(writer))
    , m_withDump(withDump)
{
}

redis::PackedPipeline ExportSource::next()
{
    const std::lock_guard lock(m_mutex);
    if (m_abandoned)
        return {};
    if (!m_large.empty()) {
        // The parts of a value stand together: values in flight are written before it, one part is asked after the other.
        const bool isWaiting = std::ranges::any_of(m_inFlight, [](const Ask& ask) { return ask.kind != Ask::Kind::Types; });
        return redis::PackedPipeline(isWaiting ? redis::Pipeline() : askPart());
    }
    return redis::PackedPipeline(m_typed.empty() ? askTypes() : askValues());
}

redis::Pipeline ExportSource::askTypes()
{
    Ask ask {Ask::Kind::Types, std::exchange(m_again, {})};
    for (; ask.items.size() < keysPerPipeline && m_asked < m_keys.size(); ++m_asked)
        ask.items << Item {m_keys.key(m_asked), {}, -1, m_withDump, false, 0};
    redis::Pipeline pipeline;
    pipeline.reserve(ask.items.size() * 2);
    for (const Item& item : std::as_const(ask.items))
        pipeline << redis::Command {"TYPE", item.key} << redis::Command {"MEMORY", "USAGE", item.key};
    if (!pipeline.isEmpty())
        m_inFlight.push_back(std::move(ask));
    return pipeline;
}

// A collection whose first thousand members may be too much for one answer: its length first, which says how many go into a page.
bool ExportSource::comesInParts(const Item& item)
{
    return isLogical(item.type) && item.type != "string" && item.memoryBytes > partBytes && !item.seenEmpty;
}

qint64 ExportSource::firstBytes(const Item& item)
{
    return item.memoryBytes < 0 ? unknownFirstBytes : partBytes;
}

qint64 ExportSource::expectedBytes(const Item& item)
{
    if (item.memoryBytes < 0)
        return pipelineBytes / unknownKeysPerPipeline;
    const qint64 page = isLogical(item.type) && !comesInParts(item) ? std::min(item.memoryBytes, partBytes) : 0;
    return page + (item.withDump ? item.memoryBytes : 0);
}

// Besides its PTTL.
qsizetype ExportSource::repliesOf(const Item& item)
{
    return (isLogical(item.type) ? 1 : 0) + (item.withDump ? 1 : 0) + (item.seenEmpty ? 1 : 0);
}

// TIME and all PTTLs directly behind each other: an end is the sum of two answers, of one instant then however long the values take.
redis::Pipeline ExportSource::askValues()
{
    Ask ask {Ask::Kind::Values, {}};
    redis::Pipeline pipeline {{"TIME"}}, values;
    qint64 bytes = 0;
    while (!m_typed.empty() && ask.items.size() < keysPerPipeline) {
        const Item& item = m_typed.front();
        bytes += expectedBytes(item);
        if (bytes > pipelineBytes && !ask.items.isEmpty())
            break;
        pipeline << redis::Command {"PTTL", item.key};
        if (comesInParts(item))
            values << redis::Command {redis::lengthCommand(item.type), item.key};
        else if (isLogical(item.type))
            values << ValuePages(item.key, item.type).next(firstBytes(item));
        if (item.withDump)
            values << redis::Command {"DUMP", item.key};
        if (item.seenEmpty)
            values << redis::Command {"EXISTS", item.key};
        ask.items << item;
        m_typed.pop_front();
    }
    m_inFlight.push_back(std::move(ask));
    return pipeline + values;
}

redis::Pipeline ExportSource::askPart()
{
    Large& large = m_large.front();
    m_lines += std::exchange(large.lines, {});
    m_inFlight.push_back({Ask::Kind::Part, {}});
    return {large.pages.next(partBytes), {redis::lengthCommand(large.type), large.key}};
}

Result<void> ExportSource::answered(const Replies& replies)
{
    const std::lock_guard lock(m_mutex);
    if (m_abandoned || m_inFlight.empty())
        return {};
    const Ask ask = std::move(m_inFlight.front());
    m_inFlight.pop_front();
    Result<void> taken = ask.kind == Ask::Kind::Types ? onTypes(ask, replies)
        : ask.kind == Ask::Kind::Values               ? onValues(ask, replies)
                                                      : onPart(replies);
    if (!taken || m_lines.isEmpty())
        return taken;
    taken = m_writer->write(m_lines);
    m_lines.resize(0);
    return taken;
}

void ExportSource::settle(qint64& count)
{
    ++count;
    ++m_done;
}

Result<void> ExportSource::onTypes(const Ask& ask, const Replies& replies)
{
    for (qsizetype i = 0; i < ask.items.size(); ++i) {
        const Reply& type = replies.at(i * 2);
        const Reply& memory = replies.at(i * 2 + 1);
        if (type.isError())
            return fail(redis::toError(type, QStringLiteral("TYPE")));
        Item item = ask.items.at(i);
        item.type = type.bytes;
        item.memoryBytes = memory.type == Reply::Type::Integer ? memory.integer : -1;
        const bool isTooLarge = m_withDump && item.memoryBytes > largestDump;
        item.withDump = m_withDump && !isTooLarge;
        if (isTooLarge && item.tries == 0)
            ++m_summary.dumpsLeftOut;
        if (item.type == "none")
            settle(m_summary.vanished);
        else if (!isLogical(item.type) && !item.withDump)
            settle(m_summary.unsupported);
        else
            m_typed.push_back(std::move(item));
    }
    return {};
}

Result<void> ExportSource::onValues(const Ask& ask, const Replies& replies)
{
    const qint64 nowMs = nowOf(replies.first());
    qsizetype ttl = 1, at = 1 + ask.items.size();
    for (const Item& item : ask.items) {
        if (auto taken = onValue(item, replies.at(ttl), replies.constData() + at, nowMs); !taken)
            return taken;
        ++ttl;
        at += repliesOf(item);
    }
    return {};
}

// Replies: the first page or the length, DUMP and EXISTS where they were asked.
Result<void> ExportSource::onValue(const Item& item, const Reply& ttl, const Reply* replies, qint64 nowMs)
{
    const Reply* page = isLogical(item.type) ? replies++ : nullptr;
    const Reply* dump = item.withDump ? replies++ : nullptr;
    const Reply* exists = item.seenEmpty ? replies : nullptr;
    if (ttl.isError())
        return fail(redis::toError(ttl, QStringLiteral("PTTL")));
    if (dump != nullptr && dump->isError())
        return fail(redis::toError(*dump, QStringLiteral("DUMP")));
    if (page != nullptr && isWrongType(*page))
        return again(item);
    if (page != nullptr && page->isError())
        return fail(redis::toError(*page, displayText(item.type)));
    const bool isGone = ttl.integer == -2 || (dump != nullptr && dump->isNil()) || (exists != nullptr && exists->integer == 0);
    if (isGone) {
        settle(m_summary.vanished);
        return {};
    }
    Record record;
    record.key = item.key;
    record.type = item.type;
    record.endMs = ttl.integer < 0 ? -1 : nowMs + ttl.integer;
    if (dump != nullptr && !takeDump(*dump, record))
        return {};
    const bool inParts = comesInParts(item);
    const qint64 average = inParts && page->integer > 0 ? item.memoryBytes / page->integer : 0;
    ValuePages pages(item.key, item.type, std::clamp<qint64>(partBytes / std::max<qint64>(1, average), 1, ValuePages::mostMembers));
    if (inParts) {
        record.hasValue = record.more = true;
    } else if (page != nullptr) {
        pages.next(firstBytes(item));
        record.more = pages.take(*page, record);
    }
    const bool isEmpty = page != nullptr && (inParts ? page->integer == 0 : pages.taken() == 0 && !record.more);
    if (isEmpty && !item.seenEmpty)
        return onEmpty(item);
    write(item, record, std::move(pages));
    return {};
}

// Whether there is still something to write.
bool ExportSource::takeDump(const Reply& dump, Record& record)
{
    if (dump.bytes.size() <= largestDump) {
        record.dump = dump.bytes;
        return true;
    }
    if (isLogical(record.type)) {
        ++m_summary.dumpsLeftOut;
        return true;
    }
    settle(m_summary.unsupported);
    return false;
}

// Or gone: an empty string and a stream without entries may be there, other values never are.
Result<void> ExportSource::onEmpty(Item item)
{
    item.seenEmpty = item.type == "string" || item.type == "stream";
    if (item.seenEmpty)
        return again(std::move(item));
    settle(m_summary.vanished);
    return {};
}

void ExportSource::write(const Item& item, const Record& record, ValuePages pages)
{
    auto lines = linesOf(record, false);
    if (!lines)
        return settle(m_summary.unsupported);
    if (record.more) {
        m_large.push_back({item.key, item.type, std::move(pages), std::move(*lines)});
        return;
    }
    m_lines += *lines;
    ++m_written;
    settle(m_summary.keys);
}

Result<void> ExportSource::again(Item item)
{
    if (++item.tries > mostTries)
        return fail(Code::Data, Reason::WrongType, displayText(item.key), QStringLiteral("its type changes all the time"));
    m_again << item;
    return {};
}

Result<void> ExportSource::onPart(const Replies& replies)
{
    const Reply& page = replies.at(0);
    const Reply& length = replies.at(1);
    Large& large = m_large.front();
    for (const Reply& reply : replies) {
        if (reply.isError() && !isWrongType(reply))
            return fail(redis::toError(reply, displayText(large.type)));
    }
    Record part;
    part.type = large.type;
    part.gone = page.isError() || length.isError() || length.integer == 0;
    if (!part.gone) {
        part.more = large.pages.take(page, part);
        part.changed = !part.more && (large.pages.hasMoved() || (!large.pages.isScanned() && length.integer != large.pages.taken()));
    }
    auto lines = linesOf(part, true);
    const bool isTooLong = !lines;
    if (isTooLong) { // its beginning is written: as if it had vanished
        part = Record {.type = large.type, .gone = true};
        lines = partLine(part);
    }
    m_lines += *lines;
    if (part.more)
        return {};
    ++m_written;
    if (part.changed)
        ++m_summary.changed;
    settle(isTooLong ? m_summary.unsupported : part.gone ? m_summary.vanished : m_summary.keys);
    m_large.pop_front();
    return {};
}

Result<void> ExportSource::finish()
{
    const std::lock_guard lock(m_mutex);
    if (m_abandoned)
        return fail(Code::Cancelled);
    auto finished = m_writer->finish(m_written);
    if (finished) {
        m_summary.bytes = m_writer->bytes();
        m_summary.sha256 = m_writer->sha256();
    }
    m_writer.reset();
    m_abandoned = true;
    return finished;
}

void ExportSource::abandon()
{
    const std::lock_guard lock(m_mutex);
    m_abandoned = true;
    m_writer.reset();
}

ExportSummary ExportSource::summary() const
{
    const std::lock_guard lock(m_mutex);
    return m_summary;
}

}
