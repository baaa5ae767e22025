// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/exporter.h"
#include "core/archive/importer.h"
#include "tests/support/redistest.h"

#include <QTemporaryDir>

// What the tests of archives share: servers filled with keys of all kinds, and the two acts.
namespace archivetest {

inline bool finishes(core::Job& job)
{
    if (job.state() == core::Job::State::Ready)
        job.start();
    return QTest::qWaitFor([&] { return job.isFinished(); }, redistest::patienceMs);
}

inline QList<QByteArray> oddKeys()
{
    return {"plain", QByteArray("nul\0in it", 9), "line\nbreak\r\n", "bad\xff\xfeutf8", "", "quote\"back\\slash", "glob*?[a]", "::::", "\xe2\x80\xae" "bidi",
        QByteArray(1024 * 1024, 'k'), "<img src=x>", "\x01\x1f\x7f", "\xc3\xa9t\xc3\xa9", "\xed\xa0\x80"};
}

inline core::redis::Reply answerOf(core::redis::Session& session, core::redis::Pipeline pipeline)
{
    const auto replies = redistest::wait(session.send(std::move(pipeline)));
    core::redis::Reply wrong {core::redis::Reply::Type::Error, 0, "no reply", {}};
    if (!replies)
        return wrong;
    for (const core::redis::Reply& reply : *replies) {
        if (reply.isError())
            return reply;
    }
    return replies->last();
}

// Every type, small and beyond a page, with and without an end, and odd bytes everywhere.
inline QList<QByteArray> fill(core::redis::Session& session)
{
    using core::redis::Command;
    core::redis::Pipeline make;
    QList<QByteArray> keys = oddKeys();
    for (int i = 0; i < keys.size(); ++i) {
        make << Command {"SET", keys.at(i), i % 2 ? keys.at(i) : keys.at(keys.size() - 1 - i)};
        if (i % 3 == 0)
            make << Command {"PEXPIRE", keys.at(i), QByteArray::number(600'000 + i)};
    }
    const QList<QByteArray> odd {"a", "", QByteArray("b\0c", 3), "bad\xff", "x\ny"};
    Command hash {"HSET", "hash"}, list {"RPUSH", "list"}, set {"SADD", "set"}, zset {"ZADD", "zset"};
    for (const QByteArray& bytes : odd) {
        hash << bytes << bytes + "!";
        list << bytes << bytes;
        set << bytes;
    }
    zset << "-inf" << "low" << "0.1" << "bad\xff" << "1e300" << "high" << "inf" << "top";
    make << hash << list << set << zset << Command {"PEXPIRE", "hash", "500000"};
    make << Command {"XADD", "stream", "1-1", "f", "v", "f", "bad\xff"} << Command {"XADD", "stream", "1-2", "g", ""};
    make << Command {"XADD", "empty-stream", "1-1", "f", "v"} << Command {"XDEL", "empty-stream", "1-1"};
    make << Command {"SET", "exactly-a-page", QByteArray(64 * 1024, 'p')};
    QByteArray large(3 * 1024 * 1024 + 17, 'l');
    large[100] = '\0';
    large[2'000'000] = '\xff';
    make << Command {"SET", "large-string", large, "PX", "700000"};
    Command largeHash {"HSET", "large-hash"}, largeList {"RPUSH", "large-list"}, largeSet {"SADD", "large-set"}, largeZset {"ZADD", "large-zset"};
    for (int i = 0; i < 5000; ++i) {
        const QByteArray number = QByteArray::number(i);
        largeHash << "field" + number << "value\xff" + number;
        largeList << "element" + number;
        largeSet << "member" + number;
        largeZset << number + ".5" << "member" + number;
        make << Command {"XADD", "large-stream", QByteArray::number(1 + i / 7) + '-' + QByteArray::number(i % 7), "n", number};
    }
    make << largeHash << largeList << largeSet << largeZset << Command {"PEXPIRE", "large-list", "900000"};
    if (const auto wrong = answerOf(session, make); wrong.isError())
        qWarning("%s", wrong.bytes.constData());
    keys << "hash" << "list" << "set" << "zset" << "stream" << "empty-stream" << "exactly-a-page" << "large-string" << "large-hash"
         << "large-list" << "large-set" << "large-zset" << "large-stream";
    return keys;
}

// A whole value as one reply to compare, members of hashes and sets in order.
inline QByteArray valueOf(core::redis::Session& session, const QByteArray& key)
{
    using redistest::ask;
    const QByteArray type = ask(session, {"TYPE", key}).bytes;
    core::redis::Reply value = type == "string" ? ask(session, {"GET", key})
        : type == "hash"                        ? ask(session, {"HGETALL", key})
        : type == "list"                        ? ask(session, {"LRANGE", key, "0", "-1"})
        : type == "set"                         ? ask(session, {"SMEMBERS", key})
        : type == "zset"                        ? ask(session, {"ZRANGE", key, "0", "-1", "WITHSCORES"})
                                                : ask(session, {"XRANGE", key, "-", "+"});
    const int stride = type == "hash" ? 2 : 1;
    QList<QByteArray> words;
    for (qsizetype i = 0; i < value.items.size(); i += stride) {
        QByteArray word;
        const auto add = [&word](const auto& self, const core::redis::Reply& reply) -> void {
            word += QByteArray::number(reply.bytes.size()) + ':' + reply.bytes + ',';
            for (const auto& item : reply.items)
                self(self, item);
        };
        for (int j = 0; j < stride; ++j)
            add(add, value.items.at(i + j));
        words << word;
    }
    if (type == "hash" || type == "set")
        std::sort(words.begin(), words.end());
    return type + '|' + value.bytes + '|' + words.join('\n');
}

// Value and expiry (within a second) of each key alike on both servers; the first that is not.
inline QByteArray firstDifference(core::redis::Session& one, core::redis::Session& other, const QList<QByteArray>& keys)
{
    for (const QByteArray& key : keys) {
        if (valueOf(one, key) != valueOf(other, key))
            return "value of " + key.left(40).toPercentEncoding() + " " + valueOf(one, key).left(60) + " / " + valueOf(other, key).left(60);
        const qint64 before = redistest::ask(one, {"PTTL", key}).integer;
        const qint64 after = redistest::ask(other, {"PTTL", key}).integer;
        if ((before < 0 || after < 0) ? before != after : qAbs(before - after) > 1000)
            return "expiry of " + key.left(40) + QByteArray::number(before) + " / " + QByteArray::number(after);
    }
    return {};
}

inline core::Result<core::archive::ImportSummary> import(
    core::redis::Session& session, const QString& file, core::archive::Importer::Options options = {})
{
    core::archive::ImportCheck check(&session, file, {true, options.permit});
    if (!finishes(check) || !check.outcome())
        return core::fail(check.outcome() ? core::Error {core::Code::Timeout, {}, {}, {}} : check.outcome().error());
    core::archive::Importer importer(&session, check.archive(), options);
    if (!finishes(importer) || !importer.outcome())
        return core::fail(importer.outcome() ? core::Error {core::Code::Timeout, {}, {}, {}} : importer.outcome().error());
    return importer.summary();
}

inline QByteArray contentOf(const QString& file)
{
    QFile device(file);
    return device.open(QIODevice::ReadOnly) ? device.readAll() : QByteArray();
}

inline void put(const QString& file, const QByteArray& bytes)
{
    QFile device(file);
    QVERIFY(device.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(device.write(bytes), bytes.size());
}

}
