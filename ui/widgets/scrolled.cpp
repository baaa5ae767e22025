// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/scrolled.h"

#include <QScrollArea>
#include <QScrollBar>

namespace ui {

namespace {
    constexpr int gapToBar = 6; // px
}

QWidget* scrolled(QWidget* inner)
{
    auto* area = new QScrollArea;
    area->setWidget(inner);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    for (QWidget* part : {area->viewport(), inner}) // what is behind shows: a page or a card
        part->setAutoFillBackground(false);
    QScrollBar* bar = area->verticalScrollBar();
    bar->setProperty("isClear", true);
    bar->setAttribute(Qt::WA_OpaquePaintEvent, false);
    QObject::connect(bar, &QScrollBar::rangeChanged, inner, [inner](int least, int most) { inner->setContentsMargins(0, 0, most > least ? gapToBar : 0, 0); });
    return area;
}

}
