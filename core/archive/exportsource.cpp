// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/exportsource.h"

#include "core/base/bytes.h"

#include <QDateTime>

#include <algorithm>
#include <limits>

namespace core::archive {

namespace {
    using redis::Replies;
    using redis::Reply;

    constexpr qsizetype keysPerPipeline = 500;
    // A collection may hold a thousand times what a string does; a pipeline of them is shorter.
    constexpr qsizetype collectionWeight = 10;
    constexpr qint64 firstBytes = 64 * 1024; // of a string
    constexpr qint64 partBytes = 1024 * 1024;
    constexpr qint64 pageMembers = 1000;
    constexpr qint64 largestDump = 64 * 1024 * 1024; // by MEMORY USAGE: a DUMP comes in one piece
    constexpr int mostTries = 5;

    bool isScanned(const QByteArray& type)
    {
        return type == "hash" || type == "set" || type == "zset";
    }

    redis::Command partCommand(const QByteArray& type, const QByteArray& key, const QByteArray& cursor, qint64 offset, qint64 bytes)
    {
        const QByteArray from = QByteArray::number(offset);
        const QByteArray count = QByteArray::number(pageMembers);
        if (type == "string")
            return {"GETRANGE", key, from, QByteArray::number(offset + bytes - 1)};
        if (type == "list")
            return {"LRANGE", key, from, QByteArray::number(offset + pageMembers - 1)};
        if (type == "stream")
            return {"XRANGE", key, cursor.isEmpty() ? QByteArray("-") : cursor, "+", "COUNT", count};
        const QByteArray scan = type == "hash" ? "HSCAN" : type == "set" ? "SSCAN" : "ZSCAN";
        return {scan, key, cursor.isEmpty() ? QByteArray("0") : cursor, "COUNT", count};
    }

    redis::Command lengthCommand(const QByteArray& type, const QByteArray& key)
    {
        const QByteArray name = type == "string" ? "STRLEN"
            : type == "list"                     ? "LLEN"
            : type == "hash"                     ? "HLEN"
            : type == "set"                      ? "SCARD"
            : type == "zset"                     ? "ZCARD"
                                                 : "XLEN";
        return {name, key};
    }

    // The next id in a stream's order, as before Redis 6.2 a range could not exclude its beginning.
    QByteArray idAfter(const QByteArray& id)
    {
        const qsizetype dash = id.indexOf('-');
        const quint64 ms = id.left(dash).toULongLong();
        const quint64 number = id.mid(dash + 1).toULongLong();
        if (number == std::numeric_limits<quint64>::max())
            return QByteArray::number(ms + 1) + "-0";
        return QByteArray::number(ms) + '-' + QByteArray::number(number + 1);
    }

    // What a page adds to the record; whether there may be more.
    bool take(const Reply& page, Record& record, QByteArray& cursor, qint64& offset, qint64 bytes)
    {
        record.hasValue = true;
        if (record.type == "string") {
            record.members = {page.bytes};
            offset += page.bytes.size();
            return page.bytes.size() == bytes;
        }
        const QList<Reply>& items = isScanned(record.type) ? page.items.value(1).items : page.items;
        if (record.type == "stream") {
            for (const Reply& entry : items) {
                QList<QByteArray> words {entry.items.value(0).bytes};
                for (const Reply& word : entry.items.value(1).items)
                    words << word.bytes;
                record.entries << words;
            }
            if (!record.entries.isEmpty())
                cursor = idAfter(record.entries.last().first());
        } else {
            record.members.reserve(items.size());
            for (const Reply& item : items)
                record.members << item.bytes;
        }
        offset += items.size();
        if (!isScanned(record.type))
            return items.size() == pageMembers;
        cursor = page.items.value(0).bytes;
        return cursor != "0";
    }

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
        ask.items << Item {m_keys.key(m_asked), {}, m_withDump, false, 0};
    redis::Pipeline pipeline;
    pipeline.reserve(ask.items.size() * 2);
    for (const Item& item : std::as_const(ask.items)) {
        pipeline << redis::Command {"TYPE", item.key};
        if (m_withDump)
            pipeline << redis::Command {"MEMORY", "USAGE", item.key};
    }
    if (!pipeline.isEmpty())
        m_inFlight.push_back(std::move(ask));
    return pipeline;
}

redis::Pipeline ExportSource::askValues()
{
    Ask ask {Ask::Kind::Values, {}};
    redis::Pipeline pipeline {{"TIME"}};
    for (qsizetype weight = 0; weight < keysPerPipeline && !m_typed.empty(); m_typed.pop_front()) {
        const Item& item = m_typed.front();
        weight += item.type == "string" ? 1 : collectionWeight;
        pipeline << redis::Command {"PTTL", item.key};
        if (isLogical(item.type))
            pipeline << partCommand(item.type, item.key, {}, 0, firstBytes);
        if (item.withDump)
            pipeline << redis::Command {"DUMP", item.key};
        if (item.seenEmpty)
            pipeline << redis::Command {"EXISTS", item.key};
        ask.items << item;
    }
    m_inFlight.push_back(std::move(ask));
    return pipeline;
}

redis::Pipeline ExportSource::askPart()
{
    Large& large = m_large.front();
    if (!m_largeBegun)
        m_lines += recordLine(large.record);
    m_largeBegun = true;
    m_inFlight.push_back({Ask::Kind::Part, {}});
    const Record& record = large.record;
    return {partCommand(record.type, record.key, large.cursor, large.offset, partBytes), lengthCommand(record.type, record.key)};
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
    const qsizetype perKey = m_withDump ? 2 : 1;
    for (qsizetype i = 0; i < ask.items.size(); ++i) {
        const Reply& type = replies.at(i * perKey);
        if (type.isError())
            return fail(redis::toError(type, QStringLiteral("TYPE")));
        Item item = ask.items.at(i);
        item.type = type.bytes;
        const bool isTooLarge = m_withDump && replies.at(i * perKey + 1).integer > largestDump;
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
    qsizetype at = 1;
    for (const Item& item : ask.items) {
        if (auto taken = onValue(item, &replies.at(at), nowMs); !taken)
            return taken;
        at += 1 + (isLogical(item.type) ? 1 : 0) + (item.withDump ? 1 : 0) + (item.seenEmpty ? 1 : 0);
    }
    return {};
}

// Replies: PTTL, the first page, DUMP and EXISTS where they were asked.
Result<void> ExportSource::onValue(const Item& item, const Reply* replies, qint64 nowMs)
{
    const Reply& ttl = replies[0];
    const Reply* page = isLogical(item.type) ? &replies[1] : nullptr;
    const Reply* dump = item.withDump ? &replies[page != nullptr ? 2 : 1] : nullptr;
    if (ttl.isError())
        return fail(redis::toError(ttl, QStringLiteral("PTTL")));
    if (dump != nullptr && dump->isError())
        return fail(redis::toError(*dump, QStringLiteral("DUMP")));
    if (page != nullptr && isWrongType(*page))
        return again(item);
    if (page != nullptr && page->isError())
        return fail(redis::toError(*page, displayText(item.type)));
    const Reply* exists = item.seenEmpty ? &replies[1 + (page != nullptr ? 1 : 0) + (dump != nullptr ? 1 : 0)] : nullptr;
    const bool isGone = ttl.integer == -2 || (dump != nullptr && dump->isNil()) || (exists != nullptr && exists->integer == 0);
    if (isGone) {
        settle(m_summary.vanished);
        return {};
    }
    Large large;
    Record& record = large.record;
    record.key = item.key;
    record.type = item.type;
    record.endMs = ttl.integer < 0 ? -1 : nowMs + ttl.integer;
    if (dump != nullptr)
        record.dump = dump->bytes;
    if (page != nullptr)
        record.more = take(*page, record, large.cursor, large.offset, firstBytes);
    const bool isEmpty = page != nullptr && large.offset == 0 && !record.more;
    if (isEmpty && !item.seenEmpty) {
        Item once = item;
        once.seenEmpty = record.type == "string" || record.type == "stream"; // others are never empty
        if (once.seenEmpty)
            return again(once);
        settle(m_summary.vanished);
        return {};
    }
    if (record.more) {
        m_large.push_back(std::move(large));
        return {};
    }
    m_lines += recordLine(record);
    ++m_written;
    settle(m_summary.keys);
    return {};
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
            return fail(redis::toError(reply, displayText(large.record.type)));
    }
    Record part;
    part.type = large.record.type;
    part.gone = page.isError() || length.isError() || length.integer == 0;
    if (!part.gone) {
        part.more = take(page, part, large.cursor, large.offset, partBytes);
        part.changed = !part.more && !isScanned(part.type) && length.integer != large.offset;
    }
    m_lines += partLine(part);
    if (part.more)
        return {};
    ++m_written;
    if (part.changed)
        ++m_summary.changed;
    settle(part.gone ? m_summary.vanished : m_summary.keys);
    m_large.pop_front();
    m_largeBegun = false;
    return {};
}

Result<void> ExportSource::finish()
{
    const std::lock_guard lock(m_mutex);
    if (m_abandoned)
        return fail(Code::Cancelled);
    auto finished = m_writer->finish(m_written);
    m_summary.bytes = m_writer->bytes();
    m_summary.sha256 = m_writer->sha256();
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
