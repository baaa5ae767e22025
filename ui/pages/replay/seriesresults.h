// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/series.h"
#include "ui/models/rowmodel.h"

#include <QHash>
#include <QWidget>

class QHBoxLayout;

namespace ui {

class Badge;
class ChartCard;
class HistogramView;
class Label;
class ElidedLabel;
class TableView;

// What a series was like, while it runs and after.
class SeriesResults final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SeriesResults)
public:
    struct Row {
        QString name;
        core::replay::Latency latency;
    };

    explicit SeriesResults(QWidget* parent = nullptr);
    // `startedMs`: since the epoch.
    void show(const core::replay::SeriesStatistics& statistics, const core::replay::SeriesOptions& options, qint64 startedMs);
    using QWidget::show;

private:
    struct Fact {
        Label* value = nullptr;
        Label* more = nullptr;
        void set(const QString& text, const QString& detail) const;
    };
    QWidget* makeFacts();
    QWidget* makeTable();
    Fact addFact(QHBoxLayout* row, const QString& label, int stretch);
    void showFacts(const core::replay::SeriesStatistics& statistics);
    void showVerdicts(const core::replay::SeriesStatistics& statistics);
    void showFirst(const core::replay::SeriesStatistics& statistics);
    void showMissing(const core::replay::SeriesStatistics& statistics);
    void showChart(const core::replay::SeriesStatistics& statistics, qint64 startedMs);
    void showTable(const core::replay::SeriesStatistics& statistics, const core::replay::SeriesOptions& options);

    Fact m_speedup, m_first, m_throughput, m_missing;
    QHBoxLayout* m_badges = nullptr;
    QMap<core::http::Verdict, Badge*> m_badgeOf;
    ElidedLabel* m_statuses = nullptr;
    ChartCard* m_chart;
    HistogramView* m_histogram;
    RowModel<Row>* m_rows;
    TableView* m_table;
};

}
