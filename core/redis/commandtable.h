// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/command.h"
#include "core/redis/reply.h"

#include <QString>

namespace core::redis {

// What Cachelight knows of each command it uses. Read-only enforcement, the count of own lookups and Activity's masking come from
// this table; a command that is not in it is treated as the most dangerous kind.
struct CommandSpec {
    enum class Access {
        Read, // changes nothing but lookup counters
        Connection, // changes this connection only: AUTH, SELECT, CLIENT SETNAME, CLIENT TRACKING, WATCH, MULTI …
        Write, // changes data
        Admin, // changes or stops the server
    };
    enum class Lookups {
        None,
        One, // one keyspace hit or miss (GET, TYPE, PTTL …; lightapi.md C9.38 lists what Redis 6.2 to 7.4 counts)
        PerKey, // one for each key argument: MGET, EXISTS
        Script, // as the registered script says, see registerScript()
    };

    QByteArray name; // "GET", or "CLIENT SETNAME" for a subcommand
    Access access = Access::Write;
    Lookups lookups = Lookups::None;
    // Arguments whose text never reaches Activity, counted from 1 after the name; -n means the n-th and all after it.
    QList<int> maskedArguments;
};

// nullptr for a command that is not listed.
const CommandSpec* findCommand(const Command& command);
// Names of all listed commands, in no order.
QList<QByteArray> listedCommands();
// May a read-only Session send it? Only what the table lists as Read or Connection, and registered scripts that do not write.
bool allowedReadOnly(const Command& command);
// Lookups the server counted for this command given its reply: error replies that stopped it before the lookup count 0,
// WRONGTYPE and a failing OBJECT FREQ count (seen on 6.2, 7.0, 7.4). For `SCAN … TYPE` a lower bound: the server counts every
// key it looked at and does not say how many; Cachelight itself never sends it.
int countedLookups(const Command& command, const Reply& reply);
// Errors that come after the lookup was counted. All others stop the command before it.
bool countsDespiteError(const QByteArray& errorText);
// Lookups it would count if it ran: what a lost line leaves unknown.
int possibleLookups(const Command& command);
// "GET lightapi:Book:/books:" with secrets as "•••" and bytes displayable; at most 200 characters.
QString maskedText(const Command& command);

// A Lua script of ours with the number of lookups its run counts. EVAL of any other script is Access::Admin.
struct Script {
    QByteArray source;
    int lookups = 0;
    bool writes = true;
};
// Both are registered once, at static initialisation of their owner (cache/locks, cache/tags). Thread-safe after main().
const Script* findScript(const QByteArray& source);
void registerScript(const Script& script);

}
