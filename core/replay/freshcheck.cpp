// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/freshcheck.h"

#include "core/base/format.h"
#include "core/base/monotonic.h"
#include "core/base/async.h"
#include "core/cache/querycodec.h"
#include "core/redis/info.h"

#include <QTimer>

#include <algorithm>

namespace core::replay {

namespace {
    constexpr int maxUnreachable = 3;
}

namespace {
    // Of the command and not of one key: no other target would fare better.
    std::optional<Error> refusedDeletion(const FreshResult& result)
    {
        if (!result.error || result.error->reason != Reason::NoPermission || result.way == FreshWay::OtherApi)
            return {};
        if (result.error->subject != u"+unlink" && result.error->subject != u"+del")
            return {};
        Error error = *result.error;
        if (!error.detail.isEmpty() && !error.detail.endsWith(u'.'))
            error.detail += u'.';
        error.detail += QStringLiteral(" Nothing was sent that would have to be deleted; a second address of the app, without its cache (--fresh-api), needs no deletion.");
        return error;
    }

    // Where it may not be asked nothing is said: one entry tells.
    bool isFull(const redis::Reply& memory)
    {
        const auto info = redis::parseInfo(memory.bytes);
        const qint64 limit = info.value("maxmemory").toLongLong();
        return limit > 0 && info.value("maxmemory_policy") == "noeviction" && info.value("used_memory").toLongLong() >= limit;
    }
}

class FreshCheck::Private final {
public:
    FreshSource source;
    cache::RouteTable routes;
    Options options;
    std::shared_ptr<void> databaseHold;
    qsizetype next = 0;
    qint64 done = 0;
    QList<FreshExchange*> running; // children of the job
    std::optional<Error> stopped; // nothing more is begun; nor after
    std::optional<FreshResult> lost;
    int unreachable = 0;
    qint64 nextSendMs = 0;
    QTimer timer;
    Counts counts;

    Result<void> check() const;
    void count(const FreshResult& result);
    bool deletes() const { return source.way == FreshWay::Unlink; }
    bool mayBegin() const { return !stopped && !lost && next < options.targets.size(); }
    int mostAtOnce() const { return deletes() ? 1 : std::max(1, options.concurrency); }
    int requestsEach() const { return deletes() ? 2 : 1; }
};

Result<void> FreshCheck::Private::check() const
{
    if (source.session->state() != redis::Session::State::Connected)
        return fail(Code::Connect, Reason::NotConnected, endpointLabel(source.session->endpoint()));
    for (const auto& [name, value] : source.headers) {
        if (auto ok = http::checkHeader(name, value); !ok)
            return ok;
    }
    if (auto ok = checkFreshParameter(source.parameter); !ok)
        return ok;
    for (const QByteArray& path : source.ignored) {
        if (auto ok = path.isEmpty() ? Result<void>() : checkIgnoredPath(path); !ok)
            return ok;
    }
    const auto origin = [](const http::Client& client) { return cache::originFromUrl(client.options().baseUrl).value_or(QByteArray()); };
    if (source.otherClient && origin(*source.otherClient) == origin(*source.client))
        return fail(Code::Input, Reason::BadApiUrl, source.otherClient->options().baseUrl,
            QStringLiteral("It is the address of the app that caches; a fresh answer comes from one that does not."));
    return {};
}

void FreshCheck::Private::count(const FreshResult& result)
{
    qint64* const counters[] {&counts.same, &counts.stale, &counts.notCached, &counts.noAnswer, &counts.unknown};
    ++*counters[static_cast<int>(result.state())];
    if (result.probe && result.probe->state == FreshProbe::State::MayBeLeft)
        ++counts.probesLeft;
    counts.deletionFlaws += result.deletionFlaw ? 1 : 0;
    counts.deleted += result.entryDeleted ? 1 : 0;
    counts.notStoredAgain += result.isLost() ? 1 : 0;
}

FreshCheck::FreshCheck(FreshSource source, const cache::RouteTable& routes, Options options, QObject* parent)
    : Job(QStringLiteral("fresh"), QStringLiteral("%1 targets").arg(formatCount(options.targets.size())), parent)
    , d(std::make_unique<Private>())
{
    d->source = std::move(source);
    d->routes = routes;
    d->source.routes = &d->routes;
    d->options = std::move(options);
    d->timer.setSingleShot(true);
    connect(&d->timer, &QTimer::timeout, this, [this] { sendMore(); });
}

FreshCheck::~FreshCheck()
{
    qDeleteAll(std::exchange(d->running, {})); // while the session they clean up by is there
}

const FreshCheck::Counts& FreshCheck::counts() const
{
    return d->counts;
}

const std::optional<FreshResult>& FreshCheck::lost() const
{
    return d->lost;
}

void FreshCheck::onStart()
{
    if (const auto ok = d->check(); !ok)
        return finish(ok);
    const auto hold = d->source.session->holdDatabase();
    if (!hold)
        return finish(fail(hold.error()));
    d->databaseHold = *hold;
    setProgress(0, d->options.targets.size());
    d->deletes() ? askMemory() : sendMore();
}

// What is deleted from a full Redis is not stored again.
void FreshCheck::askMemory()
{
    onFinished(d->source.session->send({redis::Command {"INFO", "memory"}}), this, [this](const Result<redis::Replies>& replies) {
        if (!replies)
            stop(replies.error());
        else if (isFull(replies->first()))
            stop({Code::Reply, Reason::OutOfMemory, endpointLabel(d->source.session->endpoint()), QStringLiteral("Nothing was deleted, as the app could not store it again.")});
        sendMore();
    });
}

void FreshCheck::sendMore()
{
    while (d->mayBegin() && d->running.size() < d->mostAtOnce()) {
        const qint64 now = monotonicMs();
        if (now < d->nextSendMs) {
            d->timer.start(static_cast<int>(d->nextSendMs - now));
            return;
        }
        if (d->options.requestsPerS > 0)
            d->nextSendMs = now + static_cast<qint64>(1000.0 * d->requestsEach() / d->options.requestsPerS);
        startOne(d->next++);
    }
    endIfDone();
}

void FreshCheck::startOne(qsizetype index)
{
    auto* exchange = new FreshExchange(d->source, d->options.targets[index], this);
    exchange->setProperty("index", index);
    d->running << exchange;
    connect(exchange, &FreshExchange::finished, this, [this, exchange] { onEnded(exchange); }, Qt::QueuedConnection);
    exchange->start();
}

void FreshCheck::onEnded(FreshExchange* exchange)
{
    if (!d->running.removeOne(exchange)) // cancelled while the signal was on its way
        return;
    exchange->deleteLater();
    FreshResult result = exchange->result();
    result.index = exchange->property("index").toLongLong();
    d->count(result);
    setProgress(++d->done, d->options.targets.size());
    const bool unreachable = result.error && result.error->reason == Reason::ApiUnreachable;
    d->unreachable = unreachable ? d->unreachable + 1 : 0;
    if (result.isLost())
        d->lost = result;
    emit resultReady(result);
    if (d->unreachable >= maxUnreachable && !d->stopped)
        stop(*result.error);
    if (const auto refused = refusedDeletion(result); refused && !d->stopped)
        stop(*refused);
    sendMore();
}

// What has begun to write goes on to its end.
void FreshCheck::stop(const Error& why)
{
    d->stopped = why;
    d->timer.stop();
    d->running.removeIf([](FreshExchange* exchange) { return exchange->abort(); });
}

void FreshCheck::endIfDone()
{
    if (isFinished() || !d->running.isEmpty() || d->mayBegin())
        return;
    d->databaseHold.reset();
    d->stopped ? finish(fail(*d->stopped)) : finish();
}

void FreshCheck::onCancel()
{
    stop({Code::Cancelled, Reason::None, {}, {}});
    for (FreshExchange* exchange : std::as_const(d->running))
        exchange->hurry();
    if (!d->running.isEmpty())
        emit endingWithin(d->deletes() ? FreshExchange::mostRestoreMs : FreshExchange::mostCleanUpMs);
    endIfDone();
}

}
