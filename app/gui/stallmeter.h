// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QThread>
#include <QTimer>

#include <memory>
#include <vector>

namespace gui {

// Measures how long an event loop did not come round: a timer of its thread ticks each few milliseconds, what is late is a gap.
// Lives in the thread that it measures.
class LoopMeter final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LoopMeter)
public:
    static constexpr int tickMs = 5;
    static constexpr double countedMs = 50; // the limit of the design: the window answers within 50 ms

    struct Gap {
        double atS = 0; // since the start
        double ms = 0;
    };

    explicit LoopMeter(QObject* parent = nullptr);
    void start();
    void stop();
    double longestMs() const { return m_longest; }
    qint64 ticks() const { return m_ticks; }
    qint64 longGaps() const { return m_long; }
    // The longest ones, longest first; at most 20.
    QList<Gap> worst() const;
    QJsonObject report() const;

private:
    void tick();

    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_lastNs = 0;
    qint64 m_ticks = 0;
    qint64 m_long = 0;
    double m_longest = 0;
    std::vector<Gap> m_worst;
};

// --stall-report: the window's loop beside an idle loop in another thread, which shows what the machine's load alone does.
class StallMeter final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StallMeter)
public:
    explicit StallMeter(QObject* parent = nullptr);
    ~StallMeter() override;
    void start();
    void stop();
    const LoopMeter& window() const { return m_window; }
    // max(50 ms, twice the idle loop's longest gap).
    double limitMs() const;
    bool isGood() const { return m_window.longestMs() <= limitMs(); }
    // After stop(): {"schema":1,"window":{…},"idle":{…},"limit_ms":…,"ok":…}
    QJsonObject report() const;

private:
    LoopMeter m_window;
    std::unique_ptr<LoopMeter> m_idle; // lives in m_thread while it runs
    QThread m_thread;
};

}
