// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/redis/session.h"

#include <QDateTime>
#include <QObject>
#include <QTimer>

#include <deque>
#include <optional>

namespace core::metrics {

// One reading of INFO with our own lookups up to then. Counters are the server's: all databases, all clients.
struct Sample {
    QDateTime at;
    qint64 monotonicMs = 0;
    QString runId;
    qint64 uptimeS = 0;
    qint64 hits = 0, misses = 0;
    // The session's counts when INFO was answered. ownLookups holds also those whose reply told neither hit nor miss.
    qint64 ownLookups = 0, ownHits = 0, ownMisses = 0, ownLookupsUnknown = 0;
    qint64 commands = 0, connections = 0, expired = 0, evicted = 0;
    qint64 usedBytes = 0, peakBytes = 0, maxBytes = 0, rssBytes = 0;
    double fragmentation = 0;
    QString policy;
    qint64 clients = 0;
    double opsPerS = 0;
    QHash<int, qint64> keys; // by database
    qint64 totalKeys() const;
};
// None without the counters of hits and misses. Time and own lookups are the caller's to add.
std::optional<Sample> sampleFromInfo(const QHash<QByteArray, QByteArray>& info);

// Hits and misses of others seen inside a window, own lookups taken out: hitrate.h has the rule and its bound.
struct WindowRate {
    qint64 seconds = 0; // nominal
    qint64 hits = 0, misses = 0;
    std::optional<double> hitRate; // none without lookups: "no lookups", never 0 %
    bool complete = false; // that long was seen
    bool reset = false; // a restart or CONFIG RESETSTAT lies inside; what that interval held was not seen
    qint64 own = 0; // our lookups that were taken out
    // Lookups of ours of which it is not known whether they hit, missed or happened; the rate lies between these two.
    qint64 uncertain = 0;
    std::optional<double> lowestRate, highestRate;
};

// What the counters of lookups grew between two samples, or the sum over several such pairs (hitrate.h).
struct Growth {
    qint64 hits = 0, misses = 0; // all clients
    qint64 ownHits = 0, ownMisses = 0;
    qint64 open = 0;
    qint64 lost = 0;
    Growth& operator+=(const Growth& other);
    Growth& operator-=(const Growth& other);
    friend bool operator==(const Growth&, const Growth&) = default;
};

// Between two neighbouring samples.
struct Interval {
    QDateTime at;
    double seconds = 0;
    bool gap = false; // restart, counter reset or missed samples: nothing is drawn
    bool reset = false; // restart or counter reset
    Growth growth; // of a gap nothing; a rate is made of a sum of them, see foreignLookups()
    double commandsPerS = 0, expiredPerS = 0, evictedPerS = 0;
};

// Ring of samples and the arithmetic over them; no I/O. Kept: 15 min at 1 s plus what charts ask for.
class History {
public:
    explicit History(std::size_t capacity = 7200);
    void add(Sample sample);
    void addGap(); // connection lost: the next interval is a gap
    bool isEmpty() const;
    const Sample& last() const;
    const std::deque<Sample>& samples() const;
    const std::deque<Interval>& intervals() const; // intervals()[i] lies between samples()[i] and [i + 1]
    WindowRate window(qint64 seconds) const;
    WindowRate lifetime() const; // the server's own counters, nothing taken out

private:
    std::size_t m_capacity;
    std::deque<Sample> m_samples;
    std::deque<Interval> m_intervals;
    bool m_gap = false;
};

// Asks INFO each interval while running; stops asking while the session is not connected and marks the gap. INFO costs the server
// 0.006 % of its time at 1 s, and counts no lookup.
class Sampler final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Sampler)
public:
    explicit Sampler(redis::Session* session, QObject* parent = nullptr); // `session` must outlive it
    void start(int intervalMs = 1000); // the first question at once
    void stop();
    bool isRunning() const { return m_timer.isActive(); }
    const History& history() const { return m_history; }
    const std::optional<Error>& lastError() const { return m_lastError; } // NOPERM on INFO …

signals:
    void sampled();
    void failed();

private:
    void ask();
    void handleInfo(const Result<redis::Reply>& reply);
    void handleFailure(const Error& error);

    redis::Session* m_session;
    QTimer m_timer;
    SystemClock m_clock;
    History m_history;
    std::optional<Error> m_lastError;
    bool m_asking = false;
    int m_missed = 0; // ticks since the unanswered INFO
};

}
