// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/seriesresults.h"

#include "core/base/format.h"
#include "ui/pages/replay/histogramview.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/card.h"
#include "ui/widgets/chartcard.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableheight.h"
#include "ui/widgets/tableview.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

using core::replay::Latency;
using core::replay::SeriesOptions;
using core::replay::SeriesStatistics;
using core::replay::SeriesTimeline;

namespace ui {

namespace {
    using Figure = std::optional<double> Latency::*;

    QString orDash(const std::optional<double>& ms)
    {
        return ms ? core::formatMs(*ms) : QStringLiteral("–");
    }

    RowModel<SeriesResults::Row>::Column figureColumn(const QString& title, Figure figure, int needed)
    {
        return {title, Qt::AlignRight | Qt::AlignVCenter, [figure](const SeriesResults::Row& row) { return orDash(row.latency.*figure); },
            [figure, needed](const SeriesResults::Row& row, int role) -> QVariant {
                if (role == ExactRole && row.latency.*figure)
                    return SeriesResults::tr("%1 ms").arg(*(row.latency.*figure), 0, 'f', 3);
                if (role == ExactRole && needed > 1)
                    return SeriesResults::tr("fewer than %1 requests").arg(core::formatCount(needed));
                return {};
            }};
    }

    QList<RowModel<SeriesResults::Row>::Column> columns()
    {
        return {{SeriesResults::tr("Latency"), Qt::AlignLeft | Qt::AlignVCenter, [](const SeriesResults::Row& row) { return row.name; }},
            {SeriesResults::tr("Requests"), Qt::AlignRight | Qt::AlignVCenter, [](const SeriesResults::Row& row) { return core::formatCount(row.latency.count); }},
            figureColumn(SeriesResults::tr("Min"), &Latency::min, 1), figureColumn(SeriesResults::tr("Mean"), &Latency::mean, 1),
            figureColumn(QStringLiteral("p50"), &Latency::p50, 1), figureColumn(QStringLiteral("p75"), &Latency::p75, 4),
            figureColumn(QStringLiteral("p90"), &Latency::p90, 10), figureColumn(QStringLiteral("p95"), &Latency::p95, 20),
            figureColumn(QStringLiteral("p99"), &Latency::p99, 100), figureColumn(QStringLiteral("p99.9"), &Latency::p999, 1000),
            figureColumn(SeriesResults::tr("Max"), &Latency::max, 1)};
    }

    QString nothingToCompare(const SeriesStatistics& statistics)
    {
        if (statistics.hits().count() == 0)
            return SeriesResults::tr("no HIT to compare");
        if (statistics.misses().count() == 0)
            return SeriesResults::tr("no MISS to compare");
        const bool isMiss = statistics.comparedMisses().count() < SeriesStatistics::fewestToCompare;
        return isMiss ? SeriesResults::tr("too few MISS to compare") : SeriesResults::tr("too few HIT to compare");
    }

    // Lowest and highest of each stretch; where several stretches have none the line is broken, and one alone becomes a short stroke.
    QList<QPointF> lineOf(const SeriesTimeline& timeline, SeriesTimeline::Kind kind, qint64 startedMs, double spanMs)
    {
        QList<QPointF> out;
        double last = 0;
        qsizetype runStart = 0;
        const auto endRun = [&] {
            if (out.size() - runStart == 1)
                out << QPointF(out.last().x() + spanMs / 150, out.last().y());
        };
        for (const SeriesTimeline::Point& point : timeline.points(kind)) {
            const double x = double(startedMs) + point.atMs;
            if (!out.isEmpty() && point.atMs - last > std::max(4 * timeline.slotMs(), spanMs / 40)) {
                endRun();
                out << QPointF(out.last().x(), NAN);
                runStart = out.size();
            }
            out << QPointF(x, point.lowMs);
            if (point.highMs > point.lowMs)
                out << QPointF(x, point.highMs);
            last = point.atMs;
        }
        endRun();
        return out;
    }
}

void SeriesResults::Fact::set(const QString& text, const QString& detail) const
{
    value->setText(text);
    more->setText(detail);
}

SeriesResults::SeriesResults(QWidget* parent)
    : QWidget(parent)
    , m_chart(new ChartCard(tr("Latency over time")))
    , m_histogram(new HistogramView)
    , m_rows(new RowModel<Row>(columns(), this))
    , m_table(new TableView(tr("Latency of HIT, MISS and all requests")))
{
    m_chart->setFormat([](double ms) { return ms > 0 ? core::formatMs(ms) : QStringLiteral("0 ms"); });
    m_chart->setRange(0);
    auto* histogram = new Card(tr("Histogram"));
    histogram->body()->addWidget(m_histogram, 1);
    auto* charts = new QHBoxLayout;
    charts->setSpacing(12);
    charts->addWidget(m_chart, 3);
    charts->addWidget(histogram, 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeFacts());
    column->addLayout(charts, 1);
    column->addWidget(makeTable());
}

SeriesResults::Fact SeriesResults::addFact(QHBoxLayout* row, const QString& label, int stretch)
{
    Fact fact {new Label({}, Type::CardTitle), new Label({}, Type::Small, Token::Text3)};
    fact.more->setWordWrap(true);
    auto* cell = new QVBoxLayout;
    cell->setSpacing(2);
    cell->addWidget(new Label(label, Type::Small, Token::Text2));
    cell->addWidget(fact.value);
    cell->addWidget(fact.more);
    cell->addStretch(1);
    row->addLayout(cell, stretch);
    return fact;
}

QWidget* SeriesResults::makeFacts()
{
    auto* card = new Card;
    auto* inner = new QWidget;
    auto* row = new QHBoxLayout(inner);
    row->setContentsMargins(16, 10, 16, 10);
    row->setSpacing(20);
    auto* verdicts = new QVBoxLayout;
    verdicts->setSpacing(2);
    verdicts->addWidget(new Label(tr("Verdicts"), Type::Small, Token::Text2));
    m_badges = new QHBoxLayout;
    m_badges->setSpacing(6);
    m_badges->addStretch(1);
    verdicts->addLayout(m_badges);
    m_statuses = new ElidedLabel(Type::Small, Token::Text3);
    verdicts->addWidget(m_statuses);
    row->addLayout(verdicts, 4);
    m_speedup = addFact(row, tr("From the cache"), 3);
    m_first = addFact(row, tr("First request"), 3);
    m_throughput = addFact(row, tr("Throughput"), 3);
    m_missing = addFact(row, tr("Not answered"), 3);
    card->body()->addWidget(inner);
    return card;
}

QWidget* SeriesResults::makeTable()
{
    m_table->setModel(m_rows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({0, 84, 84, 84, 84, 84, 84, 84, 84, 84, 84});
    m_table->setStretchColumn(0, 110);
    m_table->setHideOrder({5, 3});
    auto* card = new Card;
    card->body()->addWidget(m_table);
    card->setFixedHeight(tableHeight(4) + 2);
    return card;
}

void SeriesResults::show(const SeriesStatistics& statistics, const SeriesOptions& options, qint64 startedMs)
{
    showFacts(statistics);
    showChart(statistics, startedMs);
    m_histogram->setBins(statistics.hits().bins(), statistics.misses().bins(), statistics.all().bins());
    showTable(statistics, options);
}

void SeriesResults::showFacts(const SeriesStatistics& statistics)
{
    showVerdicts(statistics);
    showFirst(statistics);
    showMissing(statistics);
    if (const auto speedup = statistics.speedup())
        m_speedup.set(tr("%1 times as fast").arg(*speedup, 0, 'g', *speedup < 10 ? 2 : *speedup < 100 ? 3 : 4), tr("median of MISS against HIT, without connecting"));
    else
        m_speedup.set(QStringLiteral("–"), nothingToCompare(statistics));
    const auto perS = statistics.throughputPerS();
    m_throughput.set(perS ? core::formatRate(*perS) : QStringLiteral("–"),
        tr("%1 in %2").arg(counted(statistics.all().count(), tr("answer"), tr("answers")), core::formatDuration(qint64(statistics.elapsedMs()))));
}

void SeriesResults::showVerdicts(const SeriesStatistics& statistics)
{
    const auto& counts = statistics.verdicts();
    for (auto at = m_badgeOf.begin(); at != m_badgeOf.end(); ++at)
        at.value()->setVisible(counts.contains(at.key()));
    for (auto at = counts.begin(); at != counts.end(); ++at) {
        const QString name = core::http::verdictName(at.key());
        Badge*& badge = m_badgeOf[at.key()];
        if (!badge) {
            badge = new Badge;
            m_badges->insertWidget(m_badges->count() - 1, badge);
        }
        const Look look = verdictLook(name);
        badge->set(name + u' ' + core::formatCount(at.value()), look.tone, look.icon);
        badge->show();
    }
    QStringList texts;
    for (auto at = statistics.statuses().begin(); at != statistics.statuses().end(); ++at)
        texts << tr("status %1: %2").arg(at.key()).arg(core::formatCount(at.value()));
    m_statuses->setText(texts.join(QStringLiteral(", ")));
}

void SeriesResults::showFirst(const SeriesStatistics& statistics)
{
    const auto& first = statistics.first();
    if (!first)
        return m_first.set(QStringLiteral("–"), {});
    if (first->status == 0)
        return m_first.set(tr("no answer"), failureName(*first));
    m_first.set(core::formatMs(first->serviceMs), tr("%1 of it to connect, %2").arg(core::formatMs(first->connectMs), core::http::verdictName(first->verdict)));
}

void SeriesResults::showMissing(const SeriesStatistics& statistics)
{
    QStringList why;
    for (auto at = statistics.errorsBy().begin(); at != statistics.errorsBy().end(); ++at)
        why << tr("%1: %2").arg(at.key(), core::formatCount(at.value()));
    if (statistics.dropped() > 0)
        why << tr("%1 dropped, no connection was free").arg(core::formatCount(statistics.dropped()));
    const qint64 missing = statistics.errors() + statistics.dropped();
    m_missing.set(core::formatCount(missing), missing > 0 ? why.join(QStringLiteral(", ")) : tr("none failed, none dropped"));
    m_missing.value->setColour(missing > 0 ? Token::Warn : Token::Text);
}

void SeriesResults::showChart(const SeriesStatistics& statistics, qint64 startedMs)
{
    const double spanMs = std::max(1000.0, statistics.elapsedMs());
    const SeriesTimeline& timeline = statistics.timeline();
    QList<ChartSeries> lines;
    const auto add = [&](const QString& name, Token colour, SeriesTimeline::Kind kind) {
        const QList<QPointF> points = lineOf(timeline, kind, startedMs, spanMs);
        if (!points.isEmpty())
            lines << ChartSeries {name, colour, false, false, points};
    };
    add(tr("HIT"), Token::Series2, SeriesTimeline::Hit);
    add(tr("MISS, EXPIRED"), Token::Series3, SeriesTimeline::Miss);
    add(tr("other"), Token::Series1, SeriesTimeline::Other);
    m_chart->setWindow(startedMs, startedMs + qint64(spanMs));
    m_chart->setSeries(lines);
    const auto p50 = statistics.all().latency().p50;
    m_chart->setCurrent(p50 ? tr("median %1").arg(core::formatMs(*p50)) : QString());
}

void SeriesResults::showTable(const SeriesStatistics& statistics, const SeriesOptions& options)
{
    QList<Row> rows {{tr("HIT"), statistics.hits().latency()}, {tr("MISS"), statistics.misses().latency()}, {tr("All"), statistics.all().latency()},
        {options.requestsPerS > 0 ? tr("All, once sent") : tr("All, requests alone"), statistics.service().latency()}};
    if (m_rows->rowCount() == rows.size())
        m_rows->updateRows(std::move(rows));
    else
        m_rows->setRows(std::move(rows));
}

}
