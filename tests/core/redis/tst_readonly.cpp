// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/commandtable.h"
#include "tests/support/redistest.h"

#include <algorithm>

using namespace core;
using namespace core::redis;
using namespace redistest;

// The window is bypassed: the session itself must refuse, and nothing may reach the server.
class TestReadOnly final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void refusesEveryWritingCommandOfTheServer();
    void refuses_data();
    void refuses();
    void allows_data();
    void allows();
    void oneWriteSpoilsAPipeline();
    void canBeSwitched();

private:
    QByteArray commandStats();
    void verifyRefused(const Command& command);
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_witness; // may write
    std::unique_ptr<Session> m_session;
    QByteArray m_statsBefore;
};

namespace {
const QByteArray readingScript = "return redis.call('EXISTS', KEYS[1])";

// "config|set" as the words of a command.
Command commandOf(const QByteArray& name, bool lower)
{
    QList<QByteArray> words = name.split('|');
    for (QByteArray& word : words)
        word = lower ? word.toLower() : word.toUpper();
    return Command(words << "key" << "1" << "2");
}
}

void TestReadOnly::initTestCase()
{
    registerScript({readingScript, 1, false});
    VERIFY_OK(m_server.startAndWait({.tcp = false, .arguments = {}, .folder = {}}));
}

void TestReadOnly::init()
{
    m_witness = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_witness->open()));
    m_session = std::make_unique<Session>(m_server.endpoint());
    m_session->setReadOnly(true);
    VERIFY_OK(wait(m_session->open()));
    VERIFY_OK(wait(m_witness->call({"SET", "key", "v"})));
    m_statsBefore = commandStats();
}

void TestReadOnly::cleanup()
{
    m_session.reset();
    m_witness.reset();
}

// Calls per command, without those that the witness, the idle PING or connecting makes.
QByteArray TestReadOnly::commandStats()
{
    QByteArrayList lines;
    for (const QByteArray& line : ask(*m_witness, {"INFO", "commandstats"}).bytes.split('\n')) {
        static const QByteArrayList own {"info", "ping", "client|setname", "config|get", "acl|whoami"};
        if (line.startsWith("cmdstat_") && !own.contains(line.mid(8, line.indexOf(':') - 8)))
            lines << line.left(line.indexOf(','));
    }
    std::ranges::sort(lines);
    return lines.join('\n');
}

void TestReadOnly::verifyRefused(const Command& command)
{
    for (const Session::Line line : {Session::Line::Interactive, Session::Line::Bulk}) {
        VERIFY_FAILED(wait(m_session->call(command, line)), Code::ReadOnly, Reason::ProfileReadOnly);
        VERIFY_FAILED(wait(m_session->send({command}, line)), Code::ReadOnly, Reason::ProfileReadOnly);
    }
    const auto exclusive = m_session->exclusiveLine(QStringLiteral("test"));
    VERIFY_FAILED(wait(exclusive->send({command})), Code::ReadOnly, Reason::ProfileReadOnly);
}

void TestReadOnly::refusesEveryWritingCommandOfTheServer()
{
    // The server's own list, so that a command we never heard of is among them.
    QSet<QByteArray> names;
    for (const char* category : {"write", "dangerous", "scripting"}) {
        for (const Reply& name : ask(*m_witness, {"COMMAND", "LIST", "FILTERBY", "ACLCAT", category}).items)
            names << name.bytes;
    }
    QVERIFY2(names.size() > 100, qPrintable(QString::number(names.size())));
    m_statsBefore = commandStats();
    // In the category "dangerous", yet they read; some are containers, refused by allows() only as members.
    const QSet<QByteArray> reading {"info", "config|get", "client|list", "role", "lastsave", "module|list", "acl|cat", "acl|dryrun",
        "acl|whoami", "latency|latest", "latency|history", "slowlog|get", "slowlog|len", "cluster|info", "script|exists"};
    int refused = 0;
    for (const QByteArray& name : std::as_const(names)) {
        if (reading.contains(name))
            continue;
        for (const bool lower : {false, true}) {
            const Command command = commandOf(name, lower);
            QVERIFY2(!allowedReadOnly(command), name.constData());
            VERIFY_FAILED(wait(m_session->send({command})), Code::ReadOnly, Reason::ProfileReadOnly);
            ++refused;
        }
    }
    QVERIFY(refused > 200);
    QCOMPARE(commandStats(), m_statsBefore);
}

void TestReadOnly::refuses_data()
{
    QTest::addColumn<Command>("command");
    const auto row = [](const char* name, const Command& command) { QTest::newRow(name) << command; };
    row("EVAL", {"EVAL", "return redis.call('DEL', 'key')", "0"});
    row("EVAL that only reads", {"EVAL", "return 1", "0"});
    row("EVALSHA", {"EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"});
    row("FCALL", {"FCALL", "f", "0"});
    row("CONFIG SET", {"CONFIG", "SET", "maxmemory", "1"});
    row("config set, lower case", {"config", "set", "maxmemory", "1"});
    row("CoNfIg SeT", {"CoNfIg", "SeT", "maxmemory", "1"});
    row("CONFIG RESETSTAT", {"CONFIG", "RESETSTAT"});
    row("CLIENT KILL", {"CLIENT", "KILL", "TYPE", "normal"});
    row("CLIENT PAUSE", {"CLIENT", "PAUSE", "1000"});
    row("CLIENT REPLY", {"CLIENT", "REPLY", "OFF"});
    row("SHUTDOWN", {"SHUTDOWN", "NOSAVE"});
    row("SCRIPT FLUSH", {"SCRIPT", "FLUSH"});
    row("SCRIPT KILL", {"SCRIPT", "KILL"});
    row("FUNCTION FLUSH", {"FUNCTION", "FLUSH"});
    row("ACL SETUSER", {"ACL", "SETUSER", "x", "on"});
    row("ACL LOG RESET", {"ACL", "LOG", "RESET"});
    row("DEBUG SLEEP", {"DEBUG", "SLEEP", "0"});
    row("FLUSHALL", {"FLUSHALL"});
    row("flushdb", {"flushdb"});
    row("GETEX", {"GETEX", "key", "EX", "1"});
    row("SORT STORE", {"SORT", "key", "STORE", "other"});
    row("GEORADIUS STORE", {"GEORADIUS", "key", "1", "1", "1", "km", "STORE", "other"});
    row("GETDEL", {"GETDEL", "key"});
    row("BITFIELD", {"BITFIELD", "key", "SET", "u8", "0", "1"});
    row("REPLICAOF", {"REPLICAOF", "127.0.0.1", "1"});
    row("MIGRATE", {"MIGRATE", "127.0.0.1", "1", "key", "0", "10"});
    row("MONITOR", {"MONITOR"});
    row("KEYS", {"KEYS", "*"});
    row("HELLO", {"HELLO", "3"});
    row("PUBLISH", {"PUBLISH", "c", "m"});
    row("SWAPDB", {"SWAPDB", "0", "1"});
    row("unknown", {"NOSUCH", "key"});
    row("empty name", {""});
    row("no words", {});
    row("a name with a line end", {"GET\r\nDEL key", "key"});
}

void TestReadOnly::refuses()
{
    QFETCH(Command, command);
    verifyRefused(command);
    QCOMPARE(commandStats(), m_statsBefore);
    VERIFY_OK(wait(m_witness->call({"GET", "key"})));
}

void TestReadOnly::allows_data()
{
    QTest::addColumn<Command>("command");
    const auto row = [](const char* name, const Command& command) { QTest::newRow(name) << command; };
    row("GET", {"get", "key"});
    row("SCAN", {"SCAN", "0", "COUNT", "10"});
    row("INFO", {"INFO", "stats"});
    row("MEMORY USAGE", {"MEMORY", "USAGE", "key"});
    row("OBJECT ENCODING", {"OBJECT", "ENCODING", "key"});
    row("CLIENT TRACKING", {"CLIENT", "TRACKING", "OFF"});
    row("WATCH", {"WATCH", "key"});
    row("our reading script", {"EVAL", readingScript, "1", "key"});
}

void TestReadOnly::allows()
{
    QFETCH(Command, command);
    VERIFY_OK(wait(m_session->call(command)));
}

void TestReadOnly::oneWriteSpoilsAPipeline()
{
    VERIFY_FAILED(wait(m_session->send({{"STRLEN", "key"}, {"DEL", "key"}, {"STRLEN", "key"}})), Code::ReadOnly, Reason::ProfileReadOnly);
    QCOMPARE(commandStats(), m_statsBefore);
}

void TestReadOnly::canBeSwitched()
{
    QSignalSpy changed(m_session.get(), &Session::readOnlyChanged);
    const auto exclusive = m_session->exclusiveLine(QStringLiteral("test"));
    m_session->setReadOnly(true);
    QCOMPARE(changed.size(), 0);
    m_session->setReadOnly(false);
    QCOMPARE(changed.size(), 1);
    QVERIFY(!m_session->isReadOnly());
    VERIFY_OK(wait(m_session->call({"SET", "key", "w"})));
    VERIFY_OK(wait(exclusive->send({{"SET", "key", "x"}})));
    m_session->setReadOnly(true);
    VERIFY_FAILED(wait(exclusive->send({{"SET", "key", "y"}})), Code::ReadOnly, Reason::ProfileReadOnly);
    QCOMPARE(wait(m_session->call({"GET", "key"}))->bytes, "x");
}

QTEST_GUILESS_MAIN(TestReadOnly)
#include "tst_readonly.moc"
