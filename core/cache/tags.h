// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"

#include <QByteArray>
#include <QList>
#include <QSet>
#include <QStringList>

#include <optional>
#include <vector>

namespace core::cache {

// How an app names the index of a tag: "tag:{tag}" in LightAPI's caching example. Bytes around one "{tag}".
class TagTemplate {
public:
    TagTemplate() = default;
    // BadOption unless the text holds "{tag}" just once.
    static Result<TagTemplate> fromText(const QByteArray& text);

    QByteArray text() const { return m_before + "{tag}" + m_after; }
    QByteArray keyOf(const QByteArray& tag) const { return m_before + tag + m_after; }
    // The tag of an index key; none when the key does not fit.
    std::optional<QByteArray> tagOf(const QByteArray& key) const;
    // A tag as people spell it, "table:products", or as its index key, "tag:table:products": the index key of both. A tag whose
    // own name fits the template is reached by its key.
    QByteArray keyFromSpelling(const QByteArray& spelled) const;

private:
    QByteArray m_before = "tag:";
    QByteArray m_after;
};

enum class TagLayout { JsonList, Set, Zset, Hash, Counter, Unreadable };
QString tagLayoutName(TagLayout layout);

struct TagInfo {
    QByteArray tag; // "table:products"
    QByteArray key; // "tag:table:products"
    TagLayout layout = TagLayout::Unreadable;
    qint64 members = 0; // different names; -1: they cannot be read (layout Unreadable, Counter)
    qint64 live = -1; // -1: not asked yet
    qint64 dead = -1;
    qint64 ttlMs = -1; // -1: no expiry, -2: gone
    QStringList warnings;
    QString problem; // why it is unreadable, a counter, or in part not what it should be

    bool isGone() const { return ttlMs == -2; }
    bool isReadable() const { return layout != TagLayout::Unreadable && layout != TagLayout::Counter; }
};
// CorruptTag for an index that is there but has no names that can be read; fine for one that is gone.
Result<void> checkReadable(const TagInfo& info);

struct TagMember {
    enum class State { Live, Dead, Immortal };
    QByteArray key;
    State state = State::Dead;
    qint64 ttlMs = -2;
};
QString tagMemberStateName(TagMember::State state); // live dead immortal

// Reads one tag by the TYPE of its key: JSON list in a string, set, zset, hash; anything else is Unreadable, never empty.
// Members in parts, their PTTL in batches of 500. Answers TagInfo with members, in the order of the index, repeats dropped.
// A tag that cannot be read is an answer, not a failure: see checkReadable(). One that is gone has isGone().
class TagReader final : public Job {
    Q_OBJECT
public:
    TagReader(redis::Session* session, QByteArray tagKey, QObject* parent = nullptr);
    // For another naming than "tag:{tag}"; before start().
    void setTemplate(const TagTemplate& tagTemplate) { m_template = tagTemplate; }
    // Names only, without asking whether they live; before start().
    void setNamesOnly(bool namesOnly) { m_namesOnly = namesOnly; }

    const TagInfo& info() const { return m_info; }
    const QList<TagMember>& members() const { return m_members; }

protected:
    void onStart() override;

private:
    void onType(const Result<redis::Replies>& replies);
    void readString();
    void readParts(const QByteArray& command, const QByteArray& cursor, int stride);
    void onPart(const QByteArray& command, int stride, const redis::Reply& reply);
    void addMember(const QByteArray& key);
    void unreadable(TagLayout layout, const QString& problem);
    void readStates(qsizetype from);
    void onStates(qsizetype from, const redis::Replies& replies);
    void finishRead();

    redis::Session* m_session;
    TagTemplate m_template;
    bool m_namesOnly = false;
    TagInfo m_info;
    QList<TagMember> m_members;
    QSet<QByteArray> m_seen;
    qint64 m_repeats = 0;
    qint64 m_badTagLists = 0; // hash fields whose value is not a JSON list
};

// Many tags, for the list: their layout, count and TTL in batches; live and dead on request, which asks for every member.
// done() and total() count tags.
class TagsReader final : public Job {
    Q_OBJECT
public:
    struct Options {
        bool liveAndDead = false;
        TagTemplate tagTemplate;
    };
    TagsReader(redis::Session* session, QList<QByteArray> tagKeys, Options options, QObject* parent = nullptr);
    // In the order of the keys; those not reached after a cancel are left out.
    const QList<TagInfo>& infos() const { return m_infos; }

protected:
    void onStart() override;
    void onCancel() override;

private:
    void endWith(Result<void> outcome);
    void startReaders();
    void startReader(qsizetype index);
    void onReader(qsizetype index, TagReader* reader);
    void readBatch(qsizetype from);
    void onTypes(qsizetype from, const redis::Replies& replies);
    void onContents(const QList<qsizetype>& asked, qsizetype next, const redis::Replies& replies);
    void endBatch(qsizetype next);

    redis::Session* m_session;
    QList<QByteArray> m_keys;
    Options m_options;
    QList<TagInfo> m_infos;
    QList<TagInfo> m_slots; // one a key while reading
    std::vector<bool> m_reached;
    qsizetype m_next = 0;
    qsizetype m_running = 0;
};

}
