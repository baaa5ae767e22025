// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/expiringkeys.h"

#include "core/base/async.h"
#include "core/keys/keymatcher.h"
#include "core/keys/metacolumns.h"
#include "core/redis/keyscan.h"

#include <QDateTime>
#include <QPointer>
#include <QtConcurrentRun>

#include <utility>

namespace core::keys {

namespace {
    using Cancelled = std::shared_ptr<std::atomic_bool>;
    using Picked = Result<std::shared_ptr<const Order>>;

    KeyQuery queryOf(qint64 belowMs)
    {
        KeyQuery query;
        Clause<ParsedTest> kind;
        kind.anyOf.push_back({.what = ParsedTest::What::Kind, .kind = cache::Kind::Entry});
        query.add(std::move(kind));
        Clause<FigureTest> figure;
        figure.anyOf.push_back({FigureTest::What::Ttl, FigureTest::Relation::Less, belowMs});
        query.add(std::move(figure));
        return query;
    }

    Picked entriesOf(const KeyStore& store, const KeyQuery& query, const cache::RouteTable& routes, const std::atomic_bool& cancelled)
    {
        const auto all = sortedOrder(store, store.size(), cancelled);
        return all ? filtered(store, *all, query, routes, cancelled) : Picked(fail(Code::Cancelled));
    }
}

class ExpiringKeys::Private final {
public:
    redis::Session* session;
    cache::RouteTable routes;
    Options options;
    KeyQuery query;
    std::shared_ptr<KeyStore> store = std::make_shared<KeyStore>();
    std::shared_ptr<const Order> entries;
    std::shared_ptr<MetaColumns> columns;
    QPointer<Job> current;
    Cancelled cancelled = std::make_shared<std::atomic_bool>(false); // for what runs on a pool
    KeyList keys;
};

ExpiringKeys::ExpiringKeys(redis::Session* session, const cache::RouteTable& routes, Options options, QObject* parent)
    : Job(QStringLiteral("expiring"), {}, parent)
    , d(std::make_unique<Private>())
{
    d->session = session;
    d->routes = routes;
    d->options = options;
    d->query = queryOf(options.belowMs);
}

ExpiringKeys::~ExpiringKeys()
{
    *d->cancelled = true;
    delete d->current; // before the store that it writes to
}

const KeyList& ExpiringKeys::keys() const
{
    return d->keys;
}

void ExpiringKeys::onStart()
{
    redis::KeyScan::Options options;
    options.gentle = d->options.gentle;
    follow(new redis::KeyScan(d->session, d->store.get(), options, this), &ExpiringKeys::onScanned);
}

// A part of ours; an end that is not well is ours too.
void ExpiringKeys::follow(Job* job, void (ExpiringKeys::*then)())
{
    d->current = job;
    connect(job, &Job::progressed, this, &ExpiringKeys::setProgress);
    connect(
        job, &Job::finished, this,
        [this, job, then] {
            d->current = nullptr;
            job->deleteLater();
            if (!job->outcome())
                return finish(fail(job->outcome().error()));
            (this->*then)();
        },
        Qt::QueuedConnection);
    job->start();
}

void ExpiringKeys::onScanned()
{
    const auto work = [store = d->store, query = d->query, routes = d->routes, cancelled = d->cancelled] { return entriesOf(*store, query, routes, *cancelled); };
    onFinished(QtConcurrent::run(work), this, [this](const Picked& entries) {
        if (!entries)
            return finish(fail(entries.error()));
        if (state() == State::Running)
            ask(*entries);
    });
}

void ExpiringKeys::ask(std::shared_ptr<const Order> entries)
{
    d->entries = std::move(entries);
    d->columns = std::make_shared<MetaColumns>(d->store->size());
    redis::BulkPass::Options options;
    options.gentle = d->options.gentle;
    follow(makeMetaPass(d->session, d->store, d->entries, d->columns, options, this), &ExpiringKeys::onAsked);
}

void ExpiringKeys::onAsked()
{
    const auto work = [entries = d->entries, query = d->query, columns = d->columns, cancelled = d->cancelled]() -> Picked {
        auto soon = filteredByMeta(*entries, query, *columns, QDateTime::currentMSecsSinceEpoch(), *cancelled);
        return soon ? Picked(std::move(soon)) : Picked(fail(Code::Cancelled));
    };
    onFinished(QtConcurrent::run(work), this, [this](const Picked& soon) {
        if (!soon)
            return finish(fail(soon.error()));
        d->keys = KeyList(d->store, *soon);
        finish();
    });
}

void ExpiringKeys::onCancel()
{
    *d->cancelled = true;
    if (d->current)
        d->current->cancel();
    else
        finish(fail(Code::Cancelled));
}

}
