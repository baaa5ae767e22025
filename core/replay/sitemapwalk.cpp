// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/sitemapwalk.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/replay/origin.h"
#include "core/replay/sitemap.h"
#include "core/replay/unsent.h"

#include <QSet>
#include <QtConcurrent>

#include <deque>

namespace core::replay {

// A document with its locations taken apart.
struct SitemapTargets {
    bool isIndex = false;
    bool isCut = false;
    QList<QByteArray> targets; // of our origin
    qint64 otherOrigin = 0;
    qint64 unusable = 0;
    QList<SitemapFound::Skipped> skipped;
};

namespace {
    constexpr qsizetype mostSkipped = 100;

    struct Place {
        QByteArray target;
        int level = 0;
    };

    void skip(QList<SitemapFound::Skipped>& skipped, const QString& url, const QString& why)
    {
        if (skipped.size() < mostSkipped)
            skipped << SitemapFound::Skipped {url, why};
    }

    Result<SitemapTargets> targetsOf(const QByteArray& bytes, const QString& name, const Origin& origin)
    {
        const auto document = parseSitemap(bytes, name);
        if (!document)
            return fail(document.error());
        SitemapTargets out {.isIndex = document->isIndex, .isCut = document->isCut, .targets = {}, .otherOrigin = 0, .unusable = document->unusable, .skipped = {}};
        for (const QByteArray& location : document->locations) {
            const auto url = splitUrl(location);
            if (!url) {
                ++out.unusable;
                skip(out.skipped, shownUrl(location), describe(url.error()).why);
            } else if (url->origin != origin) {
                ++out.otherOrigin;
                skip(out.skipped, shownUrl(location), QStringLiteral("it is on another server, which is not asked"));
            } else {
                out.targets << url->target;
            }
        }
        return out;
    }
}

class SitemapWalk::Private final {
public:
    http::Client* client;
    Options options;
    Origin origin;
    std::deque<Place> waiting;
    QSet<QByteArray> sitemaps; // seen, read or not
    QSet<QByteArray> targets;
    Place current;
    QFuture<Result<http::Response>> transfer;
    SitemapFound found;

    void reached(const QString& limit)
    {
        if (!found.limits.contains(limit))
            found.limits << limit;
    }

    void addTarget(const QByteArray& target)
    {
        if (targets.contains(target)) {
            ++found.repeated;
        } else if (found.targets.size() >= options.targets) {
            reached(QStringLiteral("More than %1 targets: the rest was left out.").arg(options.targets));
        } else {
            targets.insert(target);
            found.targets << target;
        }
    }

    void addSitemap(const QByteArray& target)
    {
        if (sitemaps.contains(target))
            return;
        if (current.level + 1 > options.levels)
            return reached(QStringLiteral("Sitemaps nested more than %1 levels deep: those below were left out.").arg(options.levels));
        if (sitemaps.size() >= options.sitemaps)
            return reached(QStringLiteral("More than %1 sitemaps: the rest was left out.").arg(options.sitemaps));
        sitemaps.insert(target);
        waiting.push_back({target, current.level + 1});
    }
};

SitemapWalk::SitemapWalk(http::Client* client, Options options, QObject* parent)
    : Job(QStringLiteral("sitemap"), shownUrl(options.url), parent)
    , d(std::make_unique<Private>())
{
    d->client = client;
    d->options = std::move(options);
}

SitemapWalk::~SitemapWalk()
{
    d->transfer.cancel();
}

const SitemapFound& SitemapWalk::found() const
{
    return d->found;
}

void SitemapWalk::onStart()
{
    const QByteArray base = d->client->options().baseUrl.toUtf8();
    const auto own = splitUrl(base);
    if (!own)
        return finish(fail(base.isEmpty() ? Error {Code::Usage, Reason::ApiNotSet, subject(), {}} : own.error()));
    d->origin = own->origin;
    const bool isTarget = d->options.url.startsWith('/');
    const auto first = splitUrl(isTarget ? QByteArray(d->origin.text() + d->options.url) : d->options.url);
    if (!first)
        return finish(fail(first.error()));
    if (first->origin != d->origin)
        return finish(fail(Code::Input, Reason::OtherOrigin, shownUrl(d->options.url), QStringLiteral("The base URL is %1").arg(displayText(d->origin.text()))));
    d->sitemaps.insert(first->target);
    d->waiting.push_back({first->target, 0});
    readNext();
}

void SitemapWalk::readNext()
{
    setProgress(d->found.sitemaps + d->found.failed, d->sitemaps.size());
    if (d->waiting.empty())
        return finish();
    d->current = d->waiting.front();
    d->waiting.pop_front();
    ++d->found.requests;
    d->transfer = d->client->send({.target = d->current.target, .headers = d->options.headers, .maxBodyBytes = mostSitemapBytes});
    onFinished(d->transfer, this, [this](const Result<http::Response>& response) {
        if (state() == State::Running)
            onResponse(response);
    });
}

void SitemapWalk::onResponse(const Result<http::Response>& response)
{
    if (!response) {
        d->found.requests -= isUnsent(response.error()) ? 1 : 0;
        return failed(response.error());
    }
    const QString name = shownUrl(d->current.target);
    if (response->status != 200) {
        const QByteArray location = response->header("Location");
        const QString why = location.isEmpty() ? QStringLiteral("Status %1").arg(response->status)
                                               : QStringLiteral("Status %1: it has moved to %2, and redirects are not followed").arg(QString::number(response->status), shownUrl(location));
        return failed({Code::Api, Reason::BadSitemap, name, why});
    }
    const auto work = [body = response->body, name, origin = d->origin] { return targetsOf(body, name, origin); };
    onFinished(QtConcurrent::run(work), this, [this](const Result<SitemapTargets>& document) {
        if (state() == State::Running)
            onDocument(document);
    });
}

void SitemapWalk::onDocument(const Result<SitemapTargets>& document)
{
    if (!document)
        return failed(document.error());
    ++d->found.sitemaps;
    d->found.otherOrigin += document->otherOrigin;
    d->found.unusable += document->unusable;
    for (const SitemapFound::Skipped& skipped : document->skipped)
        skip(d->found.skipped, skipped.url, skipped.why);
    if (document->isCut)
        d->reached(QStringLiteral("A sitemap with more than %1 locations: its rest was left out.").arg(mostSitemapLocations));
    for (const QByteArray& target : document->targets)
        document->isIndex ? d->addSitemap(target) : d->addTarget(target);
    readNext();
}

void SitemapWalk::failed(const Error& error)
{
    const bool isFirst = d->found.sitemaps + d->found.failed == 0;
    // What no other sitemap would survive either.
    if (isFirst || error.reason == Reason::ApiUnreachable || error.code == Code::Cancelled)
        return finish(fail(error));
    ++d->found.failed;
    skip(d->found.skipped, shownUrl(d->current.target), oneLine(error));
    readNext();
}

void SitemapWalk::onCancel()
{
    d->transfer.cancel();
    finish(fail(Code::Cancelled));
}

}
