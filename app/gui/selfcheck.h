// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace gui {

// Renders a page with a chart into `file` and looks at its pixels: fonts, icons, charts and the theme are there. For packages.
core::Result<void> selfCheck(const QString& file);

}
