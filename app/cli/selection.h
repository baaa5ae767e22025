// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandline.h"
#include "core/invalidate/plan.h"

namespace cli {

// What invalidate is asked to take: selectors, and the keys that Selector::Kind::List stands for.
struct Selected {
    core::invalidate::Selection selectors;
    core::keys::KeyList list;
};
// No selector at all is Reason::EmptySelection. With --keys-from, keys given by --key are in the list, too.
core::Result<Selected> selectedFrom(const CommandLine& line);
// --except.
core::Result<core::invalidate::Selection> exceptionsFrom(const CommandLine& line);

}
