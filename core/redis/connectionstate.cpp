// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/log.h"
#include "core/redis/connection.h"
#include "core/redis/handshake.h"
#include "core/redis/transport.h"

#include <QRandomGenerator>

#include <algorithm>

namespace core::redis {

namespace {
    constexpr int pingIntervalMs = 2500; // why: see connection.cpp, pingLimitMs
    constexpr int firstDelayMs = 250;
    constexpr int longestDelayMs = 10'000;

    // Doubling, with a quarter of jitter either way so that many clients do not return at the same moment.
    int backOffMs(int attempt)
    {
        const int doubled = firstDelayMs << std::clamp(attempt - 1, 0, 10);
        const double jitter = 0.75 + QRandomGenerator::global()->bounded(0.5);
        return static_cast<int>(std::min(doubled, longestDelayMs) * jitter);
    }
}

Connection::Connection(Endpoint endpoint, QString name, Policy policy, std::shared_ptr<Uplink> uplink)
    : m_endpoint(std::move(endpoint))
    , m_label(endpointLabel(m_endpoint))
    , m_name(std::move(name))
    , m_policy(policy)
    , m_uplink(std::move(uplink))
    , m_connectTimer(this)
    , m_replyTimer(this)
    , m_pingTimer(this)
    , m_reconnectTimer(this)
{
    for (QTimer* timer : {&m_connectTimer, &m_replyTimer, &m_reconnectTimer})
        timer->setSingleShot(true);
    connect(&m_connectTimer, &QTimer::timeout, this, [this] { drop({Code::Timeout, Reason::ConnectTimeout, m_label, {}}); });
    connect(&m_replyTimer, &QTimer::timeout, this, &Connection::onReplyOverdue);
    connect(&m_pingTimer, &QTimer::timeout, this, &Connection::onPingDue);
    connect(&m_reconnectTimer, &QTimer::timeout, this, &Connection::connectNow);
}

Connection::~Connection() = default;

void Connection::open(std::function<void(Result<ServerFacts>)> opened)
{
    if (m_phase != Phase::Down) {
        opened(fail(Code::Internal, Reason::None, m_label, QStringLiteral("opened twice")));
        return;
    }
    m_opened = std::move(opened);
    m_everReady = false;
    report(Session::State::Connecting);
    connectNow();
}

void Connection::close()
{
    m_everReady = false; // no reconnection
    if (m_phase == Phase::Waiting) {
        m_reconnectTimer.stop();
        m_phase = Phase::Down;
    } else if (m_phase != Phase::Down) {
        drop({Code::Cancelled, Reason::None, m_label, {}});
    }
    if (m_policy == Policy::Persistent)
        report(Session::State::Closed);
}

void Connection::retryNow()
{
    if (m_phase != Phase::Waiting)
        return;
    m_reconnectTimer.stop();
    connectNow();
}

void Connection::connectNow()
{
    m_tried = true;
    m_phase = Phase::Connecting;
    m_reader = std::make_unique<ReplyReader>();
    m_lookups = std::make_unique<LookupCounter>();
    m_firstBytes.clear();
    m_queuedBytes = 0;
    m_writtenBytes = 0;
    if (m_everReady)
        report(Session::State::Reconnecting, m_lastError);
    m_connectTimer.start(m_endpoint.connectTimeoutMs);
    m_transport = new Transport(m_endpoint, this);
    connect(m_transport, &Transport::opened, this, &Connection::onOpened);
    // Queued: a write made while a reply is being parsed may fail at once, and the parser must not be entered twice.
    connect(
        m_transport, &Transport::ended, this,
        [this, generation = m_generation](const Error& why) {
            if (generation == m_generation)
                onEnded(why);
        },
        Qt::QueuedConnection);
    connect(m_transport, &Transport::readyRead, this, &Connection::onReadyRead);
    connect(m_transport, &Transport::bytesWritten, this, [this](qint64 count) { m_writtenBytes += count; });
    m_transport->open();
}

void Connection::onOpened()
{
    m_phase = Phase::Handshaking;
    const Handshake handshake(m_endpoint, m_policy == Policy::Persistent);
    Request request;
    request.kind = Request::Kind::Handshake;
    request.commands = handshake.commands();
    request.done = [this, handshake](const Result<Replies>& replies) {
        if (!replies)
            return; // drop() goes on with it
        const Result<ServerFacts> facts = handshake.evaluate(*replies);
        if (facts)
            becomeReady(*facts);
        else
            drop(facts.error());
    };
    write(std::move(request));
}

void Connection::onEnded(const Error& why)
{
    // The last words may still be unread: "max number of clients" comes right before the end.
    const quint64 generation = m_generation;
    if (m_phase != Phase::Connecting)
        onReadyRead();
    if (generation == m_generation)
        drop(why);
}

void Connection::becomeReady(const ServerFacts& facts)
{
    m_connectTimer.stop();
    m_phase = Phase::Ready;
    m_everReady = true;
    m_attempt = 0;
    m_lastError = {};
    if (const Pipeline more = Handshake::afterwards(facts); !more.isEmpty()) {
        Request request;
        request.kind = Request::Kind::Handshake;
        request.commands = more;
        write(std::move(request));
    }
    if (m_policy == Policy::Persistent) {
        m_pingTimer.start(pingIntervalMs);
        if (onFacts)
            onFacts(facts);
        report(Session::State::Connected);
    }
    if (m_opened)
        std::exchange(m_opened, nullptr)(facts);
    for (Request& request : std::exchange(m_waiting, {}))
        write(std::move(request));
    if (m_policy == Policy::Persistent)
        onPingDue(); // the round trip is wanted before the first idle interval is over
}

void Connection::drop(const Error& why)
{
    if (!m_transport)
        return;
    m_phase = Phase::Down;
    ++m_generation;
    m_connectTimer.stop();
    m_replyTimer.stop();
    m_pingTimer.stop();
    m_transport->disconnect(this);
    m_transport->abort();
    std::exchange(m_transport, nullptr)->deleteLater();
    m_lastError = why;
    qCDebug(logRedis) << m_name << "dropped:" << codeName(why.code) << why.detail;
    failInFlight(why);
    failWaiting(why);
    m_uplink->flush();
    afterDrop(why);
}

void Connection::failInFlight(const Error& why)
{
    for (Request& request : std::exchange(m_inFlight, {})) {
        // What the kernel never took cannot have been executed.
        const bool mayHaveRun = m_writtenBytes > request.firstByte;
        if (mayHaveRun)
            logLost(request);
        if (!request.done)
            continue;
        if (mayHaveRun)
            request.done(fail(Code::Lost, Reason::LineDropped, m_label, why.detail));
        else
            request.done(fail(notConnected()));
    }
}

void Connection::failWaiting(const Error& why)
{
    for (Request& request : std::exchange(m_waiting, {})) {
        if (request.done)
            request.done(fail(why));
    }
}

void Connection::afterDrop(const Error& why)
{
    if (m_policy != Policy::Persistent)
        return;
    if (m_everReady)
        return scheduleReconnect(why);
    report(Session::State::Closed, why);
    if (m_opened)
        std::exchange(m_opened, nullptr)(fail(why));
}

void Connection::scheduleReconnect(const Error& why)
{
    ++m_attempt;
    m_phase = Phase::Waiting;
    const int delay = backOffMs(m_attempt);
    m_reconnectTimer.start(delay);
    report(Session::State::Reconnecting, why, QDateTime::currentDateTimeUtc().addMSecs(delay));
}

void Connection::report(Session::State state, const Error& error, const QDateTime& next)
{
    m_uplink->connected = state == Session::State::Connected;
    if (onStatus)
        onStatus({state, error, next, m_attempt});
}

Error Connection::notConnected() const
{
    return {Code::Connect, Reason::NotConnected, m_label, m_lastError.detail};
}

}
