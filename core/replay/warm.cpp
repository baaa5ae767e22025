// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/warm.h"

#include "core/base/format.h"
#include "core/replay/exchange.h"
#include "core/base/monotonic.h"
#include "core/replay/warmresult.h"

#include <QDateTime>
#include <QRandomGenerator>
#include <QTimer>

#include <algorithm>
#include <deque>

namespace core::replay {

namespace {
    constexpr int maxTries = 5;
    constexpr int sampleForStop = 10;
}

class Warm::Private final {
public:
    Place place;
    std::unique_ptr<WriteWitness> witness;
    cache::RouteTable routes;
    Options options;
    std::deque<qsizetype> waiting; // indexes into options.targets
    QHash<Exchange*, qsizetype> running; // children of the job, with the index of the target
    QList<int> tries;
    QHash<qsizetype, WarmResult> firstPass; // what waits for its second request
    bool second = false;
    QList<WarmResult> results;
    int failures = 0;
    qint64 requestsDone = 0;
    qint64 unfinished = 0;
    qint64 toldToWait = 0;
    double nextSendMs = 0; // of a thousand a second each is less than one
    bool paused = false;
    QTimer timer;

    void fill(bool all)
    {
        for (qsizetype i = 0; i < options.targets.size(); ++i) {
            if (all || firstPass.contains(i))
                waiting.push_back(i);
        }
        tries = QList<int>(options.targets.size(), 0);
    }
    // Each answer that asked to wait, and the last where it did not.
    int attemptsOf(qsizetype index, const Exchange& exchange) const
    {
        const auto& response = exchange.result().response;
        const bool isCounted = !exchange.wasSent() || (response && asksToWait(*response));
        return tries[index] + (isCounted ? 0 : 1);
    }
    bool tooManyFailed() const { return results.size() >= sampleForStop && failures * 2 > results.size(); }
    qint64 total() const { return options.targets.size() + (second ? firstPass.size() + (requestsDone - options.targets.size()) : 0); }
};

Warm::Warm(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Options options, QObject* parent)
    : Job(QStringLiteral("warm"), QStringLiteral("%1 targets").arg(formatCount(options.targets.size())), parent)
    , d(std::make_unique<Private>())
{
    if (!options.seen)
        options.seen = std::make_shared<SeenKeys>();
    d->routes = routes;
    d->options = std::move(options);
    d->place = {session, client, &d->routes, d->options.seen.get()};
    d->timer.setSingleShot(true);
    connect(&d->timer, &QTimer::timeout, this, [this] { sendMore(); });
}

Warm::~Warm() = default;

const QList<WarmResult>& Warm::results() const
{
    return d->results;
}

qint64 Warm::unfinished() const
{
    return d->unfinished;
}

qint64 Warm::toldToWait() const
{
    return d->toldToWait;
}

void Warm::onStart()
{
    for (const auto& [name, value] : d->options.headers) {
        if (const auto ok = http::checkHeader(name, value); !ok)
            return finish(fail(ok.error()));
    }
    d->witness = beginWitness(d->place, d->options.targets);
    d->fill(true);
    setProgress(0, d->total());
    sendMore();
}

void Warm::sendMore()
{
    if (state() != State::Running)
        return;
    while (!d->paused && !d->waiting.empty() && d->running.size() < std::max(1, d->options.concurrency)) {
        const auto now = static_cast<double>(monotonicMs());
        if (now < d->nextSendMs) {
            d->timer.start(std::max(1, static_cast<int>(d->nextSendMs - now)));
            return;
        }
        if (d->options.requestsPerS > 0) // the clock ticks in milliseconds: one behind is caught up
            d->nextSendMs = std::max(now - 1, d->nextSendMs) + 1000.0 / d->options.requestsPerS;
        const qsizetype index = d->waiting.front();
        d->waiting.pop_front();
        startOne(index);
    }
    if (!d->running.isEmpty() || !d->waiting.empty())
        return;
    if (d->second || d->firstPass.isEmpty())
        return finish();
    d->second = true;
    d->fill(false);
    sendMore();
}

void Warm::startOne(qsizetype index)
{
    auto* exchange = new Exchange(d->place, {.target = d->options.targets[index], .headers = d->options.headers}, this);
    if (!d->second)
        exchange->setSkipTtlAboveMs(d->options.skipTtlAboveMs);
    d->running.insert(exchange, index);
    connect(exchange, &Exchange::finished, this, [this, exchange, index] { onExchanged(exchange, index); }, Qt::QueuedConnection);
    exchange->start();
}

void Warm::onExchanged(Exchange* exchange, qsizetype index)
{
    if (!d->running.remove(exchange)) // cancelled while the signal was on its way
        return;
    exchange->deleteLater();
    const ReplayResult& replayed = exchange->result();
    if (isHeldBack(replayed, index))
        return sendMore();
    ++d->requestsDone;
    WarmResult result = d->second ? secondPassResultOf(d->firstPass.take(index), replayed) : warmResultOf(replayed, exchange->wasSkipped());
    result.index = index;
    tellAttempts(result, d->attemptsOf(index, *exchange), replayed);
    const bool proven = result.state == WarmState::Warmed || (result.state == WarmState::AlreadyWarm && !exchange->wasSkipped());
    if (!d->second && d->options.secondPass && proven)
        d->firstPass.insert(index, std::move(result));
    else
        takeResult(std::move(result));
    if (state() != State::Running) // a receiver of the result cancelled
        return;
    setProgress(d->requestsDone, d->total());
    if (d->tooManyFailed()) {
        stopAll();
        return finish(fail(Code::Api, Reason::TooManyFailures, d->place.client->options().baseUrl,
            QStringLiteral("%1 of %2 failed").arg(formatCount(d->failures), formatCount(d->results.size()))));
    }
    sendMore();
}

bool Warm::isHeldBack(const ReplayResult& replayed, qsizetype index)
{
    if (!replayed.response || !asksToWait(*replayed.response) || ++d->tries[index] >= maxTries)
        return false;
    const double spread = QRandomGenerator::global()->generateDouble();
    const qint64 wait = retryAfterMs(*replayed.response, QDateTime::currentDateTimeUtc()).value_or(backOffMs(d->tries[index], spread));
    if (wait > maxWaitMs)
        return false;
    d->waiting.push_front(index);
    d->nextSendMs = std::max(d->nextSendMs, static_cast<double>(monotonicMs() + wait));
    emit heldBack(wait);
    return true;
}

void Warm::setPaused(bool paused)
{
    if (std::exchange(d->paused, paused) == paused || state() != State::Running)
        return;
    if (paused)
        d->timer.stop();
    else
        sendMore();
}

bool Warm::isPaused() const
{
    return d->paused;
}

void Warm::takeResult(WarmResult result)
{
    d->failures += result.state == WarmState::Failed ? 1 : 0;
    d->results << std::move(result);
    emit resultReady(int(d->results.size()) - 1);
}

void Warm::stopAll()
{
    d->timer.stop();
    const QHash<Exchange*, qsizetype> running = std::exchange(d->running, {});
    for (auto at = running.cbegin(); at != running.cend(); ++at) {
        if (at.key()->wasSent())
            ++d->unfinished;
        else
            d->waiting.push_back(at.value());
        at.key()->abort();
    }
    d->toldToWait = std::ranges::count_if(d->waiting, [this](qsizetype index) { return d->tries[index] > 0; });
    // What the first pass proved is not lost with the second.
    for (WarmResult& result : std::exchange(d->firstPass, {}))
        takeResult(std::move(result));
}

void Warm::onCancel()
{
    stopAll();
    finish(fail(Code::Cancelled));
}

}
