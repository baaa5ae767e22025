// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/valuereader.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/redis/typecommands.h"

#include <algorithm>
#include <array>
#include <utility>

namespace core::values {

namespace {
    using redis::Replies;
    using redis::Reply;

    constexpr qint64 firstPartBytes = 256 * 1024; // shown at once
    constexpr qint64 partBytes = 4 * 1024 * 1024; // of the others
    constexpr qint64 overlapBytes = 1024; // read again with each part, to see another value in the same place
    constexpr qint64 pageMembers = 1000;
}

ValueReader::ValueReader(redis::Session* session, QByteArray key, Options options, QObject* parent)
    : Job(QStringLiteral("value"), displayText(key), parent)
    , m_session(session)
    , m_options(options)
{
    m_value.key = std::move(key);
}

ValueReader::ValueReader(redis::Session* session, Value soFar, Options options, QObject* parent)
    : Job(QStringLiteral("value"), displayText(soFar.key), parent)
    , m_session(session)
    , m_options(options)
    , m_value(std::move(soFar))
    , m_at(m_value.bytes.size())
    , m_tail(m_value.bytes.right(overlapBytes))
    , m_rowsBefore(m_value.rows())
{
}

void ValueReader::onStart()
{
    if (isContinued())
        return m_value.truncated ? readPart() : finish();
    const QByteArray& key = m_value.key;
    const redis::Pipeline facts {{"PTTL", key}, {"TYPE", key}, {"MEMORY", "USAGE", key}, {"OBJECT", "ENCODING", key}};
    core::onFinished(m_session->send(facts), this, [this](const Result<Replies>& replies) {
        if (isFinished()) // cancelled: what is in flight comes all the same
            return;
        if (!replies)
            finish(fail(replies.error()));
        else
            onFacts(*replies);
    });
}

void ValueReader::onFacts(const Replies& replies)
{
    static constexpr std::array names {"PTTL", "TYPE"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Reply& reply = replies.at(static_cast<qsizetype>(i));
        if (reply.isError())
            return finish(fail(redis::toError(reply, QString::fromLatin1(names.at(i)))));
    }
    m_value.ttlMs = replies.at(0).integer;
    m_value.type = replies.at(1).bytes;
    m_value.stride = m_value.type == "hash" || m_value.type == "zset" ? 2 : 1;
    if (replies.at(2).type == Reply::Type::Integer)
        m_value.memoryBytes = replies.at(2).integer;
    if (replies.at(3).isString())
        m_value.encoding = replies.at(3).bytes;
    if (m_value.isGone())
        return finish();
    if (redis::lengthCommand(m_value.type).isEmpty()) { // a module's type
        m_value.truncated = true;
        return finish();
    }
    readPart();
}

redis::Command ValueReader::partCommand()
{
    const QByteArray& key = m_value.key;
    if (m_value.isString()) {
        const qint64 part = m_at == 0 ? firstPartBytes : partBytes;
        const qint64 most = m_options.maxBytes < 0 ? part : std::min(part, std::max<qint64>(1, m_options.maxBytes - m_at));
        const qint64 from = m_at - m_tail.size();
        m_asked = m_tail.size() + most;
        return {"GETRANGE", key, QByteArray::number(from), QByteArray::number(from + m_asked - 1)};
    }
    // Elements may be large: as many as make a part, by the average of all.
    const qint64 average = m_value.length > 0 ? m_value.memoryBytes.value_or(0) / m_value.length : 0;
    m_asked = std::clamp(partBytes / std::max<qint64>(1, average), qint64(1), std::min<qint64>(pageMembers, m_options.maxMembers));
    if (m_value.type == "list") {
        const qint64 from = m_value.rows() - (m_value.rows() > 0 ? 1 : 0);
        m_asked += m_value.rows() - from;
        return {"LRANGE", key, QByteArray::number(from), QByteArray::number(from + m_asked - 1)};
    }
    const QByteArray count = QByteArray::number(m_asked);
    if (m_value.type == "stream")
        return {"XRANGE", key, m_value.entries.isEmpty() ? QByteArray("-") : redis::streamIdAfter(m_value.entries.last().id), "+", "COUNT", count};
    const QByteArray scan = m_value.type == "hash" ? "HSCAN" : m_value.type == "set" ? "SSCAN" : "ZSCAN";
    return {scan, key, m_value.cursor, "COUNT", count};
}

void ValueReader::readPart()
{
    const redis::Pipeline commands {{"TYPE", m_value.key}, {redis::lengthCommand(m_value.type), m_value.key}, partCommand()};
    core::onFinished(m_session->send(commands), this, [this](const Result<Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            finish(fail(replies.error()));
        else
            onPart(*replies);
    });
}

void ValueReader::onPart(const Replies& replies)
{
    if (!isSame(replies))
        return;
    m_value.length = replies.at(1).integer;
    const Reply& part = replies.at(2);
    if (m_value.isString())
        onBytes(part.bytes);
    else if (m_value.type == "list")
        onElements(part.items);
    else if (m_value.type == "stream")
        onEntries(part.items);
    else
        onScanned(part);
}

bool ValueReader::isSame(const Replies& replies)
{
    const QByteArray type = replies.at(0).bytes;
    for (const Reply& reply : replies) {
        if (!reply.isError())
            continue;
        const Error error = redis::toError(reply, QString::fromUtf8(m_value.type));
        error.reason == Reason::WrongType ? endChanged(false) : finish(fail(error));
        return false;
    }
    if (type == "none" && !isContinued()) {
        m_value.type = type;
        finish();
        return false;
    }
    const qint64 length = replies.at(1).integer;
    const bool resized = m_value.isString() && isContinued() && length != m_value.length;
    if (type == m_value.type && !resized)
        return true;
    endChanged(type == "none");
    return false;
}

void ValueReader::endChanged(bool gone)
{
    finish(fail(Code::Data, gone ? Reason::ValueGone : Reason::ValueChanged, displayText(m_value.key)));
}

void ValueReader::onBytes(const QByteArray& bytes)
{
    const qint64 from = m_at - m_tail.size();
    if (bytes.size() != std::min(m_asked, m_value.length - from) || !bytes.startsWith(m_tail))
        return endChanged(bytes.isEmpty() && isContinued());
    const QByteArray part = bytes.mid(m_tail.size());
    if (m_options.keep)
        m_value.bytes += part;
    m_at += part.size();
    m_tail = bytes.right(overlapBytes);
    setProgress(m_at, m_value.length);
    m_value.truncated = m_at < m_value.length;
    emit partRead(part);
    if (isFinished())
        return;
    const bool enough = m_options.maxBytes >= 0 && m_at >= m_options.maxBytes;
    m_value.truncated && !enough ? readPart() : finish();
}

void ValueReader::onElements(const QList<Reply>& items)
{
    const bool overlaps = !m_value.members.isEmpty();
    if (overlaps && (items.isEmpty() || items.first().bytes != m_value.members.last()))
        return endChanged(items.isEmpty() && m_value.length == 0);
    for (qsizetype i = overlaps ? 1 : 0; i < items.size(); ++i)
        m_value.members += items.at(i).bytes;
    afterPage(items.size() == m_asked && m_value.rows() < m_value.length);
}

void ValueReader::onScanned(const Reply& reply)
{
    m_value.cursor = reply.items.value(0).bytes;
    const QList<Reply> items = reply.items.value(1).items;
    for (qsizetype i = 0; i + m_value.stride <= items.size(); i += m_value.stride) {
        if (m_value.seen.contains(items.at(i).bytes))
            continue;
        m_value.seen.insert(items.at(i).bytes);
        for (int cell = 0; cell < m_value.stride; ++cell)
            m_value.members += items.at(i + cell).bytes;
    }
    afterPage(m_value.cursor != "0");
}

void ValueReader::onEntries(const QList<Reply>& items)
{
    for (const Reply& item : items) {
        StreamEntry entry {item.items.value(0).bytes, {}};
        for (const Reply& field : item.items.value(1).items)
            entry.fields += field.bytes;
        m_value.entries += entry;
    }
    afterPage(items.size() == m_asked && m_value.rows() != m_value.length);
}

void ValueReader::afterPage(bool more)
{
    m_value.truncated = more;
    setProgress(m_value.rows(), m_value.length);
    emit partRead({});
    if (isFinished())
        return;
    const bool enough = m_value.rows() - m_rowsBefore >= m_options.maxMembers;
    more && !enough ? readPart() : finish();
}

}
