// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/valuepages.h"

#include "core/redis/typecommands.h"

#include <algorithm>

namespace core::archive {

namespace {
    using redis::Reply;

    constexpr qint64 tailBytes = 1024;
}

ValuePages::ValuePages(QByteArray key, QByteArray type, qint64 members)
    : m_key(std::move(key))
    , m_type(std::move(type))
    , m_members(members)
{
}

bool ValuePages::isScanned() const
{
    return m_type == "hash" || m_type == "set" || m_type == "zset";
}

redis::Command ValuePages::next(qint64 bytes)
{
    m_asked = m_again + (m_type == "string" ? bytes : m_members);
    const QByteArray count = QByteArray::number(m_members);
    if (m_type == "string" || m_type == "list") {
        const qint64 from = m_taken - m_again;
        return {m_type == "string" ? "GETRANGE" : "LRANGE", m_key, QByteArray::number(from), QByteArray::number(from + m_asked - 1)};
    }
    if (m_type == "stream")
        return {"XRANGE", m_key, m_cursor.isEmpty() ? QByteArray("-") : m_cursor, "+", "COUNT", count};
    const QByteArray scan = m_type == "hash" ? "HSCAN" : m_type == "set" ? "SSCAN" : "ZSCAN";
    return {scan, m_key, m_cursor.isEmpty() ? QByteArray("0") : m_cursor, "COUNT", count};
}

bool ValuePages::take(const Reply& page, Record& record)
{
    record.hasValue = true;
    if (m_type == "string")
        return takeBytes(page.bytes, record);
    return m_type == "stream" ? takeEntries(page.items, record) : takeMembers(page, record);
}

bool ValuePages::takeBytes(const QByteArray& page, Record& record)
{
    m_moved = m_moved || !page.startsWith(m_tail);
    record.members = {page.mid(m_again)};
    m_taken += record.members.first().size();
    m_tail = page.right(tailBytes);
    m_again = m_tail.size();
    return page.size() == m_asked;
}

bool ValuePages::takeMembers(const Reply& page, Record& record)
{
    const QList<Reply>& items = isScanned() ? page.items.value(1).items : page.items;
    m_moved = m_moved || (m_again > 0 && (items.isEmpty() || items.first().bytes != m_tail));
    record.members.reserve(items.size());
    for (qsizetype i = m_again; i < items.size(); ++i)
        record.members << items.at(i).bytes;
    m_taken += record.members.size();
    if (isScanned()) {
        m_cursor = page.items.value(0).bytes;
        return m_cursor != "0";
    }
    if (!items.isEmpty())
        m_tail = items.last().bytes;
    m_again = items.isEmpty() ? 0 : 1;
    return items.size() == m_asked;
}

bool ValuePages::takeEntries(const QList<Reply>& entries, Record& record)
{
    for (const Reply& entry : entries) {
        QList<QByteArray> words {entry.items.value(0).bytes};
        for (const Reply& word : entry.items.value(1).items)
            words << word.bytes;
        record.entries << words;
    }
    if (!entries.isEmpty())
        m_cursor = redis::streamIdAfter(record.entries.last().first());
    m_taken += entries.size();
    return entries.size() == m_asked;
}

}
