// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/lookups.h"

#include <algorithm>

namespace core::redis {

namespace {
    LookupSplit sum(const Pipeline& queued, const Replies& replies)
    {
        LookupSplit lookups;
        for (qsizetype i = 0; i < std::min(queued.size(), replies.size()); ++i)
            lookups += splitLookups(queued.at(i), replies.at(i));
        return lookups;
    }
}

LookupSplit LookupCounter::answered(const Command& command, const Reply& reply)
{
    if (!m_inMulti) {
        m_inMulti = !reply.isError() && command.name() == "MULTI";
        return splitLookups(command, reply);
    }
    if (reply.type == Reply::Type::Status && reply.bytes == "QUEUED") {
        m_queued << command;
        return {};
    }
    const QByteArray name = command.name();
    if (name != "EXEC" && name != "DISCARD")
        return {}; // refused while queueing
    m_inMulti = false;
    const Pipeline queued = std::exchange(m_queued, {});
    return name == "EXEC" && reply.isArray() ? sum(queued, reply.items) : LookupSplit();
}

LookupSplit LookupCounter::answered(const PackedPipeline& pipeline, qsizetype index, const Reply& reply)
{
    const CommandShape* shape = pipeline.shape(index);
    const bool isRuled = !m_inMulti && shape && shape->lookups();
    return isRuled ? shape->lookups()->split(reply) : answered(pipeline.command(index), reply);
}

int LookupCounter::lost(const Command& command) const
{
    if (command.name() != "EXEC")
        return possibleLookups(command);
    int lookups = 0;
    for (const Command& queued : m_queued)
        lookups += possibleLookups(queued);
    return lookups;
}

}
