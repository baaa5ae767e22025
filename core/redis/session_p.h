// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/connection.h"
#include "core/redis/exclusive.h"
#include "core/redis/iothread.h"

#include <QTimer>

#include <vector>

namespace core::redis {

using ConnectionPtr = std::unique_ptr<Connection, LaterDeleter>;

// The session's side; all of it in the session's thread.
class Session::Private final {
public:
    Private(Session* session, Endpoint at);

    Session* q;
    Endpoint endpoint;
    std::shared_ptr<Uplink> uplink;
    std::shared_ptr<IoThread> io; // before the connections, which it must outlive
    ConnectionPtr interactive;
    ConnectionPtr bulk;
    std::vector<std::weak_ptr<ExclusiveConnection>> exclusive;

    Connection::Status status;
    ServerFacts facts;
    qint64 roundTripUs = -1;
    Uplink::Traffic total;
    QTimer logTimer;
    bool selecting = false;
    std::weak_ptr<void> databaseHold;
    std::vector<std::function<void(const Result<void>&)>> deferred; // calls made while selecting

    Connection* connectionOf(Line line) const { return line == Line::Bulk ? bulk.get() : interactive.get(); }
    std::shared_ptr<ExclusiveLine> keepTrackOf(std::shared_ptr<ExclusiveConnection> line);
    QFuture<Result<Replies>> send(Request request, Line line); // now, or when a select() is over
    QFuture<Result<Replies>> submit(Request request, Line line);
    QFuture<Result<Replies>> submitLater(Request request, Line line);
    void onStatus(const Connection::Status& now);
    void onFacts(const ServerFacts& now);
    void onRoundTrip(qint64 us);
    void onTraffic(const Uplink::Traffic& traffic);
    void onSelected(int database, const Result<void>& result);
    Error notConnected() const;
    Error databaseChanging() const;
    void emitLog();
};

}
