// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/collectionrun.h"

#include "core/base/bytes.h"
#include "core/replay/exchange.h"

#include <algorithm>

namespace core::replay {

namespace {
    constexpr int maxUnreachable = 3;
}

class CollectionRun::Private final {
public:
    Place place;
    std::unique_ptr<WriteWitness> witness;
    cache::RouteTable routes;
    Collection collection;
    Options options;
    qsizetype next = 0;
    Exchange* exchange = nullptr; // a child of the job
    int unreachable = 0;
    Counts counts;

    Result<http::Request> requestOf(const SavedRequest& saved) const
    {
        if (saved.method != "GET" && !options.methodsConfirmed)
            return fail(Code::Unconfirmed, Reason::MethodRefused, displayText(saved.method));
        auto request = filledIn(saved, options.variables);
        if (request)
            request->sending = options.sending;
        return request;
    }
};

QString collectionOutcomeName(CollectionOutcome outcome)
{
    switch (outcome) {
    case CollectionOutcome::Passed:
        return QStringLiteral("passed");
    case CollectionOutcome::Failed:
        return QStringLiteral("failed");
    case CollectionOutcome::Skipped:
        return QStringLiteral("skipped");
    }
    return {};
}

CollectionRun::CollectionRun(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Collection collection, Options options, QObject* parent)
    : Job(QStringLiteral("collection"), collection.name, parent)
    , d(std::make_unique<Private>())
{
    if (!options.seen)
        options.seen = std::make_shared<SeenKeys>();
    d->routes = routes;
    d->collection = std::move(collection);
    d->options = std::move(options);
    d->place = {session, client, &d->routes, d->options.seen.get()};
}

CollectionRun::~CollectionRun() = default;

const Collection& CollectionRun::collection() const
{
    return d->collection;
}

const CollectionRun::Counts& CollectionRun::counts() const
{
    return d->counts;
}

void CollectionRun::onStart()
{
    QList<QByteArray> targets;
    for (const SavedRequest& saved : std::as_const(d->collection.requests)) {
        if (const auto request = d->requestOf(saved); request && request->method == "GET")
            targets << request->target;
    }
    d->witness = beginWitness(d->place, targets);
    setProgress(0, d->collection.requests.size());
    sendNext();
}

void CollectionRun::sendNext()
{
    while (d->next < d->collection.requests.size()) {
        const auto request = d->requestOf(d->collection.requests[d->next]);
        if (request) {
            d->exchange = new Exchange(d->place, *request, this);
            connect(d->exchange, &Exchange::finished, this, [this] { onExchanged(); }, Qt::QueuedConnection);
            return d->exchange->start();
        }
        if (!take({.index = d->next, .skipped = request.error()}))
            return;
    }
    finish();
}

void CollectionRun::onExchanged()
{
    if (!d->exchange) // cancelled while the signal was on its way
        return;
    CollectionResult result {.index = d->next, .replay = d->exchange->result()};
    std::exchange(d->exchange, nullptr)->deleteLater();
    result.replay.n = static_cast<int>(d->next) + 1;
    result.checks = checkExpectations(d->collection.requests[d->next].expect, result.replay);
    const bool passed = std::ranges::all_of(result.checks, &CollectionCheck::passed);
    result.outcome = passed ? CollectionOutcome::Passed : CollectionOutcome::Failed;
    const bool lost = !result.replay.response && result.replay.response.error().reason == Reason::ApiUnreachable;
    d->unreachable = lost ? d->unreachable + 1 : 0;
    if (!take(result))
        return;
    d->unreachable >= maxUnreachable ? finish(fail(result.replay.response.error())) : sendNext();
}

// False when a receiver has cancelled.
bool CollectionRun::take(const CollectionResult& result)
{
    qint64* const counters[] {&d->counts.passed, &d->counts.failed, &d->counts.skipped};
    ++*counters[static_cast<int>(result.outcome)];
    ++d->next;
    setProgress(d->next, d->collection.requests.size());
    emit resultReady(result);
    return state() == State::Running;
}

void CollectionRun::onCancel()
{
    if (d->exchange)
        std::exchange(d->exchange, nullptr)->abort();
    finish(fail(Code::Cancelled));
}

}
