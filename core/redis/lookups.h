// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/commandtable.h"
#include "core/redis/lookupsplit.h"
#include "core/redis/packed.h"

namespace core::redis {

// Counts the lookups of one connection reply by reply. It follows MULTI: a queued command counts when EXEC answers, not when
// it was queued.
class LookupCounter final {
public:
    // Lookups that `reply` to `command` proves. Replies must come in order.
    LookupSplit answered(const Command& command, const Reply& reply);
    // The same for one command of a packed pipeline.
    LookupSplit answered(const PackedPipeline& pipeline, qsizetype index, const Reply& reply);
    // Lookups that may have happened for a command whose reply was lost.
    int lost(const Command& command) const;

private:
    bool m_inMulti = false;
    Pipeline m_queued;
};

}
