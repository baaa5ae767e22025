// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QString>
#include <QWidget>

namespace ui {

// Label, bar on a scale shared with its neighbours, figure: "Cold ▇▇▇ 212 ms". Accessible text holds the figure.
class TimingBar final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TimingBar)
public:
    explicit TimingBar(const QString& label, Token series, QWidget* parent = nullptr);
    // `fraction` 0…1 of the shared scale.
    void setValue(double fraction, const QString& figure);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_label, m_figure;
    Token m_series;
    double m_fraction = 0;
};

}
