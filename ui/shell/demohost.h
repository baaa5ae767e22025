// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/settings/profile.h"

#include <QFuture>

namespace ui {

// Starts the embedded demo for the window; app/gui knows how. The profile's endpoint is complete, its apiUrl and routes too.
class DemoHost {
public:
    virtual ~DemoHost() = default;
    // One at a time; a second call while it runs gives the same profile.
    virtual QFuture<core::Result<core::settings::Profile>> start() = 0;
};

}
