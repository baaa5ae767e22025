// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyvalue.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::keys;
using namespace core::redis;
using namespace redistest;

class TestKeyValue final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        VERIFY_OK(m_server.startAndWait({}));
        m_session = std::make_unique<Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
        QVERIFY(!ask(*m_session, {"SET", "large", QByteArray(9 * 1024 * 1024, 'x')}).isError());
        QVERIFY(!ask(*m_session, {"RPUSH", "list", "a", "b"}).isError());
    }
    void cleanupTestCase() { m_session.reset(); }

    void readsInParts()
    {
        KeyValueReader reader(m_session.get(), "large", {});
        QSignalSpy finished(&reader, &Job::finished);
        reader.start();
        QVERIFY(finished.wait(patienceMs));
        VERIFY_OK(reader.outcome());
        QCOMPARE(reader.value().bytes.size(), 9 * 1024 * 1024);
        QVERIFY(!reader.value().truncated);
    }

    void nothingFollowsACancel_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("string") << QByteArray("large");
        QTest::newRow("list") << QByteArray("list");
    }
    void nothingFollowsACancel()
    {
        QFETCH(QByteArray, key);
        KeyValueReader reader(m_session.get(), key, {});
        const qint64 sent = m_session->commandsSent();
        reader.start();
        reader.cancel();
        QCOMPARE(reader.outcome().error().code, Code::Cancelled);
        // Answers come in the order of sending: after the second, all that the reader could have asked has been sent.
        ask(*m_session, {"PING"});
        ask(*m_session, {"PING"});
        QVERIFY(reader.value().isGone());
        QCOMPARE(m_session->commandsSent() - sent, 5 + 2);
    }

private:
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

QTEST_GUILESS_MAIN(TestKeyValue)
#include "tst_keyvalue.moc"
