// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>

namespace ui {

// The ten pages in the order of the rail: Ctrl+1 … Ctrl+9, Ctrl+0.
enum class PageId { Connections, Dashboard, Keys, Tags, Locks, Invalidate, Warm, Replay, Health, Activity };
inline constexpr int pageCount = 10;

}
