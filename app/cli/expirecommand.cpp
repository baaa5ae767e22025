// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"

#include <cmath>

namespace cli {

namespace {
    constexpr double longestSeconds = 100.0 * 366 * 86400;

    // "EXPIRE key 0" deletes: that is never what was meant here.
    core::Result<core::redis::Command> commandOf(const CommandLine& line, const QByteArray& key)
    {
        const bool persists = line.has("--persist");
        if (persists == (line.positional.size() > 1))
            return core::fail(badOption(QStringLiteral("--persist"), QStringLiteral("give either it or the seconds")));
        if (persists)
            return core::redis::Command {"PERSIST", key};
        bool isNumber = false;
        const double seconds = line.positional.at(1).toDouble(&isNumber);
        if (!isNumber || !(seconds >= 0.001 && seconds <= longestSeconds))
            return core::fail(badOption(QStringLiteral("S"), QStringLiteral("it takes seconds, more than 0, at most a hundred years")));
        return core::redis::Command {"PEXPIRE", key, QByteArray::number(std::llround(seconds * 1000))};
    }

    void printTtl(Context& context, const QByteArray& key, qint64 ttlMs)
    {
        const bool gone = ttlMs == -2;
        context.out().record([&](JsonWriter& json) {
            json.bytes("key", key);
            json.field("result", gone ? QStringLiteral("gone") : QStringLiteral("done"));
            json.ttl("ttl_ms", ttlMs);
        });
        context.out().summary([&](JsonWriter& json) { context.writeOwnLookups(json); });
        context.out().line(gone ? QStringLiteral("There is no key %1.").arg(shown(key)) : QStringLiteral("%1: %2").arg(shown(key), ttlText(ttlMs)));
        context.finish(gone ? 1 : 0);
    }
}

void runExpire(Context& context)
{
    const auto key = core::bytesFromArgument(context.line().positional.first());
    if (!key)
        return context.fail(key.error());
    const auto command = commandOf(context.line(), *key);
    if (!command)
        return context.fail(command.error());
    context.openForWriting([&context, key = *key, command = *command](core::redis::Session* session) {
        context.await(session->send({command, {"PTTL", key}}), [&context, key, command](const core::redis::Replies& replies) {
            for (const core::redis::Reply& reply : replies) {
                if (reply.isError())
                    return context.fail(core::redis::toError(reply, QString::fromLatin1(command.name())));
            }
            printTtl(context, key, replies.at(1).integer);
        });
    });
}

}
