// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/resources.h"

#include <QtGlobal>
#include <QDir>

void initResources()
{
    Q_INIT_RESOURCE(cachelight);
}
