// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/dashboard/dashboardpage.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/metrics/hitrate.h"
#include "ui/pages/dashboard/dashboardseries.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/kpitile.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QDateTime>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QVBoxLayout>

#include <array>
#include <chrono>

using core::metrics::History;
using core::metrics::Interval;
using core::metrics::Sample;
using core::metrics::WindowRate;

namespace ui {

namespace {
    constexpr std::array<qint64, 4> rangesMin {5, 15, 60, 120};
    constexpr qint64 shortestRangeMs = 60'000;
    constexpr qint64 staleAfterMs = 3000; // three missed samples
    constexpr qsizetype sparkPoints = 60;
    constexpr qsizetype keptMarks = 100;

    QString wholePercent(const WindowRate& rate)
    {
        return rate.hitRate ? QString::number(*rate.hitRate * 100, 'f', 0) : QStringLiteral("–");
    }

    double usedBytes(const Sample& sample)
    {
        return static_cast<double>(sample.usedBytes);
    }
    double totalKeys(const Sample& sample)
    {
        return static_cast<double>(sample.totalKeys());
    }

    // "1.42 GB" -> figure and unit of a tile.
    std::pair<QString, QString> split(const QString& text)
    {
        const qsizetype space = text.indexOf(u' ');
        return space < 0 ? std::pair(text, QString()) : std::pair(text.left(space), text.mid(space + 1));
    }

    QString compact(double value)
    {
        return core::formatRate(value).section(u'/', 0, 0).trimmed();
    }
}

DashboardPage::DashboardPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Dashboard, tr("Dashboard"), QStringLiteral("dashboard"), workspace, parent)
    , m_range(new SegmentedControl(tr("Time range"), {tr("5 min"), tr("15 min"), tr("1 h"), tr("2 h")}))
    , m_pause(makeButton(tr("Pause"), QStringLiteral("pause")))
{
    setFact(tr("whole server, all databases; hit rates without own lookups, but for the lifetime's"));
    addAction(m_range);
    addAction(m_pause);
    m_pause->setToolTip(tr("Pause the charts (Space)"));
    auto* filled = new QWidget;
    auto* column = new QVBoxLayout(filled);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeTiles());
    column->addWidget(makeCharts(), 1);
    m_faces = new FaceStack(filled);
    content()->addWidget(m_faces, 1);
    connect(m_range, &SegmentedControl::currentChanged, this, [this] { update(); });
    connect(m_pause, &QPushButton::clicked, this, [this] { setPaused(!m_paused); });
    connect(workspace->jobs(), &JobList::runningChanged, this, &DashboardPage::noteActs);
    connect(workspace, &Workspace::connectionStateChanged, this, [this] { update(); });
    m_clock.setInterval(std::chrono::seconds(1));
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (isStale())
            update();
    });
    showDisconnected();
}

QWidget* DashboardPage::makeTiles()
{
    auto* tiles = new QWidget;
    auto* row = new QHBoxLayout(tiles);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    const auto add = [row](const QString& label) {
        auto* tile = new KpiTile(label);
        row->addWidget(tile, 1);
        return tile;
    };
    m_hitTile = add(tr("Hit rate, 1 min"));
    m_memoryTile = add(tr("Memory used"));
    m_keysTile = add(tr("Keys"));
    m_commandsTile = add(tr("Commands"));
    m_removedTile = add(tr("Evicted, 1 min"));
    return tiles;
}

QWidget* DashboardPage::makeCharts()
{
    auto* charts = new QWidget;
    auto* grid = new QGridLayout(charts);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(12);
    const auto add = [grid](const QString& title, int row, int column) {
        auto* chart = new ChartCard(title);
        grid->addWidget(chart, row, column);
        return chart;
    };
    m_hitChart = add(tr("Hit rate"), 0, 0);
    m_memoryChart = add(tr("Memory"), 0, 1);
    m_commandsChart = add(tr("Commands a second"), 1, 0);
    m_removedChart = add(tr("Keys removed a second"), 1, 1);
    m_hitChart->setFormat([](double y) -> QString { return QString::number(y, 'f', 0) + QStringLiteral(" %"); });
    m_hitChart->setRange(0, 100);
    m_memoryChart->setFormat([](double y) { return core::formatBytes(static_cast<qint64>(y)); });
    m_memoryChart->setRange(0);
    m_commandsChart->setFormat(compact);
    m_commandsChart->setRange(0);
    m_removedChart->setFormat(compact);
    m_removedChart->setRange(0);
    linkCrosshairs({m_hitChart, m_memoryChart, m_commandsChart, m_removedChart});
    return charts;
}

qint64 DashboardPage::rangeMs() const
{
    return rangesMin.at(static_cast<std::size_t>(m_range->current())) * 60'000;
}

bool DashboardPage::isStale() const
{
    const core::metrics::Sampler* sampler = workspace()->sampler();
    return sampler && !sampler->history().isEmpty()
        && sampler->history().last().at.msecsTo(QDateTime::currentDateTimeUtc()) > staleAfterMs;
}

void DashboardPage::refresh()
{
    setPaused(false);
}

void DashboardPage::setPaused(bool paused)
{
    m_paused = paused;
    m_pause->setText(paused ? tr("Resume") : tr("Pause"));
    m_pause->setIcon(icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    if (!paused)
        update();
}

void DashboardPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier)
        setPaused(!m_paused);
    else
        Page::keyPressEvent(event);
}

void DashboardPage::pageShown()
{
    m_clock.start();
    update();
}

void DashboardPage::pageConnected()
{
    m_marks.clear();
    m_paused = false;
    connect(workspace()->sampler(), &core::metrics::Sampler::sampled, this, [this] { update(); });
    connect(workspace()->sampler(), &core::metrics::Sampler::failed, this, [this] { update(); });
    m_faces->showLoading(tr("Waiting for the first reading"));
    if (isShown())
        m_clock.start(); // pageDisconnected() stopped it, and pageShown() does not come again
    update();
}

void DashboardPage::pageDisconnected()
{
    m_clock.stop();
    showDisconnected();
}

void DashboardPage::showDisconnected()
{
    m_faces->showEmpty({QStringLiteral("dashboard"), tr("Not connected"),
        tr("Connect to a Redis server and its hit rate, memory and traffic are drawn here as they happen."), Tone::Accent,
        {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
}

// Own acts are marked, so that a dip that we made is not taken for the app's.
void DashboardPage::noteActs()
{
    for (const JobList::Entry& entry : workspace()->jobs()->running()) {
        const bool act = entry.label.icon == QLatin1StringView("invalidate") || entry.label.icon == QLatin1StringView("warm");
        if (!act || entry.job->property("dashboardMark").toBool())
            continue;
        entry.job->setProperty("dashboardMark", true);
        m_marks << ChartMark {QDateTime::currentMSecsSinceEpoch(), entry.label.subject, entry.label.icon};
    }
    if (m_marks.size() > keptMarks)
        m_marks.remove(0, m_marks.size() - keptMarks);
}

void DashboardPage::update()
{
    const core::metrics::Sampler* sampler = workspace()->sampler();
    if (!sampler || !isShown())
        return;
    const History& history = sampler->history();
    if (history.isEmpty()) {
        if (sampler->lastError())
            m_faces->showError(*sampler->lastError());
        return;
    }
    m_faces->showFilled();
    updateTiles(history);
    if (!m_paused)
        updateCharts(history);
}

void DashboardPage::updateHitRate(const History& history)
{
    const WindowRate minute = history.window(60);
    m_hitTile->setFigure(minute.hitRate ? QString::number(*minute.hitRate * 100, 'f', 1) : QString(), minute.hitRate ? QStringLiteral("%") : QString(),
        tr("%1 hits, %2 misses: %3").arg(core::formatCount(minute.hits), core::formatCount(minute.misses), core::metrics::rateText(minute)));
    m_hitTile->setLabel(minute.complete ? tr("Hit rate, 1 min") : tr("Hit rate, so far"));
    m_hitTile->setComparison(tr("10 s %1  15 min %2  all %3").arg(wholePercent(history.window(10)), wholePercent(history.window(900)), wholePercent(history.lifetime())));
}

void DashboardPage::updateTiles(const History& history)
{
    const Sample& last = history.last();
    updateHitRate(history);
    const auto [memory, memoryUnit] = split(core::formatBytes(last.usedBytes));
    m_memoryTile->setFigure(memory, memoryUnit, tr("%1 bytes, peak %2").arg(core::formatCount(last.usedBytes), core::formatBytes(last.peakBytes)));
    if (last.maxBytes > 0)
        m_memoryTile->setComparison(tr("%1 % of %2, %3").arg(last.usedBytes * 100 / last.maxBytes).arg(core::formatBytes(last.maxBytes), core::displayText(last.policy)),
            last.usedBytes * 10 > last.maxBytes * 9 ? Tone::Warn : Tone::Neutral);
    else
        m_memoryTile->setComparison(tr("no limit set, %1").arg(core::displayText(last.policy)));
    m_keysTile->setFigure(core::formatCount(last.totalKeys()), {});
    m_keysTile->setComparison(tr("in %1").arg(counted(last.keys.size(), tr("database"), tr("databases"))));
    const Interval* interval = history.intervals().empty() ? nullptr : &history.intervals().back();
    const bool known = interval && !interval->gap;
    const auto [commands, commandsUnit] = split(core::formatRate(known ? interval->commandsPerS : 0));
    m_commandsTile->setFigure(known ? commands : QString(), known ? commandsUnit : QString());
    m_commandsTile->setComparison(counted(last.clients, tr("client"), tr("clients")));
    const auto evicted = dashboard::grown(history, 60, &Sample::evicted);
    const auto expired = dashboard::grown(history, 60, &Sample::expired);
    m_removedTile->setFigure(evicted ? core::formatCount(*evicted) : QString(), tr("keys"));
    m_removedTile->setComparison(expired ? tr("%1 expired").arg(core::formatCount(*expired)) : tr("no whole minute known"), evicted.value_or(0) > 0 ? Tone::Warn : Tone::Neutral);
    for (KpiTile* tile : {m_hitTile, m_memoryTile, m_keysTile, m_commandsTile, m_removedTile})
        tile->setStale(isStale());
}

void DashboardPage::updateCharts(const History& history)
{
    const qint64 toMs = QDateTime::currentMSecsSinceEpoch();
    // A young history would be a speck at the edge: the time shown grows to the chosen range.
    const qint64 firstMs = history.samples().front().at.toMSecsSinceEpoch();
    const qint64 fromMs = std::max(toMs - rangeMs(), std::min(firstMs, toMs - shortestRangeMs));
    const Sample& last = history.last();
    const auto hits = dashboard::hitRate(history, fromMs);
    const auto memory = dashboard::ofSamples(history, fromMs, usedBytes);
    const auto commands = dashboard::ofIntervals(history, fromMs, &Interval::commandsPerS);
    const auto expired = dashboard::ofIntervals(history, fromMs, &Interval::expiredPerS);
    const auto evicted = dashboard::ofIntervals(history, fromMs, &Interval::evictedPerS);

    QList<ChartSeries> rates {{tr("over 10 s"), Token::Series2, false, false, hits}};
    const WindowRate lifetime = history.lifetime();
    if (lifetime.hitRate)
        rates << ChartSeries {tr("lifetime"), Token::Series5, false, true, dashboard::level(fromMs, toMs, *lifetime.hitRate * 100)};
    m_hitChart->setSeries(rates);
    const WindowRate now = history.window(10);
    m_hitChart->setCurrent(core::metrics::rateText(now));

    QList<ChartSeries> memories {{tr("used"), Token::Series1, true, false, memory}};
    if (last.maxBytes > 0)
        memories << ChartSeries {tr("maxmemory"), Token::Series5, false, true, dashboard::level(fromMs, toMs, static_cast<double>(last.maxBytes))};
    m_memoryChart->setSeries(memories);
    m_memoryChart->setCurrent(last.maxBytes > 0 ? tr("%1 of %2").arg(core::formatBytes(last.usedBytes), core::formatBytes(last.maxBytes)) : core::formatBytes(last.usedBytes));

    m_commandsChart->setSeries({{tr("of all clients, ours too"), Token::Series1, true, false, commands}});
    m_commandsChart->setCurrent(commands.isEmpty() || qIsNaN(commands.last().y()) ? QString() : core::formatRate(commands.last().y()));
    m_removedChart->setSeries({{tr("expired"), Token::Series4, false, false, expired}, {tr("evicted"), Token::Series3, false, false, evicted}});
    m_removedChart->setCurrent(expired.isEmpty() || qIsNaN(expired.last().y()) ? QString() : core::formatRate(expired.last().y() + evicted.last().y()));

    const QList<ChartGap> gaps = dashboard::gaps(history, fromMs, toMs, staleAfterMs);
    for (ChartCard* chart : {m_hitChart, m_memoryChart, m_commandsChart, m_removedChart}) {
        chart->setWindow(fromMs, toMs);
        chart->setGaps(gaps);
        chart->setMarks(m_marks);
    }
    m_hitTile->setSparkline(dashboard::tail(hits, sparkPoints), Token::Series2);
    m_memoryTile->setSparkline(dashboard::tail(memory, sparkPoints), Token::Series1);
    m_keysTile->setSparkline(dashboard::tail(dashboard::ofSamples(history, fromMs, totalKeys), sparkPoints), Token::Series1);
    m_commandsTile->setSparkline(dashboard::tail(commands, sparkPoints), Token::Series1);
    m_removedTile->setSparkline(dashboard::tail(evicted, sparkPoints), Token::Series3);
}

}
