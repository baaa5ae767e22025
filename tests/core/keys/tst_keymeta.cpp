// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keymeta.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::keys;
using namespace core::redis;
using namespace redistest;

class TestKeyMeta final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        VERIFY_OK(m_server.startAndWait({}));
        m_session = std::make_unique<Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
        for (const Command& command : {Command {"SET", "plain", "v"}, Command {"SET", "short", "v", "PX", "60000"}, Command {"RPUSH", "list", "a"},
                 Command {"SET", QByteArray("n\0\n\xff", 4), "v"}, Command {"SET", "", "v"}})
            QVERIFY(!ask(*m_session, command).isError());
    }

    void readsInOrder()
    {
        const auto meta = wait(readMeta(m_session.get(), {"list", "gone", "short", QByteArray("n\0\n\xff", 4), "", "plain"}));
        VERIFY_OK(meta);
        QCOMPARE(meta->size(), 6);
        QCOMPARE(meta->at(0).type, QByteArray("list"));
        QCOMPARE(meta->at(0).ttlMs, KeyMeta::noExpiry);
        QVERIFY(*meta->at(0).memoryBytes > 0);
        QVERIFY(meta->at(1).isGone());
        QCOMPARE(meta->at(1).type, QByteArray("none"));
        QVERIFY(!meta->at(1).memoryBytes);
        QVERIFY(!meta->at(1).refused);
        QVERIFY(meta->at(2).ttlMs > 0 && meta->at(2).ttlMs <= 60'000);
        for (int i = 2; i < 6; ++i)
            QCOMPARE(meta->at(i).type, QByteArray("string"));
    }

    void nothingToAsk()
    {
        const auto meta = wait(readMeta(m_session.get(), {}));
        VERIFY_OK(meta);
        QVERIFY(meta->isEmpty());
    }

    void countsTwoLookupsAKey()
    {
        const qint64 before = serverLookups(*m_session);
        const qint64 own = m_session->ownLookups();
        VERIFY_OK(wait(readMeta(m_session.get(), {"plain", "gone", "list"})));
        QCOMPARE(serverLookups(*m_session) - before, 6);
        QCOMPARE(m_session->ownLookups() - own, 6);
    }

    void missingPermissionIsNamed_data()
    {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QString>("permission");
        QTest::addColumn<bool>("ttl");
        QTest::addColumn<bool>("type");
        QTest::addColumn<bool>("memory");
        QTest::newRow("MEMORY") << QByteArray("-memory") << QStringLiteral("+memory|usage") << true << true << false;
        QTest::newRow("PTTL") << QByteArray("-pttl") << QStringLiteral("+pttl") << false << true << true;
        QTest::newRow("TYPE") << QByteArray("-type") << QStringLiteral("+type") << true << false << true;
    }
    void missingPermissionIsNamed()
    {
        QFETCH(QByteArray, rule);
        QFETCH(bool, ttl);
        QFETCH(bool, type);
        QFETCH(bool, memory);
        QVERIFY(!ask(*m_session, {"ACL", "SETUSER", "limited", "reset", "on", ">pw", "~*", "+@all", rule}).isError());
        Endpoint endpoint = m_server.endpoint();
        endpoint.user = "limited";
        endpoint.password = "pw";
        Session limited(endpoint);
        VERIFY_OK(wait(limited.open()));
        const auto meta = wait(readMeta(&limited, {"plain"}));
        VERIFY_OK(meta);
        const KeyMeta& row = meta->first();
        QVERIFY(row.refused);
        QCOMPARE(row.refused->reason, Reason::NoPermission);
        QTEST(row.refused->subject, "permission");
        QCOMPARE(row.ttlMs, ttl ? KeyMeta::noExpiry : KeyMeta::unknown);
        QCOMPARE(row.type, type ? QByteArray("string") : QByteArray());
        QCOMPARE(row.memoryBytes.has_value(), memory);
        QVERIFY(!row.isGone());
    }

    void failsWithTheLine()
    {
        Session closed(m_server.endpoint());
        VERIFY_FAILED(wait(readMeta(&closed, {"plain"})), Code::Connect, Reason::NotConnected);
    }

private:
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

QTEST_GUILESS_MAIN(TestKeyMeta)
#include "tst_keymeta.moc"
