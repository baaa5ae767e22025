// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/seriesmode.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/base/savefile.h"
#include "core/replay/seriesexport.h"
#include "ui/pages/replay/coldstart.h"
#include "ui/pages/replay/exportfile.h"
#include "ui/pages/replay/seriesform.h"
#include "ui/pages/replay/seriesresults.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

#include <chrono>

using core::replay::Series;
using core::replay::SeriesOptions;
using core::replay::SeriesStatistics;

namespace ui {

namespace {
    constexpr std::chrono::milliseconds refreshEvery {250};
    const QString seriesStrip = QStringLiteral("series");
    const QString exportStrip = QStringLiteral("series-export");
}

SeriesMode::SeriesMode(Place place, QWidget* parent)
    : ReplayMode(tr("Series"), std::move(place), parent)
    , m_form(new SeriesForm)
    , m_load(new Label({}, Type::Small, Token::Text2))
    , m_stop(makeButton(tr("Stop"), QStringLiteral("stop")))
    , m_csv(makeButton(tr("Export CSV"), QStringLiteral("download")))
    , m_json(makeButton(tr("Export JSON"), QStringLiteral("download")))
    , m_results(new SeriesResults)
    , m_cold(new ColdStart(workspace(), strips(), [this] { return mayStart(); }, this))
{
    m_faces = new FaceStack(m_results);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeHead());
    column->addWidget(m_faces, 1);
    m_refresh.setInterval(refreshEvery);
    connect(&m_refresh, &QTimer::timeout, this, &SeriesMode::showResults);
    connect(m_form, &SeriesForm::changed, this, [this] {
        m_cold->dismiss();
        showLoad();
    });
    connect(m_cold, &ColdStart::busyChanged, this, &SeriesMode::updateActs);
    connect(m_cold, &ColdStart::ready, this, &SeriesMode::run);
    showIdle();
}

QWidget* SeriesMode::makeHead()
{
    auto* card = new Card;
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(16, 10, 16, 10);
    column->setSpacing(8);
    column->addWidget(m_form);
    m_load->setWordWrap(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_load, 1);
    row->addWidget(m_stop);
    row->addWidget(m_csv);
    row->addWidget(m_json);
    column->addLayout(row);
    card->body()->addWidget(inner);
    connect(m_stop, &QPushButton::clicked, this, &SeriesMode::cancel);
    connect(m_csv, &QPushButton::clicked, this, [this] { chooseFile(Format::Csv); });
    connect(m_json, &QPushButton::clicked, this, [this] { chooseFile(Format::Json); });
    return card;
}

bool SeriesMode::isBusy() const
{
    return m_job || m_cold->isBusy();
}

void SeriesMode::openTargets(const QList<QByteArray>& targets)
{
    if (!isBusy())
        m_targets = targets;
    showLoad();
}

void SeriesMode::send(const core::http::Request& request)
{
    // Those that another page sent stand for the first of them, which is in the line.
    if (m_targets.isEmpty() || m_targets.first() != request.target)
        m_targets = {request.target};
    m_options = m_form->options();
    m_options.targets = m_targets;
    m_options.headers = request.headers;
    m_options.sending = request.sending;
    m_options.seen = workspace()->seenKeys();
    strips()->remove(seriesStrip);
    strips()->remove(exportStrip);
    if (m_options.coldFirst)
        m_cold->start(m_targets, request.headers);
    else
        run();
}

void SeriesMode::run()
{
    if (m_job || !workspace()->client())
        return;
    m_job = new Series(workspace()->session(), client(), workspace()->routes(), m_options, this);
    m_statistics = m_job->sharedStatistics();
    m_startedMs = QDateTime::currentMSecsSinceEpoch();
    connect(m_job, &Series::resultReady, this, [this, wasRefused = false](const core::replay::ReplayResult&, const core::replay::SeriesSample& sample) mutable {
        if (sample.status == 401 && !std::exchange(wasRefused, true))
            emit refused();
    });
    connect(m_job, &core::Job::finished, this, &SeriesMode::onFinished);
    workspace()->jobs()->track(m_job, {tr("Replaying"), core::displayText(m_options.targets.first()), tr("requests"), QStringLiteral("replay")});
    m_refresh.start();
    m_job->start();
    if (m_job)
        showResults();
    updateActs();
}

void SeriesMode::onFinished()
{
    Series* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    m_refresh.stop();
    const bool nothing = m_statistics && m_statistics->count() + m_statistics->dropped() == 0;
    if (nothing)
        m_statistics.reset();
    nothing ? showIdle() : showResults();
    if (!job->outcome() && !job->wasCancelled())
        strips()->showError(seriesStrip, job->outcome().error());
    updateActs();
}

// Before: what will be sent; after: what was.
void SeriesMode::showLoad()
{
    SeriesOptions options = m_form->options();
    options.targets = m_targets.isEmpty() ? QList<QByteArray> {"/"} : m_targets;
    if (m_job) {
        m_load->setText(tr("Sending %1.").arg(loadSentence(m_options)));
        return;
    }
    QString text = tr("Start sends %1.").arg(loadSentence(options));
    if (options.coldFirst)
        text += u' ' + tr("The entry is deleted before, once you have confirmed it.");
    m_load->setText(text);
}

void SeriesMode::showResults()
{
    if (!m_statistics)
        return;
    m_results->show(*m_statistics, m_options, m_startedMs);
    m_faces->showFilled();
}

void SeriesMode::showIdle()
{
    m_faces->showEmpty({QStringLiteral("gauge"), tr("Measure a request"),
        tr("It is sent again and again, and the latency of HIT and MISS is kept apart. Nothing but GET is sent.")});
    updateActs();
}

void SeriesMode::updateActs()
{
    const bool measured = m_statistics && !isBusy();
    m_form->setEnabled(!isBusy());
    m_stop->setEnabled(isBusy());
    m_csv->setEnabled(measured);
    m_json->setEnabled(measured);
    showLoad();
    emit busyChanged();
}

bool SeriesMode::cancel()
{
    if (!m_job)
        return m_cold->cancel();
    m_job->cancel();
    return true;
}

void SeriesMode::restart()
{
    cancel();
    m_cold->dismiss();
    m_targets.clear();
    m_options = {};
    m_statistics.reset();
    showIdle();
}

void SeriesMode::chooseFile(Format format)
{
    const QString name = QStringLiteral("series-%1").arg(QDateTime::fromMSecsSinceEpoch(m_startedMs).toString(QStringLiteral("yyyyMMdd-HHmmss")));
    askExportFile(this, tr("Export the series"), name, {format == Format::Csv ? QStringLiteral("csv") : QStringLiteral("json")}, [this, format](const QString& file) { exportTo(file, format); });
}

void SeriesMode::exportTo(const QString& file, Format format)
{
    if (!m_statistics || isBusy())
        return;
    // Written by nobody any more: the run has ended.
    auto work = [file, format, statistics = m_statistics, options = m_options]() -> core::Result<void> {
        const QByteArray bytes = format == Format::Csv ? seriesCsv(*statistics, options.targets) : seriesJson(*statistics, options);
        return core::saveFile(file, bytes);
    };
    const qint64 rows = format == Format::Csv ? qint64(m_statistics->rows().size()) : m_statistics->count();
    const bool all = rows == m_statistics->count();
    core::onFinished(QtConcurrent::run(std::move(work)), this, [this, file, rows, all](const core::Result<void>& saved) {
        if (!saved)
            return strips()->showError(exportStrip, saved.error());
        const QString what = all ? counted(rows, tr("request"), tr("requests")) : tr("The first %1").arg(counted(rows, tr("request"), tr("requests")));
        strips()->show(exportStrip, {Tone::Ok, tr("%1 exported.").arg(what), core::displayText(file)});
    });
}

}
