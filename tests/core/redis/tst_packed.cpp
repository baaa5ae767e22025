// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/bulkpass.h"
#include "core/redis/commandtable.h"
#include "core/redis/ownreads.h"
#include "core/redis/packed.h"
#include "core/redis/readonly.h"
#include "core/redis/wire.h"
#include "tests/support/redistest.h"

#include <QSignalSpy>

using namespace core;
using namespace core::redis;
using namespace redistest;

namespace {

struct Shapes {
    CommandShape get {"GET", {}}, set {"SET", {}, {}}, ending {"SET", {}, {}, "PXAT", {}, "NX"}, option {"SET", {}, {}, {}},
        memory {"MEMORY", "USAGE", {}}, bare {"DBSIZE"};
};

const Shapes& shapes()
{
    static const Shapes all;
    return all;
}

// One pipeline, and what was answered.
class OnceSource final : public BulkSource {
public:
    explicit OnceSource(PackedPipeline pipeline)
        : m_pipeline(std::move(pipeline))
    {
    }
    PackedPipeline next() override { return std::exchange(m_pipeline, {}); }
    Result<void> answered(const Replies& all) override
    {
        replies = all;
        return {};
    }
    qint64 done() const override { return replies.size(); }
    Replies replies;

private:
    PackedPipeline m_pipeline;
};

// All arguments left open.
QList<QByteArray> openArguments(const Command& command)
{
    QList<QByteArray> words = command.words();
    const CommandSpec* spec = findCommand(command);
    for (qsizetype i = spec && spec->name.contains(' ') ? 2 : 1; i < words.size(); ++i)
        words[i] = QByteArray();
    return words;
}

}

class TestPacked final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void isWhatItsCommandsAre();
    void countsAsItsCommands_data();
    void countsAsItsCommands();
    void leavesOpenWhatOptionsMayChange_data();
    void leavesOpenWhatOptionsMayChange();
    void countsWhatExecRan();
    void countsAnUnruledShape();
    void refusesWritesInReadOnly_data();
    void refusesWritesInReadOnly();
    void refusesOpenNames();
    void masksValues();
    void goesThroughASession();

private:
    Result<void> pass(const std::shared_ptr<OnceSource>& source, BulkPass::Options options = {});
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestPacked::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({}));
}

void TestPacked::init()
{
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    VERIFY_OK(wait(m_session->call({"FLUSHALL"})));
    for (const Command& command : {Command {"SET", "s", "value"}, Command {"RPUSH", "l", "a"}, Command {"HSET", "h", "f", "v"}, Command {"SADD", "set", "a"}})
        QVERIFY(!ask(*m_session, command).isError());
}

Result<void> TestPacked::pass(const std::shared_ptr<OnceSource>& source, BulkPass::Options options)
{
    BulkPass job(m_session.get(), source, -1, QStringLiteral("test"), options);
    QSignalSpy finished(&job, &Job::finished);
    job.start();
    if (!job.isFinished())
        finished.wait(patienceMs);
    return job.isFinished() ? job.outcome() : fail(Code::Timeout);
}

void TestPacked::isWhatItsCommandsAre()
{
    const QByteArray odd("a\0\r\n$3\r\n*", 9);
    const Pipeline commands {{"GET", odd}, {"SET", "", odd}, {"SET", "k", "v", "PXAT", "-9223372036854775808", "NX"}, {"PING", "between"},
        {"MEMORY", "USAGE", "k"}, {"DBSIZE"}, {"SET", "k", QByteArray(100'000, 'x')}};
    PackedPipeline packed;
    packed.add(shapes().get, odd);
    packed.add(shapes().set, QByteArrayView(), odd);
    packed.add(shapes().ending, QByteArrayView("k"), QByteArrayView("v"), std::numeric_limits<qint64>::min());
    packed << Command {"PING", "between"};
    packed.add(shapes().memory, QByteArrayView("k"));
    packed.add(shapes().bare);
    packed.add(shapes().set, QByteArrayView("k"), commands.last().words().at(2));
    QCOMPARE(packed.bytes(), encoded(commands));
    QCOMPARE(packed.size(), commands.size());
    for (qsizetype i = 0; i < commands.size(); ++i)
        QCOMPARE(packed.command(i).words(), commands.at(i).words());
    const PackedPipeline converted(commands);
    QCOMPARE(converted.bytes(), encoded(commands));
    QCOMPARE(converted.command(6).words(), commands.at(6).words());
}

void TestPacked::countsAsItsCommands_data()
{
    QTest::addColumn<QList<QByteArray>>("words");
    for (const char* text : {"GET s", "GET none", "GET l", "DUMP s", "DUMP none", "PTTL s", "PTTL none", "TYPE s", "TYPE none", "EXISTS s none l",
             "OBJECT ENCODING s", "OBJECT FREQ s", "OBJECT FREQ none", "HLEN h", "HLEN none", "HLEN s", "HGETALL h", "SMEMBERS none", "STRLEN s",
             "STRLEN none", "GETRANGE s 0 2", "LRANGE l 5 6", "HGET h g", "MGET s none l", "MEMORY USAGE s", "MEMORY USAGE none", "SET s other",
             "GETSET s value", "GETDEL none", "DEL none", "RESTORE s 0 x", "NOSUCHCOMMAND s", "PTTL s none", "DBSIZE"})
        QTest::newRow(text) << QByteArray(text).split(' ');
}

void TestPacked::countsAsItsCommands()
{
    QFETCH(QList<QByteArray>, words);
    const Command command(words);
    const std::optional<LookupRule> rule = LookupRule::of(Command(openArguments(command)));
    // Of a command that is not known, the second word may belong to its name.
    QCOMPARE(rule.has_value(), findCommand(command) != nullptr);
    if (!rule)
        return;
    const qint64 before = serverLookups(*m_session);
    const Reply reply = ask(*m_session, command);
    const LookupSplit split = rule->split(reply);
    QCOMPARE(split, splitLookups(command, reply));
    QCOMPARE(split.all(), serverLookups(*m_session) - before);
    QCOMPARE(rule->possible(), possibleLookups(command));
}

void TestPacked::leavesOpenWhatOptionsMayChange_data()
{
    QTest::addColumn<QList<QByteArray>>("words");
    QTest::addColumn<bool>("ruled");
    const QByteArray open;
    QTest::newRow("SET") << QList<QByteArray> {"SET", open, open} << true;
    QTest::newRow("SET GET") << QList<QByteArray> {"SET", open, open, "GET"} << true;
    QTest::newRow("SET with an end") << QList<QByteArray> {"SET", open, open, "PXAT", open, "NX"} << true;
    QTest::newRow("SET with an option") << QList<QByteArray> {"SET", open, open, open} << false;
    QTest::newRow("SET with an option behind a flag") << QList<QByteArray> {"SET", open, open, "NX", open} << false;
    QTest::newRow("SCAN") << QList<QByteArray> {"SCAN", open} << false;
    QTest::newRow("SSCAN") << QList<QByteArray> {"SSCAN", open, open} << false;
    QTest::newRow("MULTI") << QList<QByteArray> {"MULTI"} << false;
    QTest::newRow("EXEC") << QList<QByteArray> {"EXEC"} << false;
    QTest::newRow("EVALSHA") << QList<QByteArray> {"EVALSHA", open, "0"} << false;
    QTest::newRow("open name") << QList<QByteArray> {"MEMORY", open, open} << false;
}

void TestPacked::leavesOpenWhatOptionsMayChange()
{
    QFETCH(QList<QByteArray>, words);
    QFETCH(bool, ruled);
    QCOMPARE(LookupRule::of(Command(words)).has_value(), ruled);
}

void TestPacked::countsWhatExecRan()
{
    PackedPipeline packed;
    packed << Command {"MULTI"};
    packed.add(shapes().get, QByteArrayView("s"));
    packed.add(shapes().get, QByteArrayView("none"));
    packed << Command {"EXEC"};
    packed.add(shapes().get, QByteArrayView("s"));
    const qint64 before = serverLookups(*m_session);
    const auto source = std::make_shared<OnceSource>(packed);
    VERIFY_OK(pass(source));
    QCOMPARE(source->replies.size(), 5);
    QCOMPARE(source->replies.at(3).items.size(), 2);
    QCOMPARE(serverLookups(*m_session) - before, 3);
    QCOMPARE(m_session->ownLookups(), 3);
    QCOMPARE(m_session->ownHits(), 2);
    QCOMPARE(m_session->ownMisses(), 1);
}

void TestPacked::countsAnUnruledShape()
{
    PackedPipeline packed;
    packed.add(shapes().option, QByteArrayView("s"), QByteArrayView("new"), QByteArrayView("get"));
    packed.add(shapes().option, QByteArrayView("s"), QByteArrayView("newer"), QByteArrayView("KEEPTTL"));
    const qint64 before = serverLookups(*m_session);
    const auto source = std::make_shared<OnceSource>(packed);
    VERIFY_OK(pass(source, {.writes = true}));
    QCOMPARE(source->replies.at(0).bytes, QByteArray("value"));
    QCOMPARE(serverLookups(*m_session) - before, 1);
    QCOMPARE(m_session->ownHits(), 1);
}

void TestPacked::refusesWritesInReadOnly_data()
{
    QTest::addColumn<bool>("readOnly");
    QTest::addColumn<bool>("writes");
    QTest::addColumn<bool>("permit");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("a pass that only reads") << false << false << false << false;
    QTest::newRow("a pass that writes") << false << true << false << true;
    QTest::newRow("read-only") << true << true << false << false;
    QTest::newRow("read-only with a permit") << true << true << true << true;
}

void TestPacked::refusesWritesInReadOnly()
{
    QFETCH(bool, readOnly);
    QFETCH(bool, writes);
    QFETCH(bool, permit);
    QFETCH(bool, allowed);
    m_session->setReadOnly(readOnly);
    PackedPipeline shaped, plain;
    for (PackedPipeline* packed : {&shaped, &plain})
        packed->add(shapes().get, QByteArrayView("s"));
    shaped.add(shapes().set, QByteArrayView("by shape"), QByteArrayView("v"));
    plain << Command {"SET", "by itself", "v"};
    for (const PackedPipeline& packed : {shaped, plain}) {
        const auto outcome = pass(std::make_shared<OnceSource>(packed), {.writes = writes, .permit = permit ? Session::permitWrites() : WritePermit()});
        if (allowed)
            VERIFY_OK(outcome);
        else
            VERIFY_FAILED(outcome, Code::ReadOnly, Reason::ProfileReadOnly);
    }
    QCOMPARE(ask(*m_session, {"EXISTS", "by shape", "by itself"}).integer, allowed ? 2 : 0);
}

void TestPacked::refusesOpenNames()
{
    static const CommandShape config {"CONFIG", {}, {}}, script {"EVALSHA", {}, "0"};
    for (const CommandShape* shape : {&config, &script}) {
        PackedPipeline packed;
        if (shape == &config)
            packed.add(*shape, QByteArrayView("GET"), QByteArrayView("maxmemory"));
        else
            packed.add(*shape, QByteArrayView("sha"));
        VERIFY_FAILED(permitted(packed, true), Code::ReadOnly, Reason::ProfileReadOnly);
        VERIFY_OK(permitted(packed, false));
    }
}

void TestPacked::goesThroughASession()
{
    static const CommandShape ttl {"PTTL", {}};
    PackedPipeline reads;
    reads.add(shapes().get, QByteArrayView("s"));
    reads.add(ttl, QByteArrayView("none"));
    reads << Command {"GET", "none"};
    const qint64 before = m_session->ownLookups();
    const OwnReads watch(m_session.get(), {"s", "none"});
    const auto replies = wait(m_session->sendPacked(reads));
    VERIFY_OK(replies);
    QCOMPARE(replies->size(), 3);
    QCOMPARE(replies->at(0).bytes, QByteArray("value"));
    QCOMPARE(replies->at(1).integer, -2);
    QCOMPARE(m_session->ownLookups() - before, 3);
    QCOMPARE(watch.of("s"), 1);
    QCOMPARE(watch.of("none"), 1); // PTTL leaves the idle time
    VERIFY_OK(wait(m_session->sendPacked(PackedPipeline())));
    m_session->setReadOnly(true);
    PackedPipeline writes;
    writes.add(shapes().set, QByteArrayView("by shape"), QByteArrayView("v"));
    VERIFY_FAILED(wait(m_session->sendPacked(writes)), Code::ReadOnly, Reason::ProfileReadOnly);
}

void TestPacked::masksValues()
{
    QList<SentCommand> logged;
    connect(m_session.get(), &Session::commandsLogged, this, [&](const QList<SentCommand>& lines) {
        for (const SentCommand& line : lines) {
            if (line.text.startsWith(u"SET")) // not the handshake
                logged << line;
        }
    });
    PackedPipeline packed;
    for (int i = 0; i < 30; ++i)
        packed.add(shapes().set, QByteArray("key " + QByteArray::number(i)), QByteArrayView("secret"));
    VERIFY_OK(pass(std::make_shared<OnceSource>(packed), {.writes = true}));
    m_session->flushLog();
    QCOMPARE(logged.size(), 20);
    QCOMPARE(logged.first().text, QStringLiteral("SET key 0 •••"));
    QCOMPARE(logged.last().text, QStringLiteral("SET key 19 ••• (and 10 more)"));
    QCOMPARE(logged.first().line, QStringLiteral("bulk"));
}

QTEST_GUILESS_MAIN(TestPacked)
#include "tst_packed.moc"
