// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/possible.h"

#include "ui/widgets/label.h"

#include <QWidget>

namespace ui {

void setPossible(QWidget* widget, const QString& whyNot, const QString& tip)
{
    widget->setEnabled(whyNot.isEmpty());
    setPlainToolTip(widget, whyNot.isEmpty() ? tip : whyNot);
    widget->setAccessibleDescription(whyNot);
}

}
