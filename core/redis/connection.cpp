// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/connection.h"

#include "core/base/bytes.h"
#include "core/base/monotonic.h"
#include "core/redis/transport.h"
#include "core/redis/wire.h"

#include <QIODevice>
#include <QScopedValueRollback>

#include <array>

namespace core::redis {

namespace {
    // hiredis moves what is unread to the front now and then: larger pieces cost more than they save.
    constexpr qint64 readSize = 64 * 1024;
    // Lines for Activity per pipeline; a mass deletion must not spend its time on its own log.
    constexpr qsizetype loggedPerRequest = 20;
    // A stopped server must be noticed within 5 s also when nothing is asked of it: the next PING is at most 2.5 s away, its
    // answer is due in 2 s. A line with commands in flight goes by the endpoint's reply time-out.
    constexpr int pingLimitMs = 2000;
    constexpr int graceMs = 50;

    QString firstWord(const QByteArray& text)
    {
        return displayText(text.left(text.indexOf(' ')));
    }

    bool isMessage(const Reply& reply)
    {
        return reply.isArray() && reply.items.size() == 3 && reply.items.first().bytes == "message";
    }
}

void Connection::submit(Request request)
{
    if (m_phase == Phase::Ready)
        return write(std::move(request));
    const bool mayConnect = m_policy == Policy::Lazy || (m_policy == Policy::Once && !m_tried);
    const bool isConnecting = m_phase == Phase::Connecting || m_phase == Phase::Handshaking;
    if (m_policy == Policy::Persistent || (!isConnecting && !mayConnect)) {
        if (request.done)
            request.done(fail(notConnected()));
        return;
    }
    m_waiting.push_back(std::move(request));
    if (!isConnecting)
        connectNow();
}

void Connection::write(Request request)
{
    const QByteArray bytes = request.packed.isEmpty() ? encoded(request.commands) : request.packed.bytes();
    request.firstByte = m_queuedBytes;
    request.sentNs = monotonicNs();
    request.at = QDateTime::currentDateTimeUtc();
    request.replies.reserve(request.size());
    m_queuedBytes += bytes.size();
    m_uplink->traffic.sent += request.size();
    const bool wasIdle = m_inFlight.empty();
    m_inFlight.push_back(std::move(request));
    if (wasIdle) {
        m_overdue = false;
        m_progress.start();
        m_replyTimer.start(replyLimitMs());
    }
    m_transport->write(bytes);
}

void Connection::onReadyRead()
{
    // A write from inside the parser can make QSslSocket decrypt more and say so at once; the loop below sees that data anyway.
    if (m_reading)
        return;
    const QScopedValueRollback reading(m_reading, true);
    static thread_local std::array<char, readSize> buffer;
    const quint64 generation = m_generation;
    // A write made while parsing may have closed it.
    while (generation == m_generation && m_transport->device()->bytesAvailable() > 0) {
        const qint64 size = m_transport->device()->read(buffer.data(), readSize);
        if (size <= 0)
            break;
        m_progress.start();
        if (m_firstBytes.size() < 8)
            m_firstBytes.append(buffer.data(), std::min<qint64>(size, 8));
        m_reader->feed(buffer.data(), static_cast<std::size_t>(size));
        parse();
    }
    if (generation == m_generation)
        m_uplink->flush();
}

void Connection::parse()
{
    const quint64 generation = m_generation;
    while (generation == m_generation) {
        const std::shared_ptr<StreamedScan> scan = m_inFlight.empty() ? nullptr : m_inFlight.front().scan;
        Reply reply;
        ReplyReader::Status status {};
        if (scan) {
            const std::lock_guard inside(scan->lock());
            status = m_reader->next(reply, scan.get());
        } else {
            status = m_reader->next(reply);
        }
        if (status == ReplyReader::Status::More)
            return;
        if (status == ReplyReader::Status::Broken)
            return drop(parseError());
        deliver(std::move(reply));
    }
}

void Connection::deliver(Reply reply)
{
    if (onMessage && isMessage(reply)) // may come between a command and its reply
        return onMessage(std::move(reply));
    if (m_inFlight.empty()) {
        // Redis says why it turns a client away before it is asked anything.
        Error why = reply.isError() ? toError(reply, {}) : Error {Code::Protocol, Reason::NotRedis, {}, {}};
        why.subject = m_label;
        return drop(why);
    }
    Request& head = m_inFlight.front();
    account(head, reply);
    head.replies.append(std::move(reply));
    if (head.replies.size() < head.size())
        return;
    Request answered = std::move(head);
    m_inFlight.pop_front();
    if (m_inFlight.empty())
        m_replyTimer.stop();
    m_uplink->flush();
    if (answered.done)
        answered.done(std::move(answered.replies));
}

void Connection::account(const Request& request, const Reply& reply)
{
    const qsizetype index = request.replies.size();
    const LookupSplit lookups = request.packed.isEmpty() ? m_lookups->answered(request.commands.at(index), reply)
                                                         : m_lookups->answered(request.packed, index, reply);
    m_uplink->traffic.lookups += lookups;
    const bool isLogged = request.kind != Request::Kind::Ping && !request.scan && m_uplink->logWanted;
    if (isLogged && index < loggedPerRequest)
        log(request, reply, lookups.all());
}

void Connection::log(const Request& request, const Reply& reply, qint64 lookups)
{
    const qsizetype index = request.replies.size();
    SentCommand line {request.at, maskedText(request.command(index)), m_name, int(lookups), (monotonicNs() - request.sentNs) / 1000, {}};
    if (reply.isError())
        line.error = firstWord(reply.bytes);
    if (const qsizetype more = request.size() - loggedPerRequest; index == loggedPerRequest - 1 && more > 0)
        line.text += QStringLiteral(" (and %1 more)").arg(more);
    m_uplink->traffic.log << line;
}

void Connection::accountLost(const Request& request)
{
    for (qsizetype i = request.replies.size(); i < request.size(); ++i)
        m_uplink->traffic.lookupsUnknown += m_lookups->lost(request.command(i));
    if (request.kind == Request::Kind::Ping || !m_uplink->logWanted)
        return;
    const qsizetype end = std::min(request.size(), request.replies.size() + loggedPerRequest);
    for (qsizetype i = request.replies.size(); i < end; ++i)
        m_uplink->traffic.log << SentCommand {request.at, maskedText(request.command(i)), m_name, 0, 0, QStringLiteral("lost")};
}

Error Connection::parseError() const
{
    if (m_firstBytes.startsWith("HTTP/"))
        return {Code::Protocol, Reason::SpeaksHttp, m_label, {}};
    // The header of a TLS alert or of a handshake.
    if (m_firstBytes.startsWith("\x15\x03") || m_firstBytes.startsWith("\x16\x03"))
        return {Code::Tls, Reason::SpeaksTls, m_label, {}};
    return {Code::Protocol, Reason::NotRedis, m_label, m_reader->errorText()};
}

int Connection::replyLimitMs() const
{
    const bool isPing = !m_inFlight.empty() && m_inFlight.front().kind == Request::Kind::Ping;
    return isPing ? std::min(pingLimitMs, m_endpoint.replyTimeoutMs) : m_endpoint.replyTimeoutMs;
}

void Connection::onReplyOverdue()
{
    const int limit = replyLimitMs();
    const qint64 silent = m_progress.elapsed();
    if (silent < limit) {
        m_overdue = false;
        return m_replyTimer.start(static_cast<int>(limit - silent));
    }
    // The answer may have come while this process did not run (suspended, starved): one more round of the event loop reads it.
    if (!std::exchange(m_overdue, true))
        return m_replyTimer.start(graceMs);
    drop({Code::Timeout, Reason::ReplyTimeout, m_label, QStringLiteral("no answer for %1 s").arg(silent / 1000.0, 0, 'f', 1)});
}

void Connection::onPingDue()
{
    if (m_phase != Phase::Ready || !m_inFlight.empty())
        return;
    Request ping;
    ping.kind = Request::Kind::Ping;
    ping.commands = {Command {"PING"}};
    const qint64 sent = monotonicNs();
    ping.done = [this, sent](const Result<Replies>& replies) {
        if (replies && onRoundTrip)
            onRoundTrip((monotonicNs() - sent) / 1000);
    };
    write(std::move(ping));
}

void Connection::select(int database, std::function<void(Result<void>)> selected)
{
    ++m_selects;
    Request request;
    request.commands = {Command {"SELECT", QByteArray::number(database)}};
    request.done = [this, database, selected = std::move(selected)](const Result<Replies>& replies) {
        const Result<Reply> answer
            = replies ? checked(replies->first(), QString::number(database)) : Result<Reply>(fail(replies.error()));
        if (answer)
            setDatabase(database);
        selected(answer ? Result<void>() : Result<void>(fail(answer.error())));
    };
    submit(std::move(request));
}

void Connection::followSelect(int database)
{
    if (m_phase == Phase::Down)
        return setDatabase(database);
    select(database, [this, database](const Result<void>& selected) {
        setDatabase(database);
        // Nothing may run in the old database any more; the next connect tells why the new one is refused.
        if (!selected && m_phase == Phase::Ready)
            drop(selected.error());
    });
}

void Connection::setDatabase(int database)
{
    m_endpoint.database = database;
    m_label = endpointLabel(m_endpoint);
}

}
