// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/session.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/redis/info.h"
#include "core/redis/ownreads.h"
#include "core/redis/readonly.h"
#include "core/redis/session_p.h"

#include <QMetaMethod>

namespace core::redis {

namespace {
    constexpr int logIntervalMs = 100;

    template <typename T>
    void answer(const std::shared_ptr<QPromise<Result<T>>>& promise, Result<T> result)
    {
        promise->addResult(std::move(result));
        promise->finish();
    }

    template <typename T>
    std::shared_ptr<QPromise<Result<T>>> startedPromise()
    {
        auto promise = std::make_shared<QPromise<Result<T>>>();
        promise->start();
        return promise;
    }

    // What the reply errors of the server leave open: its name.
    Error named(Error error, const QString& label)
    {
        if (error.subject.isEmpty())
            error.subject = label;
        return error;
    }
}

Session::Private::Private(Session* session, Endpoint at)
    : q(session)
    , endpoint(std::move(at))
    , uplink(std::make_shared<Uplink>(session, [this](const Uplink::Traffic& traffic) { onTraffic(traffic); }))
    , io(std::make_shared<IoThread>())
    , interactive(new Connection(endpoint, QStringLiteral("interactive"), Connection::Policy::Persistent, uplink))
    , bulk(new Connection(endpoint, QStringLiteral("bulk"), Connection::Policy::Lazy, uplink))
{
    const std::shared_ptr<Uplink> up = uplink;
    interactive->onStatus
        = [this, up](const Connection::Status& now) { up->post([this, now] { onStatus(now); }); };
    interactive->onFacts = [this, up](const ServerFacts& now) { up->post([this, now] { onFacts(now); }); };
    interactive->onRoundTrip = [this, up](qint64 us) { up->post([this, us] { onRoundTrip(us); }); };
    interactive->moveToThread(io->thread());
    bulk->moveToThread(io->thread());
    logTimer.setSingleShot(true);
    logTimer.setInterval(logIntervalMs);
    QObject::connect(&logTimer, &QTimer::timeout, q, [this] { emitLog(); });
}

Session::Session(Endpoint endpoint, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(endpoint)))
{
}

Session::~Session()
{
    d->uplink->detach();
    for (const auto& line : d->exclusive) {
        if (const auto alive = line.lock())
            runIn(alive->connection(), [connection = alive->connection()] { connection->close(); });
    }
}

const Endpoint& Session::endpoint() const
{
    return d->endpoint;
}

Session::State Session::state() const
{
    return d->status.state;
}

const Error& Session::lastError() const
{
    return d->status.error;
}

QDateTime Session::nextAttemptAt() const
{
    return d->status.nextAttemptAt;
}

int Session::attempt() const
{
    return d->status.attempt;
}

qint64 Session::roundTripUs() const
{
    return d->roundTripUs;
}

const ServerFacts& Session::facts() const
{
    return d->facts;
}

QFuture<Result<ServerFacts>> Session::open()
{
    auto promise = startedPromise<ServerFacts>();
    runIn(d->interactive.get(), [connection = d->interactive.get(), promise] {
        connection->open([promise](Result<ServerFacts> facts) { answer(promise, std::move(facts)); });
    });
    return promise->future();
}

void Session::close()
{
    for (Connection* connection : {d->interactive.get(), d->bulk.get()})
        runIn(connection, [connection] { connection->close(); });
}

void Session::retryNow()
{
    runIn(d->interactive.get(), [connection = d->interactive.get()] { connection->retryNow(); });
}

QFuture<Result<void>> Session::select(int database)
{
    if (d->selecting || !d->databaseHold.expired())
        return readyFuture(Result<void>(fail(Code::Guard, Reason::DatabaseHeld, endpointLabel(d->endpoint))));
    d->selecting = true;
    auto promise = startedPromise<void>();
    runIn(d->interactive.get(), [this, database, promise, up = d->uplink, connection = d->interactive.get(), bulk = d->bulk.get()] {
        connection->select(database, [this, database, promise, up, bulk](const Result<void>& selected) {
            if (selected)
                bulk->followSelect(database);
            up->post([this, database, selected] { d->onSelected(database, selected); });
            answer(promise, selected);
        });
    });
    return promise->future();
}

Result<std::shared_ptr<void>> Session::holdDatabase()
{
    if (d->selecting)
        return fail(d->databaseChanging());
    std::shared_ptr<void> hold = d->databaseHold.lock();
    if (!hold) {
        hold = std::make_shared<char>();
        d->databaseHold = hold;
    }
    return hold;
}

QFuture<Result<ServerFacts>> Session::refreshFacts()
{
    auto promise = startedPromise<ServerFacts>();
    onFinished(call({"INFO"}), this, [this, promise](const Result<Reply>& reply) {
        if (!reply)
            return answer<ServerFacts>(promise, fail(reply.error()));
        d->onFacts(factsFromInfo(parseInfo(reply->bytes), d->facts));
        answer<ServerFacts>(promise, d->facts);
    });
    return promise->future();
}

bool Session::isReadOnly() const
{
    return d->uplink->readOnly;
}

void Session::setReadOnly(bool readOnly)
{
    if (d->uplink->readOnly.exchange(readOnly) != readOnly)
        emit readOnlyChanged(readOnly);
}

QFuture<Result<Reply>> Session::call(Command command, Line line)
{
    const QString subject = displayText(command.name());
    return send({std::move(command)}, line).then([subject, label = endpointLabel(d->endpoint)](const Result<Replies>& replies) {
        if (!replies)
            return Result<Reply>(fail(replies.error()));
        return checked(replies->first(), subject).map_error([&](Error error) { return named(std::move(error), label); });
    });
}

QFuture<Result<Replies>> Session::send(Pipeline pipeline, Line line, WritePermit permit)
{
    if (pipeline.isEmpty())
        return readyFuture(Result<Replies>(Replies()));
    if (const auto allowed = permitted(pipeline, isReadOnly() && !permit.isGiven()); !allowed)
        return readyFuture(Result<Replies>(fail(allowed.error())));
    OwnReads::note(this, pipeline);
    return d->send({.commands = std::move(pipeline)}, line);
}

QFuture<Result<Replies>> Session::sendPacked(PackedPipeline pipeline, Line line)
{
    if (pipeline.isEmpty())
        return readyFuture(Result<Replies>(Replies()));
    if (const auto allowed = permitted(pipeline, isReadOnly()); !allowed)
        return readyFuture(Result<Replies>(fail(allowed.error())));
    OwnReads::note(this, pipeline);
    return d->send({.packed = std::move(pipeline)}, line);
}

std::shared_ptr<ExclusiveLine> Session::exclusiveLine(const QString& name, WritePermit permit)
{
    return d->keepTrackOf(std::make_shared<ExclusiveConnection>(d->io, d->endpoint, name, d->uplink, permit));
}

std::shared_ptr<ExclusiveLine> Session::subscriberLine(const QString& name, std::function<void(Reply)> onMessage)
{
    return d->keepTrackOf(
        std::make_shared<ExclusiveConnection>(d->io, d->endpoint, name, d->uplink, WritePermit(), std::move(onMessage)));
}

qint64 Session::ownLookups() const
{
    return d->total.lookups.all();
}

qint64 Session::ownHits() const
{
    return d->total.lookups.hits;
}

qint64 Session::ownMisses() const
{
    return d->total.lookups.misses;
}

qint64 Session::ownLookupsUnknown() const
{
    return d->total.lookupsUnknown;
}

qint64 Session::commandsSent() const
{
    return d->total.sent;
}

void Session::flushLog()
{
    if (!d->total.log.isEmpty())
        d->emitLog();
}

void Session::connectNotify(const QMetaMethod& signal)
{
    if (signal == QMetaMethod::fromSignal(&Session::commandsLogged))
        d->uplink->logWanted = true;
}

std::shared_ptr<ExclusiveLine> Session::Private::keepTrackOf(std::shared_ptr<ExclusiveConnection> line)
{
    std::erase_if(exclusive, [](const auto& known) { return known.expired(); });
    exclusive.push_back(line);
    return line;
}

QFuture<Result<Replies>> Session::Private::send(Request request, Line line)
{
    return selecting ? submitLater(std::move(request), line) : submit(std::move(request), line);
}

QFuture<Result<Replies>> Session::Private::submit(Request request, Line line)
{
    // A bulk line that is down would connect; it must not when the session was closed or has lost the server.
    if (line == Line::Bulk && !uplink->connected)
        return readyFuture(Result<Replies>(fail(notConnected())));
    return submitted(connectionOf(line), std::move(request));
}

QFuture<Result<Replies>> Session::Private::submitLater(Request request, Line line)
{
    auto promise = startedPromise<Replies>();
    deferred.push_back([this, promise, request = std::move(request), line](const Result<void>& selected) {
        if (!selected)
            return answer<Replies>(promise, fail(selected.error()));
        onFinished(submit(request, line), q, [promise](Result<Replies> replies) { answer(promise, std::move(replies)); });
    });
    return promise->future();
}

void Session::Private::onStatus(const Connection::Status& now)
{
    status = now;
    emit q->stateChanged(now.state);
}

void Session::Private::onFacts(const ServerFacts& now)
{
    facts = now;
    emit q->factsChanged();
}

void Session::Private::onRoundTrip(qint64 us)
{
    // As TCP smooths its own: an eighth of the news.
    roundTripUs = roundTripUs < 0 ? us : roundTripUs + (us - roundTripUs) / 8;
    emit q->roundTripChanged(roundTripUs);
}

void Session::Private::onTraffic(const Uplink::Traffic& traffic)
{
    total.lookups += traffic.lookups;
    total.lookupsUnknown += traffic.lookupsUnknown;
    total.sent += traffic.sent;
    total.log += traffic.log;
    if (!total.log.isEmpty() && !logTimer.isActive())
        logTimer.start();
}

void Session::Private::onSelected(int database, const Result<void>& result)
{
    selecting = false;
    if (result) {
        endpoint.database = database;
        emit q->factsChanged();
    }
    for (const auto& act : std::exchange(deferred, {}))
        act(result);
}

Error Session::Private::notConnected() const
{
    return {Code::Connect, Reason::NotConnected, endpointLabel(endpoint), status.error.detail};
}

Error Session::Private::databaseChanging() const
{
    return {Code::Guard, Reason::DatabaseChanging, endpointLabel(endpoint), {}};
}

void Session::Private::emitLog()
{
    emit q->commandsLogged(std::exchange(total.log, {}));
    // Not in disconnectNotify(): Qt may hold a lock there that isSignalConnected() takes.
    uplink->logWanted = q->isSignalConnected(QMetaMethod::fromSignal(&Session::commandsLogged));
}

}
