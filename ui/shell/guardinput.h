// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/guard.h"

namespace ui {

class Workspace;

// What the guard asks about the open connection. A profile without a name goes by its server's.
core::invalidate::GuardInput guardInput(const Workspace* workspace);

}
