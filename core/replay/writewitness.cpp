// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/writewitness.h"

#include <QMutex>

#include <algorithm>

namespace core::replay {

struct WriteWitness::Notes {
    struct Note {
        int watches = 0;
        quint64 writes = 0;
    };
    QMutex mutex;
    QHash<QByteArray, Note> notes; // of the watched keys alone: a busy server writes millions of others

    void take(const redis::Reply& names)
    {
        const QMutexLocker lock(&mutex);
        if (names.isNil()) {
            for (Note& note : notes)
                ++note.writes;
        }
        for (const redis::Reply& name : names.items) {
            if (const auto note = notes.find(name.bytes); note != notes.end())
                ++note->writes;
        }
    }
};

namespace {
    // Of more, the server had better tell all than look through a list at each write.
    constexpr qsizetype mostPrefixes = 50;
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

KeyWatch::KeyWatch(WriteWitness* witness, const QList<QByteArray>& keys)
    : m_witness(witness)
    , m_notes(witness->m_notes)
{
    const QMutexLocker lock(&m_notes->mutex);
    for (const QByteArray& key : keys) {
        if (!m_writes.contains(key))
            ++m_notes->notes[key].watches;
        m_writes.insert(key, 0);
    }
}

KeyWatch::~KeyWatch()
{
    const QMutexLocker lock(&m_notes->mutex);
    for (auto key = m_writes.keyBegin(); key != m_writes.keyEnd(); ++key) {
        const auto note = m_notes->notes.find(*key);
        if (--note->watches == 0)
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
                if (m_notes->notes.value(key.key()).writes != *key)
                    written.insert(key.key());
            }
        }
        then(written);
    });
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
