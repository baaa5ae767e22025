// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProgressBar>

namespace ui {

// A 4 px bar without text; total -1 shows it indeterminate (a standing third, no motion).
class ProgressBar final : public QProgressBar {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ProgressBar)
public:
    explicit ProgressBar(QWidget* parent = nullptr);
    void setProgress(qint64 done, qint64 total);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

}
