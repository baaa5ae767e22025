// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/unlockbar.h"

#include "core/base/bytes.h"

namespace ui {

UnlockBar::UnlockBar(QWidget* parent)
    : TypedNameBar(tr("Allow writes"), tr("Keep read-only"), parent)
{
}

void UnlockBar::ask(const QString& profileName)
{
    TypedNameBar::ask(profileName, tr("This is production."), tr("Type %1 to allow writes until you disconnect.").arg(core::displayText(profileName)));
}

}
