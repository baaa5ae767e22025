// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/tokens.h"

#include <QIcon>
#include <QString>

#include <optional>

class QPainter;
class QRectF;

namespace ui {

// An icon of resources/icons by name ("keys", "replay"), tinted at paint time by mode: text2 normally, accent when selected,
// disabled text when disabled; or always in `tint`. Follows the theme by itself.
QIcon icon(const QString& name, std::optional<Token> tint = {});
// Paints it in one colour, crisp at every scale.
void paintIcon(QPainter* painter, const QRectF& rect, const QString& name, const QColor& colour);
QStringList iconNames();

}
