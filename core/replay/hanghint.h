// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"

#include <QVersionNumber>

namespace core::replay {

// Whether this time-out is likely the one of a LightAPI before 0.2.1, which waits for its Redis without a limit (specification A0):
// of such a release, while Redis did not answer us in time either.
bool hangsWithItsRedis(const ReplayResult& result, const QVersionNumber& release);

}
