// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/progressbar.h"

#include <QPainter>
#include <QStyleOptionProgressBar>

namespace ui {

ProgressBar::ProgressBar(QWidget* parent)
    : QProgressBar(parent)
{
    setTextVisible(false);
    setRange(0, 1000);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ProgressBar::setProgress(qint64 done, qint64 total)
{
    // Counts beyond int are shown as a share.
    setRange(0, total < 0 ? 0 : 1000);
    setValue(total > 0 ? static_cast<int>(qBound(qint64(0), done * 1000 / total, qint64(1000))) : total == 0 ? 1000 : 0);
}

QSize ProgressBar::sizeHint() const
{
    return {120, 12};
}

QSize ProgressBar::minimumSizeHint() const
{
    return {24, 12};
}

void ProgressBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QStyleOptionProgressBar option;
    initStyleOption(&option);
    style()->drawControl(QStyle::CE_ProgressBar, &option, &painter, this);
}

}
