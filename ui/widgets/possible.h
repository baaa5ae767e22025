// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace ui {

// Enabled with `tip` as its tooltip where `whyNot` is empty; else greyed, and the tooltip and the description for a screen reader say
// why. Both plain text.
void setPossible(QWidget* widget, const QString& whyNot, const QString& tip = {});

}
