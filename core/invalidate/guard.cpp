// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/guard.h"

namespace core::invalidate {

QString nameToType(const Plan& plan, const GuardInput& input)
{
    return input.production || plan.dangerous() ? input.confirmName : QString();
}

Result<void> allow(const Plan& plan, const GuardInput& input, bool yes, const QString& typed)
{
    if (input.readOnly && !input.production)
        return fail(Code::ReadOnly, Reason::ProfileReadOnly, QStringLiteral("UNLINK"));
    const bool wantsName = input.production || plan.dangerous();
    if (!wantsName)
        return yes || (!typed.isEmpty() && typed == input.confirmName)
            ? Result<void>()
            : fail(Code::Unconfirmed, Reason::NotConfirmed, QStringLiteral("the plan"));
    // A missing name must not be matched by typing nothing.
    if (typed.isEmpty() || input.confirmName.isEmpty())
        return fail(Code::Unconfirmed, Reason::WrongConfirmation, input.confirmName);
    if (typed != input.confirmName)
        return fail(Code::Guard, Reason::WrongConfirmation, input.confirmName);
    return {};
}

Result<void> sameServer(const Plan& plan, const redis::Session& session)
{
    const QString runId = session.facts().runId;
    // Without +info the run is not known on either side; the server's name must do then.
    const bool sameRun = runId == plan.runId && (!runId.isEmpty() || plan.server == endpointLabel(session.endpoint()));
    if (sameRun && session.endpoint().database == plan.database)
        return {};
    return fail(Code::Guard, Reason::PlanOtherServer, plan.id,
        QStringLiteral("made on %1 (run %2), now on %3 (run %4)")
            .arg(plan.server, plan.runId, endpointLabel(session.endpoint()), runId));
}

}
