// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QRect>
#include <QStringList>

class QWidget;

// What must hold of everything that is shown. Each gives what is wrong, in words; empty when all is well.
namespace tour {

// Put into the server before the tour looks at it, as keys, tags and locks: rendered as HTML it would show no tag.
inline constexpr char hostileText[] = "<img src=x onerror=1><b>bold</b>";

// Too few colours for text and controls.
QString blankness(const QImage& image, const QRect& area);
// Shown labels, tooltips and cells that would be taken for HTML.
QStringList markup(const QWidget* root);
// Focusable controls without a name or a role, as a screen reader meets them.
QStringList namelessControls(QWidget* root);

}
