// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"

#include <QByteArray>
#include <QList>
#include <QSet>

#include <optional>

namespace core::values {

struct StreamEntry {
    QByteArray id;
    QList<QByteArray> fields; // names and values in turn
};

// One key with its value, or what has been read of it: a string from its beginning, a collection page by page.
struct Value {
    QByteArray key;
    qint64 ttlMs = -2; // -1 no expiry, -2 gone
    QByteArray type = "none"; // "string" …; "none" when gone
    std::optional<qint64> memoryBytes; // none without the permission +memory|usage
    std::optional<QByteArray> encoding; // OBJECT ENCODING, none without the permission
    QByteArray bytes; // of a string
    QList<QByteArray> members; // of a collection: elements, fields and values or members and scores in turn
    QList<StreamEntry> entries; // of a stream
    int stride = 1; // members that belong together: 2 for hashes and sorted sets
    qint64 length = -1; // bytes or elements in all; -1: a type that cannot be read here
    bool truncated = false; // there is more; or the type cannot be read
    QByteArray cursor = "0"; // of the next page of a hash, set or sorted set
    QSet<QByteArray> seen; // fields and members so far: a SCAN may say one twice while the table is rehashed

    bool isGone() const { return type == "none"; }
    bool isString() const { return type == "string"; }
    bool isReadable() const { return length >= 0; }
    qint64 rows() const { return type == "stream" ? entries.size() : members.size() / stride; }
};

// Reads a key in parts, so that a large value never stands in one reply: strings by GETRANGE (first part at most 256 KiB), lists
// by LRANGE, hashes, sets and sorted sets by their SCAN, streams by XRANGE. A key that has gone at the beginning is an answer; one that
// goes, changes its type or is seen to be another value while it is read ends with Reason::ValueGone or ValueChanged, and what was
// read before stays whole. Seen are: the type and length at each part of a string, the kilobyte before each part, the last element
// of a list. A string rewritten in place elsewhere is not. done() and total() count bytes or elements.
// Lookups: three, and three a part.
class ValueReader final : public Job {
    Q_OBJECT
public:
    struct Options {
        qint64 maxBytes = 16 * 1024 * 1024; // of a string, in all; more is left out and said so; -1: all
        int maxMembers = 1000; // more elements in this run; a page may bring some more
        bool keep = true; // false: parts of a string are only told by partRead(), so that memory stays constant
    };
    // `session` must outlive the job.
    ValueReader(redis::Session* session, QByteArray key, Options options, QObject* parent = nullptr);
    // Goes on where an earlier run ended.
    ValueReader(redis::Session* session, Value soFar, Options options, QObject* parent = nullptr);
    const Value& value() const { return m_value; }

signals:
    // After each part, before the next is asked for; value() has it (with `keep`). The facts are known by then.
    void partRead(const QByteArray& bytes);

protected:
    void onStart() override;

private:
    void onFacts(const redis::Replies& replies);
    void readPart();
    redis::Command partCommand();
    void onPart(const redis::Replies& replies);
    // Whether the answers still belong to the value that was read so far; ends the job otherwise.
    bool isSame(const redis::Replies& replies);
    void endChanged(bool gone);
    void onBytes(const QByteArray& bytes);
    void onElements(const QList<redis::Reply>& items);
    void onScanned(const redis::Reply& reply);
    void onEntries(const QList<redis::Reply>& items);
    void afterPage(bool more);
    bool isContinued() const { return m_at > 0 || m_value.rows() > 0; }

    redis::Session* m_session;
    Options m_options;
    Value m_value;
    qint64 m_at = 0; // bytes of a string so far
    QByteArray m_tail; // the last of them
    qint64 m_rowsBefore = 0;
    qint64 m_asked = 0; // bytes, or elements, of the part on its way, overlap included
};

}
