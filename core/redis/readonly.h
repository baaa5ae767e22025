// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/redis/packed.h"

namespace core::redis {

// The guard of read-only sessions: why `commands` may not be sent now, if so. Each line of a session asks it before anything leaves;
// which command reads says the table (allowedReadOnly() in commandtable.h).
Result<void> permitted(const Pipeline& commands, bool readOnly);
Result<void> permitted(const PackedPipeline& commands, bool readOnly);

}
