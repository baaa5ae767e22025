// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/exclusive.h"

#include "core/base/async.h"
#include "core/redis/readonly.h"

namespace core::redis {

QFuture<Result<Replies>> submitted(Connection* connection, Request request)
{
    auto promise = std::make_shared<QPromise<Result<Replies>>>();
    promise->start();
    QFuture<Result<Replies>> future = promise->future();
    request.done = [promise](Result<Replies> replies) {
        promise->addResult(std::move(replies));
        promise->finish();
    };
    runIn(connection, [connection, request = std::move(request)]() mutable { connection->submit(std::move(request)); });
    return future;
}

ExclusiveConnection::ExclusiveConnection(std::shared_ptr<IoThread> io, const Endpoint& endpoint, const QString& name,
    std::shared_ptr<Uplink> uplink, WritePermit permit, std::function<void(Reply)> onMessage)
    : m_io(std::move(io))
    , m_uplink(std::move(uplink))
    , m_permit(permit)
    , m_connection(new Connection(endpoint, name, Connection::Policy::Once, m_uplink))
{
    m_connection->onMessage = std::move(onMessage);
    m_connection->moveToThread(m_io->thread());
}

QFuture<Result<Replies>> ExclusiveConnection::send(Pipeline pipeline)
{
    if (pipeline.isEmpty())
        return readyFuture(Result<Replies>(Replies()));
    if (const auto allowed = permitted(pipeline, m_uplink->readOnly && !m_permit.isGiven()); !allowed)
        return readyFuture(Result<Replies>(fail(allowed.error())));
    return submitted(m_connection.get(), {.commands = std::move(pipeline)});
}

}
