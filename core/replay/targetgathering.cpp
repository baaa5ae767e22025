// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/targetgathering.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/replay/keytargets.h"
#include "core/replay/origin.h"

#include <QPointer>
#include <QtConcurrent>

#include <deque>

namespace core::replay {

namespace {
    constexpr qsizetype mostShown = 10; // of what was left out of one source

    QString counted(qint64 count, const QString& one, const QString& many)
    {
        return count == 1 ? QStringLiteral("1 ") + one : QString(formatCount(count) + u' ' + many);
    }

    QStringList notesOf(const AccessLogFound& found, const QString& name)
    {
        QStringList out;
        out << QStringLiteral("%1: %2 read, %3 taken (GET with a status 2xx or 304), %4 of other requests, %5 broken.")
                   .arg(name, counted(found.lines, QStringLiteral("line"), QStringLiteral("lines")), formatCount(found.taken),
                       formatCount(found.otherMethod + found.otherStatus), formatCount(found.broken));
        if (!found.isExact) {
            qint64 excess = 0;
            for (const TopTarget& target : found.top)
                excess = std::max(excess, target.excess);
            out << QStringLiteral("%1: it has more different targets than are counted apart, so counts are estimates, too high by at most %2; targets that make up less than a hundred-thousandth of all may be missing.")
                       .arg(name, formatCount(excess));
        }
        return out;
    }

    QStringList notesOf(const SitemapFound& found, const QString& name)
    {
        QStringList out;
        out << QStringLiteral("%1: %2 read, %3.").arg(name, counted(found.sitemaps, QStringLiteral("sitemap"), QStringLiteral("sitemaps")),
            counted(found.targets.size(), QStringLiteral("target"), QStringLiteral("targets")));
        const qint64 left = found.otherOrigin + found.unusable + found.failed;
        if (left > 0) {
            out << QStringLiteral("%1: left out are %2 of another server, %3 that cannot be used and %4 that could not be read.")
                       .arg(name, counted(found.otherOrigin, QStringLiteral("location"), QStringLiteral("locations")), formatCount(found.unusable),
                           counted(found.failed, QStringLiteral("sitemap"), QStringLiteral("sitemaps")));
        }
        for (const SitemapFound::Skipped& skipped : found.skipped.first(std::min(mostShown, found.skipped.size())))
            out << QStringLiteral("left out: %1 (%2)").arg(skipped.url, skipped.why);
        return out + found.limits;
    }

    QStringList notesOf(const KeyTargets& found, const QString& name)
    {
        if (found.left == 0)
            return {};
        QStringList out;
        out << QStringLiteral("%1: left out are %2 without a request of their own.").arg(name, counted(found.left, QStringLiteral("key"), QStringLiteral("keys")));
        for (const KeyTargets::Skipped& skipped : found.skipped)
            out << QStringLiteral("left out: %1 (%2)").arg(shortDisplayText(skipped.key, 200), skipped.why);
        return out;
    }

    template <typename Skipped, typename Name>
    QStringList skippedNotes(const QList<Skipped>& all, Name name)
    {
        QStringList out;
        for (const Skipped& skipped : all.first(std::min(mostShown, all.size())))
            out << QStringLiteral("left out: %1 (%2)").arg(shortDisplayText(name(skipped), 200), skipped.why);
        if (all.size() > mostShown)
            out << QStringLiteral("left out: %1 more").arg(formatCount(all.size() - mostShown));
        return out;
    }
}

class TargetGathering::Private final {
public:
    http::Client* client;
    cache::RouteTable routes;
    TargetSources sources;
    std::deque<std::function<void()>> steps;
    QPointer<Job> current;
    QList<TargetSource> lists;
    QStringList notes;
    bool isComplete = true;
    std::optional<double> requestMs;
    qint64 sitemapRequests = 0, pageRequests = 0;
    CombinedTargets combined;
    std::shared_ptr<std::atomic_bool> cancelled = std::make_shared<std::atomic_bool>(false); // for what runs on a pool
};

TargetGathering::TargetGathering(http::Client* client, const cache::RouteTable& routes, TargetSources sources, QObject* parent)
    : Job(QStringLiteral("targets"), {}, parent)
    , d(std::make_unique<Private>())
{
    d->client = client;
    d->routes = routes;
    d->sources = std::move(sources);
}

TargetGathering::~TargetGathering()
{
    *d->cancelled = true;
}

const CombinedTargets& TargetGathering::targets() const
{
    return d->combined;
}

const QStringList& TargetGathering::notes() const
{
    return d->notes;
}

bool TargetGathering::isComplete() const
{
    return d->isComplete;
}

std::optional<double> TargetGathering::requestMs() const
{
    return d->requestMs;
}

qint64 TargetGathering::sitemapRequests() const
{
    return d->sitemapRequests;
}

qint64 TargetGathering::pageRequests() const
{
    return d->pageRequests;
}

void TargetGathering::onStart()
{
    const bool asks = !d->sources.sitemaps.isEmpty() || (d->sources.routes && d->sources.pages);
    if (asks && !d->client)
        return finish(fail(Code::Usage, Reason::ApiNotSet, QStringLiteral("sitemaps and pages")));
    d->lists = d->sources.lists;
    addSteps();
    nextStep();
}

void TargetGathering::addSteps()
{
    for (const KeySource& source : std::as_const(d->sources.keys))
        d->steps.emplace_back([this, source] { readKeys(source); });
    for (const QByteArray& url : std::as_const(d->sources.sitemaps))
        d->steps.emplace_back([this, url] { readSitemap(url); });
    for (const QString& file : std::as_const(d->sources.accessLogs))
        d->steps.emplace_back([this, file] { readAccessLog(file); });
    if (d->sources.routes)
        d->steps.emplace_back([this] { readRoutes(); });
}

void TargetGathering::nextStep()
{
    if (state() != State::Running)
        return;
    if (d->steps.empty())
        return combine();
    const auto step = std::move(d->steps.front());
    d->steps.pop_front();
    step();
}

// `then` runs when the job ended well; any other end is ours too.
void TargetGathering::run(Job* job, std::function<void()> then)
{
    d->current = job;
    connect(job, &Job::progressed, this, [this](qint64 done, qint64 total) { setProgress(done, total); });
    connect(
        job, &Job::finished, this,
        [this, job, then = std::move(then)] {
            job->deleteLater();
            d->current = nullptr;
            if (!job->outcome())
                return finish(fail(job->outcome().error()));
            if (state() != State::Running) // cancelled while the signal was on its way
                return finish(fail(Code::Cancelled));
            then();
            nextStep();
        },
        Qt::QueuedConnection);
    emit stepChanged(job->subject());
    job->start();
}

void TargetGathering::readKeys(const KeySource& source)
{
    emit stepChanged(source.name);
    const auto work = [keys = source.keys, routes = d->routes, cancelled = d->cancelled] { return Result<KeyTargets>(targetsOfKeys(keys, routes, *cancelled)); };
    onFinished(QtConcurrent::run(work), this, [this, name = source.name](const Result<KeyTargets>& found) {
        if (state() != State::Running)
            return;
        if (!found)
            return finish(fail(found.error()));
        d->lists << TargetSource {name, found->targets};
        d->notes << notesOf(*found, name);
        nextStep();
    });
}

void TargetGathering::readSitemap(const QByteArray& url)
{
    auto* walk = new SitemapWalk(d->client, {.url = url, .headers = d->sources.headers}, this);
    connect(walk, &Job::finished, this, [this, walk] { d->sitemapRequests += walk->found().requests; });
    run(walk, [this, walk, name = shownUrl(url)] {
        const SitemapFound& found = walk->found();
        d->lists << TargetSource {name, found.targets};
        d->notes << notesOf(found, name);
        d->isComplete = d->isComplete && found.limits.isEmpty() && found.failed == 0;
    });
}

void TargetGathering::readAccessLog(const QString& file)
{
    auto* scan = new AccessLogScan({.file = file, .top = d->sources.top}, this);
    const QString name = file == QStringLiteral("-") ? QStringLiteral("stdin") : displayText(file);
    run(scan, [this, scan, name] {
        TargetSource source {name, {}};
        for (const TopTarget& target : scan->found().top)
            source.targets << target.target;
        d->lists << source;
        d->notes << notesOf(scan->found(), name);
    });
}

void TargetGathering::readRoutes()
{
    const auto found = matrixTargets(d->routes, d->sources.parameters);
    if (!found)
        return finish(fail(found.error()));
    d->notes << skippedNotes(found->skipped, [](const auto& skipped) { return skipped.route; });
    if (d->sources.pages)
        return walkPages(found->targets);
    d->lists << TargetSource {QStringLiteral("routes"), found->targets};
    nextStep();
}

void TargetGathering::walkPages(QList<QByteArray> targets)
{
    auto* walk = new PageWalk(d->client, {.targets = std::move(targets), .headers = d->sources.headers}, this);
    connect(walk, &Job::finished, this, [this, walk] { d->pageRequests += walk->found().requests; });
    run(walk, [this, walk] {
        const PagesFound& found = walk->found();
        d->lists << TargetSource {QStringLiteral("routes"), found.targets};
        d->notes << skippedNotes(found.skipped, [](const auto& skipped) { return skipped.target; }) << found.limits;
        d->isComplete = d->isComplete && found.limits.isEmpty() && found.skipped.isEmpty();
        if (found.requests == 0)
            return;
        if (found.answered > 0)
            d->requestMs = found.requestMs;
        d->notes << QStringLiteral("%1 sent to find the pages of lists; LightAPI may have stored what it answered.").arg(counted(found.requests, QStringLiteral("request was"), QStringLiteral("requests were")));
    });
}

void TargetGathering::combine()
{
    const auto work = [lists = std::exchange(d->lists, {}), routes = d->routes] { return Result<CombinedTargets>(combined(lists, routes)); };
    onFinished(QtConcurrent::run(work), this, [this](Result<CombinedTargets> all) {
        if (state() != State::Running)
            return;
        if (!all)
            return finish(fail(all.error()));
        d->combined = *std::move(all);
        finish();
    });
}

// A part of ours that runs ends first; between two of them the end is now.
void TargetGathering::onCancel()
{
    *d->cancelled = true;
    if (d->current)
        d->current->cancel();
    else
        finish(fail(Code::Cancelled));
}

}
