// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/readonly.h"

#include "core/base/bytes.h"
#include "core/redis/commandtable.h"

namespace core::redis {

Result<void> permitted(const Pipeline& commands, bool readOnly)
{
    if (!readOnly)
        return {};
    for (const Command& command : commands) {
        if (!allowedReadOnly(command))
            return fail(Code::ReadOnly, Reason::ProfileReadOnly, displayText(command.name()));
    }
    return {};
}

Result<void> permitted(const PackedPipeline& commands, bool readOnly)
{
    Pipeline shapes;
    for (const CommandShape* shape : commands.shapes())
        shapes << shape->command();
    const auto allowed = permitted(shapes, readOnly);
    return allowed ? permitted(commands.others(), readOnly) : allowed;
}

}
