// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"

#include <QByteArray>
#include <QList>
#include <QStringList>

namespace core::cache {

enum class TagLayout { JsonList, Set, Zset, Hash, Counter, Unreadable };
QString tagLayoutName(TagLayout layout);

struct TagInfo {
    QByteArray tag; // "table:products"
    QByteArray key; // "tag:table:products"
    TagLayout layout = TagLayout::Unreadable;
    qint64 members = 0;
    qint64 live = -1; // -1: not asked yet
    qint64 dead = -1;
    qint64 ttlMs = -1; // -1: no expiry, -2: gone
    QStringList warnings;
};

struct TagMember {
    enum class State { Live, Dead, Immortal };
    QByteArray key;
    State state = State::Dead;
    qint64 ttlMs = -2;
};

// Reads one tag by the TYPE of its key: JSON list in a string, set, zset, hash; anything else is Unreadable, never empty.
// Members in parts, their PTTL in batches of 500. Answers TagInfo with members.
class TagReader final : public Job {
    Q_OBJECT
public:
    TagReader(redis::Session* session, QByteArray tagKey, QObject* parent = nullptr);
    const TagInfo& info() const { return m_info; }
    const QList<TagMember>& members() const { return m_members; }

protected:
    void onStart() override;
    void onCancel() override;

private:
    void readType();
    void readMembers();
    void readStates(qsizetype from);
    redis::Session* m_session;
    TagInfo m_info;
    QList<TagMember> m_members;
};

}
