// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/series.h"

#include <QWidget>

class QCheckBox;
class QDoubleSpinBox;
class QSpinBox;

namespace ui {

class SegmentedControl;

// How a series is to be run.
class SeriesForm final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SeriesForm)
public:
    explicit SeriesForm(QWidget* parent = nullptr);
    // Without targets and headers; always within the limits.
    core::replay::SeriesOptions options() const;

signals:
    void changed();

private:
    bool byTime() const;
    bool constantRate() const;
    void showFields();

    SegmentedControl* m_until;
    QSpinBox* m_count;
    QSpinBox* m_seconds;
    QSpinBox* m_connections;
    SegmentedControl* m_pace;
    QDoubleSpinBox* m_rate;
    QCheckBox* m_verdicts;
    QCheckBox* m_cold;
};

}
