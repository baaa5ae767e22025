// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/series.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/base/monotonic.h"
#include "core/replay/exchange.h"
#include "core/replay/seriespace.h"

#include <QTimer>

#include <algorithm>
#include <cmath>

namespace core::replay {

namespace {
    constexpr int lookAgainMs = 100; // while every connection is busy: what is dropped shows

    struct Flight {
        SeriesSample sample;
        QByteArray group; // requests of one group may meet in Redis
        bool overlapped = false;
        Exchange* exchange = nullptr; // a child of the job, or
        http::Client::Ticket transfer {};
    };

    Result<void> bad(const char* what, const QString& takes)
    {
        return fail(Code::Usage, Reason::BadOption, QString::fromLatin1(what), takes);
    }

    // In Redis one cannot see which of several requests stored the entry or read it.
    void judgeOverlapped(Verdict& verdict)
    {
        const QString fact = QStringLiteral("another request of this run for the same key was under way at the same time");
        const bool unsure = verdict.verdict == http::Verdict::Miss || verdict.verdict == http::Verdict::Expired;
        if (!unsure && verdict.verdict != http::Verdict::Hit)
            return;
        if (unsure) {
            verdict.sentence = QStringLiteral("The entry was written, but %1: which of them wrote it is not known.").arg(fact);
            verdict.verdict = http::Verdict::Unknown;
            verdict.sureness = Sureness::None;
        } else if (verdict.sureness == Sureness::Exact) {
            verdict.sureness = Sureness::Likely;
        }
        verdict.evidence << Evidence {QStringLiteral("run"), fact, {}, {}, Evidence::Says::Against};
    }
}

Result<void> checkSeries(const SeriesOptions& options)
{
    using O = SeriesOptions;
    if (options.targets.isEmpty())
        return bad("targets", QStringLiteral("at least one is needed"));
    if (options.count < 0 || options.count > O::maxCount)
        return bad("requests", QStringLiteral("1 to %1").arg(formatCount(O::maxCount)));
    if (options.durationMs < 0 || options.durationMs > O::maxDurationMs)
        return bad("time", QStringLiteral("more than 0, at most a day"));
    if (options.count == 0 && options.durationMs == 0)
        return bad("requests", QStringLiteral("how many, or for how long, must be said"));
    if (options.concurrency < 1 || options.concurrency > O::maxConcurrency)
        return bad("concurrency", QStringLiteral("1 to %1").arg(O::maxConcurrency));
    const bool rateGood = options.requestsPerS == 0 || (options.requestsPerS >= O::minRequestsPerS && options.requestsPerS <= O::maxRequestsPerS);
    if (!rateGood) // not a number too
        return bad("requests a second", QStringLiteral("%1 to %2").arg(O::minRequestsPerS).arg(formatCount(qint64(O::maxRequestsPerS))));
    return {};
}

QString loadSentence(const SeriesOptions& options)
{
    const qint64 expected = SeriesPace(options).expected();
    QString text = expected >= 0 ? QStringLiteral("%1 GET requests").arg(formatCount(expected)) : QStringLiteral("GET requests");
    if (expected == 1)
        text = QStringLiteral("1 GET request");
    if (options.targets.size() > 1)
        text += QStringLiteral(" to %1 targets in turn").arg(formatCount(options.targets.size()));
    if (options.requestsPerS > 0) {
        text += QStringLiteral(" at %1").arg(formatRate(options.requestsPerS));
        if (expected > 1)
            text += QStringLiteral(" for %1").arg(formatDuration(qint64(double(expected) * 1000.0 / options.requestsPerS)));
        text += QStringLiteral(", at most %1 at once").arg(options.concurrency);
    } else {
        if (options.durationMs > 0)
            text += QStringLiteral(" for %1").arg(formatDuration(options.durationMs));
        text += options.concurrency == 1 ? QStringLiteral(", one after another, as fast as they are answered")
                                         : QStringLiteral(", %1 at once, as fast as they are answered").arg(options.concurrency);
    }
    return text + (options.verdicts ? QStringLiteral(", with looks at Redis before and after each") : QStringLiteral(", without looks at Redis"));
}

class Series::Private final {
public:
    explicit Private(SeriesOptions given)
        : options(std::move(given))
        , pace(options)
    {
    }

    SeriesOptions options;
    SeriesPace pace;
    cache::RouteTable routes;
    http::Client::Options clientOptions;
    std::unique_ptr<http::Client> client;
    Place place;
    std::unique_ptr<WriteWitness> witness;
    std::shared_ptr<SeriesStatistics> statistics = std::make_shared<SeriesStatistics>();
    QList<QByteArray> groups; // by target
    QHash<qint64, Flight> flights; // by n
    QTimer timer;
    qint64 startNs = 0;
    qint64 sent = 0;
    qint64 unfinished = 0;
    int unreachable = 0; // in a row

    double nowMs() const { return double(monotonicNs() - startNs) / 1e6; }
    void findGroups()
    {
        for (const QByteArray& target : options.targets) {
            const auto forecast = cache::forecast({.method = "GET", .target = target}, routes);
            groups << (forecast.predictions.isEmpty() ? target : forecast.predictions.first().key);
        }
    }
    bool isTooFarAhead() const
    {
        if (options.maxAhead == 0 || flights.isEmpty())
            return false;
        const auto oldest = std::min_element(flights.keyBegin(), flights.keyEnd());
        return sent - *oldest >= options.maxAhead;
    }
    void markOverlaps(Flight& flight)
    {
        for (Flight& other : flights) {
            if (other.group == flight.group)
                other.overlapped = flight.overlapped = true;
        }
    }
};

Series::Series(redis::Session* session, const http::Client* client, const cache::RouteTable& routes, SeriesOptions options, QObject* parent)
    : Job(QStringLiteral("series"), options.targets.isEmpty() ? QString() : displayText(options.targets.first()), parent)
    , d(std::make_unique<Private>(std::move(options)))
{
    if (!d->options.seen)
        d->options.seen = std::make_shared<SeenKeys>();
    d->routes = routes;
    d->clientOptions = client->options();
    d->place = {d->options.verdicts ? session : nullptr, nullptr, &d->routes, d->options.seen.get()};
    d->timer.setSingleShot(true);
    d->timer.setTimerType(Qt::PreciseTimer);
    connect(&d->timer, &QTimer::timeout, this, &Series::sendMore);
}

Series::~Series()
{
    // Exchanges are children and die after the client they use.
    for (const Flight& flight : std::exchange(d->flights, {}))
        delete flight.exchange;
}

const SeriesOptions& Series::options() const
{
    return d->options;
}

const SeriesStatistics& Series::statistics() const
{
    return *d->statistics;
}

qint64 Series::unfinished() const
{
    return d->unfinished;
}

std::optional<qint64> Series::notSent() const
{
    const qint64 expected = d->pace.expected();
    const qint64 begun = d->statistics->count() + d->statistics->dropped() + d->unfinished;
    return expected >= begun ? std::optional(expected - begun) : std::nullopt;
}

std::shared_ptr<const SeriesStatistics> Series::sharedStatistics() const
{
    return d->statistics;
}

void Series::onStart()
{
    if (const auto ok = checkSeries(d->options); !ok)
        return finish(fail(ok.error()));
    for (const auto& [name, value] : d->options.headers) {
        if (const auto ok = http::checkHeader(name, value); !ok)
            return finish(fail(ok.error()));
    }
    d->clientOptions.maxConnections = d->options.concurrency;
    d->client = std::make_unique<http::Client>(d->clientOptions);
    d->place.client = d->client.get();
    d->findGroups();
    if (d->options.verdicts)
        d->witness = beginWitness(d->place, d->options.targets);
    d->startNs = monotonicNs();
    setProgress(0, d->pace.expected());
    sendMore();
}

void Series::sendMore()
{
    while (state() == State::Running) {
        const double now = d->nowMs();
        d->statistics->setElapsed(now);
        d->statistics->addDropped(d->pace.dropLate(now));
        if (d->pace.isOver(now))
            return endIfDone();
        if (d->pace.waitsForCold()) {
            if (!d->flights.isEmpty())
                return;
            d->pace.startWarm(now);
        }
        const bool busy = d->flights.size() >= d->options.concurrency || d->isTooFarAhead();
        const double due = d->pace.nextDueMs(now);
        if (due > now || (busy && d->options.requestsPerS > 0)) {
            const double wait = busy ? double(lookAgainMs) : std::ceil(std::min(due - now, 3'600'000.0));
            return d->timer.start(std::max(1, int(wait)));
        }
        if (busy)
            return;
        startOne(now);
    }
}

void Series::endIfDone()
{
    if (!d->flights.isEmpty())
        return;
    d->timer.stop();
    d->statistics->addDropped(d->pace.dropRest());
    setProgress(d->statistics->count() + d->statistics->dropped(), d->pace.expected());
    finish();
}

void Series::startOne(double nowMs)
{
    const double due = d->pace.nextDueMs(nowMs);
    const auto target = int(d->pace.take() % d->options.targets.size());
    Flight flight;
    flight.sample.n = ++d->sent;
    flight.sample.target = target;
    flight.sample.intendedMs = due;
    flight.sample.startMs = nowMs;
    flight.group = d->groups[target];
    if (d->options.verdicts)
        d->markOverlaps(flight);
    const qint64 n = flight.sample.n;
    d->flights.insert(n, std::move(flight));
    http::Request request {.target = d->options.targets[target], .headers = d->options.headers, .sending = d->options.sending};
    d->options.verdicts ? startExchange(n, std::move(request)) : startTransfer(n, std::move(request));
}

void Series::startExchange(qint64 n, http::Request request)
{
    auto* exchange = new Exchange(d->place, std::move(request), this);
    d->flights[n].exchange = exchange;
    connect(exchange, &Exchange::finished, this, [this, exchange, n] {
        if (!d->flights.contains(n)) // cancelled while the signal was on its way
            return;
        exchange->deleteLater();
        onAnswered(n, exchange->result());
    }, Qt::QueuedConnection);
    exchange->start();
}

void Series::startTransfer(qint64 n, http::Request request)
{
    QByteArray target = request.target;
    d->flights[n].transfer = d->client->send(std::move(request), this, [this, n, target = std::move(target)](Result<http::Response> response) {
        if (!d->flights.contains(n))
            return;
        ReplayResult result;
        result.target = target;
        result.response = std::move(response);
        onAnswered(n, std::move(result));
    });
}

void measure(SeriesSample& sample, const ReplayResult& result, double nowMs)
{
    const double late = sample.startMs - sample.intendedMs;
    if (result.response) {
        const http::Timing& timing = result.response->timing;
        sample.serviceMs = timing.total;
        sample.connectMs = result.response->reusedConnection ? 0 : timing.dns + timing.connect + timing.tls;
        sample.status = result.response->status;
        sample.verdict = result.verdict.verdict;
        sample.sureness = result.verdict.sureness;
    } else {
        sample.serviceMs = nowMs - sample.startMs;
        sample.reason = result.response.error().reason;
        sample.code = result.response.error().code;
    }
    sample.latencyMs = sample.serviceMs + (late > Series::timerPrecisionMs ? late : 0);
}

void Series::onAnswered(qint64 n, ReplayResult result)
{
    Flight flight = d->flights.take(n);
    const double now = d->nowMs();
    result.n = int(n);
    if (flight.overlapped)
        judgeOverlapped(result.verdict);
    measure(flight.sample, result, now);
    d->statistics->add(flight.sample);
    d->statistics->setElapsed(now);
    setProgress(d->statistics->count() + d->statistics->dropped(), d->pace.expected());
    emit resultReady(result, flight.sample);
    if (state() != State::Running) // a receiver of the result cancelled
        return;
    const Reason reason = flight.sample.reason;
    d->unreachable = reason == Reason::ApiUnreachable ? d->unreachable + 1 : 0;
    if (reason == Reason::ApiNotSet || reason == Reason::BadApiUrl || d->unreachable >= 2 + d->options.concurrency) {
        stopAll();
        return finish(fail(result.response.error()));
    }
    sendMore();
}

void Series::stopAll()
{
    d->timer.stop();
    d->statistics->setElapsed(d->nowMs());
    for (Flight& flight : std::exchange(d->flights, {})) {
        d->unfinished += !flight.exchange || flight.exchange->wasSent() ? 1 : 0;
        if (flight.exchange)
            flight.exchange->abort();
        else
            flight.transfer.cancel();
    }
}

void Series::onCancel()
{
    stopAll();
    finish(fail(Code::Cancelled));
}

}
