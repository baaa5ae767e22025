// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keytracking.h"
#include "tests/support/redistest.h"

#include <QRandomGenerator>
#include <QScopeGuard>

#include <algorithm>

using namespace core;
using namespace core::keys;
using namespace core::redis;
using namespace redistest;

namespace {

constexpr int patience = 20'000;

QList<QByteArray> shown(const KeyIndex& index)
{
    const KeyIndex::Snapshot snapshot = index.snapshot();
    return KeyList(snapshot.store, snapshot.order).toList();
}

}

class TestKeyTracking final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_server = std::make_unique<demo::RedisProcess>();
        VERIFY_OK(m_server->startAndWait({.tcp = false, .arguments = {QStringLiteral("--enable-debug-command"), QStringLiteral("local")}, .folder = {}}));
    }
    void init()
    {
        connectAs(m_server->endpoint());
        m_other = std::make_unique<Session>(m_server->endpoint());
        VERIFY_OK(wait(m_other->open()));
        QCOMPARE(other({"FLUSHALL"}).bytes, QByteArray("OK"));
    }
    void cleanup()
    {
        m_tracking.reset();
        m_index.reset();
        m_session.reset();
        m_other.reset();
    }

    void offByDefault()
    {
        QCOMPARE(m_tracking->state(), KeyTracking::State::Off);
        QVERIFY(scan());
        QVERIFY(!m_tracking->covers(m_index->snapshot()));
        QVERIFY(!other({"CLIENT", "LIST"}).bytes.contains("tracking"));
    }

    void followsOthers()
    {
        other({"MSET", "a", "1", "b", "1", "c", "1"});
        follow();
        QVERIFY(scan());
        QVERIFY(m_tracking->covers(m_index->snapshot()));
        other({"SET", "between", "1"});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), (QList<QByteArray> {"a", "b", "between", "c"}), patience);
        other({"UNLINK", "b"});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), (QList<QByteArray> {"a", "between", "c"}), patience);
        other({"PEXPIRE", "c", "20"}); // Redis' own cycle finds it
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), (QList<QByteArray> {"a", "between"}), patience);
        other({"RENAME", "a", QByteArray("odd\0\n\xff", 6)});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), (QList<QByteArray> {"between", QByteArray("odd\0\n\xff", 6)}), patience);
        QVERIFY(m_tracking->covers(m_index->snapshot()));
    }

    void anotherDatabaseDoesNotMatter()
    {
        follow();
        QVERIFY(scan());
        VERIFY_OK(wait(m_other->select(3)));
        other({"SET", "elsewhere", "1"});
        VERIFY_OK(wait(m_other->select(0)));
        other({"SET", "here", "1"});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), QList<QByteArray> {"here"}, patience);
    }

    void manyChanges()
    {
        follow();
        QVERIFY(scan());
        QRandomGenerator random(7);
        for (int round = 0; round < 40; ++round) {
            Pipeline pipeline;
            for (int i = 0; i < 100; ++i) {
                const QByteArray key = "k" + QByteArray::number(random.bounded(150));
                pipeline << (random.bounded(2) ? Command {"SET", key, "1"} : Command {"DEL", key});
            }
            VERIFY_OK(wait(m_other->send(pipeline)));
        }
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), keysOfServer(), patience);
    }

    void whatChangesDuringAScanIsNotLost()
    {
        other({"DEBUG", "POPULATE", "20000"});
        follow();
        m_index->start(true); // gentle: there is time for what follows
        QTRY_VERIFY_WITH_TIMEOUT(m_index->seen() > 1000, patience);
        QVERIFY(m_index->isScanning());
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        Pipeline pipeline;
        for (int i = 0; i < 500; ++i)
            pipeline << Command {"SET", "new:" + QByteArray::number(i), "1"} << Command {"UNLINK", "key:" + QByteArray::number(i * 40)};
        VERIFY_OK(wait(m_other->send(pipeline)));
        QVERIFY(finished.size() == 1 || finished.wait(patience));
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), keysOfServer(), patience);
    }

    void tellsNoLookups()
    {
        follow();
        QVERIFY(scan());
        const qint64 own = m_session->ownLookups();
        const QByteArray before = lookups();
        other({"SET", "a", "1"});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), QList<QByteArray> {"a"}, patience);
        QCOMPARE(m_session->ownLookups(), own);
        QCOMPARE(lookups(), before);
    }

    void flushed()
    {
        other({"DEBUG", "POPULATE", "1000"});
        follow();
        QVERIFY(scan());
        QCOMPARE(shown(*m_index).size(), 1000);
        other({"FLUSHALL"});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), QList<QByteArray>(), patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_tracking->covers(m_index->snapshot()), patience);
    }

    // It may have been this one: what is shown is of before.
    void anotherDatabaseFlushed()
    {
        other({"SET", "a", "1"});
        follow();
        QVERIFY(scan());
        VERIFY_OK(wait(m_other->select(3)));
        other({"FLUSHDB"});
        VERIFY_OK(wait(m_other->select(0)));
        QTRY_VERIFY_WITH_TIMEOUT(!m_tracking->covers(m_index->snapshot()), patience);
        QVERIFY(scan());
        QVERIFY(m_tracking->covers(m_index->snapshot()));
        QCOMPARE(shown(*m_index), QList<QByteArray> {"a"});
    }

    void killedLineComesBack()
    {
        follow();
        QVERIFY(scan());
        other({"CLIENT", "KILL", "TYPE", "pubsub"});
        QTRY_VERIFY_WITH_TIMEOUT(!m_tracking->covers(m_index->snapshot()), patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Following, patience);
        QVERIFY(!m_tracking->covers(m_index->snapshot())); // something may have been missed
        other({"SET", "later", "1"});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), QList<QByteArray> {"later"}, patience);
        QVERIFY(scan());
        QVERIFY(m_tracking->covers(m_index->snapshot()));
    }

    void restartedServer()
    {
        follow();
        QVERIFY(scan());
        m_server->kill();
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Starting, patience);
        VERIFY_OK(m_server->restartAndWait());
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Following, patience);
        QVERIFY(!m_tracking->covers(m_index->snapshot()));
    }

    void refused_data()
    {
        QTest::addColumn<QByteArrayList>("rules");
        QTest::addColumn<QString>("permission");
        QTest::newRow("no channel") << QByteArrayList {"allkeys", "resetchannels", "+@all"} << "&pattern";
        QTest::newRow("no tracking") << QByteArrayList {"allkeys", "allchannels", "+@all", "-client|tracking"} << "+client|tracking";
        QTest::newRow("no memory") << QByteArrayList {"allkeys", "allchannels", "+@all", "-memory"} << "+memory|usage";
    }
    void refused()
    {
        QFETCH(QByteArrayList, rules);
        QFETCH(QString, permission);
        QCOMPARE(other(Command(QByteArrayList {"ACL", "SETUSER", "limited", "reset", "on", ">secret"} + rules)).bytes, QByteArray("OK"));
        Endpoint endpoint = m_server->endpoint();
        endpoint.user = "limited";
        endpoint.password = "secret";
        connectAs(endpoint);
        m_tracking->setEnabled(true);
        QTRY_VERIFY_WITH_TIMEOUT(m_tracking->state() != KeyTracking::State::Starting, patience);
        QVERIFY(scan());
        other({"SET", "a", "1"});
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Refused, patience);
        QCOMPARE(m_tracking->error().code, Code::Permission);
        QVERIFY2(m_tracking->error().subject.contains(permission), qPrintable(m_tracking->error().subject));
        QVERIFY(!m_tracking->covers(m_index->snapshot()));
    }

    // An answer that passes is no refusal, and what was heard is asked about when it has passed.
    void busyServer()
    {
        other({"DEBUG", "POPULATE", "20000"});
        other({"CONFIG", "SET", "lua-time-limit", "20"});
        Session third(m_server->endpoint());
        VERIFY_OK(wait(third.open()));
        follow();
        m_index->start(true);
        QTRY_VERIFY_WITH_TIMEOUT(m_index->seen() > 0, patience);
        m_index->setPaused(true); // nothing is asked meanwhile
        other({"SET", "new", "1"});
        const auto endless = m_other->call({"EVAL", "while true do end", "0"});
        const auto end = qScopeGuard([&third] { ask(third, {"SCRIPT", "KILL"}); });
        QTRY_VERIFY_WITH_TIMEOUT(ask(third, {"GET", "new"}).bytes.startsWith("BUSY"), patience);
        int refused = 0;
        connect(m_session.get(), &Session::commandsLogged, this, [&refused](const QList<SentCommand>& commands) {
            for (const SentCommand& command : commands)
                refused += command.text.startsWith(QStringLiteral("MEMORY")) && command.error == QStringLiteral("BUSY") ? 1 : 0;
        });
        m_index->cancel();
        QTRY_VERIFY_WITH_TIMEOUT(refused > 2, patience);
        QVERIFY(!m_index->isScanning());
        QCOMPARE(m_tracking->state(), KeyTracking::State::Following);
        QVERIFY(!shown(*m_index).contains("new"));
        QCOMPARE(ask(third, {"SCRIPT", "KILL"}).bytes, QByteArray("OK"));
        QVERIFY(!wait(endless));
        QTRY_VERIFY_WITH_TIMEOUT(shown(*m_index).contains("new"), patience);
        QCOMPARE(m_tracking->state(), KeyTracking::State::Following);
    }

    void followsWhenABusyServerIsFreeAgain()
    {
        other({"CONFIG", "SET", "lua-time-limit", "20"});
        Session third(m_server->endpoint());
        VERIFY_OK(wait(third.open()));
        const auto endless = m_other->call({"EVAL", "while true do end", "0"});
        const auto end = qScopeGuard([&third] { ask(third, {"SCRIPT", "KILL"}); });
        QTRY_VERIFY_WITH_TIMEOUT(ask(third, {"GET", "new"}).bytes.startsWith("BUSY"), patience);
        QSignalSpy changed(m_tracking.get(), &KeyTracking::stateChanged);
        m_tracking->setEnabled(true);
        QTRY_VERIFY_WITH_TIMEOUT(changed.size() >= 2, patience); // tried, and will be again
        QCOMPARE(m_tracking->state(), KeyTracking::State::Starting);
        QCOMPARE(m_tracking->error().reason, Reason::Busy);
        QCOMPARE(ask(third, {"SCRIPT", "KILL"}).bytes, QByteArray("OK"));
        QVERIFY(!wait(endless));
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Following, patience);
    }

    void keysOfOthersAreSkipped()
    {
        other({"ACL", "SETUSER", "limited", "reset", "on", ">secret", "~mine:*", "allchannels", "+@all"});
        Endpoint endpoint = m_server->endpoint();
        endpoint.user = "limited";
        endpoint.password = "secret";
        connectAs(endpoint);
        follow();
        QVERIFY(scan());
        other({"MSET", "theirs", "1", "mine:a", "1"});
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), QList<QByteArray> {"mine:a"}, patience);
        QCOMPARE(m_tracking->state(), KeyTracking::State::Following);
    }

    void tooMuch()
    {
        follow();
        QVERIFY(scan());
        other({"DEBUG", "POPULATE", "400000"});
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Overrun, patience);
        QVERIFY(!m_tracking->covers(m_index->snapshot()));
        m_index->start();
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Following, patience);
    }

    void canBeSwitchedOff()
    {
        follow();
        QVERIFY(scan());
        m_tracking->setEnabled(false);
        QCOMPARE(m_tracking->state(), KeyTracking::State::Off);
        QTRY_VERIFY_WITH_TIMEOUT(!other({"CLIENT", "LIST"}).bytes.contains("tracking"), patience);
    }

private:
    void connectAs(const Endpoint& endpoint)
    {
        m_tracking.reset();
        m_index.reset();
        m_session = std::make_unique<Session>(endpoint);
        VERIFY_OK(wait(m_session->open()));
        QTRY_COMPARE_WITH_TIMEOUT(m_session->state(), Session::State::Connected, patience);
        m_index = std::make_unique<KeyIndex>(m_session.get());
        m_tracking = std::make_unique<KeyTracking>(m_session.get(), m_index.get());
    }
    void follow()
    {
        m_tracking->setEnabled(true);
        QTRY_COMPARE_WITH_TIMEOUT(m_tracking->state(), KeyTracking::State::Following, patience);
    }
    bool scan()
    {
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        m_index->start();
        return (finished.size() == 1 || finished.wait(patience)) && m_index->state() == KeyIndex::State::Complete;
    }
    Reply other(const Command& command) { return ask(*m_other, command); }
    QByteArray lookups()
    {
        QByteArray lines;
        for (const QByteArray& line : other({"INFO", "stats"}).bytes.split('\n')) {
            if (line.startsWith("keyspace_"))
                lines += line;
        }
        return lines;
    }
    QList<QByteArray> keysOfServer()
    {
        QList<QByteArray> keys;
        for (const Reply& key : other({"EVAL", "return redis.call('KEYS', '*')", "0"}).items)
            keys << key.bytes;
        std::sort(keys.begin(), keys.end());
        return keys;
    }

    std::unique_ptr<demo::RedisProcess> m_server;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Session> m_other;
    std::unique_ptr<KeyIndex> m_index;
    std::unique_ptr<KeyTracking> m_tracking;
};

QTEST_GUILESS_MAIN(TestKeyTracking)
#include "tst_keytracking.moc"
