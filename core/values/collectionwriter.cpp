// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/collectionwriter.h"

#include <QUuid>

#include <algorithm>
#include <limits>

namespace core::values {

namespace {
    using redis::Command;
    using redis::Pipeline;
    using redis::Replies;
    using redis::Reply;
    using Answer = Verdict::Answer;

    std::shared_ptr<const Change> shared(Change change) { return std::make_shared<const Change>(std::move(change)); }

    std::optional<QByteArray> bytesOf(const Reply& reply)
    {
        return reply.isNil() ? std::nullopt : std::optional(reply.bytes);
    }

    bool isSame(const std::optional<QByteArray>& a, const std::optional<QByteArray>& b) { return a == b; }

    // The server may write a score in another way than it was typed: 0.1 as 0.10000000000000001.
    double scoreOf(const QByteArray& text)
    {
        const QByteArray word = text.toLower();
        constexpr double unending = std::numeric_limits<double>::infinity();
        return word == "-inf" ? -unending : word.endsWith("inf") ? unending : text.toDouble();
    }
    bool isSameScore(const std::optional<QByteArray>& a, const std::optional<QByteArray>& b)
    {
        return a && b ? scoreOf(*a) == scoreOf(*b) : a.has_value() == b.has_value();
    }

    // The key that its last element took along is made again, with what `ttlMs` it had; -2: it must be there.
    constexpr qint64 mustBeThere = -2;
    qint64 revivedTtl(qint64 ttlMs, const Reply& lengthBefore) { return lengthBefore.integer == 1 ? ttlMs : mustBeThere; }

    // All acts look at PTTL first and then at what they change. `write` is asked only where that is as expected.
    using Write = std::function<void(Verdict&, const Replies&)>;
    using Same = bool (*)(const std::optional<QByteArray>&, const std::optional<QByteArray>&);
    Change overExpected(const QByteArray& key, const Pipeline& look, const std::optional<QByteArray>& expected, qint64 revivedTtlMs, Write write, Same same = isSame)
    {
        Change change {{key}, Pipeline {{"PTTL", key}} + look, {}};
        change.judge = [key, expected, revivedTtlMs, same, write = std::move(write)](const Replies& replies) {
            Verdict verdict;
            verdict.ttlMs = replies.at(0).integer;
            const bool isGone = verdict.ttlMs == -2;
            verdict.current = bytesOf(replies.at(1));
            verdict.answer = isGone && revivedTtlMs == mustBeThere ? Answer::Gone : same(verdict.current, expected) ? Answer::Written : Answer::Changed;
            if (verdict.answer != Answer::Written)
                return verdict;
            write(verdict, replies);
            if (isGone && revivedTtlMs >= 0)
                verdict.commands += Command {"PEXPIRE", key, QByteArray::number(std::max<qint64>(1, revivedTtlMs))};
            return verdict;
        };
        return change;
    }

    Change putField(const QByteArray& key, const QByteArray& field, const std::optional<QByteArray>& expected, const QByteArray& value, qint64 revivedTtlMs)
    {
        return overExpected(key, {{"HGET", key, field}}, expected, revivedTtlMs, [=](Verdict& verdict, const Replies&) {
            verdict.commands = {{"HSET", key, field, value}};
            verdict.undo = shared(expected ? setField(key, field, value, *expected) : removeField(key, field, value));
        });
    }

    Change putScore(const QByteArray& key, const QByteArray& member, const std::optional<QByteArray>& expected, const QByteArray& score, qint64 revivedTtlMs)
    {
        return overExpected(key, {{"ZSCORE", key, member}}, expected, revivedTtlMs, [=](Verdict& verdict, const Replies&) {
            verdict.commands = {{"ZADD", key, score, member}};
            verdict.undo = shared(expected ? setScore(key, member, score, *expected) : removeScored(key, member, score));
        }, isSameScore);
    }

    Change putMember(const QByteArray& key, const QByteArray& member, qint64 revivedTtlMs)
    {
        Change change {{key}, {{"PTTL", key}, {"SISMEMBER", key, member}}, {}};
        change.judge = [=](const Replies& replies) {
            const qint64 ttlMs = replies.at(0).integer;
            if (ttlMs == -2 && revivedTtlMs == mustBeThere)
                return Verdict {Answer::Gone};
            if (replies.at(1).integer != 0)
                return Verdict {Answer::Exists};
            Verdict verdict {Answer::Written, {{"SADD", key, member}}};
            if (ttlMs == -2 && revivedTtlMs >= 0)
                verdict.commands += Command {"PEXPIRE", key, QByteArray::number(std::max<qint64>(1, revivedTtlMs))};
            verdict.ttlMs = ttlMs;
            verdict.undo = shared(removeMember(key, member));
            return verdict;
        };
        return change;
    }

    QByteArray placeholder()
    {
        return "cachelight:" + QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    }

    // An element where one was taken out of a list of `length` elements by then, `next` after it.
    Change insertElement(const QByteArray& key, qint64 index, const QByteArray& value, qint64 length, const std::optional<QByteArray>& next, qint64 revivedTtlMs)
    {
        const QByteArray at = QByteArray::number(index);
        return overExpected(key, {{"LINDEX", key, at}, {"LLEN", key}}, next, length == 0 ? revivedTtlMs : mustBeThere, [=](Verdict& verdict, const Replies& replies) {
            if (replies.at(2).integer != length) {
                verdict.answer = Answer::Changed;
                return;
            }
            const QByteArray mark = placeholder();
            if (next)
                verdict.commands = {{"LSET", key, at, mark}, {"LINSERT", key, "BEFORE", mark, value}, {"LSET", key, QByteArray::number(index + 1), *next}};
            else
                verdict.commands = {{"RPUSH", key, value}};
            verdict.undo = shared(removeElement(key, index, value));
        });
    }
}

Change setField(const QByteArray& key, const QByteArray& field, const std::optional<QByteArray>& expected, const QByteArray& value)
{
    return putField(key, field, expected, value, mustBeThere);
}

Change removeField(const QByteArray& key, const QByteArray& field, const QByteArray& expected)
{
    return overExpected(key, {{"HGET", key, field}, {"HLEN", key}}, expected, mustBeThere, [=](Verdict& verdict, const Replies& replies) {
        verdict.commands = {{"HDEL", key, field}};
        verdict.undo = shared(putField(key, field, std::nullopt, expected, revivedTtl(verdict.ttlMs, replies.at(2))));
    });
}

Change pushElement(const QByteArray& key, ListEnd end, const QByteArray& value)
{
    Change change {{key}, {{"PTTL", key}, {"LLEN", key}}, {}};
    change.judge = [=](const Replies& replies) {
        if (replies.at(0).integer == -2)
            return Verdict {Answer::Gone};
        const bool isFirst = end == ListEnd::First;
        Verdict verdict {Answer::Written, {{isFirst ? "LPUSH" : "RPUSH", key, value}}};
        verdict.ttlMs = replies.at(0).integer;
        verdict.undo = shared(removeElement(key, isFirst ? 0 : replies.at(1).integer, value));
        return verdict;
    };
    return change;
}

Change setElement(const QByteArray& key, qint64 index, const QByteArray& expected, const QByteArray& value)
{
    const QByteArray at = QByteArray::number(index);
    return overExpected(key, {{"LINDEX", key, at}}, expected, mustBeThere, [=](Verdict& verdict, const Replies&) {
        verdict.commands = {{"LSET", key, at, value}};
        verdict.undo = shared(setElement(key, index, value, expected));
    });
}

Change removeElement(const QByteArray& key, qint64 index, const QByteArray& expected)
{
    const QByteArray at = QByteArray::number(index);
    const Pipeline look {{"LINDEX", key, at}, {"LINDEX", key, QByteArray::number(index + 1)}, {"LLEN", key}};
    return overExpected(key, look, expected, mustBeThere, [=](Verdict& verdict, const Replies& replies) {
        const QByteArray mark = placeholder();
        verdict.commands = {{"LSET", key, at, mark}, {"LREM", key, "1", mark}};
        verdict.undo = shared(insertElement(key, index, expected, replies.at(3).integer - 1, bytesOf(replies.at(2)), verdict.ttlMs));
    });
}

Change addMember(const QByteArray& key, const QByteArray& member)
{
    return putMember(key, member, mustBeThere);
}

Change removeMember(const QByteArray& key, const QByteArray& member)
{
    Change change {{key}, {{"PTTL", key}, {"SISMEMBER", key, member}, {"SCARD", key}}, {}};
    change.judge = [=](const Replies& replies) {
        if (replies.at(0).integer == -2)
            return Verdict {Answer::Gone};
        if (replies.at(1).integer == 0)
            return Verdict {Answer::Changed};
        Verdict verdict {Answer::Written, {{"SREM", key, member}}};
        verdict.ttlMs = replies.at(0).integer;
        verdict.undo = shared(putMember(key, member, revivedTtl(verdict.ttlMs, replies.at(2))));
        return verdict;
    };
    return change;
}

Change setScore(const QByteArray& key, const QByteArray& member, const std::optional<QByteArray>& expected, const QByteArray& score)
{
    return putScore(key, member, expected, score, mustBeThere);
}

Change removeScored(const QByteArray& key, const QByteArray& member, const QByteArray& expected)
{
    return overExpected(key, {{"ZSCORE", key, member}, {"ZCARD", key}}, expected, mustBeThere, [=](Verdict& verdict, const Replies& replies) {
        verdict.commands = {{"ZREM", key, member}};
        verdict.undo = shared(putScore(key, member, std::nullopt, expected, revivedTtl(verdict.ttlMs, replies.at(2))));
    }, isSameScore);
}

}
