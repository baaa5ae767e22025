// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collection.h"
#include "core/replay/replay.h"

namespace core::replay {

// A request as it may stand in a collection: {{name}} in the place of what its credentials say.
struct CollectionDraft {
    SavedRequest request; // named by its target
    Variables values; // what was taken out, for memory alone
    QStringList leftOut; // names of those headers and parameters, in display text
};
// `taken`: names in use already with their values; the same value gets the same name again.
CollectionDraft draftOf(const http::Request& request, const Variables& taken = {});

// What this answer fulfils, as a proposal: its status and, as far as known, its verdict, a time to live up to the policy's or else the one
// seen, and about twice its time. None without an answer.
Expectations proposedExpectations(const ReplayResult& result);

}
