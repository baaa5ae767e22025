// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QString>

class QFont;
class QPainter;

namespace ui {

// Text with digits in cells of the widest one, left-to-right, so that numbers do not jump while they change. (Inter and Cantarell
// have digits of several widths, and QFont::setFeature came with Qt 6.7.)
qreal figuresWidth(const QFont& font, const QString& text);
void paintFigures(QPainter* painter, const QRectF& rect, Qt::Alignment alignment, const QString& text);

}
