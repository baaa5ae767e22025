// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/archivetext.h"
#include "core/redis/reply.h"
#include "core/redis/session.h"

namespace core::archive {

// One value read page by page with commands of its type: strings by GETRANGE, lists by LRANGE, hashes, sets and sorted sets by their
// SCAN, streams by XRANGE. The last kilobyte of a string and the last element of a list are read again with the next page, to see a
// value that moved in between; a SCAN says nothing of what changes beside it. Any thread, one at a time.
class ValuePages final {
public:
    static constexpr qint64 mostMembers = 1000; // a page

    // `members` a page, of a collection.
    ValuePages(QByteArray key, QByteArray type, qint64 members = mostMembers);

    redis::Command next(qint64 bytes); // at most, of a string
    // What `page`, the answer, adds goes to `record`; whether there may be more.
    bool take(const redis::Reply& page, Record& record);
    qint64 taken() const { return m_taken; } // bytes, members or entries in all
    bool isScanned() const;
    bool hasMoved() const { return m_moved; } // what was read again was another

private:
    bool takeBytes(const QByteArray& page, Record& record);
    bool takeMembers(const redis::Reply& page, Record& record);
    bool takeEntries(const QList<redis::Reply>& entries, Record& record);

    QByteArray m_key;
    QByteArray m_type;
    qint64 m_members;
    QByteArray m_cursor; // of a scan, or the next id of a stream
    QByteArray m_tail; // read again: of a string the last bytes, of a list the last element
    qint64 m_again = 0; // bytes or elements of it
    qint64 m_asked = 0; // with it
    qint64 m_taken = 0;
    bool m_moved = false;
};

}
