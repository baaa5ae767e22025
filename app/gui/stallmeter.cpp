// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/stallmeter.h"

#include <QJsonArray>

#include <algorithm>

namespace gui {

namespace {
    constexpr std::size_t kept = 20;

    double rounded(double ms)
    {
        return qRound64(ms * 10) / 10.0;
    }
}

LoopMeter::LoopMeter(QObject* parent)
    : QObject(parent)
    , m_timer(this) // moves to another thread with us
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(tickMs);
    connect(&m_timer, &QTimer::timeout, this, &LoopMeter::tick);
}

void LoopMeter::start()
{
    m_clock.start();
    m_lastNs = 0;
    m_timer.start();
}

void LoopMeter::stop()
{
    if (!m_timer.isActive())
        return;
    tick(); // the gap that is open now counts too
    m_timer.stop();
}

void LoopMeter::tick()
{
    const qint64 now = m_clock.nsecsElapsed();
    const double gap = std::max(0.0, static_cast<double>(now - m_lastNs) / 1e6 - tickMs);
    m_lastNs = now;
    ++m_ticks;
    m_longest = std::max(m_longest, gap);
    m_long += gap > countedMs;
    const auto shorter = [](const Gap& a, const Gap& b) { return a.ms > b.ms; };
    if (m_worst.size() < kept || gap > m_worst.back().ms) {
        const Gap one {static_cast<double>(now) / 1e9, gap};
        m_worst.insert(std::upper_bound(m_worst.begin(), m_worst.end(), one, shorter), one);
        if (m_worst.size() > kept)
            m_worst.pop_back();
    }
}

QList<LoopMeter::Gap> LoopMeter::worst() const
{
    return {m_worst.begin(), m_worst.end()};
}

QJsonObject LoopMeter::report() const
{
    QJsonArray gaps;
    for (const Gap& gap : m_worst)
        gaps += QJsonObject {{QStringLiteral("at_s"), rounded(gap.atS)}, {QStringLiteral("gap_ms"), rounded(gap.ms)}};
    return {{QStringLiteral("longest_ms"), rounded(m_longest)}, {QStringLiteral("gaps_over_50_ms"), m_long},
        {QStringLiteral("ticks"), m_ticks}, {QStringLiteral("worst"), gaps}};
}

StallMeter::StallMeter(QObject* parent)
    : QObject(parent)
    , m_window(this)
    , m_idle(std::make_unique<LoopMeter>())
{
}

StallMeter::~StallMeter()
{
    stop();
}

void StallMeter::start()
{
    m_idle->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::started, m_idle.get(), &LoopMeter::start);
    m_thread.start();
    m_window.start();
}

void StallMeter::stop()
{
    m_window.stop();
    if (!m_thread.isRunning())
        return;
    QMetaObject::invokeMethod(m_idle.get(), [this, home = thread()] {
        m_idle->stop();
        m_idle->moveToThread(home);
        m_thread.quit();
    }, Qt::QueuedConnection);
    m_thread.wait(); // at the program's end, an idle loop: some milliseconds
}

double StallMeter::limitMs() const
{
    return std::max(LoopMeter::countedMs, 2 * m_idle->longestMs());
}

QJsonObject StallMeter::report() const
{
    return {{QStringLiteral("schema"), 1}, {QStringLiteral("window"), m_window.report()}, {QStringLiteral("idle"), m_idle->report()},
        {QStringLiteral("limit_ms"), rounded(limitMs())}, {QStringLiteral("ok"), isGood()}};
}

}
