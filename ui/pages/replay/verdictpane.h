// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"
#include "ui/models/rowmodel.h"

#include <QWidget>

namespace ui {

class StripStack;
class TableView;
class TimingBar;
class VerdictBand;

// What the cache did with one request: the verdict, its evidence before and after, contradictions, and the times of its phases.
class VerdictPane final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(VerdictPane)
public:
    explicit VerdictPane(QWidget* parent = nullptr);
    void show(const core::replay::ReplayResult& result);
    using QWidget::show;

private:
    QWidget* makeTimings();
    void showTimings(const core::http::Timing& timing);
    void showContradictions(const core::replay::ReplayResult& result);

    VerdictBand* m_band;
    RowModel<core::replay::Evidence>* m_evidence;
    TableView* m_table;
    StripStack* m_strips;
    QList<TimingBar*> m_bars;
};

}
