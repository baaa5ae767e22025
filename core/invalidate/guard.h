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
// Exit 4 in every case: Unconfirmed while the confirmation is missing, Guard when the name is wrong, ReadOnly for a read-only session
// that no name unlocks (a production profile's is unlocked by its name, CLI.md invalidate).
// `typed`: what was typed or given with --confirm; `yes`: --yes or the button.
Result<void> allow(const Plan& plan, const GuardInput& input, bool yes, const QString& typed);
// The plan was made on this very server process and database. PlanOtherServer otherwise. Where INFO is not permitted the
// run is not known, and the server's name is compared in its place.
Result<void> sameServer(const Plan& plan, const redis::Session& session);

}
