// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/invalidate/invalidatepage.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/invalidate/guard.h"
#include "core/keys/keyindex.h"
#include "core/redis/session.h"
#include "core/replay/seenkeys.h"
#include "ui/pages/invalidate/guardpanel.h"
#include "ui/pages/invalidate/plancard.h"
#include "ui/pages/invalidate/selectorbar.h"
#include "ui/shell/guardinput.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"

#include <QSplitter>
#include <QVBoxLayout>

#include <chrono>

using core::invalidate::Plan;
using core::invalidate::Planner;
using core::invalidate::Run;
using core::invalidate::RunSummary;

namespace ui {

namespace {
    const QString inputStrip = QStringLiteral("input");
    const QString runStrip = QStringLiteral("run");

    QString subjectOf(const Plan& plan)
    {
        if (plan.selectors.size() == 1)
            return core::invalidate::selectorText(plan.selectors.first());
        return counted(plan.selectors.size(), InvalidatePage::tr("selector"), InvalidatePage::tr("selectors"));
    }

    // What was done, in words; zero counts are left out.
    QString summaryText(const RunSummary& s)
    {
        QStringList parts;
        const auto add = [&parts](qint64 count, const QString& text) {
            if (count > 0)
                parts << text.arg(core::formatCount(count));
        };
        add(s.tagKeysDeleted, InvalidatePage::tr("%1 tag indexes went with them"));
        add(s.vanished, InvalidatePage::tr("%1 had gone by themselves"));
        add(s.reappeared, InvalidatePage::tr("%1 were stored anew afterwards"));
        add(s.appeared, InvalidatePage::tr("%1 new members were taken too"));
        add(s.failed, InvalidatePage::tr("%1 failed"));
        add(s.unknown, InvalidatePage::tr("%1 were sent and the answer was lost; they are not sent again"));
        add(s.notReached, InvalidatePage::tr("%1 were not reached"));
        parts << (s.verified ? InvalidatePage::tr("verified: each was seen absent after its deletion") : InvalidatePage::tr("not verified"));
        QString text = parts.join(QStringLiteral("; ")) + u'.';
        text[0] = text.at(0).toUpper();
        return text;
    }
}

InvalidatePage::InvalidatePage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Invalidate, tr("Invalidate"), QStringLiteral("invalidate"), workspace, parent)
    , m_bar(new SelectorBar)
    , m_planCard(new PlanCard)
    , m_guard(new GuardPanel)
{
    setFact(tr("plan, guard, run, verify"));
    addFilter(m_bar, 1);
    setFilterField(m_bar->field());
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(m_planCard);
    connect(m_planCard, &PlanCard::warmWanted, this, [this] {
        if (m_plan)
            openWarm(m_plan->keys);
    });
    splitter->addWidget(m_guard);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({680, 360});
    m_faces = new FaceStack(splitter);
    content()->addWidget(m_faces, 1);
    connect(m_bar, &SelectorBar::planRequested, this, &InvalidatePage::makePlan);
    // The red button must never belong to another selector than the one that is read above it.
    connect(m_bar, &SelectorBar::edited, this, [this] {
        strips()->remove(inputStrip);
        if (m_plan)
            discardPlan();
    });
    connect(m_guard, &GuardPanel::discarded, this, &InvalidatePage::discardPlan);
    connect(m_guard, &GuardPanel::confirmed, this, &InvalidatePage::run);
    connect(workspace, &Workspace::readOnlyChanged, this, &InvalidatePage::showGuard);
    connect(workspace, &Workspace::connectionStateChanged, this, [this] {
        showGuard();
        updateBusy();
    });
    connect(workspace, &Workspace::databaseChanged, this, &InvalidatePage::discardPlan);
    m_age.setInterval(std::chrono::seconds(1));
    connect(&m_age, &QTimer::timeout, this, [this] {
        if (m_plan)
            m_planCard->updateAge(m_plan->madeAt);
    });
    showIdle();
}

void InvalidatePage::showIdle()
{
    updateBusy();
    m_bar->setHasPlan(false);
    if (!workspace()->isOpen()) {
        m_faces->showEmpty({QStringLiteral("connections"), tr("Not connected"), tr("Connect to a Redis server before planning an invalidation."), Tone::Accent,
            {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
        return;
    }
    m_faces->showEmpty({QStringLiteral("invalidate"), tr("Make a plan first"),
        tr("Say what to invalidate above. The plan lists exactly the keys that would go; nothing is deleted until you confirm it.")});
}

void InvalidatePage::updateBusy()
{
    m_bar->setBusy(m_planner || m_run, workspace()->state() == Workspace::State::Connected);
}

void InvalidatePage::pageShown()
{
    m_age.start();
}

void InvalidatePage::pageHidden()
{
    m_age.stop();
}

void InvalidatePage::pageConnected()
{
    discardPlan();
}

void InvalidatePage::pageDisconnected()
{
    cancel();
    discardPlan();
}

bool InvalidatePage::cancel()
{
    core::Job* job = m_run ? static_cast<core::Job*>(m_run) : m_planner;
    if (!job)
        return false;
    job->cancel();
    return true;
}

void InvalidatePage::openHint(const PageHint& hint)
{
    if (hint.selection.isEmpty() || m_run)
        return;
    m_bar->setSelection(hint.selection, hint.list);
    makePlan();
}

void InvalidatePage::makePlan()
{
    if (m_run || m_planner || workspace()->state() != Workspace::State::Connected)
        return;
    discardPlan();
    const auto selection = m_bar->selection();
    m_bar->setBad(!selection);
    if (!selection) {
        strips()->showError(inputStrip, selection.error());
        return;
    }
    m_planner = new Planner(workspace()->session(), workspace()->routes(), *selection, {}, this);
    m_planner->setGentle(workspace()->isProduction());
    m_planner->setList(m_bar->list());
    connect(m_planner, &core::Job::finished, this, &InvalidatePage::onPlanned);
    workspace()->jobs()->track(m_planner, {tr("Planning"), core::invalidate::selectorText(selection->first()), tr("keys"), QStringLiteral("list-check")});
    m_faces->showLoading(tr("Finding the keys"));
    updateBusy();
    m_planner->start();
}

void InvalidatePage::onPlanned()
{
    Planner* planner = m_planner;
    m_planner = nullptr;
    planner->deleteLater();
    if (!planner->outcome()) {
        showIdle();
        if (planner->wasCancelled())
            strips()->show(inputStrip, {Tone::Info, tr("Planning was stopped."), tr("Nothing was changed.")});
        else
            strips()->showError(inputStrip, planner->outcome().error(), [this] { makePlan(); });
        return;
    }
    m_plan = planner->plan();
    updateBusy();
    m_bar->setHasPlan(true);
    if (m_plan->keys.isEmpty() && m_plan->tagKeys.isEmpty()) {
        m_faces->showEmpty({QStringLiteral("search"), tr("Nothing matches"), tr("No key of database %1 is selected by %2.").arg(m_plan->database).arg(subjectOf(*m_plan))});
        return;
    }
    m_planCard->setPlan(*m_plan, workspace()->routes());
    showGuard();
    m_faces->showFilled();
}

void InvalidatePage::showGuard()
{
    if (m_plan && workspace()->isOpen())
        m_guard->setPlan(*m_plan, guardInput(workspace()), core::invalidate::sameServer(*m_plan, *workspace()->session()));
}

void InvalidatePage::openWarm(const core::keys::KeyList& keys)
{
    PageHint hint;
    hint.list = keys;
    workspace()->openPage(PageId::Warm, hint);
}

void InvalidatePage::discardPlan()
{
    if (m_run || m_planner)
        return;
    m_plan.reset();
    strips()->clear();
    showIdle();
}

void InvalidatePage::run()
{
    if (!m_plan || m_run || workspace()->state() != Workspace::State::Connected)
        return;
    const core::invalidate::GuardInput input = guardInput(workspace());
    if (const auto allowed = core::invalidate::allow(*m_plan, input, true, m_guard->typedName()); !allowed) {
        strips()->showError(runStrip, allowed.error());
        return;
    }
    Run::Options options {m_guard->keysPerS(), workspace()->audit().file(), workspace()->profile().name, {}};
    if (input.readOnly) // allow() has seen the name typed
        options.permit = core::redis::Session::permitWrites();
    strips()->clear();
    m_run = new Run(workspace()->session(), *m_plan, options, this);
    connect(m_run, &core::Job::finished, this, &InvalidatePage::onRun);
    workspace()->jobs()->track(m_run, {tr("Invalidating"), subjectOf(*m_plan), tr("keys"), QStringLiteral("invalidate"), true});
    m_guard->setRunning(true);
    updateBusy();
    m_run->start();
}

void InvalidatePage::onRun()
{
    Run* run = m_run;
    m_run = nullptr;
    run->deleteLater();
    m_guard->setRunning(false);
    updateIndex(*run);
    if (const auto seen = workspace()->seenKeys())
        seen->forgetIf([&plan = run->plan()](const QByteArray& key) { return plan.keys.contains(key); });
    m_plan.reset();
    showIdle();
    reportRun(*run);
}

// Where every key of the plan went and stayed away the index can be told; else only the server knows what is left.
void InvalidatePage::updateIndex(const Run& run)
{
    core::keys::KeyIndex* index = workspace()->keyIndex();
    if (!index || index->state() == core::keys::KeyIndex::State::Empty)
        return;
    const RunSummary& s = run.summary();
    if (s.failed + s.unknown + s.notReached + s.reappeared + s.appeared == 0) {
        index->markDeleted(run.plan().keys);
        index->markDeleted(core::keys::KeyList(run.plan().tagKeys));
    } else {
        index->start(workspace()->isProduction());
    }
}

void InvalidatePage::reportRun(const Run& run)
{
    const RunSummary& s = run.summary();
    StripText text;
    text.what = tr("%1 invalidated in %2.").arg(keysText(s.deleted), core::formatDuration(s.durationMs));
    text.why = summaryText(s);
    text.tone = run.outcome() && s.failed == 0 ? Tone::Ok : Tone::Warn;
    if (run.wasCancelled()) {
        text.what = tr("Stopped: %1 invalidated.").arg(keysText(s.deleted));
    } else if (!run.outcome()) {
        const core::ErrorText error = core::describe(run.outcome().error());
        text.tone = Tone::Bad;
        text.what = core::displayText(error.what);
        text.why = tr("%1 invalidated. %2").arg(keysText(s.deleted), summaryText(s));
    }
    text.actions = {{tr("Audit log"), [this] { workspace()->openPage(PageId::Activity); }}};
    if (s.deleted > 0 && workspace()->client())
        text.actions.prepend({tr("Warm them"), [this, keys = run.plan().keys] { openWarm(keys); }});
    strips()->show(runStrip, text);
    if (!isShown())
        workspace()->jobs()->report(text);
}

}
