// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sampler.h"
#include "ui/shell/page.h"
#include "ui/widgets/chartcard.h"

#include <QTimer>

class QPushButton;

namespace ui {

class FaceStack;
class KpiTile;
class SegmentedControl;

// Hit rate with our own lookups taken out, memory, commands, expirations and evictions as they happen. All counters are the whole
// server's, and the page says so.
class DashboardPage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DashboardPage)
public:
    explicit DashboardPage(Workspace* workspace, QWidget* parent = nullptr);

    void refresh() override;

protected:
    void pageShown() override;
    void pageConnected() override;
    void pageDisconnected() override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* makeTiles();
    QWidget* makeCharts();
    void setPaused(bool paused);
    void noteActs();
    void update();
    using QWidget::update;
    void updateTiles(const core::metrics::History& history);
    void updateHitRate(const core::metrics::History& history);
    void updateCharts(const core::metrics::History& history);
    void showDisconnected();
    qint64 rangeMs() const;
    bool isStale() const;

    SegmentedControl* m_range;
    QPushButton* m_pause;
    FaceStack* m_faces;
    KpiTile* m_hitTile = nullptr;
    KpiTile* m_memoryTile = nullptr;
    KpiTile* m_keysTile = nullptr;
    KpiTile* m_commandsTile = nullptr;
    KpiTile* m_removedTile = nullptr;
    ChartCard* m_hitChart = nullptr;
    ChartCard* m_memoryChart = nullptr;
    ChartCard* m_commandsChart = nullptr;
    ChartCard* m_removedChart = nullptr;
    QList<ChartMark> m_marks;
    QTimer m_clock; // moves the time axis while nothing comes: a stale chart must look stale
    bool m_paused = false;
};

}
