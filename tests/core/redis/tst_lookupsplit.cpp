// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/commandtable.h"
#include "core/redis/info.h"
#include "core/redis/lookupsplit.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::redis;
using namespace redistest;

namespace {

struct Counters {
    qint64 hits = 0;
    qint64 misses = 0;
};

}

// The server says what is right: its hits and misses before and after each command.
class TestLookupSplit final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        VERIFY_OK(m_server.startAndWait({}));
        m_session = std::make_unique<Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
        for (const Command& command : {Command {"SET", "s", "value"}, Command {"SET", "empty", ""}, Command {"RPUSH", "l", "a"}, Command {"SADD", "set", "a"},
                 Command {"HSET", "h", "f", "v"}, Command {"ZADD", "z", "1", "a"}, Command {"XADD", "x", "*", "f", "v"}, Command {"SADD", "ints", "1"}})
            QVERIFY(!ask(*m_session, command).isError());
        QVERIFY(!ask(*m_session, {"XADD", "emptyx", "MAXLEN", "0", "*", "f", "v"}).isError());
    }

    void agreesWithServer_data()
    {
        QTest::addColumn<QList<QByteArray>>("words");
        QTest::addColumn<bool>("told"); // hit or miss is known
        const auto row = [](const char* text, bool told) {
            QTest::newRow(text) << QByteArray(text).replace("''", "").split(' ') << told;
        };
        for (const char* command : {"GET s", "GET none", "GET l", "DUMP s", "DUMP none", "PTTL s", "PTTL none", "TTL l", "TTL none", "TYPE s", "TYPE none",
                 "EXISTS s none l none", "TOUCH s none", "OBJECT ENCODING s", "OBJECT ENCODING none", "OBJECT IDLETIME none", "OBJECT FREQ s", "OBJECT FREQ none",
                 "HLEN h", "HLEN none", "HLEN s", "LLEN l", "LLEN none", "SCARD set", "SCARD none", "ZCARD z", "ZCARD none", "HGETALL h", "HGETALL none",
                 "SMEMBERS set", "SMEMBERS none", "SMEMBERS s", "STRLEN s", "GETRANGE s 0 2", "LRANGE l 0 -1", "ZRANGE z 0 -1", "XRANGE x - +", "XLEN x",
                 "HGET h f", "HMGET h f g", "SISMEMBER set a", "LINDEX l 0", "ZSCORE z a", "MGET s empty", "SSCAN set 0", "SSCAN none 0", "HSCAN none 0",
                 "ZSCAN z 0", "EXPIRETIME none", "SET s value GET", "SET other value GET", "GETSET s value", "GETDEL none"})
            row(command, true);
        for (const char* command : {"STRLEN none", "STRLEN empty", "GETRANGE s 9 10", "GETRANGE none 0 1", "LRANGE l 5 6", "LRANGE none 0 1", "HGET h g",
                 "HGET none g", "XLEN emptyx", "XLEN none", "MGET s none l", "SISMEMBER set b", "SSCAN set 0 MATCH zz*", "ZSCORE z b"})
            row(command, false);
        for (const char* command : {"MEMORY USAGE s", "DBSIZE", "SET s value", "DEL none", "SCAN 0", "NOSUCHCOMMAND s", "GET", "PTTL s none"})
            row(command, true);
    }
    void agreesWithServer()
    {
        QFETCH(QList<QByteArray>, words);
        QFETCH(bool, told);
        const Counters before = counters();
        const qint64 own[] = {m_session->ownLookups(), m_session->ownHits(), m_session->ownMisses()};
        const Command command(words);
        const Reply reply = ask(*m_session, command);
        const Counters after = counters();
        const LookupSplit split = splitLookups(command, reply);
        const qint64 hits = after.hits - before.hits;
        const qint64 misses = after.misses - before.misses;
        QCOMPARE(split.all(), hits + misses);
        QVERIFY(split.hits <= hits && hits <= split.hits + split.open);
        QVERIFY(split.misses <= misses && misses <= split.misses + split.open);
        QCOMPARE(split.open == 0, told);
        QCOMPARE(split.all(), countedLookups(command, reply));
        QCOMPARE(m_session->ownLookups() - own[0], split.all());
        QCOMPARE(m_session->ownHits() - own[1], split.hits);
        QCOMPARE(m_session->ownMisses() - own[2], split.misses);
    }

    void selectIsAnnounced()
    {
        QSignalSpy facts(m_session.get(), &Session::factsChanged);
        QVERIFY(wait(m_session->select(3)));
        QTRY_VERIFY(!facts.isEmpty());
        QCOMPARE(m_session->endpoint().database, 3);
    }

private:
    Counters counters()
    {
        const auto info = parseInfo(ask(*m_session, {"INFO", "stats"}).bytes);
        return {info.value("keyspace_hits").toLongLong(), info.value("keyspace_misses").toLongLong()};
    }

    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

QTEST_GUILESS_MAIN(TestLookupSplit)
#include "tst_lookupsplit.moc"
