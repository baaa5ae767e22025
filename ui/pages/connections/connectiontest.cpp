// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/connections/connectiontest.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/shell/joblist.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/verdictband.h"

#include <QVBoxLayout>

using core::health::Check;

namespace ui {

namespace {
    Tone toneOf(Check::Status status)
    {
        switch (status) {
        case Check::Status::Ok:
            return Tone::Ok;
        case Check::Status::Warn:
            return Tone::Warn;
        case Check::Status::Fail:
            return Tone::Bad;
        case Check::Status::Skipped:
            return Tone::Neutral;
        }
        Q_UNREACHABLE();
    }

    QString glyphOf(Check::Status status)
    {
        return status == Check::Status::Ok ? QStringLiteral("ring-check") : status == Check::Status::Skipped ? QStringLiteral("ring-slash") : toneIcon(toneOf(status));
    }

    QString seen(const Check& check)
    {
        if (!check.error)
            return core::displayText(check.advice.isEmpty() ? check.detail : QString(check.detail + QStringLiteral(". ") + check.advice));
        const core::ErrorText text = core::describe(*check.error);
        return core::displayText(text.what + u' ' + text.advice);
    }
}

ConnectionTest::ConnectionTest(QWidget* parent)
    : QWidget(parent)
    , m_band(new VerdictBand)
    , m_table(new TableView(tr("Steps of the connection test")))
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto right = Qt::AlignRight | Qt::AlignVCenter;
    m_steps = new RowModel<Check>({{tr("Step"), left, [](const Check& c) { return core::displayText(c.name); },
                                       [](const Check& c, int role) { return role == IconRole ? QVariant(glyphOf(c.status)) : role == ToneRole ? QVariant(static_cast<int>(toneOf(c.status))) : QVariant(); }},
                                      {tr("Time"), right, [](const Check& c) -> QString { return c.ms < 0 ? QString() : core::formatMs(c.ms); }},
                                      {tr("What was seen"), left, seen}},
        this);
    m_table->setModel(m_steps);
    m_table->setColumnWidths({180, 90, 260});
    m_table->setStretchColumn(2, 160);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_band);
    column->addWidget(m_table, 1);
}

ConnectionTest::~ConnectionTest()
{
    release();
}

void ConnectionTest::start(const core::settings::Profile& profile, JobList* jobs)
{
    release();
    m_steps->clear();
    m_band->set(tr("TESTING"), core::displayText(core::endpointLabel(profile.endpoint)), Tone::Neutral, QStringLiteral("ring-question"));
    m_session = std::make_unique<core::redis::Session>(profile.endpoint);
    m_session->setReadOnly(true);
    if (!profile.apiUrl.isEmpty())
        m_client = std::make_unique<core::http::Client>(core::http::Client::Options {profile.apiUrl, profile.apiCaFile});
    m_job = new core::health::HealthCheck(m_session.get(), m_client.get(), this);
    connect(m_job, &core::health::HealthCheck::checkAdded, this, &ConnectionTest::addCheck);
    connect(m_job, &core::Job::finished, this, &ConnectionTest::onFinished);
    jobs->track(m_job, {tr("Testing"), core::displayText(core::endpointLabel(profile.endpoint)), tr("steps"), QStringLiteral("health")});
    m_job->start();
}

void ConnectionTest::cancel()
{
    if (m_job)
        m_job->cancel();
}

void ConnectionTest::addCheck(int index)
{
    m_steps->append({m_job->checks().at(index)});
}

void ConnectionTest::onFinished()
{
    m_steps->setRows(m_job->checks());
    const Check::Status verdict = m_job->verdict();
    if (m_job->wasCancelled())
        m_band->set(tr("STOPPED"), tr("The test was cancelled."), Tone::Neutral, QStringLiteral("ring-slash"));
    else if (verdict == Check::Status::Fail)
        m_band->set(tr("DOES NOT WORK"), core::displayText(m_job->sentence()), Tone::Bad, QStringLiteral("octagon-x"));
    else
        m_band->set(tr("WORKS"), core::displayText(m_job->sentence()), toneOf(verdict), glyphOf(verdict));
    m_job->deleteLater();
    m_job = nullptr;
    // The job's answers are in; its session goes once control is back in the event loop.
    QMetaObject::invokeMethod(this, [this] { if (!m_job) release(); }, Qt::QueuedConnection);
    emit finished();
}

void ConnectionTest::release()
{
    if (m_job) {
        m_job->disconnect(this);
        m_job->cancel();
        delete m_job;
        m_job = nullptr;
    }
    m_session.reset();
    m_client.reset();
}

}
