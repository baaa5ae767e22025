// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/log.h"
#include "core/redis/connection.h"
#include "core/redis/handshake.h"
#include "core/redis/readonly.h"
#include "core/redis/transport.h"

#include <QIODevice>
#include <QRandomGenerator>

#include <algorithm>
#include <utility>
#include <vector>

namespace core::redis {

namespace {
    constexpr int pingIntervalMs = 2500; // why: see connection.cpp, pingLimitMs
    constexpr int listenMs = 300;
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
    connect(&m_connectTimer, &QTimer::timeout, this, &Connection::onConnectOverdue);
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
    startTransport();
    m_connectTimer.start(m_endpoint.connectTimeoutMs);
    if (m_everReady)
        report(Session::State::Reconnecting, m_lastError);
    m_transport->open();
}

void Connection::startTransport()
{
    m_phase = Phase::Connecting;
    m_reader = std::make_unique<ReplyReader>();
    m_lookups = std::make_unique<LookupCounter>();
    m_firstBytes.clear();
    m_queuedBytes = 0;
    m_writtenBytes = 0;
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
}

void Connection::stopTransport()
{
    ++m_generation;
    m_connectTimer.stop();
    m_replyTimer.stop();
    m_pingTimer.stop();
    m_transport->disconnect(this);
    m_transport->abort();
    std::exchange(m_transport, nullptr)->deleteLater();
}

void Connection::onConnectOverdue()
{
    const bool isTcp = m_endpoint.transport == Endpoint::Transport::Tcp;
    if (m_hungUp && m_phase == Phase::Handshaking && isTcp && !std::exchange(m_probedTls, true)) {
        // It hung up on plain text and keeps quiet when nothing is said. A TLS server answers even a broken hello by an alert.
        m_transport->write(QByteArray("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10));
        m_connectTimer.start(listenMs);
        return;
    }
    // Redis' plain port takes a TLS hello for a command without an end and waits for more.
    if (m_endpoint.transport == Endpoint::Transport::Tls && !m_everReady && m_transport && m_transport->isConnected())
        return drop({Code::Tls, Reason::TlsFailed, m_label, QStringLiteral("no answer to the start of TLS")});
    drop({Code::Timeout, Reason::ConnectTimeout, m_label, {}});
}

// Redis turns a client away (too many of them, protected mode) with a line of text and hangs up at once. What we had written by
// then makes the kernel throw that line away. So it connects once more and only listens.
void Connection::listen(const Error& hungUp)
{
    m_hungUp = hungUp;
    m_probedTls = false;
    stopTransport();
    m_inFlight.clear();
    startTransport();
    m_connectTimer.start(listenMs);
    m_transport->open();
}

void Connection::onOpened()
{
    m_phase = Phase::Handshaking;
    if (m_hungUp)
        return;
    const Handshake handshake(m_endpoint, m_policy == Policy::Persistent, m_uplink->noTouch);
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
    if (m_transport->device() && m_transport->device()->isReadable())
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
    if (m_policy == Policy::Persistent) {
        m_uplink->noTouch = Handshake::knowsNoTouch(facts);
        if (m_uplink->noTouch)
            writeNoTouch();
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

void Connection::writeNoTouch()
{
    Request request;
    request.kind = Request::Kind::Handshake;
    request.commands = {Handshake::noTouch()};
    write(std::move(request));
}

// What the server said of its hanging up, if it did.
Error Connection::lastWords(const Error& reason) const
{
    const bool hungUp = m_phase == Phase::Handshaking && reason.reason == Reason::ClosedByServer;
    if (!hungUp || m_inFlight.empty() || m_inFlight.front().replies.isEmpty() || !m_inFlight.front().replies.first().isError())
        return reason;
    Error said = toError(m_inFlight.front().replies.first(), m_label);
    said.subject = m_label;
    return said;
}

void Connection::drop(const Error& reason)
{
    if (!m_transport)
        return;
    const bool saidNothing = m_firstBytes.isEmpty();
    if (m_phase == Phase::Handshaking && reason.reason == Reason::ClosedByServer && saidNothing && !m_hungUp)
        return listen(reason);
    const std::optional<Error> hungUp = std::exchange(m_hungUp, {});
    const Error why = hungUp && saidNothing && reason.code != Code::Cancelled ? *hungUp : lastWords(reason);
    m_phase = Phase::Down;
    stopTransport();
    m_lastError = why;
    qCDebug(logRedis) << m_name << "dropped:" << codeName(why.code) << why.detail;
    // State and counters first: who gets a failed answer finds them up to date.
    for (const Request& request : m_inFlight) {
        if (mayHaveRun(request))
            accountLost(request);
    }
    m_uplink->flush();
    afterDrop(why);
    failAll(why);
}

namespace {
    // Then it does not matter whether it was executed.
    bool onlyReads(const Request& request)
    {
        constexpr bool readOnly = true;
        return permitted(request.commands, readOnly) && permitted(request.packed, readOnly);
    }
}

void Connection::failAll(const Error& why)
{
    const auto failed = [&](const Request& request) -> Error {
        // What the kernel never took cannot have been executed.
        if (!mayHaveRun(request))
            return notConnected();
        return {Code::Lost, why.reason != Reason::None && onlyReads(request) ? why.reason : Reason::LineDropped, m_label, why.detail};
    };
    std::vector<std::pair<std::function<void(Result<Replies>)>, Error>> ends;
    for (const Request& request : std::exchange(m_inFlight, {}))
        ends.emplace_back(request.done, failed(request));
    for (const Request& request : std::exchange(m_waiting, {}))
        ends.emplace_back(request.done, why);
    for (const auto& [done, error] : ends) {
        if (done)
            done(fail(error));
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

// Only one line speaks for the session: another one that reconnects says nothing of the server.
void Connection::report(Session::State state, const Error& error, const QDateTime& next)
{
    if (m_policy != Policy::Persistent)
        return;
    m_uplink->connected = state == Session::State::Connected;
    if (onStatus)
        onStatus({state, error, next, m_attempt});
}

Error Connection::notConnected() const
{
    return {Code::Connect, Reason::NotConnected, m_label, m_lastError.detail};
}

}
