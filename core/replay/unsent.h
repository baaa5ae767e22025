// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

namespace core::replay {

// The request that failed never left: there was no line to the server, or it was refused here. A cancelled one may have left.
inline bool isUnsent(const Error& error)
{
    if (error.code == Code::Cancelled)
        return false;
    return error.code != Code::Api || error.reason == Reason::ApiUnreachable || error.reason == Reason::ApiTls;
}

}
