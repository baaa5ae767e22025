// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/guardinput.h"

#include "ui/shell/workspace.h"

namespace ui {

core::invalidate::GuardInput guardInput(const Workspace* workspace)
{
    const core::settings::Profile& profile = workspace->profile();
    return {workspace->isProduction(), workspace->isReadOnly(), profile.name.isEmpty() ? core::endpointLabel(profile.endpoint) : profile.name};
}

}
