// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/scanrun.h"

#include "core/base/monotonic.h"

#include <algorithm>

namespace core::redis {

namespace {
    constexpr int fewest = 10;
    constexpr int most = 1000; // beyond it a scan gets slower, not faster, and blocks longer
    // Of the quickest of some calls; the slowest of a hundred takes two to three times as long, and whoever else asks the server waits for
    // it.
    constexpr qint64 targetUs = 300;
    constexpr int callsPerStep = 8;
    constexpr int gentleCount = 100;
    constexpr qint64 reportIntervalMs = 100;
}

double scannedPart(const QByteArray& cursor)
{
    const quint64 bits = cursor.toULongLong();
    double part = 0;
    double weight = 0.5;
    for (int bit = 0; bit < 64; ++bit, weight /= 2)
        part += (bits >> bit & 1) != 0 ? weight : 0;
    return part;
}

void ScanPace::called(qint64 us)
{
    if (!m_adapts)
        return;
    m_leastUs = m_leastUs < 0 ? us : std::min(m_leastUs, us);
    if (++m_calls < callsPerStep)
        return;
    const qint64 serverUs = std::max<qint64>(0, m_leastUs - std::max<qint64>(0, m_roundTripUs));
    if (serverUs > targetUs)
        m_count = std::max(fewest, m_count * 4 / 5);
    else if (serverUs < targetUs / 2)
        m_count = std::min(most, m_count * 5 / 4 + 1);
    m_calls = 0;
    m_leastUs = -1;
}

ScanRun::ScanRun(Connection* connection, KeySink* sink, KeyScan::Options options, qint64 roundTripUs, Reports reports)
    : m_connection(connection)
    , m_options(std::move(options))
    , m_pace(m_options.gentle ? std::min(m_options.count, gentleCount) : m_options.count, m_options.adapt && !m_options.gentle, roundTripUs)
    , m_reports(std::move(reports))
    , m_sink(sink)
{
}

void ScanRun::begin()
{
    m_drops = m_connection->drops();
    m_selects = m_connection->selects();
    m_sinceProgress.start();
    askTotal();
    goOn();
}

void ScanRun::resume()
{
    if (!m_asked && !m_resting && !m_finished)
        goOn();
}

void ScanRun::detach()
{
    const std::lock_guard inside(m_lock);
    m_sink = nullptr;
}

void ScanRun::cursor(QByteArrayView cursor)
{
    m_asked = false;
    m_cursor = cursor.toByteArray();
    m_callUs = (monotonicNs() - m_sentNs) / 1000;
    m_pace.called(m_callUs);
    if (mayAskAhead() && sameLine())
        askNext();
}

void ScanRun::key(const char* bytes, std::size_t size)
{
    if (!m_sink)
        return;
    m_sink->key(bytes, size);
    ++m_received;
}

void ScanRun::askTotal()
{
    Request request;
    request.commands = {Command {"DBSIZE"}};
    request.done = [self = shared_from_this()](const Result<Replies>& replies) { self->onTotal(replies); };
    m_connection->submit(std::move(request));
}

void ScanRun::onTotal(const Result<Replies>& replies)
{
    // Without the permission the scan runs all the same, towards an unknown total.
    if (replies && !replies->first().isError())
        m_progress.total = replies->first().integer;
}

void ScanRun::askNext()
{
    Command scan {"SCAN", m_cursor};
    if (!m_options.match.isEmpty())
        scan << "MATCH" << m_options.match;
    scan << "COUNT" << static_cast<qint64>(m_pace.count());
    Request request;
    request.commands = {scan};
    request.scan = shared_from_this();
    request.done = [self = shared_from_this()](const Result<Replies>& replies) { self->onReply(replies); };
    m_asked = true;
    m_sentNs = monotonicNs();
    m_connection->submit(std::move(request));
}

void ScanRun::onReply(const Result<Replies>& replies)
{
    if (!replies) {
        m_asked = false;
        // Also when this very SCAN never left: what matters is that the scan as a whole broke off.
        const bool brokeOff = replies.error().reason == Reason::NotConnected && m_connection->drops() != m_drops;
        return finish(brokeOff ? sameLine() : fail(replies.error()));
    }
    if (replies->first().isError()) {
        m_asked = false;
        return finish(fail(toError(replies->first(), QStringLiteral("SCAN"))));
    }
    {
        const std::lock_guard inside(m_lock);
        if (!m_sink)
            return finish(fail(Code::Cancelled));
        m_sink->batchEnd();
    }
    measure();
    log(isDone());
    if (isDone())
        return finish({});
    if (m_sinceProgress.elapsed() >= reportIntervalMs) {
        m_sinceProgress.start();
        m_reports.progressed(m_progress);
    }
    if (m_asked)
        return;
    if (!m_options.gentle)
        return goOn();
    m_resting = true;
    const auto pause = std::chrono::microseconds(m_callUs);
    QTimer::singleShot(std::chrono::ceil<std::chrono::milliseconds>(pause), m_connection, [self = shared_from_this()] {
        self->m_resting = false;
        self->goOn();
    });
}

// With MATCH the server passes keys that it does not send: what came says nothing of how far it is.
void ScanRun::measure()
{
    const bool estimate = !m_options.match.isEmpty() && m_progress.total >= 0;
    if (!estimate)
        m_progress.keys = m_received;
    else
        m_progress.keys = isDone() ? m_progress.total : static_cast<qint64>(scannedPart(m_cursor) * static_cast<double>(m_progress.total));
}

void ScanRun::goOn()
{
    if (m_finished || paused)
        return;
    if (const auto same = sameLine(); !same)
        return finish(fail(same.error()));
    askNext();
}

Result<void> ScanRun::sameLine() const
{
    if (m_connection->drops() != m_drops)
        return fail(Code::Lost, Reason::ClosedByServer, m_connection->label());
    if (m_connection->selects() != m_selects)
        return fail(Code::Cancelled, Reason::None, m_connection->label(), QStringLiteral("another database was selected"));
    return {};
}

void ScanRun::log(bool last)
{
    const std::shared_ptr<Uplink>& uplink = m_connection->uplink();
    if (!uplink->logWanted)
        return;
    if (m_loggedCalls++ == 0)
        m_logged = {QDateTime::currentDateTimeUtc(), {}, QStringLiteral("bulk"), 0, 0, {}};
    m_logged.durationUs += m_callUs;
    const bool due = m_logged.at.msecsTo(QDateTime::currentDateTimeUtc()) >= reportIntervalMs;
    if (!due && !last)
        return;
    m_logged.text = QStringLiteral("SCAN … COUNT %1 (%2 times)").arg(m_pace.count()).arg(std::exchange(m_loggedCalls, 0));
    uplink->traffic.log << m_logged;
}

void ScanRun::finish(Result<void> outcome)
{
    if (std::exchange(m_finished, true))
        return;
    m_reports.finished(std::move(outcome), m_progress);
}

}
