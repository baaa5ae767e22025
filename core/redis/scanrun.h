// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/connection.h"
#include "core/redis/keyscan.h"

#include <atomic>

namespace core::redis {

// COUNT from what the calls cost the server. The smallest of some calls is taken, as a network adds time but never takes any
// away; steps are small, so that one slow moment of the server does not starve the scan.
class ScanPace final {
public:
    ScanPace(int count, bool adapts, qint64 roundTripUs)
        : m_count(count)
        , m_adapts(adapts)
        , m_roundTripUs(roundTripUs)
    {
    }
    int count() const { return m_count; }
    void called(qint64 us);

private:
    int m_count;
    bool m_adapts;
    qint64 m_roundTripUs;
    qint64 m_leastUs = -1;
    int m_calls = 0;
};

// How much of the database lies behind SCAN's cursor, 0 to 1 ("0": nothing yet). The server counts it with the bits reversed (dictScan
// in dict.c): read backwards it is the place in the table, whatever the table's size. In a cluster it means something else.
double scannedPart(const QByteArray& cursor);

// The part of a KeyScan that lives in the I/O thread. Kept alive by its requests.
class ScanRun final : public StreamedScan, public std::enable_shared_from_this<ScanRun> {
public:
    struct Progress {
        qint64 keys = 0; // passed
        qint64 total = -1;
    };
    // Both are called in the I/O thread; `finished` once.
    struct Reports {
        std::function<void(Progress)> progressed;
        std::function<void(Result<void>, Progress)> finished;
    };

    ScanRun(Connection* connection, KeySink* sink, KeyScan::Options options, qint64 roundTripUs, Reports reports);

    // I/O thread
    void begin();
    void resume();
    // Any thread. After detach() the sink is not touched again, and nobody is inside.
    void detach();
    std::atomic_bool paused = false;

    // StreamedScan
    std::mutex& lock() override { return m_lock; }
    void cursor(QByteArrayView cursor) override;
    void key(const char* bytes, std::size_t size) override;

private:
    void askTotal();
    void askNext();
    void onTotal(const Result<Replies>& replies);
    void onReply(const Result<Replies>& replies);
    void measure();
    void goOn();
    void log(bool last);
    void finish(Result<void> outcome);
    bool mayAskAhead() const { return !paused && !m_options.gentle && m_sink && !isDone(); }
    bool isDone() const { return m_cursor == "0"; }
    Result<void> sameLine() const;

    Connection* m_connection;
    KeyScan::Options m_options;
    ScanPace m_pace;
    Reports m_reports;
    std::mutex m_lock;
    KeySink* m_sink; // guarded by m_lock; null: detached

    quint64 m_drops = 0;
    quint64 m_selects = 0;
    QByteArray m_cursor = "0";
    bool m_asked = false; // a SCAN is on its way
    bool m_resting = false; // the pause of a gentle scan
    bool m_finished = false;
    qint64 m_sentNs = 0;
    qint64 m_callUs = 0;
    qint64 m_received = 0;
    Progress m_progress;
    QElapsedTimer m_sinceProgress;
    SentCommand m_logged;
    int m_loggedCalls = 0;
};

}
