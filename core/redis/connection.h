// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/redis/lookups.h"
#include "core/redis/request.h"
#include "core/redis/session.h"
#include "core/redis/uplink.h"

#include <QElapsedTimer>
#include <QTimer>

#include <deque>
#include <optional>

namespace core::redis {

class Transport;

// One line to the server: handshake, pipelining, time-outs, the count of lookups. Made in any thread, then lives in the I/O
// thread; all functions are called there.
class Connection final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Connection)
public:
    enum class Policy {
        Persistent, // open() connects; after a first success it reconnects for ever
        Lazy, // connects when something is to be sent, again after each loss
        Once, // connects when something is to be sent, never again after a loss
    };
    struct Status {
        Session::State state = Session::State::Closed;
        Error error; // why it is not connected
        QDateTime nextAttemptAt;
        int attempt = 0;
    };

    Connection(Endpoint endpoint, QString name, Policy policy, std::shared_ptr<Uplink> uplink);
    ~Connection() override; // drops promises: their futures end cancelled

    // Persistent only: reports changes of the line. Set before open().
    std::function<void(const Status&)> onStatus;
    std::function<void(const ServerFacts&)> onFacts;
    std::function<void(qint64 us)> onRoundTrip;
    // What the server pushes on a line that has subscribed: ["message", channel, payload]. Set before the first submit().
    std::function<void(Reply message)> onMessage;

    // Persistent only. The first success or failure.
    void open(std::function<void(Result<ServerFacts>)> opened);
    // What was sent ends as lost, what was not as not connected.
    void close();
    void retryNow(); // Persistent only
    void submit(Request request);
    // Later connects select it too. After an error the old database stays selected.
    void select(int database, std::function<void(Result<void>)> selected);
    // Where another line has selected already: this one does too, or drops.
    void followSelect(int database);
    // A scan that began under other numbers must not go on: its cursor means nothing on another line or database.
    quint64 drops() const { return m_generation; }
    quint64 selects() const { return m_selects; }
    const QString& label() const { return m_label; }
    const std::shared_ptr<Uplink>& uplink() const { return m_uplink; }

private:
    enum class Phase { Down, Connecting, Handshaking, Ready, Waiting };

    // connection.cpp
    void write(Request request);
    void onReadyRead();
    void onPingDue();
    void onReplyOverdue();
    void deliver(Reply reply);
    void parse();
    void setDatabase(int database);
    void account(const Request& request, const Reply& reply);
    void log(const Request& request, const Reply& reply, qint64 lookups);
    void accountLost(const Request& request);
    bool mayHaveRun(const Request& request) const { return m_writtenBytes > request.firstByte; }
    Error parseError() const;
    int replyLimitMs() const;

    // connectionstate.cpp
    void connectNow();
    void startTransport();
    void stopTransport();
    void listen(const Error& hungUp);
    void onConnectOverdue();
    void writeNoTouch();
    void onOpened();
    void onEnded(const Error& why);
    void becomeReady(const ServerFacts& facts);
    void drop(const Error& reason);
    Error lastWords(const Error& reason) const;
    void failAll(const Error& why);
    void afterDrop(const Error& why);
    void scheduleReconnect(const Error& why);
    void report(Session::State state, const Error& error = {}, const QDateTime& next = {});
    Error notConnected() const;

    Endpoint m_endpoint;
    QString m_label;
    QString m_name;
    Policy m_policy;
    std::shared_ptr<Uplink> m_uplink;

    Phase m_phase = Phase::Down;
    bool m_tried = false;
    bool m_everReady = false;
    int m_attempt = 0;
    Error m_lastError;
    std::optional<Error> m_hungUp; // only listening, after the server hung up on the handshake for this reason
    bool m_probedTls = false;
    std::function<void(Result<ServerFacts>)> m_opened;
    Transport* m_transport = nullptr;
    std::unique_ptr<ReplyReader> m_reader;
    std::unique_ptr<LookupCounter> m_lookups;
    QByteArray m_firstBytes; // of the stream: they tell HTTP and TLS
    std::deque<Request> m_inFlight;
    std::deque<Request> m_waiting; // for a lazy line to come up
    qint64 m_queuedBytes = 0;
    qint64 m_writtenBytes = 0;
    quint64 m_generation = 0; // of the transport: a callback may have dropped it
    quint64 m_selects = 0;

    QTimer m_connectTimer;
    QTimer m_replyTimer;
    QTimer m_pingTimer;
    QTimer m_reconnectTimer;
    bool m_reading = false;
    bool m_overdue = false;
    QElapsedTimer m_progress; // since the server last sent anything or was first asked
};

}
