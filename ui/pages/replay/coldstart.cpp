// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/coldstart.h"

#include "core/base/bytes.h"
#include "core/invalidate/guard.h"
#include "core/keys/keyindex.h"
#include "core/replay/seenkeys.h"
#include "ui/pages/replay/forecast.h"
#include "ui/shell/guardinput.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/stripstack.h"

using core::invalidate::Plan;
using core::invalidate::Planner;
using core::invalidate::Run;
using core::invalidate::Selector;

namespace ui {

namespace {
    const QString coldStrip = QStringLiteral("cold");
    constexpr qsizetype namedKeys = 3;

    QString named(const QList<QByteArray>& keys)
    {
        QStringList names;
        for (const QByteArray& key : keys.first(std::min(keys.size(), namedKeys)))
            names << core::displayText(key);
        if (keys.size() > namedKeys)
            names << QStringLiteral("…");
        return names.join(QStringLiteral(", "));
    }

    QList<QByteArray> keysIn(const Plan& plan)
    {
        QList<QByteArray> keys;
        for (const Selector& selector : plan.selectors)
            keys << selector.text;
        return keys;
    }
}

ColdStart::ColdStart(Workspace* workspace, StripStack* strips, std::function<bool()> mayStart, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_strips(strips)
    , m_mayStart(std::move(mayStart))
{
}

void ColdStart::start(const QList<QByteArray>& targets, const core::http::Headers& headers)
{
    dismiss();
    const QList<QByteArray> keys = predictedKeys(m_workspace, targets, headers);
    if (keys.isEmpty()) {
        m_strips->show(coldStrip, {Tone::Warn, tr("No key is predicted."), tr("No route is known for the target, so its entry cannot be taken away first. Give the routes, or measure without \"Cold first\".")});
        return;
    }
    core::invalidate::Selection selection;
    for (const QByteArray& key : keys)
        selection << Selector {Selector::Kind::Key, key};
    m_planner = new Planner(m_workspace->session(), m_workspace->routes(), selection, {}, this);
    connect(m_planner, &core::Job::finished, this, &ColdStart::onPlanned);
    m_workspace->jobs()->track(m_planner, {tr("Planning"), named(keys), tr("keys"), QStringLiteral("list-check")});
    emit busyChanged();
    m_planner->start();
}

void ColdStart::onPlanned()
{
    Planner* planner = m_planner;
    m_planner = nullptr;
    planner->deleteLater();
    emit busyChanged();
    if (planner->outcome()) {
        m_plan = planner->plan();
        return ask();
    }
    if (!planner->wasCancelled())
        m_strips->showError(coldStrip, planner->outcome().error());
}

void ColdStart::ask()
{
    const QList<QByteArray> keys = keysIn(*m_plan);
    const QString what = tr("%1 will be deleted to start cold.").arg(keysText(keys.size()));
    const auto input = guardInput(m_workspace);
    if (input.readOnly || !core::invalidate::nameToType(*m_plan, input).isEmpty()) {
        m_strips->show(coldStrip, {Tone::Warn, tr("Deleting is guarded on this connection."), tr("Invalidate %1 on its page, then start without \"Cold first\".").arg(named(keys)),
                                      {{tr("Plan it"), [this] { sendToInvalidate(); }}}});
        return;
    }
    m_strips->show(coldStrip, {Tone::Warn, what, tr("The first request stores it anew. No other key goes: %1").arg(named(keys)),
                                  {{tr("Delete %1 and start").arg(keysText(keys.size())), [this] { run(); }}, {tr("Don't"), [this] { dismiss(); }}}});
}

void ColdStart::sendToInvalidate()
{
    PageHint hint;
    hint.selection = m_plan->selectors;
    dismiss();
    m_workspace->openPage(PageId::Invalidate, hint);
}

void ColdStart::run()
{
    if (!m_plan || !m_mayStart())
        return;
    if (m_workspace->state() != Workspace::State::Connected) {
        const core::Error lost {core::Code::Connect, core::Reason::NotConnected, core::endpointLabel(m_workspace->profile().endpoint), {}};
        return m_strips->showError(coldStrip, lost, [this] { ask(); });
    }
    const Plan plan = *std::exchange(m_plan, std::nullopt);
    const auto input = guardInput(m_workspace);
    const auto same = core::invalidate::sameServer(plan, *m_workspace->session());
    const auto allowed = same ? core::invalidate::allow(plan, input, true, {}) : same;
    if (!allowed)
        return m_strips->showError(coldStrip, allowed.error());
    m_strips->remove(coldStrip);
    m_run = new Run(m_workspace->session(), plan, {0, m_workspace->audit().file(), m_workspace->profile().name, {}}, this);
    connect(m_run, &core::Job::finished, this, &ColdStart::onRun);
    m_workspace->jobs()->track(m_run, {tr("Invalidating"), named(keysIn(plan)), tr("keys"), QStringLiteral("invalidate"), true});
    emit busyChanged();
    m_run->start();
}

void ColdStart::onRun()
{
    Run* run = m_run;
    m_run = nullptr;
    run->deleteLater();
    if (const auto seen = m_workspace->seenKeys())
        seen->forgetIf([&plan = run->plan()](const QByteArray& key) { return plan.keys.contains(key); });
    core::keys::KeyIndex* index = m_workspace->keyIndex();
    if (run->outcome() && index && index->state() != core::keys::KeyIndex::State::Empty)
        index->markDeleted(run->plan().keys);
    if (run->outcome() && !run->wasCancelled()) // a cancel that came when all was deleted already ends the start, too
        emit ready();
    else if (!run->wasCancelled())
        m_strips->showError(coldStrip, run->outcome().error());
    emit busyChanged();
}

bool ColdStart::cancel()
{
    core::Job* job = m_run ? static_cast<core::Job*>(m_run) : m_planner;
    if (job)
        job->cancel();
    return job;
}

void ColdStart::dismiss()
{
    m_plan.reset();
    m_strips->remove(coldStrip);
}

}
