// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/commandtable.h"
#include "core/redis/lookups.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::redis;
using namespace redistest;

// What the table says a command counts is compared with what the server counted, for keys of each type and a missing one.
class TestLookups final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void agreesWithTheServer_data();
    void agreesWithTheServer();
    void everyReadRowIsAsked();
    void countsInsideTransactions();
    void lostRepliesStayOpen();

private:
    static QList<Command> forms(const QByteArray& key);
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestLookups::initTestCase()
{
    registerScript({"return {redis.call('GET', KEYS[1]), redis.call('EXISTS', KEYS[1])}", 2, false});
    VERIFY_OK(m_server.startAndWait({.tcp = false, .arguments = {}, .folder = {}}));
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    VERIFY_OK(wait(m_session->send({{"SET", "string", "v"}, {"RPUSH", "list", "a"}, {"SADD", "set", "a"}, {"HSET", "hash", "f", "v"},
        {"ZADD", "zset", "1", "a"}, {"XADD", "stream", "1-1", "f", "v"}})));
}

// Every Read row, with arguments that get past the parser.
QList<Command> TestLookups::forms(const QByteArray& key)
{
    return {{"GET", key}, {"MGET", key, "none", key}, {"GETRANGE", key, "0", "1"}, {"STRLEN", key}, {"EXISTS", key, key, "none"},
        {"TOUCH", key, "none"}, {"TYPE", key}, {"TTL", key}, {"PTTL", key}, {"EXPIRETIME", key}, {"PEXPIRETIME", key}, {"DUMP", key},
        {"OBJECT", "ENCODING", key}, {"OBJECT", "FREQ", key}, {"OBJECT", "IDLETIME", key}, {"OBJECT", "REFCOUNT", key},
        {"HGET", key, "f"}, {"HMGET", key, "f", "g"}, {"HGETALL", key}, {"HLEN", key}, {"HSCAN", key, "0"}, {"LLEN", key},
        {"LRANGE", key, "0", "-1"}, {"LINDEX", key, "0"}, {"SCARD", key}, {"SMEMBERS", key}, {"SISMEMBER", key, "a"},
        {"SMISMEMBER", key, "a", "b"}, {"SSCAN", key, "0"}, {"ZCARD", key}, {"ZCOUNT", key, "-inf", "+inf"}, {"ZRANGE", key, "0", "-1"},
        {"ZRANGEBYSCORE", key, "-inf", "+inf"}, {"ZSCAN", key, "0"}, {"ZSCORE", key, "a"}, {"XLEN", key}, {"XRANGE", key, "-", "+"},
        {"SCAN", "0"}, {"SCAN", "0", "MATCH", key}, {"DBSIZE"}, {"MEMORY", "USAGE", key}, {"MEMORY", "STATS"}, {"MEMORY", "DOCTOR"},
        {"INFO"}, {"TIME"}, {"ROLE"}, {"PING"}, {"ECHO", key}, {"LASTSAVE"}, {"COMMAND", "COUNT"}, {"COMMAND", "INFO", "GET"},
        {"COMMAND", "LIST"}, {"CONFIG", "GET", "maxmemory"}, {"CLIENT", "LIST"}, {"CLIENT", "INFO"}, {"CLIENT", "ID"},
        {"CLIENT", "GETNAME"}, {"CLIENT", "GETREDIR"}, {"CLIENT", "TRACKINGINFO"}, {"ACL", "WHOAMI"}, {"ACL", "CAT"},
        {"ACL", "DRYRUN", "default", "GET", key}, {"SLOWLOG", "GET"}, {"SLOWLOG", "LEN"}, {"LATENCY", "LATEST"},
        {"LATENCY", "HISTORY", "command"}, {"MODULE", "LIST"}, {"SCRIPT", "EXISTS", "ffffffffffffffffffffffffffffffffffffffff"},
        {"PUBSUB", "CHANNELS"}, {"PUBSUB", "NUMSUB"}, {"CLUSTER", "INFO"}, {"WATCH", key}, {"UNWATCH"}, {"SET", key, "v", "XX", "GET"},
        {"EXPIRE", "none", "10"}, {"PERSIST", key}, {"DEL", "none"}, {"UNLINK", "none"}, {"GETDEL", "none"},
        {"COPY", key, "copied", "REPLACE"}, {"COPY", key, "string"}, {"LINSERT", "none", "BEFORE", "a", "b"},
        {"EVAL", "return {redis.call('GET', KEYS[1]), redis.call('EXISTS', KEYS[1])}", "1", "none"},
        // Refused before the lookup:
        {"GET"}, {"GET", key, "x"}, {"GETRANGE", key, "a", "b"}, {"EXISTS"}, {"OBJECT", "NOSUCH", key}};
}

void TestLookups::agreesWithTheServer_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<Command>("command");
    for (const QByteArray& key : QByteArrayList {"string", "list", "set", "hash", "zset", "stream", "none"}) {
        for (const Command& command : forms(key))
            QTest::addRow("%s", command.words().join(' ').left(60).append(" on ").append(key).constData()) << key << command;
    }
}

void TestLookups::agreesWithTheServer()
{
    QFETCH(Command, command);
    const QByteArray stats = "stats";
    const auto lookups = [](const Reply& info) {
        qint64 sum = 0;
        for (const QByteArray& line : info.bytes.split('\n')) {
            if (line.startsWith("keyspace_hits:") || line.startsWith("keyspace_misses:"))
                sum += line.mid(line.indexOf(':') + 1).trimmed().toLongLong();
        }
        return sum;
    };
    const qint64 ownBefore = m_session->ownLookups();
    const auto replies = wait(m_session->send({{"INFO", stats}, command, {"INFO", stats}}));
    VERIFY_OK(replies);
    const qint64 counted = lookups(replies->at(2)) - lookups(replies->at(0));
    QCOMPARE(qint64(countedLookups(command, replies->at(1))), counted);
    QCOMPARE(m_session->ownLookups() - ownBefore, counted);
}

void TestLookups::everyReadRowIsAsked()
{
    QSet<QByteArray> asked;
    for (const Command& command : forms("string")) {
        if (const CommandSpec* spec = findCommand(command))
            asked << spec->name;
    }
    for (const QByteArray& name : listedCommands()) {
        const CommandSpec* spec = findCommand(Command(name.split(' ')));
        QVERIFY(spec);
        if (spec->access == CommandSpec::Access::Read && name != "COMMAND") // its reply is deeper than hiredis 0.14 reads
            QVERIFY2(asked.contains(name), name.constData());
    }
}

void TestLookups::countsInsideTransactions()
{
    const qint64 before = serverLookups(*m_session);
    const qint64 ownBefore = m_session->ownLookups();
    VERIFY_OK(wait(m_session->send({{"MULTI"}, {"GET", "string"}, {"LLEN", "string"}, {"EXISTS", "a", "b"}, {"EXEC"}, {"MULTI"},
        {"GET", "string"}, {"NOSUCH"}, {"EXEC"}, {"MULTI"}, {"GET", "string"}, {"DISCARD"}, {"GET", "string"}})));
    QCOMPARE(m_session->ownLookups() - ownBefore, 5);
    QCOMPARE(serverLookups(*m_session) - before, 5);
}

void TestLookups::lostRepliesStayOpen()
{
    LookupCounter counter;
    const Reply ok {Reply::Type::Status, 0, "OK", {}};
    const Reply queued {Reply::Type::Status, 0, "QUEUED", {}};
    counter.answered({"MULTI"}, ok);
    counter.answered({"MGET", "a", "b"}, queued);
    QCOMPARE(counter.lost({"EXEC"}), 2);
    QCOMPARE(counter.lost({"GET", "a"}), 1);
    QCOMPARE(counter.lost({"DEL", "a"}), 0);
}

QTEST_GUILESS_MAIN(TestLookups)
#include "tst_lookups.moc"
