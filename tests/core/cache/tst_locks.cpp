// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/locks.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::cache;
using namespace core::redis;
using namespace redistest;

namespace {
    const QByteArray owner = "3f2b8f0e-9a52-4a39-8f3a-0d3c1b7f9a11";
    const QByteArray key = "lock:Book:/books?page=1";
}

class TestLocks final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void reads();
    void anEntryThatRanOutIsNotThere();
    void readsMany();
    void releases_data();
    void releases();
    void releasesWhereEvalIsRefused_data();
    void releasesWhereEvalIsRefused();
    void readOnlyReleasesNothing();
    void anotherTypeIsNotReleased();
    void countsItsLookups();

private:
    void checkRelease(Session& session);
    void releaseRows();

    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestLocks::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({.arguments = {QStringLiteral("--enable-debug-command"), QStringLiteral("yes")}}));
}

void TestLocks::init()
{
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
}

void TestLocks::cleanup()
{
    m_session.reset();
}

void TestLocks::reads()
{
    const QByteArray oddKey("lock:a\n\0\xff", 9);
    VERIFY_OK(wait(m_session->send({{"SET", key, owner, "PX", "20000"}, {"SET", oddKey, QByteArray("x\0y", 3)},
        {"SET", oddKey.sliced(5), "entry"}, {"SET", "lock:long", owner, "EX", "3600"}, {"RPUSH", "lock:list", "a"}})));
    const auto locks = wait(readLocks(m_session.get(), {key, oddKey, "lock:none", "lock:long", "lock:list"}));
    VERIFY_OK(locks);
    QCOMPARE(locks->size(), 5);
    const LockInfo& held = locks->at(0);
    QCOMPARE(held.key, key);
    QCOMPARE(held.inner, "Book:/books?page=1");
    QCOMPARE(held.owner, owner);
    QVERIFY(held.ttlMs > 15'000 && held.ttlMs <= 20'000);
    QCOMPARE(held.ageIfExampleMs, 30'000 - held.ttlMs);
    QVERIFY(!held.innerExists);
    QVERIFY(held.warnings.isEmpty());

    const LockInfo& odd = locks->at(1);
    QCOMPARE(odd.owner, QByteArray("x\0y", 3));
    QCOMPARE(odd.ttlMs, -1);
    QCOMPARE(odd.ageIfExampleMs, -1);
    QVERIFY(odd.innerExists);
    QCOMPARE(odd.warnings,
        (QStringList {QStringLiteral("no expiry"), QStringLiteral("owner is not a UUID"), QStringLiteral("the entry is there already")}));

    QCOMPARE(locks->at(2).ttlMs, -2);
    QVERIFY(locks->at(2).warnings.isEmpty());
    QCOMPARE(locks->at(3).ageIfExampleMs, -1); // longer than 30 s is left: not the example's lock
    QVERIFY(locks->at(4).owner.isEmpty());
    QVERIFY(locks->at(4).warnings.first().startsWith(QStringLiteral("not a lock")));
}

void TestLocks::anEntryThatRanOutIsNotThere()
{
    // Redis removes what has run out some time later; here it waits until somebody looks.
    QCOMPARE(ask(*m_session, {"DEBUG", "SET-ACTIVE-EXPIRE", "0"}).bytes, "OK");
    const auto activeAgain = qScopeGuard([this] { ask(*m_session, {"DEBUG", "SET-ACTIVE-EXPIRE", "1"}); });
    QElapsedTimer clock;
    clock.start();
    ask(*m_session, {"SET", key.sliced(5), "entry", "PX", "1"});
    ask(*m_session, {"SET", key, owner, "EX", "30"});
    QTRY_VERIFY(clock.elapsed() > 20);
    QVERIFY(ask(*m_session, {"MEMORY", "USAGE", key.sliced(5)}).integer > 0);
    const auto locks = wait(readLocks(m_session.get(), {key}));
    VERIFY_OK(locks);
    QVERIFY(!locks->first().innerExists);
    QVERIFY(locks->first().warnings.isEmpty());
}

void TestLocks::readsMany()
{
    QList<QByteArray> keys;
    Pipeline make;
    for (int i = 0; i < 450; ++i) {
        keys << "lock:" + QByteArray::number(i);
        make << Command {"SET", keys.last(), QByteArray::number(i), "EX", "30"};
    }
    VERIFY_OK(wait(m_session->send(make)));
    const auto locks = wait(readLocks(m_session.get(), keys));
    VERIFY_OK(locks);
    QCOMPARE(locks->size(), keys.size());
    for (qsizetype i = 0; i < keys.size(); ++i)
        QCOMPARE(locks->at(i).owner, QByteArray::number(i));
    QCOMPARE(wait(readLocks(m_session.get(), {}))->size(), 0);
}

void TestLocks::releaseRows()
{
    QTest::addColumn<QByteArray>("stored"); // null: no lock
    QTest::addColumn<QString>("result");
    QTest::addRow("own") << owner << QStringLiteral("released");
    QTest::addRow("another's") << QByteArray("somebody else") << QStringLiteral("owner-changed");
    QTest::addRow("nobody's") << QByteArray("") << QStringLiteral("owner-changed");
    QTest::addRow("gone") << QByteArray() << QStringLiteral("gone");
}

void TestLocks::checkRelease(Session& session)
{
    QFETCH(QByteArray, stored);
    QFETCH(QString, result);
    if (!stored.isNull())
        ask(*m_session, {"SET", key, stored, "EX", "30"});
    const auto release = wait(releaseLock(&session, key, owner));
    VERIFY_OK(release);
    QCOMPARE(releaseName(*release), result);
    const Reply left = ask(*m_session, {"GET", key});
    QCOMPARE(left.isNil(), result != QStringLiteral("owner-changed"));
    if (!left.isNil())
        QCOMPARE(left.bytes, stored);
}

void TestLocks::releases_data()
{
    releaseRows();
}

void TestLocks::releases()
{
    checkRelease(*m_session);
}

void TestLocks::releasesWhereEvalIsRefused_data()
{
    releaseRows();
}

void TestLocks::releasesWhereEvalIsRefused()
{
    QCOMPARE(ask(*m_session, {"ACL", "SETUSER", "plain", "on", ">secret", "~*", "&*", "+@all", "-eval"}).bytes, "OK");
    Endpoint endpoint = m_server.endpoint();
    endpoint.user = "plain";
    endpoint.password = "secret";
    Session session(endpoint);
    VERIFY_OK(wait(session.open()));
    checkRelease(session);
}

void TestLocks::readOnlyReleasesNothing()
{
    ask(*m_session, {"SET", key, owner, "EX", "30"});
    m_session->setReadOnly(true);
    VERIFY_FAILED(wait(releaseLock(m_session.get(), key, owner)), Code::ReadOnly, Reason::ProfileReadOnly);
    QCOMPARE(ask(*m_session, {"GET", key}).bytes, owner);
}

void TestLocks::anotherTypeIsNotReleased()
{
    ask(*m_session, {"RPUSH", key, owner});
    QVERIFY(!wait(releaseLock(m_session.get(), key, owner)));
    QCOMPARE(ask(*m_session, {"LLEN", key}).integer, 1);
}

void TestLocks::countsItsLookups()
{
    ask(*m_session, {"SET", key, owner, "EX", "30"});
    const qint64 server = serverLookups(*m_session);
    const qint64 own = m_session->ownLookups();
    VERIFY_OK(wait(readLocks(m_session.get(), {key, "lock:none"})));
    VERIFY_OK(wait(releaseLock(m_session.get(), key, "wrong")));
    VERIFY_OK(wait(releaseLock(m_session.get(), key, owner)));
    QCOMPARE(m_session->ownLookups() - own, serverLookups(*m_session) - server);
}

QTEST_GUILESS_MAIN(TestLocks)
#include "tst_locks.moc"
