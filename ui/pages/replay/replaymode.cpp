// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/replaymode.h"

namespace ui {

ReplayMode::ReplayMode(const QString& title, Place place, QWidget* parent)
    : QWidget(parent)
    , m_title(title)
    , m_place(std::move(place))
{
}

QString ReplayMode::verb() const
{
    return tr("Send");
}

}
