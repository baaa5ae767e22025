// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/lookupsplit.h"

#include "core/redis/commandtable.h"

#include <QHash>

#include <algorithm>

namespace core::redis {

// How the reply of a command tells a hit from a miss.
enum class LookupTell {
    Nothing,
    NilIsMiss,
    MinusTwoIsMiss,
    NoneIsMiss,
    CountIsHits, // one lookup a key, the reply counts those that exist
    EmptyIsMiss, // 0 or nothing: a collection that exists is never empty
    SomethingIsHit, // nothing may also come from an existing key
    ItemIsHit, // one lookup a key; nil also for a key of another type (MGET)
    Cursor, // HSCAN, SSCAN, ZSCAN
};

namespace {
    using Tell = LookupTell;

    const QHash<QByteArray, Tell>& tells()
    {
        static const QHash<QByteArray, Tell> table {
            {"GET", Tell::NilIsMiss},
            {"DUMP", Tell::NilIsMiss},
            {"OBJECT ENCODING", Tell::NilIsMiss},
            {"OBJECT FREQ", Tell::NilIsMiss},
            {"OBJECT IDLETIME", Tell::NilIsMiss},
            {"OBJECT REFCOUNT", Tell::NilIsMiss},
            {"GETSET", Tell::NilIsMiss},
            {"GETDEL", Tell::NilIsMiss},
            {"GETEX", Tell::NilIsMiss},
            {"SET", Tell::NilIsMiss}, // counts with GET only, then answers the old value
            {"TTL", Tell::MinusTwoIsMiss},
            {"PTTL", Tell::MinusTwoIsMiss},
            {"EXPIRETIME", Tell::MinusTwoIsMiss},
            {"PEXPIRETIME", Tell::MinusTwoIsMiss},
            {"TYPE", Tell::NoneIsMiss},
            {"EXISTS", Tell::CountIsHits},
            {"TOUCH", Tell::CountIsHits},
            {"HLEN", Tell::EmptyIsMiss},
            {"LLEN", Tell::EmptyIsMiss},
            {"SCARD", Tell::EmptyIsMiss},
            {"ZCARD", Tell::EmptyIsMiss},
            {"HGETALL", Tell::EmptyIsMiss},
            {"SMEMBERS", Tell::EmptyIsMiss},
            {"COPY", Tell::SomethingIsHit}, // 0 also where the target exists
            {"STRLEN", Tell::SomethingIsHit},
            {"GETRANGE", Tell::SomethingIsHit},
            {"HGET", Tell::SomethingIsHit},
            {"HMGET", Tell::SomethingIsHit},
            {"LRANGE", Tell::SomethingIsHit},
            {"LINDEX", Tell::SomethingIsHit},
            {"SISMEMBER", Tell::SomethingIsHit},
            {"SMISMEMBER", Tell::SomethingIsHit},
            {"ZCOUNT", Tell::SomethingIsHit},
            {"ZRANGE", Tell::SomethingIsHit},
            {"ZRANGEBYSCORE", Tell::SomethingIsHit},
            {"ZSCORE", Tell::SomethingIsHit},
            {"XLEN", Tell::SomethingIsHit},
            {"XRANGE", Tell::SomethingIsHit},
            {"MGET", Tell::ItemIsHit},
            {"HSCAN", Tell::Cursor},
            {"SSCAN", Tell::Cursor},
            {"ZSCAN", Tell::Cursor},
        };
        return table;
    }

    bool isSomething(const Reply& reply)
    {
        if (reply.isArray())
            return std::ranges::any_of(reply.items, isSomething);
        return reply.isString() ? !reply.bytes.isEmpty() : !reply.isNil() && reply.integer != 0;
    }

    LookupSplit hitIf(bool hit, qint64 all)
    {
        return hit ? LookupSplit {.hits = all} : LookupSplit {.misses = all};
    }

    LookupSplit hitOrOpen(bool hit, qint64 all)
    {
        return hit ? LookupSplit {.hits = all} : LookupSplit {.open = all};
    }

    // A whole iteration in one answer that holds nothing: the key is not there. A later part may be empty.
    LookupSplit ofCursor(const Command& command, const Reply& reply, qint64 all)
    {
        const bool ended = reply.items.size() == 2 && reply.items.at(0).bytes == "0";
        const bool empty = reply.items.size() == 2 && reply.items.at(1).items.isEmpty();
        if (!ended || !empty)
            return {.hits = all};
        const bool whole = command.words().value(2) == "0"
            && std::ranges::none_of(command.words().mid(3), [](const QByteArray& word) { return word.toUpper() == "MATCH"; });
        return whole ? LookupSplit {.misses = all} : LookupSplit {.open = all};
    }

    LookupSplit ofItems(const Reply& reply, qint64 all)
    {
        const auto hits = qint64(std::ranges::count_if(reply.items, [](const Reply& item) { return !item.isNil(); }));
        return {.hits = std::min(hits, all), .open = all - std::min(hits, all)};
    }

    // The lookup was counted and then refused: the key is there with another type, or not there at all.
    LookupSplit ofError(const Reply& reply, qint64 all)
    {
        return hitIf(!reply.bytes.startsWith("ERR no such key"), all);
    }

    LookupSplit told(Tell tell, const Reply& reply, qint64 all)
    {
        if (reply.isError())
            return tell == Tell::Nothing ? LookupSplit {.open = all} : ofError(reply, all);
        const qint64 counted = std::clamp<qint64>(reply.integer, 0, all);
        switch (tell) {
        case Tell::Nothing:
        case Tell::Cursor: break;
        case Tell::NilIsMiss: return hitIf(!reply.isNil(), all);
        case Tell::MinusTwoIsMiss: return hitIf(reply.integer != -2, all);
        case Tell::NoneIsMiss: return hitIf(reply.bytes != "none", all);
        case Tell::CountIsHits: return {.hits = counted, .misses = all - counted};
        case Tell::EmptyIsMiss: return hitIf(reply.isArray() ? !reply.items.isEmpty() : reply.integer != 0, all);
        case Tell::SomethingIsHit: return hitOrOpen(isSomething(reply), all);
        case Tell::ItemIsHit: return ofItems(reply, all);
        }
        return {.open = all};
    }

    // SET … GET answers with the old value. Only what follows these is no option.
    bool hasOpenOption(const QList<QByteArray>& words)
    {
        static const QList<QByteArray> valued {"EX", "PX", "EXAT", "PXAT"};
        for (qsizetype i = 3; i < words.size(); ++i) {
            if (words.at(i).isNull() && (i == 3 || !valued.contains(words.at(i - 1))))
                return true;
        }
        return false;
    }
}

LookupSplit& LookupSplit::operator+=(const LookupSplit& other)
{
    hits += other.hits;
    misses += other.misses;
    open += other.open;
    return *this;
}

LookupSplit splitLookups(const Command& command, const Reply& reply)
{
    const qint64 all = countedLookups(command, reply);
    const CommandSpec* spec = findCommand(command);
    if (all == 0 || !spec)
        return {};
    const Tell tell = tells().value(spec->name, Tell::Nothing);
    return tell == Tell::Cursor && !reply.isError() ? ofCursor(command, reply, all) : told(tell, reply, all);
}

std::optional<LookupRule> LookupRule::of(const Command& shape)
{
    static const QList<QByteArray> changing {"SCAN", "MULTI", "EXEC", "DISCARD"};
    const CommandSpec* spec = findCommand(shape);
    const bool isOpenName = !spec && shape.words().size() > 1 && shape.words().at(1).isNull();
    if (isOpenName || changing.contains(shape.name()) || (spec && spec->lookups == CommandSpec::Lookups::Script))
        return std::nullopt;
    const Tell tell = spec ? tells().value(spec->name, Tell::Nothing) : Tell::Nothing;
    if (tell == Tell::Cursor || (shape.name() == "SET" && hasOpenOption(shape.words())))
        return std::nullopt;
    return LookupRule(tell, possibleLookups(shape));
}

LookupSplit LookupRule::split(const Reply& reply) const
{
    if (m_possible == 0 || (reply.isError() && !countsDespiteError(reply.bytes)))
        return {};
    return told(m_tell, reply, m_possible);
}

}
