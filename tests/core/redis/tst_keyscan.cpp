// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/keyscan.h"
#include "core/redis/scanrun.h"
#include "tests/support/fakeserver.h"
#include "tests/support/keycollector.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::redis;
using namespace redistest;

class TestKeyScan final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void findsEveryKey_data();
    void findsEveryKey();
    void oddKeysComeExactly();
    void emptyDatabase();
    void matchesOnTheServer();
    void theCursorTellsThePlace();
    void staysCompleteWhileKeysAreAdded();
    void asksAheadOfTheKeys();
    void gentleRestsBetweenCalls();
    void pausesAndGoesOn();
    void cancelStopsAtOnce();
    void diesInTheMiddle();
    void aLostLineEndsIt();
    void aPausedScanIsNotTrustedAcrossALoss();
    void selectingEndsIt();
    void aRefusedScanSaysWhy();
    void aReplyOfAnotherShapeIsAProtocolError_data();
    void aReplyOfAnotherShapeIsAProtocolError();
    void notConnected();
    void paceFollowsTheServer();

private:
    void fill(int count);
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestKeyScan::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({.tcp = true, .arguments = {}, .folder = {}}));
}

void TestKeyScan::init()
{
    if (!m_server.isRunning())
        VERIFY_OK(m_server.restartAndWait());
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    VERIFY_OK(wait(m_session->call({"FLUSHALL"})));
}

void TestKeyScan::fill(int count)
{
    Pipeline pipeline;
    for (int i = 0; i < count; ++i)
        pipeline << Command {"SET", "key:" + QByteArray::number(i), "v"};
    VERIFY_OK(wait(m_session->send(pipeline)));
}

void TestKeyScan::findsEveryKey_data()
{
    QTest::addColumn<bool>("tcp");
    QTest::addColumn<int>("count");
    QTest::addRow("unix, 500 a call") << false << 500;
    QTest::addRow("tcp, 500 a call") << true << 500;
    QTest::addRow("tcp, 50 a call") << true << 50;
    QTest::addRow("tcp, all in one call") << true << 100'000;
}

void TestKeyScan::findsEveryKey()
{
    QFETCH(bool, tcp);
    QFETCH(int, count);
    fill(5000);
    Session session(tcp ? m_server.tcpEndpoint() : m_server.endpoint());
    VERIFY_OK(wait(session.open()));
    KeyCollector sink;
    KeyScan scan(&session, &sink, {.match = {}, .count = count, .adapt = false, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    VERIFY_OK(scan.outcome());
    QCOMPARE(sink.keys().size(), 5000);
    QCOMPARE(scan.done(), sink.count());
    QCOMPARE(scan.total(), 5000);
    QCOMPARE(session.ownLookups(), 0);
}

void TestKeyScan::oddKeysComeExactly()
{
    const QSet<QByteArray> odd {"", QByteArray("\0", 1), "\r\n", "\xff\xfe", "<img src=x>", "*3\r\n$1\r\n", QByteArray(300'000, 'k'),
        "a b", "$-1\r\n", "\xE2\x80\xAE"};
    for (const QByteArray& key : odd)
        VERIFY_OK(wait(m_session->call({"SET", key, "v"})));
    KeyCollector sink;
    KeyScan scan(m_session.get(), &sink, {});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    QCOMPARE(sink.keys(), odd);
}

void TestKeyScan::emptyDatabase()
{
    KeyCollector sink;
    KeyScan scan(m_session.get(), &sink, {});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    VERIFY_OK(scan.outcome());
    QCOMPARE(scan.total(), 0);
    QCOMPARE(sink.batches(), 1);
}

void TestKeyScan::matchesOnTheServer()
{
    fill(1000);
    KeyCollector sink;
    KeyScan scan(m_session.get(), &sink, {.match = "key:99*", .count = 100, .adapt = true, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    QCOMPARE(sink.keys().size(), 11);
    QCOMPARE(scan.done(), 1000); // not the 11 that came
    QCOMPARE(scan.total(), 1000);
}

void TestKeyScan::theCursorTellsThePlace()
{
    constexpr int total = 5000;
    fill(total);
    QByteArray cursor = "0";
    double before = 0;
    qsizetype received = 0;
    for (;;) {
        const Reply reply = ask(*m_session, {"SCAN", cursor, "COUNT", "200"});
        QCOMPARE(reply.items.size(), 2);
        cursor = reply.items.at(0).bytes;
        received += reply.items.at(1).items.size();
        if (cursor == "0")
            break;
        const double part = scannedPart(cursor);
        QVERIFY(part > before);
        QVERIFY2(std::abs(part - double(received) / total) < 0.1, qPrintable(QString::number(part)));
        before = part;
    }
    QVERIFY(received >= total);
}

void TestKeyScan::staysCompleteWhileKeysAreAdded()
{
    // Four times as many keys come while the scan runs: the table is rehashed twice under it.
    fill(4000);
    KeyCollector sink;
    KeyScan scan(m_session.get(), &sink, {.match = {}, .count = 40, .adapt = false, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    for (int batch = 0; batch < 16; ++batch) {
        Pipeline pipeline;
        for (int i = 0; i < 1000; ++i)
            pipeline << Command {"SET", "late:" + QByteArray::number(batch * 1000 + i), "v"};
        VERIFY_OK(wait(m_session->send(pipeline)));
    }
    QVERIFY(scan.isFinished() || finished.wait(patienceMs));
    VERIFY_OK(scan.outcome());
    const QSet<QByteArray> keys = sink.keys();
    for (int i = 0; i < 4000; ++i)
        QVERIFY2(keys.contains("key:" + QByteArray::number(i)), qPrintable(QString::number(i)));
}

void TestKeyScan::asksAheadOfTheKeys()
{
    // The second SCAN must arrive although the keys of the first reply have not: only its cursor was sent.
    FakeServer server;
    int scans = 0;
    server.answer = [&](const FakeServer::Words& command) {
        if (command.first() != "SCAN")
            return FakeServer::likeRedis(command);
        ++scans;
        return scans == 1 ? QByteArray("*2\r\n$1\r\n7\r\n") : QByteArray("*1\r\n$1\r\na\r\n*2\r\n$1\r\n0\r\n*1\r\n$1\r\nb\r\n");
    };
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    KeyCollector sink;
    KeyScan scan(&session, &sink, {});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    VERIFY_OK(scan.outcome());
    QCOMPARE(sink.keys(), (QSet<QByteArray> {"a", "b"}));
    QCOMPARE(scans, 2);
}

void TestKeyScan::gentleRestsBetweenCalls()
{
    fill(2000);
    KeyCollector sink;
    KeyScan scan(m_session.get(), &sink, {.match = {}, .count = 500, .adapt = true, .gentle = true});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    QCOMPARE(sink.keys().size(), 2000);
    QVERIFY2(sink.batches() >= 15, qPrintable(QString::number(sink.batches()))); // about 100 a call
    QVERIFY2(scan.elapsedMs() >= sink.batches() - 1, qPrintable(QString::number(scan.elapsedMs()))); // at least 1 ms each
}

void TestKeyScan::pausesAndGoesOn()
{
    fill(1000);
    KeyCollector sink;
    KeyScan scan(m_session.get(), &sink, {.match = {}, .count = 10, .adapt = false, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.setPaused(true);
    scan.start();
    QVERIFY(scan.isPaused());
    // A question on the same line that is asked after the scan began: nothing of the scan came before it.
    VERIFY_OK(wait(m_session->call({"PING"}, Session::Line::Bulk)));
    QCOMPARE(sink.count(), 0);
    QVERIFY(!scan.isFinished());
    scan.setPaused(false);
    QVERIFY(finished.wait(patienceMs));
    VERIFY_OK(scan.outcome());
    QCOMPARE(sink.keys().size(), 1000);
}

void TestKeyScan::cancelStopsAtOnce()
{
    fill(20'000);
    KeyCollector sink;
    sink.hold();
    KeyScan scan(m_session.get(), &sink, {.match = {}, .count = 10, .adapt = false, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QTRY_VERIFY(sink.batches() > 0);
    sink.release();
    scan.cancel();
    QCOMPARE(finished.size(), 1);
    VERIFY_FAILED(scan.outcome(), Code::Cancelled, Reason::None);
    const qint64 seen = sink.count();
    QVERIFY(seen < 20'000);
    VERIFY_OK(wait(m_session->call({"PING"}, Session::Line::Bulk))); // the line is still good
    QCOMPARE(sink.count(), seen);
    QCOMPARE(finished.size(), 1);
}

void TestKeyScan::diesInTheMiddle()
{
    fill(20'000);
    auto sink = std::make_unique<KeyCollector>();
    sink->hold();
    auto scan = std::make_unique<KeyScan>(m_session.get(), sink.get(), KeyScan::Options {{}, 10, false, false});
    scan->start();
    QTRY_VERIFY(sink->batches() > 0);
    sink->release();
    scan.reset();
    sink.reset();
    VERIFY_OK(wait(m_session->call({"PING"}, Session::Line::Bulk)));
}

void TestKeyScan::aLostLineEndsIt()
{
    fill(20'000);
    KeyCollector sink;
    sink.hold();
    KeyScan scan(m_session.get(), &sink, {.match = {}, .count = 10, .adapt = false, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QTRY_VERIFY(sink.batches() > 0);
    m_server.kill();
    sink.release();
    QVERIFY(scan.isFinished() || finished.wait(patienceMs));
    VERIFY_FAILED(scan.outcome(), Code::Lost, Reason::ClosedByServer);
    QCOMPARE(finished.size(), 1);
}

void TestKeyScan::aPausedScanIsNotTrustedAcrossALoss()
{
    fill(1000);
    KeyCollector sink;
    KeyScan scan(m_session.get(), &sink, {.match = {}, .count = 10, .adapt = false, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    scan.setPaused(true);
    VERIFY_OK(wait(m_session->call({"PING"}, Session::Line::Bulk)));
    m_server.kill();
    VERIFY_OK(m_server.restartAndWait());
    QTRY_COMPARE_WITH_TIMEOUT(m_session->state(), Session::State::Connected, patienceMs);
    if (!scan.isFinished()) {
        scan.setPaused(false);
        QVERIFY(finished.wait(patienceMs));
    }
    VERIFY_FAILED(scan.outcome(), Code::Lost, Reason::ClosedByServer);
}

void TestKeyScan::selectingEndsIt()
{
    fill(20'000);
    KeyCollector sink;
    sink.hold();
    KeyScan scan(m_session.get(), &sink, {.match = {}, .count = 10, .adapt = false, .gentle = false});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QTRY_VERIFY(sink.batches() > 0);
    const auto selected = m_session->select(1);
    sink.release();
    VERIFY_OK(wait(selected));
    QVERIFY(scan.isFinished() || finished.wait(patienceMs));
    VERIFY_FAILED(scan.outcome(), Code::Cancelled, Reason::None);
}

void TestKeyScan::aRefusedScanSaysWhy()
{
    VERIFY_OK(wait(m_session->call({"ACL", "SETUSER", "noscan", "on", ">p", "~*", "+@all", "-scan", "-dbsize"})));
    Endpoint endpoint = m_server.endpoint();
    endpoint.user = "noscan";
    endpoint.password = "p";
    Session session(endpoint);
    VERIFY_OK(wait(session.open()));
    KeyCollector sink;
    KeyScan scan(&session, &sink, {});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    VERIFY_FAILED(scan.outcome(), Code::Permission, Reason::NoPermission);
    QCOMPARE(scan.outcome().error().subject, QStringLiteral("+scan"));
    QCOMPARE(scan.total(), -1);
}

void TestKeyScan::aReplyOfAnotherShapeIsAProtocolError_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addRow("keys are not a list") << QByteArray("*2\r\n$1\r\n0\r\n$1\r\na\r\n");
    QTest::addRow("an integer among the keys") << QByteArray("*2\r\n$1\r\n0\r\n*1\r\n:5\r\n");
    QTest::addRow("no key") << QByteArray("*2\r\n$1\r\n0\r\n*1\r\n$-1\r\n");
    QTest::addRow("a list among the keys") << QByteArray("*2\r\n$1\r\n0\r\n*1\r\n*1\r\n$1\r\na\r\n");
    QTest::addRow("no reply type") << QByteArray("?\r\n");
}

void TestKeyScan::aReplyOfAnotherShapeIsAProtocolError()
{
    QFETCH(QByteArray, reply);
    FakeServer server;
    server.answer = [&](const FakeServer::Words& command) {
        return command.first() == "SCAN" ? reply : FakeServer::likeRedis(command);
    };
    Session session(server.endpoint());
    VERIFY_OK(wait(session.open()));
    KeyCollector sink;
    KeyScan scan(&session, &sink, {});
    QSignalSpy finished(&scan, &Job::finished);
    scan.start();
    QVERIFY(finished.wait(patienceMs));
    VERIFY_FAILED(scan.outcome(), Code::Lost, Reason::NotRedis);
}

void TestKeyScan::notConnected()
{
    Session session(m_server.endpoint());
    KeyCollector sink;
    KeyScan scan(&session, &sink, {});
    scan.start();
    QVERIFY(scan.isFinished());
    VERIFY_FAILED(scan.outcome(), Code::Connect, Reason::NotConnected);
}

void TestKeyScan::paceFollowsTheServer()
{
    ScanPace slow(500, true, 200);
    for (int i = 0; i < 400; ++i)
        slow.called(5000);
    QCOMPARE(slow.count(), 10);
    ScanPace fast(500, true, 200);
    for (int i = 0; i < 400; ++i)
        fast.called(200);
    QCOMPARE(fast.count(), 1000);
    ScanPace right(500, true, 200);
    for (int i = 0; i < 400; ++i)
        right.called(i % 8 == 0 ? 400 : 30'000); // a network that jitters
    QCOMPARE(right.count(), 500);
    ScanPace fixed(300, false, 0);
    for (int i = 0; i < 400; ++i)
        fixed.called(5000);
    QCOMPARE(fixed.count(), 300);
}

QTEST_GUILESS_MAIN(TestKeyScan)
#include "tst_keyscan.moc"
