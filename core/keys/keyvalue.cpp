// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyvalue.h"

#include "core/base/async.h"
#include "core/base/bytes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace core::keys {

namespace {
    using redis::Replies;
    using redis::Reply;

    constexpr qint64 partBytes = 4 * 1024 * 1024; // of one GETRANGE

    // Length first, then the elements, as the type stores them.
    redis::Pipeline memberCommands(const QByteArray& type, const QByteArray& key, int most)
    {
        const QByteArray count = QByteArray::number(most);
        const QByteArray last = QByteArray::number(most - 1);
        if (type == "list")
            return {{"LLEN", key}, {"LRANGE", key, "0", last}};
        if (type == "set")
            return {{"SCARD", key}, {"SSCAN", key, "0", "COUNT", count}};
        if (type == "zset")
            return {{"ZCARD", key}, {"ZRANGE", key, "0", last, "WITHSCORES"}};
        if (type == "hash")
            return {{"HLEN", key}, {"HSCAN", key, "0", "COUNT", count}};
        if (type == "stream")
            return {{"XLEN", key}, {"XRANGE", key, "-", "+", "COUNT", count}};
        return {}; // a module's type
    }

    // The nested lists of a stream are flattened.
    void collect(const Reply& reply, QList<QByteArray>& members)
    {
        for (const Reply& item : reply.items)
            item.isArray() ? collect(item, members) : members.append(item.bytes);
    }
}

KeyValueReader::KeyValueReader(redis::Session* session, QByteArray key, Options options, QObject* parent)
    : Job(QStringLiteral("value"), displayText(key), parent)
    , m_session(session)
    , m_options(options)
{
    m_value.key = std::move(key);
}

void KeyValueReader::onStart()
{
    const QByteArray& key = m_value.key;
    const redis::Pipeline facts {{"PTTL", key}, {"TYPE", key}, {"MEMORY", "USAGE", key}, {"OBJECT", "ENCODING", key}, {"STRLEN", key}};
    core::onFinished(m_session->send(facts), this, [this](const Result<Replies>& replies) {
        if (isFinished()) // cancelled: what is in flight comes all the same
            return;
        if (!replies)
            finish(fail(replies.error()));
        else
            onFacts(*replies);
    });
}

void KeyValueReader::onFacts(const Replies& replies)
{
    static constexpr std::array names {"PTTL", "TYPE"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Reply& reply = replies.at(static_cast<qsizetype>(i));
        if (reply.isError())
            return finish(fail(redis::toError(reply, QString::fromLatin1(names.at(i)))));
    }
    m_value.ttlMs = replies.at(0).integer;
    m_value.type = replies.at(1).bytes;
    if (replies.at(2).type == Reply::Type::Integer)
        m_value.memoryBytes = replies.at(2).integer;
    if (replies.at(3).isString())
        m_value.encoding = replies.at(3).bytes;
    if (m_value.isGone())
        return finish();
    if (!m_value.isString())
        return readMembers();
    // STRLEN of a string that was replaced in between says WRONGTYPE: the parts below then tell.
    m_value.length = replies.at(4).isError() ? -1 : replies.at(4).integer;
    setProgress(0, m_value.length);
    readPart();
}

void KeyValueReader::readPart()
{
    const qint64 from = m_value.bytes.size();
    const qint64 most = m_options.maxBytes < 0 ? partBytes : std::min(partBytes, m_options.maxBytes - from);
    const redis::Command part {"GETRANGE", m_value.key, QByteArray::number(from), QByteArray::number(from + most - 1)};
    core::onFinished(m_session->call(part), this, [this, most](const Result<Reply>& reply) {
        if (isFinished())
            return;
        if (!reply)
            finish(fail(reply.error()));
        else
            onPart(*reply, most);
    });
}

void KeyValueReader::onPart(const Reply& part, qint64 asked)
{
    m_value.bytes += part.bytes;
    setProgress(m_value.bytes.size(), m_value.length);
    const bool whole = part.bytes.size() < asked || m_value.bytes.size() == m_value.length;
    if (whole)
        return finish();
    m_value.truncated = m_options.maxBytes >= 0 && m_value.bytes.size() >= m_options.maxBytes;
    m_value.truncated ? finish() : readPart();
}

void KeyValueReader::readMembers()
{
    const redis::Pipeline commands = memberCommands(m_value.type, m_value.key, m_options.maxMembers);
    if (commands.isEmpty()) {
        m_value.truncated = true;
        return finish();
    }
    core::onFinished(m_session->send(commands), this, [this](const Result<Replies>& replies) {
        if (isFinished())
            return;
        if (!replies)
            finish(fail(replies.error()));
        else
            onMembers(*replies);
    });
}

void KeyValueReader::onMembers(const Replies& replies)
{
    for (const Reply& reply : replies) {
        if (reply.isError())
            return finish(fail(redis::toError(reply, QString::fromUtf8(m_value.type))));
    }
    const Reply& list = replies.at(1);
    const bool cursor = m_value.type == "set" || m_value.type == "hash";
    collect(cursor ? list.items.value(1) : list, m_value.members);
    m_value.stride = m_value.type == "hash" || m_value.type == "zset" ? 2 : 1;
    m_value.length = replies.at(0).integer;
    m_value.truncated = cursor ? list.items.value(0).bytes != "0" : m_value.length > m_options.maxMembers;
    finish();
}

}
