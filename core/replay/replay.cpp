// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/replay.h"

#include "core/base/bytes.h"
#include "core/replay/exchange.h"

#include <QTimer>

namespace core::replay {

namespace {
    constexpr int maxUnreachable = 3;
}

class Replay::Private final {
public:
    Place place;
    std::unique_ptr<WriteWitness> witness;
    cache::RouteTable routes;
    Options options;
    qsizetype done = 0;
    Exchange* exchange = nullptr; // a child of the job
    QTimer pause;
    int unreachable = 0;
    qint64 unfinished = 0;

    qsizetype total() const { return options.targets.size() * std::max(1, options.repeat); }
    http::Request request(qsizetype index) const
    {
        return {.method = options.method, .target = options.targets[index / std::max(1, options.repeat)], .headers = options.headers, .body = options.body, .sending = options.sending};
    }
};

Replay::Replay(redis::Session* session, http::Client* client, const cache::RouteTable& routes, Options options, QObject* parent)
    : Job(QStringLiteral("replay"), options.targets.isEmpty() ? QString() : displayText(options.targets.first()), parent)
    , d(std::make_unique<Private>())
{
    if (!options.seen)
        options.seen = std::make_shared<SeenKeys>();
    d->routes = routes;
    d->options = std::move(options);
    d->place = {session, client, &d->routes, d->options.seen.get()};
    d->pause.setSingleShot(true);
    connect(&d->pause, &QTimer::timeout, this, [this] { sendNext(); });
}

Replay::~Replay() = default;

qint64 Replay::unfinished() const
{
    return d->unfinished;
}

qint64 Replay::notSent() const
{
    return d->total() - d->done - d->unfinished;
}

namespace {
    Result<void> checkOptions(const Replay::Options& options)
    {
        if (auto ok = http::checkMethod(options.method); !ok)
            return ok;
        if (options.method != "GET" && !options.methodConfirmed)
            return fail(Code::Unconfirmed, Reason::MethodRefused, displayText(options.method));
        for (const auto& [name, value] : options.headers) {
            if (auto ok = http::checkHeader(name, value); !ok)
                return ok;
        }
        return {};
    }
}

void Replay::onStart()
{
    if (const auto ok = checkOptions(d->options); !ok)
        return finish(fail(ok.error()));
    if (d->options.method == "GET")
        d->witness = beginWitness(d->place, d->options.targets);
    setProgress(0, d->total());
    sendNext();
}

void Replay::sendNext()
{
    if (d->done >= d->total())
        return finish();
    d->exchange = new Exchange(d->place, d->request(d->done), this);
    connect(d->exchange, &Exchange::finished, this, [this] { onExchanged(); }, Qt::QueuedConnection);
    d->exchange->start();
}

void Replay::onExchanged()
{
    if (!d->exchange) // cancelled while the signal was on its way
        return;
    ReplayResult result = d->exchange->result();
    d->exchange->deleteLater();
    d->exchange = nullptr;
    result.n = int(++d->done);
    setProgress(d->done, d->total());
    emit resultReady(result);
    if (state() != State::Running)
        return;
    const Reason reason = result.response ? Reason::None : result.response.error().reason;
    d->unreachable = reason == Reason::ApiUnreachable ? d->unreachable + 1 : 0;
    const bool hopeless = reason == Reason::ApiNotSet || reason == Reason::BadApiUrl || d->unreachable >= maxUnreachable;
    if (hopeless)
        return finish(fail(result.response.error()));
    d->done < d->total() && d->options.intervalMs > 0 ? d->pause.start(d->options.intervalMs) : sendNext();
}

void Replay::onCancel()
{
    d->pause.stop();
    d->unfinished = d->exchange && d->exchange->wasSent() ? 1 : 0;
    if (d->exchange)
        std::exchange(d->exchange, nullptr)->abort();
    finish(fail(Code::Cancelled));
}

}
