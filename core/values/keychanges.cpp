// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/keychanges.h"

#include "core/redis/typecommands.h"

#include <QCryptographicHash>
#include <QVersionNumber>

#include <algorithm>

namespace core::values {

namespace {
    using redis::Command;
    using redis::Pipeline;
    using redis::Replies;
    using Answer = Verdict::Answer;

    Command lengthCommand(const Identity& identity)
    {
        if (identity.bytes)
            return {"GET", identity.key};
        const QByteArray name = redis::lengthCommand(identity.type);
        return {name.isEmpty() ? QByteArray("EXISTS") : name, identity.key};
    }

    Command ttlCommand(const QByteArray& key, qint64 ttlMs)
    {
        return ttlMs < 0 ? Command {"PERSIST", key} : Command {"PEXPIRE", key, QByteArray::number(std::max<qint64>(1, ttlMs))};
    }

    bool isIt(const Identity& identity, const redis::Reply& type, const redis::Reply& length)
    {
        if (type.bytes != identity.type)
            return false;
        if (identity.bytes)
            return length.bytes == *identity.bytes;
        return identity.length < 0 || length.integer == identity.length;
    }

    std::optional<Answer> unlessIt(const Identity& identity, const redis::Reply& type, const redis::Reply& length)
    {
        if (type.bytes == "none")
            return Answer::Gone;
        return isIt(identity, type, length) ? std::nullopt : std::optional(Answer::Changed);
    }

    Identity named(Identity identity, const QByteArray& key)
    {
        identity.key = key;
        return identity;
    }

    std::shared_ptr<const Change> shared(Change change) { return std::make_shared<const Change>(std::move(change)); }

    // What was made by us and is still that.
    Change removeKey(const Identity& identity)
    {
        Change change {{identity.key}, {{"TYPE", identity.key}, lengthCommand(identity)}, {}};
        change.judge = [identity](const Replies& replies) {
            if (const auto otherwise = unlessIt(identity, replies.at(0), replies.at(1)))
                return Verdict {*otherwise};
            return Verdict {Answer::Written, {{"UNLINK", identity.key}}};
        };
        return change;
    }

    Command storeCommand(const StringEdit& edit)
    {
        Command set {"SET", edit.key, edit.value};
        if (edit.lifetime == StringEdit::Lifetime::Keep)
            set << QByteArray("KEEPTTL");
        else if (edit.lifetime == StringEdit::Lifetime::Set)
            set << QByteArray("PX") << edit.ttlMs;
        return set;
    }

    StringEdit undone(const StringEdit& edit, const QByteArray& before, qint64 ttlMs)
    {
        using Lifetime = StringEdit::Lifetime;
        const Lifetime lifetime = edit.lifetime == Lifetime::Keep ? Lifetime::Keep : ttlMs < 0 ? Lifetime::Forever : Lifetime::Set;
        return {edit.key, before, lifetime, std::max<qint64>(1, ttlMs), edit.value, {}};
    }

    bool hasCopy(const QString& serverVersion)
    {
        return QVersionNumber::fromString(serverVersion) >= QVersionNumber(6, 2);
    }
}

Identity identityOf(const Value& value)
{
    Identity identity {value.key, value.type, value.length};
    if (value.isString() && !value.truncated)
        identity.bytes = value.bytes;
    return identity;
}

std::optional<qint64> ttlAfter(qint64 ttlMs, const TtlWish& wish)
{
    switch (wish.kind) {
    case TtlWish::Kind::Set: return wish.ms;
    case TtlWish::Kind::Extend: return ttlMs < 0 ? std::nullopt : std::optional(ttlMs + wish.ms);
    case TtlWish::Kind::Persist: return -1;
    }
    Q_UNREACHABLE();
}

Change setTtl(const Identity& identity, const TtlWish& wish)
{
    Change change {{identity.key}, {{"PTTL", identity.key}, {"TYPE", identity.key}, lengthCommand(identity)}, {}};
    change.judge = [identity, wish](const Replies& replies) {
        Verdict verdict;
        verdict.ttlMs = replies.at(0).integer;
        if (verdict.ttlMs == -2) {
            verdict.answer = Answer::Gone;
            return verdict;
        }
        const auto after = ttlAfter(verdict.ttlMs, wish);
        verdict.answer = after && isIt(identity, replies.at(1), replies.at(2)) ? Answer::Written : Answer::Changed;
        if (verdict.answer == Answer::Changed)
            return verdict;
        verdict.commands = {ttlCommand(identity.key, *after)};
        const TtlWish back {verdict.ttlMs < 0 ? TtlWish::Kind::Persist : TtlWish::Kind::Set, std::max<qint64>(1, verdict.ttlMs)};
        verdict.undo = shared(setTtl(identity, back));
        return verdict;
    };
    return change;
}

bool StringEdit::fits(const QByteArray& stored) const
{
    if (expected && stored != *expected)
        return false;
    return !expectedSha256 || QCryptographicHash::hash(stored, QCryptographicHash::Sha256) == *expectedSha256;
}

Change storeString(const StringEdit& edit)
{
    Change change {{edit.key}, {{"PTTL", edit.key}, {"GET", edit.key}}, {}};
    change.judge = [edit](const Replies& replies) {
        Verdict verdict;
        verdict.ttlMs = replies.at(0).integer;
        if (!replies.at(1).isNil())
            verdict.current = replies.at(1).bytes;
        verdict.answer = edit.isConditional() && !verdict.current ? Answer::Gone
            : verdict.current && !edit.fits(*verdict.current)      ? Answer::Changed
                                                                   : Answer::Written;
        if (verdict.answer != Answer::Written)
            return verdict;
        verdict.commands = {storeCommand(edit)};
        if (verdict.current)
            verdict.undo = shared(storeString(undone(edit, *verdict.current, verdict.ttlMs)));
        return verdict;
    };
    return change;
}

Change storeString(const QByteArray& key, const QByteArray& expected, const QByteArray& value)
{
    return storeString(StringEdit {key, value, StringEdit::Lifetime::Keep, 0, expected, {}});
}

Change createString(const QByteArray& key, const QByteArray& value, qint64 ttlMs)
{
    Change change {{key}, {{"EXISTS", key}}, {}};
    change.judge = [key, value, ttlMs](const Replies& replies) {
        if (replies.at(0).integer != 0)
            return Verdict {Answer::Exists};
        Verdict verdict {Answer::Written, {{"SET", key, value}}};
        if (ttlMs >= 0)
            verdict.commands.first() << QByteArray("PX") << std::max<qint64>(1, ttlMs);
        verdict.undo = shared(removeKey({key, "string", value.size(), value}));
        return verdict;
    };
    return change;
}

Change renameKey(const Identity& identity, const QByteArray& to)
{
    const QByteArray from = identity.key;
    Change change {{from, to}, {{"TYPE", from}, lengthCommand(identity), {"EXISTS", to}}, {}};
    change.judge = [identity, from, to](const Replies& replies) {
        if (const auto otherwise = unlessIt(identity, replies.at(0), replies.at(1)))
            return Verdict {*otherwise};
        if (replies.at(2).integer != 0)
            return Verdict {Answer::Exists};
        Verdict verdict {Answer::Written, {{"RENAMENX", from, to}}};
        verdict.undo = shared(renameKey(named(identity, to), from));
        return verdict;
    };
    return change;
}

Change duplicateKey(const Identity& identity, const QByteArray& to, const QString& serverVersion)
{
    const QByteArray from = identity.key;
    const bool copies = hasCopy(serverVersion);
    Change change {{from, to}, {{"TYPE", from}, lengthCommand(identity), {"EXISTS", to}, {"PTTL", from}}, {}};
    if (!copies)
        change.look += Command {"DUMP", from};
    change.judge = [identity, from, to, copies](const Replies& replies) {
        if (const auto otherwise = unlessIt(identity, replies.at(0), replies.at(1)))
            return Verdict {*otherwise};
        if (replies.at(2).integer != 0)
            return Verdict {Answer::Exists};
        const qint64 ttlMs = replies.at(3).integer;
        Verdict verdict {Answer::Written};
        verdict.ttlMs = ttlMs;
        if (copies)
            verdict.commands = {{"COPY", from, to}};
        else
            verdict.commands = {{"RESTORE", to, QByteArray::number(std::max<qint64>(0, ttlMs)), replies.at(4).bytes}};
        verdict.undo = shared(removeKey(named(identity, to)));
        return verdict;
    };
    return change;
}

}
