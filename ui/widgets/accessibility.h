// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ui {

// Gives painted widgets (badges, tiles, bands, charts, cards) a role; their text is the accessible name. Once a process.
void installAccessibility();

}
