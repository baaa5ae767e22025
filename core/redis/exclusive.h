// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/connection.h"
#include "core/redis/iothread.h"

namespace core::redis {

// The future of a request that is handed to `connection`.
QFuture<Result<Replies>> submitted(Connection* connection, Request request);

class ExclusiveConnection final : public ExclusiveLine {
public:
    ExclusiveConnection(std::shared_ptr<IoThread> io, const Endpoint& endpoint, const QString& name, std::shared_ptr<Uplink> uplink,
        WritePermit permit, std::function<void(Reply)> onMessage = {});

    QFuture<Result<Replies>> send(Pipeline pipeline) override;
    Connection* connection() const { return m_connection.get(); }

private:
    std::shared_ptr<IoThread> m_io; // before the connection, which it must outlive
    std::shared_ptr<Uplink> m_uplink;
    WritePermit m_permit;
    std::unique_ptr<Connection, LaterDeleter> m_connection;
};

}
