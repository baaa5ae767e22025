// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/warm/warmpage.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/pages/warm/targetinput.h"
#include "ui/pages/warm/warmresults.h"
#include "ui/pages/warm/warmresume.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/icon.h"

#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <utility>

using core::replay::Warm;

namespace ui {

namespace {
    constexpr qsizetype maxRows = 200'000; // of the table; the command line takes more
    constexpr qsizetype maxNotes = 6;
    const QString inputStrip = QStringLiteral("input");
    const QString runStrip = QStringLiteral("run");
    const QString sourcesStrip = QStringLiteral("sources");
    const QString waitStrip = QStringLiteral("wait");
    const QString resumeStrip = QStringLiteral("resume");
    constexpr std::chrono::milliseconds waitPace {500};
}

WarmPage::WarmPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Warm, tr("Warm"), QStringLiteral("warm"), workspace, parent)
    , m_look(makeButton(tr("Preview"), QStringLiteral("search")))
    , m_run(makeButton(tr("Warm"), QStringLiteral("warm"), ButtonKind::Primary))
    , m_pause(makeButton(tr("Pause"), QStringLiteral("pause")))
    , m_input(new TargetInput)
    , m_results(new WarmResults)
    , m_resume(new WarmResume(workspace, this))
    , m_held(strips(), [this] { return busyText(); }, [this](const PageHint& hint) { openHint(hint); })
{
    addAction(m_pause);
    addAction(m_look);
    addAction(m_run);
    m_pause->setObjectName(QStringLiteral("pause"));
    connect(m_pause, &QPushButton::clicked, this, [this] {
        if (m_job)
            setPaused(!m_job->isPaused());
    });
    connect(m_look, &QPushButton::clicked, this, [this] { begin(false); });
    connect(m_run, &QPushButton::clicked, this, [this] { begin(true); });
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(m_input);
    splitter->addWidget(m_results);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({310, 730});
    setFilterField(m_input->field());
    connect(m_input, &TargetInput::changed, this, &WarmPage::updateActs);
    connect(m_input, &TargetInput::textChanged, this, [this] { strips()->remove(inputStrip); });
    connect(m_input, &TargetInput::fileFailed, this, [this](const core::Error& error) { strips()->showError(inputStrip, error); });
    connect(m_results, &WarmResults::targetActivated, this, &WarmPage::replayTarget);
    m_waitTick.setInterval(waitPace);
    connect(&m_waitTick, &QTimer::timeout, this, &WarmPage::showWait);
    connect(m_resume, &WarmResume::changed, this, &WarmPage::showRecord);
    content()->addWidget(splitter, 1);
    connect(workspace, &Workspace::connectionStateChanged, this, &WarmPage::updateActs);
    connect(workspace, &Workspace::databaseChanged, this, &WarmPage::restart);
    connect(workspace, &Workspace::routesChanged, this, &WarmPage::updateActs);
    showIdle();
    updateActs();
}

void WarmPage::replayTarget(const QByteArray& target)
{
    PageHint hint;
    hint.targets = {target};
    workspace()->openPage(PageId::Replay, hint);
}

void WarmPage::openHint(const PageHint& hint)
{
    if ((hint.list.isEmpty() && hint.targets.isEmpty()) || m_held.hold(hint))
        return;
    if (hint.list.size() > maxRows)
        return strips()->showError(inputStrip, {core::Code::Input, core::Reason::TooManyTargets, core::formatCount(maxRows), tr("\"cachelight warm --keys-from\" takes them")});
    if (!hint.list.isEmpty())
        return m_input->setPlanKeys(hint.list);
    m_input->setTargets(hint.targets);
}

QString WarmPage::busyText() const
{
    if (!isBusy())
        return {};
    return m_job ? tr("A warming is running. Wait for its end, or cancel it.") : tr("Targets are being looked at. Wait for the end, or cancel it.");
}

void WarmPage::updateActs()
{
    const bool hasApi = workspace()->isOpen() && workspace()->client();
    for (QPushButton* act : {m_run, m_look}) {
        act->setEnabled(!isBusy() && m_input->isReady() && hasApi);
        act->setToolTip(!workspace()->isOpen() ? tr("Not connected") : !hasApi ? tr("The connection has no LightAPI address") : QString());
    }
    m_pause->setVisible(m_job);
    m_input->setInputEnabled(!isBusy());
    m_held.update();
    const auto& routes = workspace()->routes();
    const auto isCached = [&routes](const core::cache::Route& route) { return routes.cachedOf(route) == core::cache::Cached::Yes; };
    m_input->setCachedRoutes(static_cast<int>(std::ranges::count_if(routes.routes(), isCached)));
}

void WarmPage::showIdle()
{
    setFact({});
    if (!workspace()->isOpen())
        m_results->showEmpty({QStringLiteral("connections"), tr("Not connected"), tr("Connect to the Redis server that the LightAPI app caches in."), Tone::Accent,
            {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
    else if (!workspace()->client())
        m_results->showEmpty({QStringLiteral("server"), tr("No LightAPI address"), tr("Warming sends requests to the LightAPI server. Give its base URL in the connection."), Tone::Warn,
            {{tr("Edit the connection"), [this] {
                  PageHint hint;
                  hint.profile = workspace()->profile().name;
                  workspace()->openPage(PageId::Connections, hint);
              }}}});
    else
        m_results->showEmpty({QStringLiteral("warm"), tr("Nothing warmed yet"), tr("Each target is requested once; then Redis is asked whether its key appeared with the right body and time to live.")});
}

void WarmPage::pageConnected()
{
    m_results->clear();
    strips()->clear();
    showIdle();
    updateActs();
    m_resume->look();
}

// Another database: what is shown or offered is not of its keys.
void WarmPage::restart()
{
    cancel();
    m_results->clear();
    for (const QString& strip : {runStrip, sourcesStrip, waitStrip})
        strips()->remove(strip);
    m_held.drop();
    showIdle();
    updateActs();
    m_resume->look();
}

void WarmPage::pageDisconnected()
{
    cancel();
    m_input->setPlanKeys({}); // they are of the database that was left
    m_held.drop();
    m_results->clear();
    showIdle();
    updateActs();
}

bool WarmPage::cancel()
{
    const bool wasBusy = isBusy();
    for (core::Job* job : {static_cast<core::Job*>(m_expiring), static_cast<core::Job*>(m_gathering), static_cast<core::Job*>(m_preview), static_cast<core::Job*>(m_job)}) {
        if (job)
            job->cancel();
    }
    return wasBusy;
}

// Reads the sources, then looks at what they give, or requests it.
void WarmPage::begin(bool request)
{
    if (!m_run->isEnabled())
        return;
    m_goesOn = false;
    if (const auto belowMs = m_input->ttlBelowMs())
        findExpiring(request, *belowMs, m_input->sources(), m_input->subject());
    else
        gather(request, m_input->sources(), m_input->subject());
}

void WarmPage::findExpiring(bool request, qint64 belowMs, const core::replay::TargetSources& sources, const QString& subject)
{
    m_expiring = new core::keys::ExpiringKeys(workspace()->session(), workspace()->routes(), {belowMs, workspace()->isProduction()}, this);
    connect(m_expiring, &core::Job::finished, this, [this, request, sources, subject] {
        core::keys::ExpiringKeys* job = std::exchange(m_expiring, nullptr);
        job->deleteLater();
        if (!job->outcome())
            return stopped(*job, job->outcome());
        core::replay::TargetSources all = sources;
        all.keys << core::replay::KeySource {tr("about to expire"), job->keys().mid(0, maxRows + 1)};
        gather(request, all, subject);
    });
    workspace()->jobs()->track(m_expiring, {tr("Looking for"), tr("entries about to expire"), tr("keys"), QStringLiteral("search")});
    updateActs();
    m_expiring->start();
}

void WarmPage::stopped(const core::Job& job, const core::Result<void>& outcome)
{
    if (!job.wasCancelled())
        strips()->show(runStrip, stripForError(outcome.error()));
    updateActs();
}

// Goes on with what an interrupted run has left, whatever the fields say.
void WarmPage::resume()
{
    if (isBusy() || !workspace()->client() || m_resume->remaining().isEmpty())
        return;
    core::replay::TargetSources sources;
    sources.lists << core::replay::TargetSource {tr("interrupted warming"), m_resume->remaining()};
    m_goesOn = true;
    gather(true, sources, sources.lists.first().name);
}

void WarmPage::showRecord()
{
    strips()->remove(resumeStrip);
    if (m_resume->failure())
        strips()->show(resumeStrip, stripForError(*m_resume->failure(), {{tr("Forget it"), [this] { m_resume->forget(); }}}));
    if (isBusy())
        return;
    const QString stale = m_resume->keepFailure().isEmpty() ? QString() : tr("What was done since could not be written down: %1").arg(core::displayText(m_resume->keepFailure()));
    const StripAction forget {tr("Forget it"), [this] { m_resume->forget(); }};
    if (!m_resume->record()) {
        if (!stale.isEmpty() && !m_resume->failure())
            strips()->show(resumeStrip, {Tone::Warn, tr("The record of this warming is not up to date."), stale, {forget}});
        return;
    }
    const qint64 left = m_resume->remaining().size();
    const QString offer = tr("%1 of %2 left. A new warming takes its place.").arg(core::formatCount(left), counted(m_resume->record()->targets.size(), tr("target is"), tr("targets are")));
    strips()->show(resumeStrip, {stale.isEmpty() ? Tone::Info : Tone::Warn, tr("An earlier warming of this connection has not ended."),
                                    stale.isEmpty() ? offer : offer + u' ' + stale, {{tr("Resume"), [this] { resume(); }}, forget}});
}

void WarmPage::gather(bool request, const core::replay::TargetSources& sources, const QString& subject)
{
    strips()->remove(runStrip);
    strips()->remove(sourcesStrip);
    m_wantsRequests = request;
    m_gathering = new core::replay::TargetGathering(workspace()->client(), workspace()->routes(), sources, this);
    connect(m_gathering, &core::Job::finished, this, &WarmPage::onGathered);
    workspace()->jobs()->track(m_gathering, {tr("Reading"), subject, tr("steps"), QStringLiteral("warm")});
    updateActs();
    m_gathering->start();
}

void WarmPage::onGathered()
{
    core::replay::TargetGathering* job = m_gathering;
    m_gathering = nullptr;
    job->deleteLater();
    m_requestMs = job->requestMs();
    const auto tooMany = core::fail(core::Code::Input, core::Reason::TooManyTargets, core::formatCount(maxRows), tr("\"cachelight warm\" takes them"));
    const core::Result<void> outcome = job->outcome() && job->targets().items.size() > maxRows ? core::Result<void>(tooMany) : job->outcome();
    if (!outcome)
        return stopped(*job, outcome);
    showNotes(job->notes());
    m_all = job->targets();
    m_results->setTargets(m_all);
    if (m_all.items.isEmpty())
        strips()->show(runStrip, {Tone::Warn, tr("No target was found."), {}});
    else
        m_wantsRequests ? run() : look();
    updateActs();
}

void WarmPage::showNotes(const QStringList& notes)
{
    if (notes.isEmpty())
        return;
    QStringList shown = notes.first(std::min(maxNotes, notes.size()));
    if (notes.size() > maxNotes)
        shown << tr("… and %1 more").arg(core::formatCount(notes.size() - maxNotes));
    strips()->show(sourcesStrip, {Tone::Info, tr("What was read:"), shown.join(u' ')});
}

void WarmPage::look()
{
    m_preview = new core::replay::WarmPreview(workspace()->session(), m_all, this);
    connect(m_preview, &core::Job::finished, this, &WarmPage::onLooked);
    workspace()->jobs()->track(m_preview, {tr("Looking at"), counted(m_all.items.size(), tr("target"), tr("targets")), tr("targets"), QStringLiteral("search")});
    m_preview->start();
}

core::replay::WarmPace WarmPage::pace() const
{
    core::replay::WarmPace out;
    out.requestsPerS = m_input->requestsPerS();
    out.concurrency = m_input->concurrency();
    out.requestMs = m_requestMs;
    return out;
}

void WarmPage::onLooked()
{
    core::replay::WarmPreview* job = m_preview;
    m_preview = nullptr;
    job->deleteLater();
    m_results->setPreviews(job->previews());
    const core::replay::WarmPlan plan = core::replay::warmPlan(job->previews(), pace());
    QString fact = tr("%1, %2 warm already").arg(counted(plan.targets, tr("target"), tr("targets")), core::formatCount(plan.alreadyWarm));
    if (m_all.repeated() > 0)
        fact += tr(", %1 repeated left out").arg(core::formatCount(m_all.repeated()));
    if (plan.durationMs)
        fact += tr("; warming takes about %1").arg(core::formatDuration(*plan.durationMs));
    setFact(fact);
    if (!job->outcome() && !job->wasCancelled())
        strips()->show(runStrip, stripForError(job->outcome().error()));
    updateActs();
}

void WarmPage::run()
{
    if (m_job || !workspace()->client() || m_all.items.isEmpty())
        return;
    Warm::Options options;
    options.targets = m_all.targets();
    options.concurrency = m_input->concurrency();
    options.requestsPerS = m_input->requestsPerS();
    options.seen = workspace()->seenKeys();
    m_job = new Warm(workspace()->session(), workspace()->client(), workspace()->routes(), options, this);
    connect(m_job, &Warm::resultReady, this, &WarmPage::onResult);
    connect(m_job, &Warm::heldBack, this, &WarmPage::onHeldBack);
    connect(m_job, &core::Job::finished, this, &WarmPage::onFinished);
    workspace()->jobs()->track(m_job, {tr("Warming"), counted(options.targets.size(), tr("target"), tr("targets")), tr("requests"), QStringLiteral("warm")});
    setPaused(false);
    updateActs();
    startKept();
}

// What is to be done is on disk before the first request, so that an interrupted run can go on.
void WarmPage::startKept()
{
    m_resume->prepare(m_all.targets(), m_goesOn, [this, job = m_job](const core::Result<void>& kept) {
        if (!job || job != m_job) // cancelled meanwhile
            return;
        if (kept)
            m_resume->keep(job);
        else
            strips()->show(resumeStrip, {Tone::Warn, tr("This warming cannot go on later if it is interrupted."), core::displayText(core::describe(kept.error()).what)});
        job->start();
    });
}

// What is on its way ends; nothing more is sent until it goes on.
void WarmPage::setPaused(bool paused)
{
    m_job->setPaused(paused);
    m_pause->setText(paused ? tr("Continue") : tr("Pause"));
    m_pause->setIcon(icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    showWait();
}

void WarmPage::onHeldBack(qint64 waitMs)
{
    m_heldUntil.setRemainingTime(waitMs);
    m_waitTick.start();
    showWait();
}

// Why nothing is sent just now, on the page and in the row of the job: paused, or told to wait, with the time left.
void WarmPage::showWait()
{
    const qint64 leftMs = m_job && m_waitTick.isActive() ? m_heldUntil.remainingTime() : 0;
    if (leftMs <= 0)
        m_waitTick.stop();
    QString state;
    if (m_job && m_job->isPaused())
        state = tr("paused");
    else if (leftMs > 0)
        state = tr("the server asked to wait: %1 left").arg(core::formatDuration(leftMs));
    if (m_job)
        workspace()->jobs()->setWaiting(m_job, state);
    if (leftMs > 0)
        strips()->show(waitStrip, {Tone::Info, tr("The server asked to wait."), tr("Nothing is sent for %1.").arg(core::formatDuration(leftMs))});
    else
        strips()->remove(waitStrip);
}

void WarmPage::onResult(int index)
{
    if (m_waitTick.isActive()) { // it answers again
        m_waitTick.stop();
        showWait();
    }
    m_results->setResult(m_job->results().at(index));
    setFact(m_results->countsText());
}

void WarmPage::onFinished()
{
    Warm* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    showWait();
    setFact(m_results->countsText());
    updateActs();
    const QString done = tr("%1 of %2 targets in %3").arg(core::formatCount(job->done()), core::formatCount(m_results->count()), core::formatDuration(job->elapsedMs()));
    StripText text {Tone::Ok, tr("Warming is done."), done + u'.'};
    if (job->wasCancelled())
        text = {Tone::Warn, tr("Warming was stopped."), done + u'.'};
    else if (job->outcome() && !m_results->isAllWarm())
        text = {Tone::Warn, tr("Not all targets are warm."), done + QStringLiteral(": ") + m_results->countsText() + u'.'};
    else if (!job->outcome())
        text = stripForError(job->outcome().error(), {{tr("Try again"), [this] { begin(true); }}});
    strips()->show(runStrip, text);
    if (!isShown())
        workspace()->jobs()->report(text);
}

}
