// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/invalidate/conditions.h"
#include "core/invalidate/memorypass.h"
#include "core/invalidate/plan.h"
#include "core/redis/globescape.h"
#include "core/redis/keyscan.h"

#include <algorithm>

#include <QUuid>
#include <QtConcurrent>

namespace core::invalidate {

namespace {
    constexpr qsizetype askedForSize = 20'000; // beyond, every n-th key stands for its neighbours

    QByteArrayList sortedSet(QList<QByteArray> keys)
    {
        std::ranges::sort(keys);
        const auto rest = std::ranges::unique(keys);
        keys.erase(rest.begin(), rest.end());
        return keys;
    }

    // Shared with the pool thread, which may outlive the job by a moment.
    struct Rules {
        Conditions wanted;
        Conditions spared;
        bool take(const QByteArray& key) const { return wanted.fitsEveryKind(key) && !spared.fitsAny(key); }
    };

    // Keeps what fits. Filled by one thread, in a scan its I/O thread; read by others only after that.
    class FittingKeys final : public redis::KeySink {
    public:
        explicit FittingKeys(std::shared_ptr<const Rules> rules)
            : m_rules(std::move(rules))
            , m_store(std::make_shared<keys::KeyStore>())
        {
        }
        void key(const char* bytes, std::size_t size) override
        {
            if (m_rules->take(QByteArray::fromRawData(bytes, static_cast<qsizetype>(size))))
                m_store->key(bytes, size);
        }
        void batchEnd() override { m_store->batchEnd(); }
        std::shared_ptr<const keys::KeyStore> store() const { return m_store; }

    private:
        std::shared_ptr<const Rules> m_rules;
        std::shared_ptr<keys::KeyStore> m_store;
    };

    Result<keys::KeyList> sortedList(const std::shared_ptr<const keys::KeyStore>& store, const std::atomic_bool& cancelled)
    {
        auto order = keys::sortedOrder(*store, store->size(), cancelled);
        if (!order)
            return fail(Code::Cancelled);
        return keys::KeyList(store, std::move(order));
    }
}

class Planner::Private {
public:
    Private(Planner* planner, redis::Session* redis, const cache::RouteTable& routes, Selection selectors, Selection except)
        : q(planner)
        , session(redis)
        , rules(new Rules {Conditions(selectors, routes), Conditions(except, routes)})
        , wanted(rules->wanted)
        , spared(rules->spared)
    {
        plan.selectors = std::move(selectors);
        plan.except = std::move(except);
    }

    Result<void> check() const;
    void readNextTag();
    void onTag(cache::TagReader* reader);
    void choose();
    void chooseFrom(keys::KeyList candidates);
    void chooseFrom(QList<QByteArray> candidates);
    template <typename Work>
    void chooseOnPool(Work work);
    void scan();
    QByteArray serverPattern() const;
    void onChosen(const Result<keys::KeyList>& keys);
    void readSizes();
    void end();

    Planner* q;
    redis::Session* session;
    std::shared_ptr<void> databaseHold; // tags, keys and sizes of one database
    std::shared_ptr<Rules> rules;
    keys::KeyList list;
    std::shared_ptr<std::atomic_bool> cancelled = std::make_shared<std::atomic_bool>(false); // for the pool thread
    Conditions& wanted;
    Conditions& spared;
    cache::TagTemplate tagTemplate;
    bool gentle = false;
    Plan plan;

    // Tags to read: those that select, then those that are excepted.
    qsizetype tagsRead = 0;
    QList<QByteArray> absentTags;
    QSet<QByteArray> members;
    QSet<QByteArray> sparedMembers;
    std::unique_ptr<FittingKeys> sink;
    redis::KeyScan* keyScan = nullptr;
    MemoryPass* sizes = nullptr;
    cache::TagReader* reader = nullptr;
    qint64 sampledBytes = 0;
};

Result<void> Planner::Private::check() const
{
    if (wanted.isEmpty())
        return fail(Code::Input, Reason::EmptySelection, QStringLiteral("Without a selector, the plan"));
    if (auto selected = wanted.check(); !selected)
        return selected;
    return spared.check();
}

void Planner::Private::readNextTag()
{
    const QList<QByteArray>& tags = wanted.texts(Selector::Kind::Tag);
    const QList<QByteArray>& sparedTags = spared.texts(Selector::Kind::Tag);
    if (tagsRead == tags.size() + sparedTags.size())
        return choose();
    const bool selects = tagsRead < tags.size();
    const QByteArray spelled = selects ? tags.at(tagsRead) : sparedTags.at(tagsRead - tags.size());
    reader = new cache::TagReader(session, tagTemplate.keyFromSpelling(spelled), q);
    reader->setTemplate(tagTemplate);
    reader->setNamesOnly(!selects);
    QObject::connect(reader, &Job::finished, q, [this] { onTag(reader); });
    reader->start();
}

void Planner::Private::onTag(cache::TagReader* read)
{
    read->deleteLater();
    reader = nullptr;
    if (!read->outcome())
        return q->finish(read->outcome());
    if (auto readable = cache::checkReadable(read->info()); !readable)
        return q->finish(readable);
    const bool selects = tagsRead < wanted.texts(Selector::Kind::Tag).size();
    for (const cache::TagMember& member : read->members()) {
        if (!selects)
            sparedMembers.insert(member.key);
        else if (member.state != cache::TagMember::State::Dead)
            members.insert(member.key);
    }
    if (selects && read->info().isGone())
        absentTags << wanted.texts(Selector::Kind::Tag).at(tagsRead);
    else if (selects)
        plan.tagKeys << read->info().key;
    ++tagsRead;
    readNextTag();
}

void Planner::Private::choose()
{
    const bool byTagAlone = std::ranges::all_of(
        plan.selectors, [](const Selector& selector) { return selector.kind == Selector::Kind::Tag; });
    plan.tagKeys = byTagAlone && plan.except.isEmpty() ? sortedSet(plan.tagKeys) : QList<QByteArray>();
    wanted.setTagMembers(members);
    spared.setTagMembers(sparedMembers);
    if (wanted.has(Selector::Kind::List))
        chooseFrom(list);
    else if (wanted.has(Selector::Kind::Key))
        chooseFrom(wanted.texts(Selector::Kind::Key));
    else if (wanted.has(Selector::Kind::Tag))
        chooseFrom(QList<QByteArray>(members.begin(), members.end()));
    else
        scan();
}

// On a pool thread: a list may name millions of keys. `work` gets the flag that cancels it.
template <typename Work>
void Planner::Private::chooseOnPool(Work work)
{
    auto run = [work = std::move(work), cancelled = cancelled]() -> Result<keys::KeyList> { return work(*cancelled); };
    onFinished(QtConcurrent::run(std::move(run)), q, [this](const Result<keys::KeyList>& keys) { onChosen(keys); });
}

void Planner::Private::chooseFrom(QList<QByteArray> candidates)
{
    chooseOnPool([rules = rules, candidates = std::move(candidates)](const std::atomic_bool& stop) {
        FittingKeys fitting(rules);
        for (const QByteArray& key : candidates)
            fitting.key(key.constData(), static_cast<std::size_t>(key.size()));
        fitting.batchEnd();
        return sortedList(fitting.store(), stop);
    });
}

// A list is in order and without repeats, so that what fits of it is, too: it shares the store.
void Planner::Private::chooseFrom(keys::KeyList candidates)
{
    chooseOnPool([rules = rules, candidates = std::move(candidates)](const std::atomic_bool& stop) {
        return candidates.filtered([&rules](QByteArrayView key) { return rules->take(QByteArray::fromRawData(key.data(), key.size())); }, stop);
    });
}

void Planner::Private::scan()
{
    sink = std::make_unique<FittingKeys>(rules);
    redis::KeyScan::Options options;
    options.match = serverPattern();
    options.gentle = gentle;
    keyScan = new redis::KeyScan(session, sink.get(), options, q);
    QObject::connect(keyScan, &Job::progressed, q, [this](qint64 done, qint64 total) { q->setProgress(done, total); });
    QObject::connect(keyScan, &Job::finished, q, [this] {
        const Result<void> outcome = keyScan->outcome();
        keyScan->deleteLater();
        keyScan = nullptr;
        if (!outcome)
            return q->finish(outcome);
        chooseOnPool([store = sink->store()](const std::atomic_bool& stop) { return sortedList(store, stop); });
    });
    keyScan->start();
}

// The server may leave out what cannot fit: fewer keys on the line. What it sends is asked again here, by the same rules.
QByteArray Planner::Private::serverPattern() const
{
    const QList<QByteArray>& prefixes = wanted.texts(Selector::Kind::Prefix);
    const QList<QByteArray>& globs = wanted.texts(Selector::Kind::Glob);
    if (prefixes.size() == 1 && !prefixes.first().isEmpty())
        return redis::globEscaped(prefixes.first()) + '*';
    return globs.size() == 1 ? globs.first() : QByteArray();
}

void Planner::Private::onChosen(const Result<keys::KeyList>& keys)
{
    if (q->state() == State::Cancelling)
        return q->finish(fail(Code::Cancelled));
    if (!keys)
        return q->finish(fail(keys.error()));
    plan.keys = *keys;
    readSizes();
}

void Planner::Private::readSizes()
{
    plan.bytesSampled = std::min(plan.keys.size(), askedForSize);
    const double step = static_cast<double>(plan.keys.size()) / static_cast<double>(std::max<qint64>(1, plan.bytesSampled));
    auto next = [this, step, asked = qsizetype(0)](qsizetype count) mutable {
        QList<QByteArray> keys;
        for (; keys.size() < count && asked < plan.bytesSampled; ++asked)
            keys << plan.keys.key(static_cast<qsizetype>(static_cast<double>(asked) * step));
        return keys;
    };
    sizes = new MemoryPass(session, std::move(next), false, q);
    sizes->start([this](const QByteArray&, std::optional<qint64> bytes) { sampledBytes += bytes.value_or(0); },
        [this](const Result<void>& outcome) {
            sizes->deleteLater();
            sizes = nullptr;
            const bool denied = !outcome && isRefused(outcome.error());
            if (!outcome && !denied)
                return q->finish(outcome);
            if (denied)
                plan.bytesSampled = 0;
            end();
        });
}

void Planner::Private::end()
{
    if (plan.keys.isEmpty())
        plan.bytes = 0;
    else if (plan.bytesSampled > 0)
        plan.bytes = static_cast<qint64>(
            static_cast<double>(sampledBytes) * static_cast<double>(plan.keys.size()) / static_cast<double>(plan.bytesSampled));
    plan.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    plan.madeAt = QDateTime::currentDateTimeUtc();
    q->finish();
}

Planner::Planner(
    redis::Session* session, const cache::RouteTable& routes, Selection selectors, Selection except, QObject* parent)
    : Job(QStringLiteral("plan"), selectionText(selectors), parent)
    , d(std::make_unique<Private>(this, session, routes, std::move(selectors), std::move(except)))
{
}

Planner::~Planner()
{
    delete d->keyScan; // before the sink that it fills
}

void Planner::setTagTemplate(const cache::TagTemplate& tagTemplate)
{
    d->tagTemplate = tagTemplate;
}

void Planner::setGentle(bool gentle)
{
    d->gentle = gentle;
}

void Planner::setList(keys::KeyList list)
{
    d->list = std::move(list);
}

const Plan& Planner::plan() const
{
    return d->plan;
}

const QList<QByteArray>& Planner::absentTags() const
{
    return d->absentTags;
}

void Planner::onStart()
{
    if (auto checked = d->check(); !checked)
        return finish(checked);
    const auto hold = d->session->holdDatabase();
    if (!hold)
        return finish(fail(hold.error()));
    d->databaseHold = *hold;
    // Now, not at the end: a server that restarts in between must not lend its new run to keys of the old one.
    d->plan.server = endpointLabel(d->session->endpoint());
    d->plan.runId = d->session->facts().runId;
    d->plan.database = d->session->endpoint().database;
    d->readNextTag();
}

void Planner::onCancel()
{
    if (d->reader != nullptr)
        d->reader->cancel();
    else if (d->keyScan != nullptr)
        d->keyScan->cancel();
    else if (d->sizes != nullptr)
        d->sizes->stop();
    else
        *d->cancelled = true; // keys are being chosen on a pool thread, onChosen() ends it
}

}
