// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keyscheme.h"
#include "core/redis/invalidationfeed.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <memory>
#include <optional>

namespace core::replay {

class KeyWatch;

// Tells whether keys were written while a request ran: Redis names each key that is (specification C3.15, redis::InvalidationFeed). A value
// of the same size that was written with its full time left shows in no snapshot.
//
// Made and used in the session's thread; `session` must outlive it. Where the server refuses or the line is lost, it knows nothing any more
// and refusal() says why.
class WriteWitness final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WriteWitness)
public:
    // Is told of keys with these prefixes; they may begin with each other. Not empty.
    WriteWitness(redis::Session* session, const QList<QByteArray>& prefixes, QObject* parent = nullptr);
    ~WriteWitness() override;

    // `then` as soon as it is known whether the server tells: at once when it is. Not after the death of `context`.
    void whenBegun(QObject* context, std::function<void()> then);
    const std::optional<Error>& refusal() const { return m_refusal; }
    std::unique_ptr<KeyWatch> watch(const QList<QByteArray>& keys);

    // An entry that was there and is followed beyond the watch that saw it. Times are those of Snapshot::monotonicMs.
    struct Followed {
        qint64 endMs = 0; // of its time to live
        qint64 slackMs = 0; // by which it may end earlier
        std::optional<qint64> changedMs {}; // when it was first told that the key changed: written, deleted or run out
    };
    // None: it is not followed, or the line was lost. Changes are known up to the last answered KeyWatch::end().
    std::optional<Followed> followed(const QByteArray& key) const;

signals:
    void begun(); // or refused

private:
    friend class KeyWatch;
    struct Notes;

    void giveUp(const Error& why);

    std::shared_ptr<Notes> m_notes; // filled in the I/O thread
    redis::InvalidationFeed* m_feed;
    std::optional<Error> m_refusal;
};

// Some keys between two moments. The witness must outlive it.
class KeyWatch final {
    Q_DISABLE_COPY_MOVE(KeyWatch)
public:
    KeyWatch(WriteWitness* witness, const QList<QByteArray>& keys);
    ~KeyWatch();

    // Both ask the server once; `then` comes in the thread of `context`, not after its death. Writes from before begin() do not count.
    void begin(QObject* context, std::function<void()> then);
    // Those of the keys that were written since; nothing when that is not known.
    void end(QObject* context, std::function<void(std::optional<QSet<QByteArray>>)> then);

    // After end(). How often a key was told of between the two moments: writes of one moment may be told once.
    quint64 told(const QByteArray& key) const { return m_told.value(key); }
    // After end(). Whether another key, which the witness is told of too, was written since begin(); none: not known, as the line was lost or
    // too many were told of meanwhile.
    std::optional<bool> wroteOther(const QByteArray& key) const;
    // As long as the witness lives; not where it was told of since end(), nor of more than 100,000 keys.
    void follow(const QByteArray& key, WriteWitness::Followed entry);
    void unfollow(const QByteArray& key);

private:
    WriteWitness* m_witness;
    std::shared_ptr<WriteWitness::Notes> m_notes;
    QHash<QByteArray, quint64> m_writes; // of each key until begin()
    QHash<QByteArray, quint64> m_told; // of each key until end()
    quint64 m_begun = 0; // what was told until begin(), of any key
};

// What a witness of requests for these targets must be told of: the classes of the keys that are predicted. Empty where none is.
QList<QByteArray> witnessPrefixes(const QList<QByteArray>& targets, const cache::RouteTable& routes);

}
