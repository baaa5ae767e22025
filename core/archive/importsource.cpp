// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/importsource.h"

#include "core/base/bytes.h"

#include <QDateTime>
#include <QUuid>

#include <algorithm>

namespace core::archive {

namespace {
    using redis::Command;
    using redis::CommandShape;
    using Pipeline = redis::PackedPipeline;
    using redis::Replies;
    using redis::Reply;

    constexpr qsizetype keysPerPipeline = 250;
    constexpr qsizetype bytesPerPipeline = 256 * 1024;
    constexpr qsizetype keptFailures = 1000;
    const QByteArray builtMs = "3600000"; // an hour, for what a lost line leaves

    qsizetype sizeOf(const Record& record)
    {
        qsizetype size = record.key.size() + record.dump.size();
        for (const QByteArray& member : record.members)
            size += member.size();
        for (const QList<QByteArray>& entry : record.entries) {
            for (const QByteArray& word : entry)
                size += word.size();
        }
        return size;
    }

    Command collected(const char* name, const QByteArray& key, const QList<QByteArray>& members)
    {
        return Command(QList<QByteArray> {name, key} + members);
    }

    // ZADD wants the score before the member.
    QList<QByteArray> scoresFirst(const QList<QByteArray>& members)
    {
        QList<QByteArray> swapped;
        swapped.reserve(members.size());
        for (qsizetype i = 0; i + 1 < members.size(); i += 2)
            swapped << members.at(i + 1) << members.at(i);
        return swapped;
    }

    void appendStream(Pipeline& pipeline, const QByteArray& name, const Record& record, bool isWhole)
    {
        for (const QList<QByteArray>& entry : record.entries)
            pipeline << Command(QList<QByteArray> {"XADD", name} + entry);
        // A stream may be there without an entry.
        if (record.entries.isEmpty() && isWhole)
            pipeline << Command {"XADD", name, "MAXLEN", "0", "0-1", "0", "0"};
    }

    void appendValue(Pipeline& pipeline, const QByteArray& name, const Record& record, bool isWhole)
    {
        const QByteArray& type = record.type;
        if (type == "stream")
            appendStream(pipeline, name, record, isWhole);
        else if (record.members.isEmpty())
            return;
        else if (type == "string")
            pipeline << Command {"APPEND", name, record.members.first()};
        else if (type == "zset")
            pipeline << collected("ZADD", name, scoresFirst(record.members));
        else
            pipeline << collected(type == "hash" ? "HSET" : type == "list" ? "RPUSH" : "SADD", name, record.members);
    }

    // No other key of this archive fares better.
    bool isOfTheServer(const Error& error)
    {
        static constexpr Reason reasons[] {Reason::ReplicaReadOnly, Reason::OutOfMemory, Reason::Misconf, Reason::Loading, Reason::NoAuth,
            Reason::MasterDown, Reason::NoReplicas, Reason::ClusterDown, Reason::Busy};
        return std::ranges::find(reasons, error.reason) != std::end(reasons);
    }
}

ImportSource::ImportSource(std::shared_ptr<CheckedArchive> archive, Options options)
    : m_archive(std::move(archive))
    , m_options(options)
    , m_suffix(":cachelight-import:" + QUuid::createUuid().toByteArray(QUuid::WithoutBraces) + ':')
{
    m_summary.incomplete = m_archive->preview.incomplete;
}

// Behind the key's own, so that a user who may write keys of a prefix may write this one.
QByteArray ImportSource::newName(const QByteArray& key)
{
    return key + m_suffix + QByteArray::number(++m_names);
}

Pipeline ImportSource::next()
{
    const std::lock_guard lock(m_mutex);
    Pipeline pipeline;
    Batch batch;
    m_nowMs = QDateTime::currentMSecsSinceEpoch() + m_archive->clockAheadMs;
    if (m_large && (m_large->complete || m_large->error || m_failure || m_stopped)) {
        // Whether all its parts were taken is known when they have been answered.
        if (m_inFlight.empty())
            addFinish(pipeline, batch);
        return sent(std::move(pipeline), std::move(batch));
    }
    if (m_stopped || m_failure)
        return {};
    for (Record& record : std::exchange(m_again, {})) {
        record.dump.clear();
        addRecord(pipeline, batch, record);
    }
    readMore(pipeline, batch);
    if (m_ended && !m_failure && pipeline.isEmpty() && m_inFlight.empty() && !m_refused.empty()) {
        readAgain();
        readMore(pipeline, batch);
    }
    return sent(std::move(pipeline), std::move(batch));
}

Pipeline ImportSource::sent(Pipeline pipeline, Batch batch)
{
    if (!pipeline.isEmpty())
        m_inFlight.push_back(std::move(batch));
    return pipeline;
}

void ImportSource::readAgain()
{
    m_only = std::exchange(m_refused, {});
    m_place = 0;
    const Result<void> again = m_archive->reader.rewind();
    m_ended = !again;
    if (!again)
        m_failure = again.error();
}

void ImportSource::readMore(Pipeline& pipeline, Batch& batch)
{
    qsizetype bytes = 0;
    const auto isWaiting = [this] { return m_large && m_large->complete; };
    while (!m_ended && !isWaiting() && qsizetype(batch.units.size()) < keysPerPipeline && bytes < bytesPerPipeline) {
        const auto line = m_archive->reader.next();
        if (!line)
            m_failure = line.error();
        m_ended = !line || !*line;
        if (!m_ended)
            bytes += add(pipeline, batch, **line);
    }
    // A pass ends with an empty pipeline: something is sent where all that was read is passed over, parts of a large value.
    if (pipeline.isEmpty() && !m_ended && !isWaiting()) {
        pipeline << Command {"PING"};
        append(batch, Unit::How::Drop, {}, 1);
    }
}

qsizetype ImportSource::add(Pipeline& pipeline, Batch& batch, ArchiveReader::Line& line)
{
    Record& record = line.record;
    if (line.isPart) {
        if (!m_skipsParts)
            addPart(pipeline, batch, record);
        return sizeOf(record);
    }
    const qint64 place = m_place++;
    m_skipsParts = true;
    if (m_only && !std::ranges::binary_search(*m_only, place))
        return 0;
    if (m_only)
        record.dump.clear();
    if (std::ranges::binary_search(m_archive->incomplete, place))
        return 0;
    if (record.endMs >= 0 && record.endMs <= m_nowMs) {
        settle(m_summary.expired);
        return 0;
    }
    return addRecord(pipeline, batch, record);
}

void ImportSource::append(Batch& batch, Unit::How how, Record record, qsizetype replies)
{
    batch.units.push_back({how, replies, qsizetype(batch.records.size())});
    batch.records.push_back(std::move(record));
}

qsizetype ImportSource::addRecord(Pipeline& pipeline, Batch& batch, Record& record)
{
    const qsizetype size = sizeOf(record);
    if (m_archive->isRestorable(record.dump)) {
        addRestore(pipeline, batch, record);
    } else if (!record.hasValue) {
        failed(record.key, {Code::Unsupported, Reason::None, displayText(record.key),
            QStringLiteral("its type %1 has no logical value, and this server does not take the DUMP").arg(displayText(record.type))});
    } else if (record.more) {
        m_skipsParts = false;
        m_large = Large {{record.key, record.type, record.endMs, false, {}, {}, {}, true, false, false}, newName(record.key)};
        addPart(pipeline, batch, record);
    } else if (record.type == "string") {
        addSet(pipeline, batch, record);
    } else {
        addBuild(pipeline, batch, record);
    }
    return size;
}

void ImportSource::addSet(Pipeline& pipeline, Batch& batch, const Record& record) const
{
    static const CommandShape plain {"SET", {}, {}}, until {"SET", {}, {}, "PXAT", {}}, during {"SET", {}, {}, "PX", {}};
    static const CommandShape plainNx {"SET", {}, {}, "NX"}, untilNx {"SET", {}, {}, "PXAT", {}, "NX"}, duringNx {"SET", {}, {}, "PX", {}, "NX"};
    const bool skips = m_options.conflict == Conflict::Skip;
    const QByteArray& value = record.members.first();
    if (record.endMs < 0)
        pipeline.add(skips ? plainNx : plain, record.key, value);
    else if (m_options.hasPxat)
        pipeline.add(skips ? untilNx : until, record.key, value, record.endMs);
    else
        pipeline.add(skips ? duringNx : during, record.key, value, record.endMs - m_nowMs);
    batch.keys += record.key;
    batch.units.push_back({Unit::How::Set, 1, batch.keys.size()});
}

void ImportSource::addRestore(Pipeline& pipeline, Batch& batch, Record& record) const
{
    Command restore {"RESTORE", record.key, QByteArray::number(std::max<qint64>(record.endMs, 0)), record.dump};
    if (record.endMs >= 0)
        restore << "ABSTTL";
    if (m_options.conflict == Conflict::Replace)
        restore << "REPLACE";
    pipeline << restore;
    append(batch, Unit::How::Restore, std::move(record), 1);
    batch.units.back().key = m_place - 1;
}

// Under MULTI, which queues nothing of a value that the server has no room for.
void ImportSource::addBuild(Pipeline& pipeline, Batch& batch, Record& record)
{
    const qsizetype before = pipeline.size();
    const QByteArray name = newName(record.key);
    pipeline << Command {"MULTI"};
    appendValue(pipeline, name, record, true);
    if (record.endMs >= 0)
        pipeline << Command {"PEXPIREAT", name, QByteArray::number(record.endMs)};
    appendRename(pipeline, name, record);
    record.members.clear();
    record.entries.clear();
    append(batch, Unit::How::Build, std::move(record), pipeline.size() - before);
}

void ImportSource::appendRename(Pipeline& pipeline, const QByteArray& name, const Record& record) const
{
    const QByteArray rename = m_options.conflict == Conflict::Skip ? "RENAMENX" : "RENAME";
    pipeline << Command {rename, name, record.key} << Command {"UNLINK", name} << Command {"EXEC"};
}

void ImportSource::addPart(Pipeline& pipeline, Batch& batch, const Record& part)
{
    const qsizetype before = pipeline.size();
    m_large->complete = !part.more;
    appendValue(pipeline, m_large->name, part, false);
    pipeline << Command {"PEXPIRE", m_large->name, builtMs};
    append(batch, Unit::How::Part, m_large->record, pipeline.size() - before);
}

void ImportSource::addFinish(Pipeline& pipeline, Batch& batch)
{
    const Large large = std::move(*m_large);
    m_large.reset();
    m_skipsParts = true; // of one that failed in the middle
    if (large.error || m_failure || m_stopped) {
        if (large.error)
            failed(large.record.key, *large.error);
        pipeline << Command {"UNLINK", large.name};
        append(batch, Unit::How::Drop, large.record, 1);
        return;
    }
    pipeline << Command {"MULTI"};
    if (large.record.endMs >= 0)
        pipeline << Command {"PEXPIREAT", large.name, QByteArray::number(large.record.endMs)};
    else
        pipeline << Command {"PERSIST", large.name};
    appendRename(pipeline, large.name, large.record);
    append(batch, Unit::How::Finish, large.record, pipeline.size());
}

Result<void> ImportSource::answered(const Replies& replies)
{
    const std::lock_guard lock(m_mutex);
    if (m_inFlight.empty())
        return {};
    const Batch batch = std::move(m_inFlight.front());
    m_inFlight.pop_front();
    const Reply* at = replies.constData();
    qsizetype key = 0;
    for (const Unit& unit : batch.units) {
        if (unit.how == Unit::How::Set)
            onSet(QByteArrayView(batch.keys).sliced(key, unit.place - key), *at);
        else
            onUnit(unit, batch.records[std::size_t(unit.place)], at);
        if (unit.how == Unit::How::Set)
            key = unit.place;
        at += unit.count;
    }
    return {};
}

void ImportSource::onSet(QByteArrayView key, const Reply& reply)
{
    if (reply.isError())
        return failed(key.toByteArray(), redis::toError(reply, QStringLiteral("SET")));
    settle(reply.isNil() ? m_summary.existing : m_summary.written);
}

void ImportSource::onUnit(const Unit& unit, const Record& record, const Reply* replies)
{
    switch (unit.how) {
    case Unit::How::Set: return;
    case Unit::How::Restore: return onRestored(unit, record, *replies);
    case Unit::How::Build:
    case Unit::How::Finish: return onBuilt(unit, record, replies);
    case Unit::How::Part:
        for (qsizetype i = 0; m_large && !m_large->error && i < unit.count; ++i) {
            if (replies[i].isError())
                m_large->error = redis::toError(replies[i], displayText(record.type));
        }
        return;
    case Unit::How::Drop: return;
    }
}

void ImportSource::onRestored(const Unit& unit, const Record& record, const Reply& reply)
{
    if (!reply.isError()) {
        ++m_summary.byRestore;
        return settle(m_summary.written);
    }
    if (reply.bytes.startsWith("BUSYKEY"))
        return settle(m_summary.existing);
    // Nothing was executed.
    const bool isRefused = reply.bytes.contains("DUMP payload") || reply.bytes.contains("Bad data format");
    if (isRefused && record.hasValue && record.more)
        m_refused.push_back(unit.key);
    else if (isRefused && record.hasValue)
        m_again << record;
    else
        failed(record.key, redis::toError(reply, QStringLiteral("RESTORE")));
}

// MULTI, the value, RENAME or RENAMENX, UNLINK, EXEC. A user without the permission for MULTI has them executed one by one.
void ImportSource::onBuilt(const Unit& unit, const Record& record, const Reply* replies)
{
    const Reply& exec = replies[unit.count - 1];
    const bool inTransaction = exec.isArray();
    const Replies results = inTransaction ? exec.items : Replies(replies + 1, replies + unit.count - 1);
    const Reply& rename = results.at(results.size() - 2);
    if (rename.type == Reply::Type::Integer)
        return settle(rename.integer == 1 ? m_summary.written : m_summary.existing);
    if (rename.isString() && rename.bytes == "OK")
        return settle(m_summary.written);
    const auto wrong = std::ranges::find_if(results, &Reply::isError);
    const bool hasEnded = wrong != results.end() && wrong->bytes.contains("no such key") && record.endMs >= 0;
    if (hasEnded)
        return settle(m_summary.expired);
    failed(record.key, redis::toError(wrong != results.end() ? *wrong : exec, displayText(record.type)));
}

void ImportSource::failed(const QByteArray& key, const Error& error)
{
    if (m_failures.size() < keptFailures)
        m_failures << ImportFailure {key, error};
    settle(m_summary.failed);
    if (!m_failure && isOfTheServer(error))
        m_failure = error;
}

void ImportSource::settle(qint64& count)
{
    ++count;
    ++m_done;
}

ImportSummary ImportSource::summary() const
{
    const std::lock_guard lock(m_mutex);
    ImportSummary summary = m_summary;
    for (const Batch& batch : m_inFlight) {
        for (const Unit& unit : batch.units)
            summary.unknown += unit.how == Unit::How::Part || unit.how == Unit::How::Drop ? 0 : 1;
    }
    const ImportPreview& preview = m_archive->preview;
    summary.notReached = preview.keys - preview.incomplete - m_done - summary.unknown;
    return summary;
}

QList<ImportFailure> ImportSource::failures() const
{
    const std::lock_guard lock(m_mutex);
    return m_failures;
}

std::optional<Error> ImportSource::failure() const
{
    const std::lock_guard lock(m_mutex);
    return m_failure;
}

}
