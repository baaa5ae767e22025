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

    // Keeps what fits, in the scan's I/O thread. Read by the planner only after the scan has finished.
    class FittingKeys final : public redis::KeySink {
    public:
        explicit FittingKeys(const Rules& rules)
            : m_rules(rules)
        {
        }
        void key(const char* bytes, std::size_t size) override
        {
            const QByteArray view = QByteArray::fromRawData(bytes, static_cast<qsizetype>(size));
            if (m_rules.take(view))
                m_keys << QByteArray(bytes, static_cast<qsizetype>(size));
        }
        void batchEnd() override {}
        QList<QByteArray> take() { return std::move(m_keys); }

    private:
        const Rules& m_rules;
        QList<QByteArray> m_keys;
    };
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
    void chooseFrom(QList<QByteArray> candidates);
    void scan();
    QByteArray serverPattern() const;
    void onChosen(const Result<QByteArrayList>& keys);
    void readSizes();
    void end();

    Planner* q;
    redis::Session* session;
    std::shared_ptr<void> databaseHold; // tags, keys and sizes of one database
    std::shared_ptr<Rules> rules;
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
    if (wanted.has(Selector::Kind::Key))
        chooseFrom(wanted.texts(Selector::Kind::Key));
    else if (wanted.has(Selector::Kind::Tag))
        chooseFrom(QList<QByteArray>(members.begin(), members.end()));
    else
        scan();
}

void Planner::Private::chooseFrom(QList<QByteArray> candidates)
{
    // On a pool thread: a file may name a million keys.
    auto work = [rules = rules, keys = std::move(candidates)]() mutable -> Result<QByteArrayList> {
        keys.removeIf([&rules](const QByteArray& key) { return !rules->take(key); });
        return sortedSet(std::move(keys));
    };
    onFinished(QtConcurrent::run(std::move(work)), q, [this](const Result<QByteArrayList>& keys) { onChosen(keys); });
}

void Planner::Private::scan()
{
    sink = std::make_unique<FittingKeys>(*rules);
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
        onFinished(QtConcurrent::run([keys = sink->take()]() mutable -> Result<QByteArrayList> { return sortedSet(std::move(keys)); }),
            q, [this](const Result<QByteArrayList>& keys) { onChosen(keys); });
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

void Planner::Private::onChosen(const Result<QByteArrayList>& keys)
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
    QList<QByteArray> asked = plan.keys;
    if (asked.size() > askedForSize) {
        asked.clear();
        const double step = static_cast<double>(plan.keys.size()) / askedForSize;
        for (qsizetype i = 0; i < askedForSize; ++i)
            asked << plan.keys.at(static_cast<qsizetype>(static_cast<double>(i) * step));
    }
    plan.bytesSampled = asked.size();
    sizes = new MemoryPass(session, std::move(asked), false, q);
    sizes->start([this](qsizetype, std::optional<qint64> bytes) { sampledBytes += bytes.value_or(0); },
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
    // Now, not at the end: a server that restarts in between must not lend its new run to keys of the old one.
    d->plan.server = endpointLabel(d->session->endpoint());
    d->plan.runId = d->session->facts().runId;
    d->plan.database = d->session->endpoint().database;
    d->databaseHold = d->session->holdDatabase();
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
    // else: keys are being chosen on a pool thread, onChosen() ends it
}

}
