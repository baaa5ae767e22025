// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QStyleOption>

class QWidget;

// The drawing of Style, by family. Each returns false when the element is not its own.
namespace ui::paint {

void roundRect(QPainter* painter, const QRectF& rect, qreal radius, const QColor& fill, const QColor& border, qreal width = 1);
// Keyboard focus, not a mouse click.
bool hasRing(const QStyleOption* option);
void ring(QPainter* painter, const QRectF& rect, qreal radius, const QColor& colour);

bool buttonControl(QStyle::ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget);
void toolButton(const QStyleOptionToolButton* option, QPainter* painter, const QWidget* widget);
QSize buttonSize(const QStyleOptionButton* option, const QWidget* widget);
QSize toolButtonSize(const QStyleOptionToolButton* option, const QSize& size, const QWidget* widget);
void checkBox(const QStyleOption* option, QPainter* painter);
void radioButton(const QStyleOption* option, QPainter* painter);

void fieldPanel(const QStyleOption* option, QPainter* painter, const QWidget* widget);
void comboBox(const QStyleOptionComboBox* option, QPainter* painter, const QWidget* widget);
void comboLabel(const QStyleOptionComboBox* option, QPainter* painter);
void spinBox(const QStyleOptionSpinBox* option, QPainter* painter, const QWidget* widget);

void header(const QStyleOptionHeader* option, QPainter* painter);
void headerEmpty(const QStyleOption* option, QPainter* painter);
void itemPanel(const QStyleOptionViewItem* option, QPainter* painter);
void branch(const QStyleOption* option, QPainter* painter);
void scrollBar(const QStyleOptionSlider* option, QPainter* painter, const QRect& handle, bool isClear);
void slider(const QStyleOptionSlider* option, QPainter* painter, const QRect& groove, const QRect& handle);
void splitter(const QStyleOption* option, QPainter* painter);
void tabShape(const QStyleOptionTab* option, QPainter* painter);
void tabLabel(const QStyleOptionTab* option, QPainter* painter);
void progress(const QStyleOptionProgressBar* option, QPainter* painter);

void menuPanel(const QStyleOption* option, QPainter* painter);
void menuItem(const QStyleOptionMenuItem* option, QPainter* painter);
QSize menuItemSize(const QStyleOptionMenuItem* option, const QSize& size);

}
