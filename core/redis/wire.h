// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/command.h"

namespace core::redis {

// The commands as RESP arrays, one after the other: what goes over the wire in one write.
QByteArray encoded(const Pipeline& pipeline);

}
