// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/plan.h"
#include "core/redis/session.h"

namespace core::invalidate {

// Who decides whether a plan may run. The same rule for window and command line.
struct GuardInput {
    bool production = false;
    bool readOnly = false; // the session's state before any unlock
    QString confirmName; // profile's name, else endpointLabel()
};
// The name that must be typed; empty where a plain yes is enough (plan.confirm in CLI.md).
QString nameToType(const Plan& plan, const GuardInput& input);
// `typed`: what was typed or given with --confirm; `yes`: --yes or the button.
Result<void> allow(const Plan& plan, const GuardInput& input, bool yes, const QString& typed);
// The plan was made on this very server process and database.
Result<void> sameServer(const Plan& plan, const redis::Session& session);

}
