// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/health/healthpage.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/redis/session.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/verdictband.h"

#include <QDateTime>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using core::health::Check;

namespace ui {

namespace {
    struct StatusLook {
        QString word;
        Tone tone;
        QString icon;
    };

    StatusLook lookOf(Check::Status status)
    {
        switch (status) {
        case Check::Status::Ok:
            return {HealthPage::tr("OK"), Tone::Ok, QStringLiteral("ring-check")};
        case Check::Status::Warn:
            return {HealthPage::tr("CAUTION"), Tone::Warn, QStringLiteral("triangle")};
        case Check::Status::Fail:
            return {HealthPage::tr("FAILED"), Tone::Bad, QStringLiteral("octagon-x")};
        case Check::Status::Skipped:
            return {HealthPage::tr("SKIPPED"), Tone::Neutral, QStringLiteral("ring-slash")};
        }
        Q_UNREACHABLE();
    }

    QString verdictWord(Check::Status status)
    {
        switch (status) {
        case Check::Status::Ok:
            return HealthPage::tr("HEALTHY");
        case Check::Status::Warn:
            return HealthPage::tr("CAUTION");
        case Check::Status::Fail:
            return HealthPage::tr("UNHEALTHY");
        case Check::Status::Skipped:
            return HealthPage::tr("NOT CHECKED");
        }
        Q_UNREACHABLE();
    }

    QVariant badgeCell(const Check& check, int role)
    {
        const StatusLook look = lookOf(check.status);
        switch (role) {
        case BadgeRole:
            return true;
        case ToneRole:
            return static_cast<int>(look.tone);
        case IconRole:
            return look.icon;
        case SortRole:
            return static_cast<int>(check.status);
        default:
            return {};
        }
    }

    // The sentence of an error is worth more than the step's technical detail.
    QString detailText(const Check& check)
    {
        return core::displayText(check.error ? core::describe(*check.error).what : check.detail);
    }

    QList<RowModel<Check>::Column> columns()
    {
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        const auto right = Qt::AlignRight | Qt::AlignVCenter;
        return {
            {HealthPage::tr("Status"), left, [](const Check& c) { return lookOf(c.status).word; }, badgeCell},
            {HealthPage::tr("Step"), left, [](const Check& c) { return core::displayText(c.name); }},
            {HealthPage::tr("Time"), right,
                [](const Check& c) -> QString { return c.ms < 0 ? QString() : core::formatMs(c.ms); },
                [](const Check& c, int role) { return role == SortRole ? QVariant(c.ms) : QVariant(); }},
            {HealthPage::tr("What was seen"), left, detailText},
            {HealthPage::tr("What to do"), left, [](const Check& c) { return core::displayText(c.advice); },
                [](const Check& c, int role) { return role == Qt::ToolTipRole && !c.advice.isEmpty() ? QVariant(core::displayText(c.advice)) : QVariant(); }},
        };
    }
}

HealthPage::HealthPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Health, tr("Health"), QStringLiteral("health"), workspace, parent)
    , m_model(new RowModel<Check>(columns(), this))
    , m_table(new TableView(tr("Health checks")))
    , m_band(new VerdictBand)
    , m_runButton(makeButton(tr("Check again"), QStringLiteral("refresh"), ButtonKind::Primary))
{
    addAction(m_runButton);
    connect(m_runButton, &QPushButton::clicked, this, &HealthPage::refresh);
    setupTable();
    connect(workspace, &Workspace::routesChanged, this, &HealthPage::showRouteWarnings);
    connect(workspace, &Workspace::connectionStateChanged, this,
        [this] {
            m_runButton->setEnabled(this->workspace()->isOpen() && !m_job);
            // A verdict of before the loss is no verdict on the server of now.
            if (this->workspace()->state() == Workspace::State::Reconnecting && !m_job && m_model->rowCount() > 0)
                m_band->set(tr("OUT OF DATE"), tr("The connection was lost after this check. Check again when it is back."), Tone::Neutral, QStringLiteral("ring-clock"));
        });
    showDisconnected();
}

void HealthPage::setupTable()
{
    auto* card = new Card;
    card->body()->addWidget(m_band);
    m_table->setModel(m_model);
    m_table->setColumnWidths({92, 150, 90, 400});
    m_table->setStretchColumn(4);
    card->body()->addWidget(m_table, 1);
    m_faces = new FaceStack(card);
    content()->addWidget(m_faces, 1);
}

void HealthPage::showDisconnected()
{
    m_runButton->setEnabled(false);
    setFact({});
    setBadge(0);
    m_faces->showEmpty({QStringLiteral("health"), tr("Nothing to check yet"),
        tr("A health check connects, writes a probe key of its own, reads it back and removes it. Connect to a server first."), Tone::Accent,
        {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
}

void HealthPage::pageShown()
{
    if (m_wanted && workspace()->state() == Workspace::State::Reconnecting)
        m_faces->showEmpty({QStringLiteral("health"), tr("The connection is lost"), tr("The check runs when the server is back.")});
    else if (m_wanted && workspace()->state() == Workspace::State::Connected)
        refresh();
}

void HealthPage::pageConnected()
{
    m_wanted = true;
    m_runButton->setEnabled(true);
    showRouteWarnings();
    if (isShown())
        refresh();
    else
        m_faces->showEmpty({QStringLiteral("health"), tr("Not checked yet"), tr("The check runs when this page is opened.")});
}

void HealthPage::pageDisconnected()
{
    if (m_job)
        m_job->cancel();
    m_model->clear();
    strips()->clear();
    showDisconnected();
}

void HealthPage::refresh()
{
    if (!workspace()->isOpen() || m_job)
        return;
    m_wanted = false;
    m_model->clear();
    m_runButton->setEnabled(false);
    m_band->set(tr("CHECKING"), tr("One step after another; the probe key is removed at the end."), Tone::Neutral, QStringLiteral("ring-question"));
    m_faces->showFilled();
    m_job = new core::health::HealthCheck(workspace()->session(), workspace()->client(), this);
    connect(m_job, &core::health::HealthCheck::checkAdded, this, &HealthPage::addCheck);
    connect(m_job, &core::Job::finished, this, &HealthPage::onFinished);
    workspace()->jobs()->track(m_job, {tr("Checking"), core::displayText(core::endpointLabel(workspace()->session()->endpoint())), tr("steps"), QStringLiteral("health")});
    m_job->start();
}

bool HealthPage::cancel()
{
    if (!m_job)
        return false;
    m_job->cancel();
    return true;
}

void HealthPage::addCheck(int index)
{
    m_model->append({m_job->checks().at(index)});
}

void HealthPage::onFinished()
{
    const core::health::HealthCheck* job = m_job;
    const QList<Check>& checks = job->checks();
    m_model->setRows(checks);
    if (job->wasCancelled()) {
        m_band->set(tr("CANCELLED"), job->mayHaveLeftProbe() ? tr("The check was stopped. Redis did not answer the removal of the probe key; the key ends by itself within 30 s.") : tr("The check was stopped; no probe key is left."), Tone::Neutral, QStringLiteral("ring-slash"));
    } else {
        const StatusLook look = lookOf(job->verdict());
        m_band->set(verdictWord(job->verdict()), core::displayText(job->sentence()), look.tone, look.icon);
    }
    const auto troubles = std::ranges::count_if(checks, [](const Check& c) { return c.status == Check::Status::Warn || c.status == Check::Status::Fail; });
    setBadge(static_cast<int>(troubles), job->verdict() == Check::Status::Fail ? Tone::Bad : Tone::Warn);
    setFact(tr("%1 in %2").arg(counted(checks.size(), tr("step"), tr("steps")), core::formatDuration(job->elapsedMs())));
    m_job->deleteLater();
    m_job = nullptr;
    m_runButton->setEnabled(workspace()->isOpen());
}

void HealthPage::showRouteWarnings()
{
    const QList<core::Error>& warnings = workspace()->routeWarnings();
    if (warnings.isEmpty()) {
        strips()->remove(QStringLiteral("routes"));
        return;
    }
    const core::ErrorText text = core::describe(warnings.first());
    const QString more = warnings.size() > 1 ? tr(" And %1 more.").arg(warnings.size() - 1) : QString();
    strips()->show(QStringLiteral("routes"), {Tone::Warn, core::displayText(text.what), core::displayText(text.why + u' ' + text.advice) + more});
}

}
