// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/commandtable.h"

#include <QCryptographicHash>
#include <QtTest>

using namespace core;
using namespace core::redis;

namespace {
Reply errorReply(const QByteArray& text)
{
    return {Reply::Type::Error, 0, text, {}};
}
Reply stringReply(const QByteArray& text)
{
    return {Reply::Type::String, 0, text, {}};
}
QByteArray digest(const QByteArray& source)
{
    return QCryptographicHash::hash(source, QCryptographicHash::Sha1).toHex().toUpper();
}
const QByteArray readingScript = "return redis.call('GET', KEYS[1])";
const QByteArray writingScript = "return redis.call('DEL', KEYS[1])";
}

class TestCommandTable final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        registerScript({readingScript, 1, false});
        registerScript({writingScript, 2, true});
        registerScript({writingScript, 9, false}); // the first registration holds
    }
    void finds_data();
    void finds();
    void allowsReading_data();
    void allowsReading();
    void counts_data();
    void counts();
    void countsWhatALostLineLeavesOpen();
    void masks_data();
    void masks();
    void errors_data();
    void errors();
    void checksReplies();
};

void TestCommandTable::finds_data()
{
    QTest::addColumn<Command>("command");
    QTest::addColumn<QByteArray>("name");
    QTest::addRow("plain") << Command {"GET", "k"} << QByteArray("GET");
    QTest::addRow("lower case") << Command {"get", "k"} << QByteArray("GET");
    QTest::addRow("family") << Command {"client", "setname", "x"} << QByteArray("CLIENT SETNAME");
    QTest::addRow("family without member") << Command {"CLIENT"} << QByteArray();
    QTest::addRow("family, unknown member") << Command {"CLIENT", "NO-SUCH"} << QByteArray();
    QTest::addRow("a key is no member") << Command {"GET", "SETNAME"} << QByteArray("GET");
    QTest::addRow("unknown") << Command {"NOSUCH"} << QByteArray();
    QTest::addRow("nothing") << Command {} << QByteArray();
    QTest::addRow("name with a NUL") << Command {QByteArray("GET\0", 4), "k"} << QByteArray();
    QTest::addRow("two words in one") << Command {"CONFIG GET", "x"} << QByteArray("CONFIG GET");
}

void TestCommandTable::finds()
{
    QFETCH(Command, command);
    QFETCH(QByteArray, name);
    const CommandSpec* spec = findCommand(command);
    QCOMPARE(spec ? spec->name : QByteArray(), name);
}

void TestCommandTable::allowsReading_data()
{
    QTest::addColumn<Command>("command");
    QTest::addColumn<bool>("allowed");
    const auto row = [](const char* name, const Command& command, bool allowed) { QTest::newRow(name) << command << allowed; };
    row("GET", {"GET", "k"}, true);
    row("get", {"get", "k"}, true);
    row("MULTI", {"MULTI"}, true);
    row("SCAN by type", {"SCAN", "0", "TYPE", "string"}, true);
    row("CONFIG GET", {"CONFIG", "GET", "x"}, true);
    row("COMMAND", {"COMMAND"}, false);
    row("COMMAND LIST", {"COMMAND", "LIST"}, true);
    row("COMMAND of a member we do not know", {"COMMAND", "NEW-IN-9"}, false);
    row("SET", {"SET", "k", "v"}, false);
    row("set", {"set", "k", "v"}, false);
    row("CONFIG SET", {"CONFIG", "SET", "x", "y"}, false);
    row("config set", {"config", "set", "x", "y"}, false);
    row("CONFIG alone", {"CONFIG"}, false);
    row("KEYS", {"KEYS", "*"}, false);
    row("unknown", {"NOSUCH"}, false);
    row("nothing", {}, false);
    row("script of ours that reads", {"EVAL", readingScript, "1", "k"}, true);
    row("its digest", {"evalsha", digest(readingScript), "1", "k"}, true);
    row("digest of one that writes", {"EVALSHA", digest(writingScript), "1", "k"}, false);
    row("digest of any other", {"EVALSHA", digest("return 1"), "1", "k"}, false);
    row("script of ours that writes", {"EVAL", writingScript, "1", "k"}, false);
    row("any other script", {"EVAL", "return 1", "0"}, false);
    row("any other script, _RO", {"EVAL_RO", "return 1", "0"}, false);
    row("EVAL alone", {"EVAL"}, false);
}

void TestCommandTable::allowsReading()
{
    QFETCH(Command, command);
    QFETCH(bool, allowed);
    QCOMPARE(allowedReadOnly(command), allowed);
}

void TestCommandTable::counts_data()
{
    QTest::addColumn<Command>("command");
    QTest::addColumn<Reply>("reply");
    QTest::addColumn<int>("lookups");
    const auto row = [](const char* name, const Command& command, const Reply& reply, int lookups) {
        QTest::newRow(name) << command << reply << lookups;
    };
    const Reply nil;
    row("hit", {"GET", "k"}, stringReply("v"), 1);
    row("miss", {"GET", "k"}, nil, 1);
    row("wrong type", {"GET", "k"}, errorReply("WRONGTYPE Operation against"), 1);
    row("no LFU", {"OBJECT", "FREQ", "k"}, errorReply("ERR An LFU maxmemory policy is not selected"), 1);
    row("refused", {"GET", "k"}, errorReply("NOPERM this user"), 0);
    row("loading", {"GET", "k"}, errorReply("LOADING Redis is loading"), 0);
    row("arity", {"GET"}, errorReply("ERR wrong number of arguments"), 0);
    row("per key", {"EXISTS", "a", "b", "a"}, Reply {Reply::Type::Integer, 2, {}, {}}, 3);
    row("write", {"SET", "k", "v"}, Reply {Reply::Type::Status, 0, "OK", {}}, 0);
    row("write that reads", {"SET", "k", "v", "GET"}, nil, 1);
    row("a value GET is no option", {"SET", "k", "GET"}, Reply {Reply::Type::Status, 0, "OK", {}}, 0);
    row("unknown", {"NOSUCH", "k"}, nil, 0);
    row("script of ours", {"EVAL", writingScript, "1", "k"}, Reply {Reply::Type::Integer, 1, {}, {}}, 2);
    row("script that is gone", {"EVAL", writingScript, "1", "k"}, errorReply("NOSCRIPT No matching script"), 0);
    row("scan", {"SCAN", "0"}, Reply {Reply::Type::Array, 0, {}, {stringReply("0"), Reply {Reply::Type::Array, 0, {}, {nil}}}}, 0);
    row("scan by type", {"SCAN", "0", "type", "set"},
        Reply {Reply::Type::Array, 0, {}, {stringReply("0"), Reply {Reply::Type::Array, 0, {}, {nil, nil}}}}, 2);
}

void TestCommandTable::counts()
{
    QFETCH(Command, command);
    QFETCH(Reply, reply);
    QFETCH(int, lookups);
    QCOMPARE(countedLookups(command, reply), lookups);
}

void TestCommandTable::countsWhatALostLineLeavesOpen()
{
    QCOMPARE(possibleLookups({"MGET", "a", "b"}), 2);
    QCOMPARE(possibleLookups({"OBJECT", "ENCODING", "a"}), 1);
    QCOMPARE(possibleLookups({"DEL", "a", "b"}), 0);
    QCOMPARE(possibleLookups({"EVAL", readingScript, "1", "a"}), 1);
    QCOMPARE(possibleLookups({}), 0);
}

void TestCommandTable::masks_data()
{
    QTest::addColumn<Command>("command");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const Command& command, const char* text) {
        QTest::newRow(name) << command << QString::fromUtf8(text);
    };
    row("reading", {"GET", "lightapi:Book:/books:"}, "GET lightapi:Book:/books:");
    row("password", {"AUTH", "secret"}, "AUTH •••");
    row("user and password", {"auth", "me", "secret"}, "auth ••• •••");
    row("HELLO", {"HELLO", "2", "AUTH", "me", "secret"}, "HELLO ••• ••• ••• •••");
    row("value", {"SET", "k", "secret", "EX", "5"}, "SET k ••• EX 5");
    row("password in the configuration", {"CONFIG", "SET", "requirepass", "secret"}, "CONFIG SET requirepass •••");
    row("new user", {"ACL", "SETUSER", "me", ">secret"}, "ACL SETUSER ••• •••");
    row("script", {"EVAL", "return 1", "1", "k", "secret"}, "EVAL ••• 1 k •••");
    row("pushed values", {"RPUSH", "k", "a", "b"}, "RPUSH k ••• •••");
    row("members", {"SADD", "k", "secret"}, "SADD k •••");
    row("scores", {"ZADD", "k", "1", "secret"}, "ZADD k ••• •••");
    row("element", {"LINSERT", "k", "BEFORE", "secret", "secret"}, "LINSERT k BEFORE ••• •••");
    row("unknown", {"NOSUCH", "secret"}, "NOSUCH •••");
    row("unknown member", {"CLIENT", "NEW", "secret"}, "CLIENT ••• •••");
    row("bytes", {"GET", QByteArray("\0\n\xff<b>", 6)}, "GET \\x00\\n\\xff<b>");
}

void TestCommandTable::masks()
{
    QFETCH(Command, command);
    QFETCH(QString, text);
    QCOMPARE(maskedText(command), text);
    QVERIFY(!maskedText(command).contains(QStringLiteral("secret")));

    const QString longText = maskedText({"GET", QByteArray(10'000, 'k')});
    QCOMPARE(longText.size(), 200);
    QVERIFY(longText.endsWith(u'…'));
}

void TestCommandTable::errors_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Code>("code");
    QTest::addColumn<Reason>("reason");
    QTest::addColumn<QString>("subject");
    const auto row = [](const char* text, Code code, Reason reason, const char* subject) {
        QTest::newRow(text) << QByteArray(text) << code << reason << QString::fromUtf8(subject);
    };
    row("LOADING Redis is loading the dataset in memory", Code::Reply, Reason::Loading, "");
    row("READONLY You can't write against a read only replica.", Code::Reply, Reason::ReplicaReadOnly, "");
    row("OOM command not allowed when used memory > 'maxmemory'.", Code::Reply, Reason::OutOfMemory, "");
    row("NOAUTH Authentication required.", Code::Auth, Reason::NoAuth, "");
    row("WRONGPASS invalid username-password pair or user is disabled.", Code::Auth, Reason::WrongPassword, "");
    row("ERR invalid password", Code::Auth, Reason::WrongPassword, "");
    row("NOPERM this user has no permissions to run the 'info' command", Code::Permission, Reason::NoPermission, "+info");
    row("NOPERM this user has no permissions to run the 'config|get' command", Code::Permission, Reason::NoPermission, "+config|get");
    row("NOPERM User app has no permissions to run the 'get' command", Code::Permission, Reason::NoPermission, "+get");
    row("NOPERM this user has no permissions to run the 'get' command or its subcommand", Code::Permission, Reason::NoPermission, "+get");
    row("NOPERM this user has no permissions to access one of the keys used as arguments", Code::Permission, Reason::NoPermission, "for a key it was asked for (~pattern)");
    row("NOPERM User app has no permissions to access the 'it's' key", Code::Permission, Reason::NoPermission, "~it's");
    row("NOPERM this user has no permissions to access one of the channels used as arguments", Code::Permission, Reason::NoPermission, "for that channel (&pattern)");
    row("NOPERM something new", Code::Permission, Reason::NoPermission, "+get");
    row("MOVED 3999 127.0.0.1:6381", Code::Reply, Reason::Moved, "");
    row("CLUSTERDOWN The cluster is down", Code::Reply, Reason::ClusterDown, "");
    row("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", Code::Reply, Reason::Busy, "");
    row("BUSYKEY Target key name already exists.", Code::Reply, Reason::OtherReply, "GET");
    row("MISCONF Redis is configured to save RDB snapshots", Code::Reply, Reason::Misconf, "");
    row("ERR max number of clients reached", Code::Connect, Reason::MaxClients, "");
    row("MASTERDOWN Link with MASTER is down", Code::Reply, Reason::MasterDown, "");
    row("NOREPLICAS Not enough good replicas to write.", Code::Reply, Reason::NoReplicas, "");
    row("WRONGTYPE Operation against a key holding the wrong kind of value", Code::Reply, Reason::WrongType, "GET");
    row("EXECABORT Transaction discarded because of previous errors.", Code::Reply, Reason::ExecAbort, "");
    row("ERR unknown command 'NOSUCH', with args beginning with: ", Code::Reply, Reason::UnknownCommand, "GET");
    row("ERR unknown subcommand 'X'. Try CONFIG HELP.", Code::Reply, Reason::UnknownCommand, "GET");
    row("ERR DB index is out of range", Code::Input, Reason::NoSuchDatabase, "GET");
    row("ERR SELECT is not allowed in cluster mode", Code::Unsupported, Reason::ClusterMode, "");
    row("ERR syntax error", Code::Reply, Reason::OtherReply, "GET");
    row("", Code::Reply, Reason::OtherReply, "GET");
}

void TestCommandTable::errors()
{
    QFETCH(QByteArray, text);
    QFETCH(Code, code);
    QFETCH(Reason, reason);
    QFETCH(QString, subject);
    const Error error = toError(errorReply(text), QStringLiteral("GET"));
    QCOMPARE(error.code, code);
    QCOMPARE(error.reason, reason);
    QCOMPARE(error.subject, subject);
    QCOMPARE(error.detail, QString::fromUtf8(text)); // the server's words, displayable
}

void TestCommandTable::checksReplies()
{
    QCOMPARE(checked(stringReply("v"), QStringLiteral("GET"))->bytes, "v");
    QCOMPARE(checked(errorReply("OOM x"), QStringLiteral("SET")).error().reason, Reason::OutOfMemory);
    QCOMPARE(toError(errorReply("ERR \x1b[31m"), {}).detail, QStringLiteral("ERR \\x1b[31m"));
}

QTEST_GUILESS_MAIN(TestCommandTable)
#include "tst_commandtable.moc"
