// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/valuereader.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::redis;
using namespace core::values;
using namespace redistest;

class TestValueReader final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        VERIFY_OK(m_server.startAndWait({}));
        m_session = std::make_unique<Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
    }
    void cleanupTestCase() { m_session.reset(); }
    void init() { QVERIFY(!ask(*m_session, {"FLUSHALL"}).isError()); }

    void readsAStringInParts();
    void firstPartIsSmall();
    void goesOnFromAnEarlierRun();
    void keepsNothingWhereAsked();
    void readsEveryType_data();
    void readsEveryType();
    void pagesThroughALargeHash();
    void largeElementsComeFewAtATime();
    void endsWhereTheValueChanges_data();
    void endsWhereTheValueChanges();
    void saysWhatIsGoneAtTheBeginning();
    void nothingFollowsACancel_data();
    void nothingFollowsACancel();
    void countsItsLookups();

private:
    void set(const Command& command)
    {
        const Reply reply = ask(*m_session, command);
        QVERIFY2(!reply.isError(), reply.bytes.constData());
    }
    static void run(ValueReader& reader)
    {
        QSignalSpy finished(&reader, &Job::finished);
        reader.start();
        QVERIFY(reader.isFinished() || finished.wait(patienceMs));
    }
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestValueReader::readsAStringInParts()
{
    QByteArray large(9 * 1024 * 1024, Qt::Uninitialized);
    for (qsizetype i = 0; i < large.size(); ++i)
        large[i] = static_cast<char>(i * 31 + i / 4096);
    set({"SET", "k", large});
    ValueReader reader(m_session.get(), "k", {});
    run(reader);
    VERIFY_OK(reader.outcome());
    QVERIFY(reader.value().bytes == large);
    QVERIFY(!reader.value().truncated);
}

void TestValueReader::firstPartIsSmall()
{
    set({"SETRANGE", "k", QByteArray::number(512 * 1024 * 1024 - 1), "x"});
    ValueReader reader(m_session.get(), "k", {256 * 1024, 1000, true});
    QElapsedTimer clock;
    clock.start();
    run(reader);
    VERIFY_OK(reader.outcome());
    qInfo("first part of 512 MiB after %lld ms", clock.elapsed());
    QCOMPARE(reader.value().bytes.size(), 256 * 1024);
    QCOMPARE(reader.value().length, 512LL * 1024 * 1024);
    QVERIFY(reader.value().truncated);
}

void TestValueReader::goesOnFromAnEarlierRun()
{
    const QByteArray large = QByteArray(300'000, 'a') + QByteArray(300'000, 'b');
    set({"SET", "k", large});
    ValueReader first(m_session.get(), "k", {1000, 1000, true});
    run(first);
    QCOMPARE(first.value().bytes.size(), 1000);
    ValueReader rest(m_session.get(), first.value(), {-1, 1000, true});
    run(rest);
    VERIFY_OK(rest.outcome());
    QVERIFY(rest.value().bytes == large);
    QVERIFY(!rest.value().truncated);
}

void TestValueReader::keepsNothingWhereAsked()
{
    const QByteArray large = QByteArray(5'000'000, 'a') + QByteArray(5'000'000, 'b');
    set({"SET", "k", large});
    ValueReader reader(m_session.get(), "k", {-1, 1000, false});
    QByteArray told;
    connect(&reader, &ValueReader::partRead, this, [&](const QByteArray& part) { told += part; });
    run(reader);
    VERIFY_OK(reader.outcome());
    QVERIFY(told == large);
    QVERIFY(reader.value().bytes.isEmpty());
}

void TestValueReader::readsEveryType_data()
{
    QTest::addColumn<QByteArray>("make");
    QTest::addColumn<QByteArray>("element");
    QTest::addColumn<int>("stride");
    QTest::newRow("hash") << QByteArray("HSET k f%1 v%1") << QByteArray("f7") << 2;
    QTest::newRow("list") << QByteArray("RPUSH k e%1") << QByteArray("e7") << 1;
    QTest::newRow("set") << QByteArray("SADD k m%1") << QByteArray("m7") << 1;
    QTest::newRow("zset") << QByteArray("ZADD k %1 m%1") << QByteArray("m7") << 2;
    QTest::newRow("stream") << QByteArray("XADD k 1-%1 f v%1") << QByteArray("1-7") << 1;
}

// 2,500 elements in three runs: each once, none missing.
void TestValueReader::readsEveryType()
{
    QFETCH(QByteArray, make);
    QFETCH(QByteArray, element);
    QFETCH(int, stride);
    Pipeline commands;
    for (int i = 1; i <= 2500; ++i)
        commands += Command(QByteArray(make).replace("%1", QByteArray::number(i)).split(' '));
    VERIFY_OK(wait(m_session->send(commands)));
    Value value;
    value.key = "k";
    int runs = 0;
    for (; runs == 0 || (value.truncated && runs < 10); ++runs) {
        ValueReader reader(m_session.get(), value, {});
        run(reader);
        VERIFY_OK(reader.outcome());
        value = reader.value();
        QVERIFY(value.rows() <= 1100 * (runs + 1));
    }
    QCOMPARE(runs, 3);
    QCOMPARE(value.type, QByteArray(QTest::currentDataTag()));
    QCOMPARE(value.length, 2500);
    QCOMPARE(value.rows(), 2500);
    QCOMPARE(value.stride, stride);
    QSet<QByteArray> names;
    for (qsizetype i = 0; i < value.members.size(); i += stride)
        names += value.members.at(i);
    for (const StreamEntry& entry : value.entries) {
        names += entry.id;
        QCOMPARE(entry.fields.size(), 2);
    }
    QCOMPARE(names.size(), 2500);
    QVERIFY(names.contains(element));
}

void TestValueReader::pagesThroughALargeHash()
{
    for (int part = 0; part < 10; ++part) {
        Command fill {"HSET", "k"};
        for (int i = 0; i < 10'000; ++i)
            fill << QByteArray("field:" + QByteArray::number(part * 10'000 + i)) << QByteArray("v");
        set(fill);
    }
    {
        ValueReader first(m_session.get(), "k", {});
        run(first);
        QVERIFY(first.value().rows() >= 1000 && first.value().rows() < 1100);
        QVERIFY(first.value().truncated);
        ValueReader::Options all;
        all.maxMembers = std::numeric_limits<int>::max();
        ValueReader rest(m_session.get(), first.value(), all);
        run(rest);
        VERIFY_OK(rest.outcome());
        QCOMPARE(rest.value().rows(), 100'000);
        QVERIFY(!rest.value().truncated);
    }
}

void TestValueReader::largeElementsComeFewAtATime()
{
    for (int i = 0; i < 40; ++i)
        set({"HSET", "k", "f" + QByteArray::number(i), QByteArray(1'000'000, 'x')});
    ValueReader reader(m_session.get(), "k", {0, 1, true});
    run(reader);
    VERIFY_OK(reader.outcome());
    QVERIFY2(reader.value().rows() < 20, qPrintable(QString::number(reader.value().rows())));
    QVERIFY(reader.value().truncated);
}

void TestValueReader::endsWhereTheValueChanges_data()
{
    QTest::addColumn<Command>("make");
    QTest::addColumn<Command>("change");
    QTest::addColumn<Reason>("reason");
    const QByteArray large(600'000, 'x');
    Command hash {"HSET", "k"};
    for (int i = 0; i < 2000; ++i)
        hash << QByteArray::number(i) << QByteArray("v");
    Command list {"RPUSH", "k"};
    for (int i = 0; i < 2000; ++i)
        list << QByteArray::number(i);
    QTest::newRow("string gone") << Command {"SET", "k", large} << Command {"DEL", "k"} << Reason::ValueGone;
    QTest::newRow("string, another type") << Command {"SET", "k", large} << Command {"LPUSH", "new", "a"} << Reason::ValueChanged;
    QTest::newRow("string, shorter") << Command {"SET", "k", large} << Command {"SET", "k", "short"} << Reason::ValueChanged;
    QTest::newRow("string, longer") << Command {"SET", "k", large} << Command {"APPEND", "k", "more"} << Reason::ValueChanged;
    QTest::newRow("string, as long") << Command {"SET", "k", large} << Command {"SET", "k", QByteArray(600'000, 'y')} << Reason::ValueChanged;
    QTest::newRow("hash gone") << hash << Command {"DEL", "k"} << Reason::ValueGone;
    QTest::newRow("hash, another type") << hash << Command {"SET", "k", "v"} << Reason::ValueChanged;
    QTest::newRow("list gone") << list << Command {"DEL", "k"} << Reason::ValueGone;
    QTest::newRow("list moved") << list << Command {"LPUSH", "k", "first"} << Reason::ValueChanged;
    QTest::newRow("list, another type") << list << Command {"SET", "k", "v"} << Reason::ValueChanged;
}

void TestValueReader::endsWhereTheValueChanges()
{
    QFETCH(Command, make);
    QFETCH(Command, change);
    QFETCH(Reason, reason);
    set(make);
    ValueReader first(m_session.get(), "k", {1000, 1000, true});
    run(first);
    VERIFY_OK(first.outcome());
    QVERIFY(first.value().truncated);
    if (change.words().at(1) == "new") {
        set({"DEL", "k"});
        set({"LPUSH", "k", "a"});
    } else {
        set(change);
    }
    ValueReader rest(m_session.get(), first.value(), {});
    run(rest);
    VERIFY_FAILED(rest.outcome(), Code::Data, reason);
    QCOMPARE(rest.value().bytes, first.value().bytes); // what was read stays whole
    QCOMPARE(rest.value().members, first.value().members);
}

void TestValueReader::saysWhatIsGoneAtTheBeginning()
{
    ValueReader reader(m_session.get(), "nothing", {});
    run(reader);
    VERIFY_OK(reader.outcome());
    QVERIFY(reader.value().isGone());
}

void TestValueReader::nothingFollowsACancel_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("string") << QByteArray("large");
    QTest::newRow("list") << QByteArray("list");
}

void TestValueReader::nothingFollowsACancel()
{
    QFETCH(QByteArray, key);
    set({"SET", "large", QByteArray(1024 * 1024, 'x')});
    set({"RPUSH", "list", "a", "b"});
    ValueReader reader(m_session.get(), key, {});
    const qint64 sent = m_session->commandsSent();
    reader.start();
    reader.cancel();
    QCOMPARE(reader.outcome().error().code, Code::Cancelled);
    // Answers come in the order of sending: after the second, all that the reader could have asked has been sent.
    ask(*m_session, {"PING"});
    ask(*m_session, {"PING"});
    QVERIFY(reader.value().isGone());
    QCOMPARE(m_session->commandsSent() - sent, 4 + 2);
}

void TestValueReader::countsItsLookups()
{
    set({"SET", "k", QByteArray(600'000, 'x')});
    set({"XADD", "stream", "1-1", "f", "v"});
    const qint64 before = serverLookups(*m_session);
    const qint64 own = m_session->ownLookups();
    for (const char* key : {"k", "stream"}) {
        ValueReader reader(m_session.get(), key, {});
        run(reader);
        VERIFY_OK(reader.outcome());
    }
    QCOMPARE(m_session->ownLookups() - own, 3 + 2 * 3 + 3 + 3);
    QCOMPARE(serverLookups(*m_session) - before, m_session->ownLookups() - own);
}

QTEST_GUILESS_MAIN(TestValueReader)
#include "tst_valuereader.moc"
