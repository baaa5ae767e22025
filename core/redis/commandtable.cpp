// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/commandtable.h"

#include "core/base/bytes.h"

#include <QCryptographicHash>
#include <QHash>
#include <QMutex>

#include <algorithm>
#include <array>
#include <deque>

namespace core::redis {

namespace {
    using Access = CommandSpec::Access;
    using Lookups = CommandSpec::Lookups;

    struct Row {
        const char* name;
        Access access;
        Lookups lookups = Lookups::None;
        std::initializer_list<int> masked = {};
    };

    // Lookups as counted by 7.0.15 (specification C9.38 and C11.44); tst_lookups asks the server about every Read row.
    // Not here on purpose, so refused in read-only: KEYS and MONITOR (too dear), SORT, GETEX, GEORADIUS, BITFIELD (each can write),
    // DEBUG, and whatever Cachelight does not use.
    const Row rows[] = {
        {"GET", Access::Read, Lookups::One},
        {"MGET", Access::Read, Lookups::PerKey},
        {"GETRANGE", Access::Read, Lookups::One},
        {"STRLEN", Access::Read, Lookups::One},
        {"EXISTS", Access::Read, Lookups::PerKey},
        {"TOUCH", Access::Read, Lookups::PerKey},
        {"TYPE", Access::Read, Lookups::One},
        {"TTL", Access::Read, Lookups::One},
        {"PTTL", Access::Read, Lookups::One},
        {"EXPIRETIME", Access::Read, Lookups::One},
        {"PEXPIRETIME", Access::Read, Lookups::One},
        {"DUMP", Access::Read, Lookups::One},
        {"OBJECT ENCODING", Access::Read, Lookups::One},
        {"OBJECT FREQ", Access::Read, Lookups::One},
        {"OBJECT IDLETIME", Access::Read, Lookups::One},
        {"OBJECT REFCOUNT", Access::Read, Lookups::One},
        {"HGET", Access::Read, Lookups::One},
        {"HMGET", Access::Read, Lookups::One},
        {"HGETALL", Access::Read, Lookups::One},
        {"HLEN", Access::Read, Lookups::One},
        {"HSCAN", Access::Read, Lookups::One},
        {"LLEN", Access::Read, Lookups::One},
        {"LRANGE", Access::Read, Lookups::One},
        {"LINDEX", Access::Read, Lookups::One},
        {"SCARD", Access::Read, Lookups::One},
        {"SMEMBERS", Access::Read, Lookups::One},
        {"SISMEMBER", Access::Read, Lookups::One},
        {"SMISMEMBER", Access::Read, Lookups::One},
        {"SSCAN", Access::Read, Lookups::One},
        {"ZCARD", Access::Read, Lookups::One},
        {"ZCOUNT", Access::Read, Lookups::One},
        {"ZRANGE", Access::Read, Lookups::One},
        {"ZRANGEBYSCORE", Access::Read, Lookups::One},
        {"ZSCAN", Access::Read, Lookups::One},
        {"ZSCORE", Access::Read, Lookups::One},
        {"XLEN", Access::Read, Lookups::One},
        {"XRANGE", Access::Read, Lookups::One},
        {"SCAN", Access::Read},
        {"DBSIZE", Access::Read},
        {"MEMORY USAGE", Access::Read},
        {"MEMORY STATS", Access::Read},
        {"MEMORY DOCTOR", Access::Read},
        {"INFO", Access::Read},
        {"TIME", Access::Read},
        {"ROLE", Access::Read},
        {"PING", Access::Read},
        {"ECHO", Access::Read},
        {"LASTSAVE", Access::Read},
        // Bare COMMAND is left out: its reply nests deeper than hiredis before 1.0 reads.
        {"COMMAND COUNT", Access::Read},
        {"COMMAND INFO", Access::Read},
        {"COMMAND LIST", Access::Read},
        {"CONFIG GET", Access::Read},
        {"CLIENT LIST", Access::Read},
        {"CLIENT INFO", Access::Read},
        {"CLIENT ID", Access::Read},
        {"CLIENT GETNAME", Access::Read},
        {"CLIENT GETREDIR", Access::Read},
        {"CLIENT TRACKINGINFO", Access::Read},
        {"ACL WHOAMI", Access::Read},
        {"ACL CAT", Access::Read},
        {"ACL DRYRUN", Access::Read, Lookups::None, {-3}},
        {"SLOWLOG GET", Access::Read},
        {"SLOWLOG LEN", Access::Read},
        {"LATENCY LATEST", Access::Read},
        {"LATENCY HISTORY", Access::Read},
        {"MODULE LIST", Access::Read},
        {"SCRIPT EXISTS", Access::Read},
        {"PUBSUB CHANNELS", Access::Read},
        {"PUBSUB NUMSUB", Access::Read},
        {"CLUSTER INFO", Access::Read},

        {"AUTH", Access::Connection, Lookups::None, {-1}},
        {"SELECT", Access::Connection},
        {"CLIENT SETNAME", Access::Connection},
        {"CLIENT SETINFO", Access::Connection},
        {"CLIENT NO-TOUCH", Access::Connection},
        {"CLIENT TRACKING", Access::Connection},
        {"CLIENT CACHING", Access::Connection},
        {"SUBSCRIBE", Access::Connection},
        {"WATCH", Access::Connection},
        {"UNWATCH", Access::Connection},
        {"MULTI", Access::Connection},
        {"EXEC", Access::Connection},
        {"DISCARD", Access::Connection},

        // Values are other people's data: named, not shown.
        {"SET", Access::Write, Lookups::None, {2}},
        {"SETNX", Access::Write, Lookups::None, {2}},
        {"SETEX", Access::Write, Lookups::None, {3}},
        {"PSETEX", Access::Write, Lookups::None, {3}},
        {"MSET", Access::Write, Lookups::None, {-2}},
        {"SETRANGE", Access::Write, Lookups::None, {3}},
        {"APPEND", Access::Write, Lookups::None, {2}},
        {"GETSET", Access::Write, Lookups::One, {2}},
        {"GETDEL", Access::Write, Lookups::One},
        {"GETEX", Access::Write, Lookups::One},
        {"INCR", Access::Write},
        {"INCRBY", Access::Write},
        {"DECR", Access::Write},
        {"DEL", Access::Write},
        {"UNLINK", Access::Write},
        {"EXPIRE", Access::Write},
        {"PEXPIRE", Access::Write},
        {"EXPIREAT", Access::Write},
        {"PEXPIREAT", Access::Write},
        {"PERSIST", Access::Write},
        {"RENAME", Access::Write},
        {"RENAMENX", Access::Write},
        {"COPY", Access::Write, Lookups::One},
        {"RESTORE", Access::Write, Lookups::None, {3}},
        {"HSET", Access::Write, Lookups::None, {-3}},
        {"HDEL", Access::Write},
        {"LPUSH", Access::Write, Lookups::None, {-2}},
        {"RPUSH", Access::Write, Lookups::None, {-2}},
        {"LREM", Access::Write, Lookups::None, {3}},
        {"LINSERT", Access::Write, Lookups::None, {-3}},
        {"LSET", Access::Write, Lookups::None, {3}},
        {"SADD", Access::Write, Lookups::None, {-2}},
        {"SREM", Access::Write, Lookups::None, {-2}},
        {"ZADD", Access::Write, Lookups::None, {-2}},
        {"ZREM", Access::Write, Lookups::None, {-2}},
        {"XADD", Access::Write, Lookups::None, {-3}},
        {"FLUSHDB", Access::Write},
        {"FLUSHALL", Access::Write},

        // A script we did not register may do anything.
        {"EVAL", Access::Admin, Lookups::Script, {1}},
        {"EVALSHA", Access::Admin, Lookups::Script},
        {"EVAL_RO", Access::Admin, Lookups::Script, {1}},
        {"EVALSHA_RO", Access::Admin, Lookups::Script},
        // HELLO could switch this line to RESP3, which hiredis 0.14 does not read.
        {"HELLO", Access::Admin, Lookups::None, {-1}},
        {"CONFIG SET", Access::Admin, Lookups::None, {-2}},
        {"CONFIG RESETSTAT", Access::Admin},
        {"CONFIG REWRITE", Access::Admin},
        {"CLIENT KILL", Access::Admin},
        {"CLIENT PAUSE", Access::Admin},
        {"CLIENT UNPAUSE", Access::Admin},
        {"ACL SETUSER", Access::Admin, Lookups::None, {-1}},
        {"ACL DELUSER", Access::Admin},
        {"ACL LOG", Access::Admin},
        {"SCRIPT LOAD", Access::Admin, Lookups::None, {1}},
        {"SCRIPT FLUSH", Access::Admin},
        {"SCRIPT KILL", Access::Admin},
        {"SHUTDOWN", Access::Admin},
        {"MIGRATE", Access::Admin, Lookups::None, {-1}},
        {"REPLICAOF", Access::Admin},
        {"SLAVEOF", Access::Admin},
        {"SWAPDB", Access::Admin},
        {"SAVE", Access::Admin},
        {"BGSAVE", Access::Admin},
        {"BGREWRITEAOF", Access::Admin},
        {"MEMORY PURGE", Access::Admin},
        {"SLOWLOG RESET", Access::Admin},
        {"LATENCY RESET", Access::Admin},
        {"DEBUG", Access::Admin},
        {"MONITOR", Access::Admin},
    };

    CommandSpec specOf(const Row& row)
    {
        CommandSpec spec;
        spec.name = row.name;
        spec.access = row.access;
        spec.lookups = row.lookups;
        spec.maskedArguments = row.masked;
        return spec;
    }

    const QHash<QByteArray, CommandSpec>& table()
    {
        static const QHash<QByteArray, CommandSpec> specs = [] {
            QHash<QByteArray, CommandSpec> all;
            for (const Row& row : rows)
                all.insert(row.name, specOf(row));
            return all;
        }();
        return specs;
    }

    // Words that the name takes: two for "CONFIG GET".
    qsizetype nameWords(const CommandSpec& spec) { return spec.name.contains(' ') ? 2 : 1; }

    struct Scripts {
        QMutex mutex;
        std::deque<std::pair<QByteArray, Script>> all; // by hex SHA-1; addresses stay valid
    };

    Scripts& scripts()
    {
        static Scripts registered;
        return registered;
    }

    const Script* scriptBySha(const QByteArray& sha)
    {
        Scripts& known = scripts();
        const QMutexLocker lock(&known.mutex);
        const auto at = std::ranges::find(known.all, sha.toLower(), &std::pair<QByteArray, Script>::first);
        return at == known.all.end() ? nullptr : &at->second;
    }

    QByteArray shaOf(const QByteArray& source)
    {
        return QCryptographicHash::hash(source, QCryptographicHash::Sha1).toHex();
    }

    const Script* scriptOf(const Command& command)
    {
        if (command.words().size() < 2)
            return nullptr;
        const QByteArray& word = command.words().at(1);
        return command.name().startsWith("EVALSHA") ? scriptBySha(word) : findScript(word);
    }

    bool scansByType(const Command& command)
    {
        return command.name() == "SCAN"
            && std::ranges::any_of(command.words(), [](const QByteArray& word) { return word.toUpper() == "TYPE"; });
    }

    // SET … GET answers with the old value, which it looks up.
    bool setsAndGets(const Command& command)
    {
        return command.words().size() > 3 && command.name() == "SET"
            && std::ranges::any_of(command.words().mid(3), [](const QByteArray& word) { return word.toUpper() == "GET"; });
    }
}

const CommandSpec* findCommand(const Command& command)
{
    const QHash<QByteArray, CommandSpec>& specs = table();
    const QByteArray name = command.name();
    const auto plain = specs.constFind(name);
    if (plain == specs.constEnd() && command.words().size() > 1) {
        const auto member = specs.constFind(name + ' ' + command.words().at(1).toUpper());
        if (member != specs.constEnd())
            return &*member;
    }
    return plain == specs.constEnd() ? nullptr : &*plain;
}

QList<QByteArray> listedCommands()
{
    return table().keys();
}

bool allowedReadOnly(const Command& command)
{
    const CommandSpec* spec = findCommand(command);
    if (!spec)
        return false;
    if (spec->lookups == Lookups::Script) {
        const Script* script = scriptOf(command);
        return script && !script->writes;
    }
    return spec->access == Access::Read || spec->access == Access::Connection;
}

bool countsDespiteError(const QByteArray& errorText)
{
    static constexpr std::array starts {"WRONGTYPE", "ERR An LFU maxmemory policy", "ERR no such key"};
    return std::ranges::any_of(starts, [&](const char* start) { return errorText.startsWith(start); });
}

int possibleLookups(const Command& command)
{
    const CommandSpec* spec = findCommand(command);
    if (!spec)
        return 0;
    switch (spec->lookups) {
    case Lookups::None: return setsAndGets(command) ? 1 : 0;
    case Lookups::One: return 1;
    case Lookups::PerKey: return static_cast<int>(command.words().size() - nameWords(*spec));
    case Lookups::Script: {
        const Script* script = scriptOf(command);
        return script ? script->lookups : 0;
    }
    }
    Q_UNREACHABLE();
}

int countedLookups(const Command& command, const Reply& reply)
{
    if (reply.isError())
        return countsDespiteError(reply.bytes) ? possibleLookups(command) : 0;
    if (scansByType(command))
        return reply.items.size() == 2 ? static_cast<int>(reply.items.at(1).items.size()) : 0;
    return possibleLookups(command);
}

QString maskedText(const Command& command)
{
    static constexpr qsizetype longest = 200;
    const CommandSpec* spec = findCommand(command);
    const qsizetype named = spec ? nameWords(*spec) : 1;
    const auto isMasked = [&](int position) {
        if (!spec)
            return true;
        return std::ranges::any_of(
            spec->maskedArguments, [&](int m) { return m < 0 ? position >= -m : position == m; });
    };
    // Keys of a script are shown, its arguments may be values.
    const bool isScript = spec && spec->lookups == Lookups::Script;
    const qint64 scriptKeys = isScript ? command.words().value(2).toLongLong() : 0;
    QString text;
    for (qsizetype i = 0; i < command.words().size() && text.size() <= longest; ++i) {
        const int position = static_cast<int>(i - named + 1);
        const bool masked = position > 0 && (isMasked(position) || (isScript && position > 2 + scriptKeys));
        if (i > 0)
            text += u' ';
        text += masked ? QStringLiteral("•••") : displayText(command.words().at(i).left(longest));
    }
    return text.size() <= longest ? text : QString(text.left(longest - 1) + u'…');
}

const Script* findScript(const QByteArray& source)
{
    return scriptBySha(shaOf(source));
}

void registerScript(const Script& script)
{
    const QByteArray sha = shaOf(script.source);
    if (scriptBySha(sha))
        return;
    Scripts& known = scripts();
    const QMutexLocker lock(&known.mutex);
    known.all.emplace_back(sha, script);
}

}
