// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/pagewalk.h"

#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/cache/querycodec.h"
#include "core/replay/unsent.h"

#include <QSet>
#include <QtConcurrent>

#include <algorithm>

namespace core::replay {

namespace {
    constexpr qint64 longestAnswer = 16 * 1024 * 1024;

    bool namesPage(const QByteArray& target)
    {
        const auto pairs = cache::parseQuery(cache::splitTarget(target).rawQuery);
        return std::ranges::any_of(pairs, [](const auto& pair) { return pair.first == "page" || pair.first == "cursor"; });
    }

    // LightAPI's own links put the page last (pagination.py, wrap).
    QByteArray with(const QByteArray& target, const QByteArray& name, const QByteArray& value)
    {
        return target + (target.contains('?') ? '&' : '?') + cache::encodeQuery({{name, value}});
    }
}

class PageWalk::Private final {
public:
    http::Client* client;
    Options options;
    qsizetype list = 0;
    QByteArray asked;
    qint64 pagesOfList = 0;
    QSet<QByteArray> cursors; // of this list
    QFuture<Result<http::Response>> transfer;
    PagesFound found;

    const QByteArray& first() const { return options.targets[list]; }

    void reached(const QString& limit)
    {
        if (!found.limits.contains(limit))
            found.limits << limit;
    }

    // False when a limit ends the list.
    bool add(const QByteArray& target)
    {
        if (found.targets.size() >= options.most) {
            reached(QStringLiteral("More than %1 targets: the rest was left out.").arg(options.most));
            return false;
        }
        if (pagesOfList >= options.pages) {
            reached(QStringLiteral("A list with more than %1 pages: the rest of them was left out.").arg(options.pages));
            return false;
        }
        ++pagesOfList;
        found.targets << target;
        return true;
    }

    void addPages(qint64 count)
    {
        for (qint64 page = 1; page <= count; ++page) {
            if (!add(with(first(), "page", QByteArray::number(page))))
                return;
        }
    }

    // The target to ask next; nothing at the end of the list.
    std::optional<QByteArray> follow(const PageAnswer& answer)
    {
        const bool isFirst = asked == first();
        if (answer.isEmpty) {
            if (!isFirst) // the page behind the last one
                found.targets.removeLast();
            return {};
        }
        if (isFirst && answer.pages) {
            if (*answer.pages > 1)
                addPages(*answer.pages);
            return {};
        }
        QByteArray next;
        if (answer.nextPage) {
            if (isFirst && !add(with(first(), "page", "1")))
                return {};
            next = with(first(), "page", QByteArray::number(*answer.nextPage));
        } else if (answer.nextCursor) {
            next = with(first(), "cursor", *answer.nextCursor);
        }
        if (next.isEmpty() || cursors.contains(next) || !cache::checkTarget(next) || !add(next))
            return {};
        cursors.insert(next);
        return next;
    }
};

PageWalk::PageWalk(http::Client* client, Options options, QObject* parent)
    : Job(QStringLiteral("pages"), {}, parent)
    , d(std::make_unique<Private>())
{
    d->client = client;
    d->options = std::move(options);
}

PageWalk::~PageWalk()
{
    d->transfer.cancel();
}

const PagesFound& PageWalk::found() const
{
    return d->found;
}

void PageWalk::onStart()
{
    d->list = -1;
    nextList();
}

void PageWalk::nextList()
{
    while (++d->list < d->options.targets.size()) {
        d->pagesOfList = 0;
        d->cursors.clear();
        setProgress(d->list, d->options.targets.size());
        if (d->found.targets.size() >= d->options.most) {
            d->reached(QStringLiteral("More than %1 targets: the rest was left out.").arg(d->options.most));
            return finish();
        }
        d->found.targets << d->first();
        if (!namesPage(d->first()))
            return ask(d->first());
    }
    setProgress(d->list, d->options.targets.size());
    finish();
}

void PageWalk::ask(const QByteArray& target)
{
    d->asked = target;
    ++d->found.requests;
    d->transfer = d->client->send({.target = target, .headers = d->options.headers, .maxBodyBytes = longestAnswer});
    onFinished(d->transfer, this, [this](const Result<http::Response>& response) {
        if (state() == State::Running)
            onResponse(response);
    });
}

void PageWalk::onResponse(const Result<http::Response>& response)
{
    if (!response) {
        d->found.requests -= isUnsent(response.error()) ? 1 : 0;
        const bool isHopeless = response.error().reason == Reason::ApiUnreachable || response.error().code != Code::Api;
        return isHopeless ? finish(fail(response.error())) : skipList(oneLine(response.error()));
    }
    ++d->found.answered;
    d->found.requestMs += (response->timing.total - d->found.requestMs) / d->found.answered;
    if (response->status != 200)
        return skipList(QStringLiteral("status %1").arg(response->status));
    const auto work = [body = response->body] { return Result<std::optional<PageAnswer>>(readPageAnswer(body)); };
    onFinished(QtConcurrent::run(work), this, [this](const Result<std::optional<PageAnswer>>& answer) {
        if (state() == State::Running)
            onAnswer(answer ? *answer : std::nullopt);
    });
}

void PageWalk::onAnswer(const std::optional<PageAnswer>& answer)
{
    if (!answer)
        return skipList(QStringLiteral("the answer is no object with a list in \"results\" or \"items\""));
    const auto next = d->follow(*answer);
    next ? ask(*next) : nextList();
}

void PageWalk::skipList(const QString& why)
{
    d->found.skipped << PagesFound::Skipped {d->asked, why};
    nextList();
}

void PageWalk::onCancel()
{
    d->transfer.cancel();
    finish(fail(Code::Cancelled));
}

}
