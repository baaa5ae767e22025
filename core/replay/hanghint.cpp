// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/hanghint.h"

namespace core::replay {

bool hangsWithItsRedis(const ReplayResult& result, const QVersionNumber& release)
{
    static const QVersionNumber firstWithLimit(0, 2, 1);
    if (result.response || result.response.error().reason != Reason::ApiTimeout || !result.redisError || release >= firstWithLimit)
        return false;
    const Reason reason = result.redisError->reason;
    return reason == Reason::ReplyTimeout || reason == Reason::ConnectTimeout;
}

}
