// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/run.h"

#include "core/base/async.h"
#include "core/base/errortext.h"
#include "core/cache/tags.h"
#include "core/invalidate/audit.h"
#include "core/invalidate/guard.h"
#include "core/invalidate/memorypass.h"
#include "core/invalidate/tagdeleter.h"

#include <algorithm>

#include <QPointer>
#include <QUuid>
#include <QtConcurrent>

namespace core::invalidate {

namespace {
    // --keys-from may name a million keys; the audit line is for reading.
    constexpr qsizetype selectorsLogged = 50;

    QStringList selectorTexts(const Selection& selection, const QString& prefix)
    {
        QStringList texts;
        for (const Selector& selector : selection.first(std::min(selection.size(), selectorsLogged)))
            texts << prefix + selectorText(selector);
        if (selection.size() > selectorsLogged)
            texts << QStringLiteral("%1and %2 more").arg(prefix).arg(selection.size() - selectorsLogged);
        return texts;
    }
}

// Steps, each ended by its own callback: audit line "started", what may be done, tags read, tags deleted, keys deleted, a look
// afterwards, audit line of the end.
class Run::Private {
public:
    Private(Run* run, redis::Session* redis, Plan what, Run::Options how)
        : q(run)
        , session(redis)
        , plan(std::move(what))
        , options(std::move(how))
        , ledger(plan.keys)
    {
        abilities.permit = options.permit;
    }

    void begin();
    void probe();
    void readTags();
    void onTags(const QList<cache::TagInfo>& infos);
    void nextTag();
    void onTag(const Result<void>& outcome);
    void deleteKeys();
    void look();
    void finish();

    void remember(const Error& error);
    bool mustEnd(); // cancelled, or the line is gone: to the last step
    void stopStep();
    void onLineState(redis::Session::State state);
    void endEarly(const Error& why);
    void showProgress() { q->setProgress(ledger.settled(), plan.keys.size()); }
    AuditEntry auditEntry(const QString& outcome) const;
    void writeAudit(const QString& outcome, std::function<void(Result<void>)> then);
    Result<void> outcome() const;

    Run* q;
    QPointer<redis::Session> session;
    std::shared_ptr<void> databaseHold;
    QString user;
    Plan plan;
    Run::Options options;
    Ledger ledger;
    RunSummary summary;
    Abilities abilities;
    QString id;
    QDateTime at;
    QList<cache::TagInfo> tags;
    std::optional<Error> error; // the first
    std::optional<Error> lineError; // when nothing was in flight that has an error of its own
    bool ending = false; // lost line, or a tag that has become unreadable: nothing more is sent

    cache::TagsReader* tagsReader = nullptr;
    TagDeleter* tagDeleter = nullptr;
    Unlinker* unlinker = nullptr;
    MemoryPass* memoryPass = nullptr;
};

void Run::Private::remember(const Error& what)
{
    if (!error)
        error = what;
}

bool Run::Private::mustEnd()
{
    const bool must = ending || q->state() == State::Cancelling;
    if (must)
        finish();
    return must;
}

void Run::Private::stopStep()
{
    if (tagsReader != nullptr)
        tagsReader->cancel();
    if (tagDeleter != nullptr)
        tagDeleter->stop();
    if (unlinker != nullptr)
        unlinker->stop();
    if (memoryPass != nullptr)
        memoryPass->stop();
}

// The session reconnects by itself; what it reconnects to may be another run of the server, with other keys under these names.
void Run::Private::onLineState(redis::Session::State state)
{
    if (state != redis::Session::State::Connected)
        endEarly({Code::Lost, Reason::NotConnected, plan.server, session->lastError().detail});
}

void Run::Private::endEarly(const Error& why)
{
    if (ending)
        return;
    ending = true;
    lineError = why;
    stopStep();
}

AuditEntry Run::Private::auditEntry(const QString& outcomeText) const
{
    AuditEntry entry {id, at, QStringLiteral("invalidate"), plan.server, plan.runId, options.profile,
        user, plan.database, {}, toJson(summary), outcomeText};
    entry.counts.insert(QStringLiteral("planned"), plan.keys.size());
    entry.selectors = selectorTexts(plan.selectors, {}) + selectorTexts(plan.except, QStringLiteral("except "));
    return entry;
}

void Run::Private::writeAudit(const QString& outcomeText, std::function<void(Result<void>)> then)
{
    const auto write = [file = options.auditFile, entry = auditEntry(outcomeText)]() -> Result<bool> {
        return AuditLog(file).append(entry).map([] { return true; });
    };
    onFinished(QtConcurrent::run(write), q, [then = std::move(then)](const Result<bool>& written) {
        then(written ? Result<void>() : fail(written.error()));
    });
}

void Run::Private::begin()
{
    const auto hold = session->holdDatabase();
    if (!hold)
        return q->finish(fail(hold.error()));
    if (auto same = sameServer(plan, *session); !same)
        return q->finish(same);
    if (session->isReadOnly() && !options.permit.isGiven())
        return q->finish(fail(Code::ReadOnly, Reason::ProfileReadOnly, QStringLiteral("UNLINK")));
    QObject::connect(session, &redis::Session::stateChanged, q, [this](redis::Session::State state) { onLineState(state); });
    QObject::connect(session, &QObject::destroyed, q, [this] { endEarly({Code::Lost, Reason::NotConnected, plan.server, {}}); });
    databaseHold = *hold;
    user = session->facts().aclUser;
    at = QDateTime::currentDateTimeUtc();
    id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    summary = ledger.summary();
    showProgress();
    writeAudit(QStringLiteral("started"), [this](const Result<void>& written) {
        if (!written) {
            id.clear();
            return q->finish(written);
        }
        probe();
    });
}

// An empty transaction: without the permission for MULTI, the commands behind it would be executed one by one.
void Run::Private::probe()
{
    if (mustEnd())
        return;
    const redis::Pipeline empty {{"MULTI"}, {"EXEC"}};
    onFinished(session->send(empty, redis::Session::Line::Bulk, options.permit), q, [this](const Result<redis::Replies>& replies) {
        if (!replies) {
            remember(replies.error());
            return finish();
        }
        abilities.multi = !replies->first().isError() && replies->last().isArray();
        readTags();
    });
}

void Run::Private::readTags()
{
    if (mustEnd())
        return;
    if (plan.tagKeys.isEmpty())
        return deleteKeys();
    tagsReader = new cache::TagsReader(session, plan.tagKeys, {}, q);
    QObject::connect(tagsReader, &Job::finished, q, [this] {
        const Result<void> read = tagsReader->outcome();
        const QList<cache::TagInfo> infos = tagsReader->infos();
        tagsReader->deleteLater();
        tagsReader = nullptr;
        if (!read)
            remember(read.error());
        if (!read)
            return finish();
        onTags(infos);
    });
    tagsReader->start();
}

// All of them before the first deletion: of a tag that cannot be read nothing is deleted, and its keys stand in the plan.
void Run::Private::onTags(const QList<cache::TagInfo>& infos)
{
    for (const cache::TagInfo& info : infos) {
        if (auto readable = cache::checkReadable(info); !readable) {
            remember(readable.error());
            return finish();
        }
        if (!info.isGone())
            tags << info;
    }
    nextTag();
}

void Run::Private::nextTag()
{
    if (mustEnd())
        return;
    if (tags.isEmpty())
        return deleteKeys();
    tagDeleter = new TagDeleter(session, &ledger, {options.keysPerS, abilities}, q);
    QObject::connect(tagDeleter, &TagDeleter::progressed, q, [this] { showProgress(); });
    tagDeleter->start(tags.takeFirst(), [this](const Result<void>& result) { onTag(result); });
}

void Run::Private::onTag(const Result<void>& result)
{
    std::exchange(tagDeleter, nullptr)->deleteLater();
    showProgress();
    if (!result) {
        remember(result.error());
        // A tag that was kept holds the others up no more than it must; its entries of the plan go as planned.
        const Reason why = result.error().reason;
        ending = ending || (why != Reason::TagStillWritten && why != Reason::NoPermission && why != Reason::OutOfMemory);
    }
    nextTag();
}

void Run::Private::deleteKeys()
{
    if (mustEnd())
        return;
    unlinker = new Unlinker(session, &ledger, {options.keysPerS, abilities}, q);
    QObject::connect(unlinker, &Unlinker::progressed, q, [this] { showProgress(); });
    unlinker->startWithAllPending([this](const Result<void>& result) {
        std::exchange(unlinker, nullptr)->deleteLater();
        if (!result)
            remember(result.error());
        ending = ending || !result;
        look();
    });
}

void Run::Private::look()
{
    if (mustEnd())
        return;
    auto next = [this, cursor = qsizetype(0)](qsizetype count) mutable { return ledger.nextDone(cursor, count); };
    memoryPass = new MemoryPass(session, std::move(next), true, q);
    memoryPass->start([this](const QByteArray& key, std::optional<qint64> bytes) { ledger.lookedAt(key, bytes.has_value()); },
        [this](const Result<void>& result) {
            std::exchange(memoryPass, nullptr)->deleteLater();
            if (!result && result.error().code != Code::Cancelled)
                remember(result.error());
            finish();
        });
}

Result<void> Run::Private::outcome() const
{
    if (q->wasCancelled())
        return fail(Code::Cancelled);
    if (error)
        return fail(*error);
    if (lineError)
        return fail(*lineError);
    if (!ledger.failures().isEmpty())
        return fail(ledger.failures().first().error);
    return {};
}

void Run::Private::finish()
{
    if (session)
        QObject::disconnect(session, nullptr, q, nullptr);
    databaseHold.reset();
    summary = ledger.summary();
    summary.durationMs = q->elapsedMs();
    const Result<void> result = outcome();
    const QString text = result ? QStringLiteral("done")
        : result.error().code == Code::Cancelled
        ? QStringLiteral("cancelled")
        : QStringLiteral("failed: ") + oneLine(result.error());
    writeAudit(text, [this, result](const Result<void>& written) {
        // What was done to Redis matters more than the log of it, but a log that failed is not silent.
        q->finish(result ? written : result);
    });
}

Run::Run(redis::Session* session, Plan plan, Options options, QObject* parent)
    : Job(QStringLiteral("invalidate"), selectionText(plan.selectors), parent)
    , d(std::make_unique<Private>(this, session, std::move(plan), std::move(options)))
{
}

Run::~Run() = default;

const Plan& Run::plan() const
{
    return d->plan;
}

const RunSummary& Run::summary() const
{
    return d->summary;
}

const QList<Failure>& Run::failures() const
{
    return d->ledger.failures();
}

QString Run::auditId() const
{
    return d->id;
}

void Run::onStart()
{
    d->begin();
}

void Run::onCancel()
{
    d->stopStep();
}

}
