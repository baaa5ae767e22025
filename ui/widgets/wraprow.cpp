// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/wraprow.h"

#include <QHBoxLayout>

#include <algorithm>

namespace ui {

WrapRow::WrapRow(int spacing, QWidget* parent)
    : QWidget(parent)
    , m_groups(new QHBoxLayout(this))
{
    m_groups->setContentsMargins(0, 0, 0, 0);
    m_groups->setSpacing(spacing);
}

QHBoxLayout* WrapRow::addGroup(int stretch)
{
    auto* group = new QWidget(this);
    auto* row = new QHBoxLayout(group);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(m_groups->spacing());
    m_groups->addWidget(group, stretch);
    return row;
}

int WrapRow::widthSideBySide() const
{
    int width = m_groups->spacing() * std::max(0, m_groups->count() - 1);
    for (int i = 0; i < m_groups->count(); ++i)
        width += m_groups->itemAt(i)->sizeHint().width();
    return width;
}

QSize WrapRow::minimumSizeHint() const
{
    int widest = 0;
    for (int i = 0; i < m_groups->count(); ++i)
        widest = std::max(widest, m_groups->itemAt(i)->minimumSize().width());
    return {widest, m_groups->minimumSize().height()};
}

void WrapRow::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const auto direction = width() < widthSideBySide() ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight;
    if (m_groups->direction() == direction)
        return;
    m_groups->setDirection(direction);
    updateGeometry();
}

}
