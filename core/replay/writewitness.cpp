// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/writewitness.h"

#include "core/base/monotonic.h"

#include <QMutex>

#include <algorithm>

namespace core::replay {

namespace {
    // The names told of while somebody watches, as it shows only later which of them matter. Bounded: a busy server writes millions.
    class RecentNames {
    public:
        void take(const QByteArray& name)
        {
            if (m_lastTold.size() >= mostNames)
                forget();
            m_lastTold.insert(name, ++m_count);
        }
        void forget()
        {
            m_lastTold.clear();
            m_knownSince = ++m_count;
        }
        quint64 count() const { return m_count; }
        std::optional<bool> toldSince(quint64 count, const QByteArray& name) const
        {
            return count < m_knownSince ? std::nullopt : std::optional(m_lastTold.value(name) > count);
        }

    private:
        static constexpr qsizetype mostNames = 10'000; // about 2 MB
        QHash<QByteArray, quint64> m_lastTold;
        quint64 m_count = 0;
        quint64 m_knownSince = 0;
    };
}

struct WriteWitness::Notes {
    struct Note {
        int watches = 0;
        quint64 writes = 0;
        std::optional<Followed> followed {};

        void told(qint64 atMs)
        {
            ++writes;
            if (followed && !followed->changedMs)
                followed->changedMs = atMs;
        }
    };
    QMutex mutex;
    QHash<QByteArray, Note> notes; // of the watched and followed keys alone: a busy server writes millions of others
    qsizetype followed = 0;
    RecentNames recent;
    int watches = 0;

    void take(const redis::Reply& names)
    {
        const QMutexLocker lock(&mutex);
        const qint64 nowMs = monotonicMs();
        if (names.isNil()) {
            recent.forget();
            for (Note& note : notes)
                note.told(nowMs);
        }
        for (const redis::Reply& name : names.items) {
            if (const auto note = notes.find(name.bytes); note != notes.end())
                note->told(nowMs);
            if (watches > 0)
                recent.take(name.bytes);
        }
    }

    void setFollowed(const QByteArray& key, std::optional<Followed> entry)
    {
        Note& note = notes[key];
        followed += int(entry.has_value()) - int(note.followed.has_value());
        note.followed = std::move(entry);
    }
};

namespace {
    // Of more, the server had better tell all than look through a list at each write.
    constexpr qsizetype mostPrefixes = 50;
    constexpr qsizetype mostFollowed = 100'000; // about 20 MB
    constexpr qsizetype mostTargets = 1000; // to predict a million keys would hold the window up

    // None begins with another (the server refuses that).
    QList<QByteArray> fewest(QList<QByteArray> prefixes)
    {
        std::ranges::sort(prefixes);
        QList<QByteArray> out;
        for (const QByteArray& prefix : std::as_const(prefixes)) {
            if (out.isEmpty() || !prefix.startsWith(out.last()))
                out << prefix;
        }
        return out.size() > mostPrefixes || out.contains(QByteArray()) ? QList<QByteArray>() : out;
    }
}

WriteWitness::WriteWitness(redis::Session* session, const QList<QByteArray>& prefixes, QObject* parent)
    : QObject(parent)
    , m_notes(std::make_shared<Notes>())
    , m_feed(new redis::InvalidationFeed(session, QStringLiteral("write witness"), fewest(prefixes), [notes = m_notes](const redis::Reply& names) { notes->take(names); }, this))
{
    connect(m_feed, &redis::InvalidationFeed::following, this, &WriteWitness::begun);
    connect(m_feed, &redis::InvalidationFeed::refused, this, &WriteWitness::giveUp);
    connect(m_feed, &redis::InvalidationFeed::lost, this, [this] { giveUp({Code::Lost, Reason::LineDropped, QStringLiteral("CLIENT TRACKING"), {}}); });
}

WriteWitness::~WriteWitness() = default;

void WriteWitness::giveUp(const Error& why)
{
    m_refusal = why;
    emit begun();
}

void WriteWitness::whenBegun(QObject* context, std::function<void()> then)
{
    if (m_refusal || m_feed->isFollowing())
        return then();
    connect(this, &WriteWitness::begun, context, std::move(then), Qt::SingleShotConnection);
}

std::unique_ptr<KeyWatch> WriteWitness::watch(const QList<QByteArray>& keys)
{
    return std::make_unique<KeyWatch>(this, keys);
}

std::optional<WriteWitness::Followed> WriteWitness::followed(const QByteArray& key) const
{
    const QMutexLocker lock(&m_notes->mutex);
    return m_refusal ? std::nullopt : m_notes->notes.value(key).followed;
}

KeyWatch::KeyWatch(WriteWitness* witness, const QList<QByteArray>& keys)
    : m_witness(witness)
    , m_notes(witness->m_notes)
{
    const QMutexLocker lock(&m_notes->mutex);
    ++m_notes->watches;
    for (const QByteArray& key : keys) {
        if (!m_writes.contains(key))
            ++m_notes->notes[key].watches;
        m_writes.insert(key, 0);
    }
}

KeyWatch::~KeyWatch()
{
    const QMutexLocker lock(&m_notes->mutex);
    if (--m_notes->watches == 0)
        m_notes->recent.forget();
    for (auto key = m_writes.keyBegin(); key != m_writes.keyEnd(); ++key) {
        const auto note = m_notes->notes.find(*key);
        if (--note->watches == 0 && !note->followed)
            m_notes->notes.erase(note);
    }
}

void KeyWatch::begin(QObject* context, std::function<void()> then)
{
    m_witness->m_feed->afterAllSoFar(context, [this, then = std::move(then)](const Result<void>&) {
        {
            const QMutexLocker lock(&m_notes->mutex);
            for (auto key = m_writes.begin(); key != m_writes.end(); ++key)
                *key = m_notes->notes.value(key.key()).writes;
            m_begun = m_notes->recent.count();
        }
        then();
    });
}

void KeyWatch::end(QObject* context, std::function<void(std::optional<QSet<QByteArray>>)> then)
{
    m_witness->m_feed->afterAllSoFar(context, [this, then = std::move(then)](const Result<void>& toldAll) {
        if (!toldAll || m_witness->refusal())
            return then({});
        QSet<QByteArray> written;
        {
            const QMutexLocker lock(&m_notes->mutex);
            for (auto key = m_writes.cbegin(); key != m_writes.cend(); ++key) {
                const quint64 told = m_notes->notes.value(key.key()).writes - *key;
                m_told.insert(key.key(), told);
                if (told > 0)
                    written.insert(key.key());
            }
        }
        then(written);
    });
}

std::optional<bool> KeyWatch::wroteOther(const QByteArray& key) const
{
    const QMutexLocker lock(&m_notes->mutex);
    return m_witness->m_refusal ? std::nullopt : m_notes->recent.toldSince(m_begun, key);
}

void KeyWatch::follow(const QByteArray& key, WriteWitness::Followed entry)
{
    const QMutexLocker lock(&m_notes->mutex);
    const bool toldSince = m_notes->notes.value(key).writes != m_writes.value(key) + m_told.value(key);
    const bool mayFollow = !toldSince && (m_notes->followed < mostFollowed || m_notes->notes.value(key).followed);
    m_notes->setFollowed(key, mayFollow ? std::optional(entry) : std::nullopt);
}

void KeyWatch::unfollow(const QByteArray& key)
{
    const QMutexLocker lock(&m_notes->mutex);
    m_notes->setFollowed(key, {});
}

QList<QByteArray> witnessPrefixes(const QList<QByteArray>& targets, const cache::RouteTable& routes)
{
    if (targets.size() > mostTargets)
        return {QByteArray()};
    QList<QByteArray> prefixes;
    for (const QByteArray& target : targets) {
        for (const cache::Prediction& prediction : cache::forecast({"GET", target, {}}, routes).predictions) {
            const qsizetype at = prediction.className.isEmpty() ? -1 : prediction.key.indexOf(prediction.className);
            prefixes << (at < 0 ? prediction.key : prediction.key.first(at + prediction.className.size()));
        }
    }
    return prefixes;
}

}
