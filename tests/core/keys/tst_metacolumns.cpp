// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keysort.h"
#include "tests/support/redistest.h"

#include <QSignalSpy>
#include <QTest>

using namespace core;
using namespace core::keys;
using namespace redistest;

namespace {

bool finishes(Job& job)
{
    job.start();
    return QTest::qWaitFor([&] { return job.isFinished(); }, patienceMs);
}

}

class TestMetaColumns final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();

    void holdsWhatWasSet();
    void sortsWithTheUnknownLast();
    void sortsByKind();
    void aSelectionIsAListByKey();
    void asksForEveryKey();
    void countsItsLookups();
    void cancelKeepsWhatCame();
    void aLostLineEndsIt();
    void anotherDatabaseEndsIt();
    void missingPermissions();
    void readOnlyIsEnough();

private:
    void scan(const QList<QByteArray>& keys);
    demo::RedisProcess m_server;
    std::unique_ptr<redis::Session> m_session;
    std::shared_ptr<KeyStore> m_store;
    std::shared_ptr<const Order> m_order;
    std::shared_ptr<MetaColumns> m_columns;
};

void TestMetaColumns::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({.tcp = true, .arguments = {}, .folder = {}}));
}

void TestMetaColumns::init()
{
    if (!m_server.isRunning())
        VERIFY_OK(m_server.restartAndWait());
    m_session = std::make_unique<redis::Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    VERIFY_OK(wait(m_session->call({"FLUSHALL"})));
}

void TestMetaColumns::scan(const QList<QByteArray>& keys)
{
    m_store = std::make_shared<KeyStore>();
    for (const QByteArray& key : keys)
        m_store->key(key.constData(), std::size_t(key.size()));
    m_store->batchEnd();
    const std::atomic_bool never = false;
    m_order = sortedOrder(*m_store, m_store->size(), never);
    m_columns = std::make_shared<MetaColumns>(m_store->size());
}

void TestMetaColumns::holdsWhatWasSet()
{
    MetaColumns columns(4);
    QVERIFY(!columns.isKnown(0) && !columns.facts(0) && !columns.facts(99));
    columns.set(0, {MetaColumns::Facts::never, 56, "string"});
    columns.set(1, {1'700'000'000'000, qint64(5) << 32, "hash"});
    columns.set(2, {5, -1, "string"});
    columns.setGone(3);
    QCOMPARE(columns.facts(0)->endMs, MetaColumns::Facts::never);
    QCOMPARE(columns.facts(0)->memoryBytes, 56);
    QCOMPARE(columns.facts(1)->endMs, 1'700'000'000'000);
    QCOMPARE(columns.facts(1)->memoryBytes, qint64(5) << 32);
    QCOMPARE(columns.facts(1)->type, QByteArray("hash"));
    QCOMPARE(columns.facts(2)->memoryBytes, -1);
    QVERIFY(columns.isKnown(3) && columns.isGone(3) && !columns.facts(3));
}

void TestMetaColumns::sortsWithTheUnknownLast()
{
    const std::atomic_bool never = false;
    MetaColumns columns(5);
    columns.set(0, {300, 10, "string"});
    columns.set(1, {100, -1, "zset"});
    columns.set(2, {MetaColumns::Facts::never, 10, "hash"});
    columns.set(3, {200, 30, "string"});
    const auto byKey = std::make_shared<const Order>(Order {0, 1, 2, 3, 4});
    const auto by = [&](KeySort::By column, bool descending) { return *sorted(KeyStore(), byKey, {column, descending}, &columns, {}, never); };
    QCOMPARE(by(KeySort::By::Expiry, false), (Order {1, 3, 0, 2, 4}));
    QCOMPARE(by(KeySort::By::Expiry, true), (Order {2, 0, 3, 1, 4}));
    QCOMPARE(by(KeySort::By::Memory, false), (Order {0, 2, 3, 1, 4}));
    QCOMPARE(by(KeySort::By::Memory, true), (Order {3, 0, 2, 1, 4}));
    QCOMPARE(by(KeySort::By::Type, false), (Order {2, 0, 3, 1, 4}));
    QCOMPARE(by(KeySort::By::Key, true), (Order {4, 3, 2, 1, 0}));
    QVERIFY(sorted(KeyStore(), byKey, {}, nullptr, {}, never) == byKey);
    const std::atomic_bool cancelled = true;
    QVERIFY(!sorted(KeyStore(), byKey, {KeySort::By::Type, false}, &columns, {}, cancelled));
}

void TestMetaColumns::sortsByKind()
{
    scan({"tag:a", "lock:b", "lightapi:Book:/books:", "tag:c"});
    const std::atomic_bool never = false;
    const auto order = sorted(*m_store, m_order, {KeySort::By::Kind, false}, nullptr, {}, never);
    QList<QByteArray> keys;
    for (const KeyId id : *order)
        keys << m_store->at(id).toByteArray();
    QCOMPARE(keys, (QList<QByteArray> {"lightapi:Book:/books:", "tag:a", "tag:c", "lock:b"}));
}

void TestMetaColumns::aSelectionIsAListByKey()
{
    scan({"b", "a", "d", "c"});
    const Order shown {2, 0, 3, 1}; // d b c a
    RowSet rows(0, 1);
    rows.add(3, 3);
    QCOMPARE(listOf(m_store, *m_order, shown, rows).toList(), (QList<QByteArray> {"a", "b", "d"}));
}

void TestMetaColumns::asksForEveryKey()
{
    QList<QByteArray> keys;
    redis::Pipeline fill;
    for (int i = 0; i < 3000; ++i) {
        keys << "k" + QByteArray::number(i);
        fill << (i % 2 ? redis::Command {"SET", keys.last(), "v", "EX", "1000"} : redis::Command {"RPUSH", keys.last(), "a", "b"});
    }
    VERIFY_OK(wait(m_session->send(fill)));
    keys << "never there";
    scan(keys);
    const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(m_session.get(), m_store, m_order, m_columns, {}));
    QVERIFY(finishes(*pass));
    VERIFY_OK(pass->outcome());
    QCOMPARE(pass->done(), 3001);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    for (KeyId id = 0; id < 3000; ++id) {
        const auto facts = m_columns->facts(id);
        QVERIFY(facts && facts->memoryBytes > 0);
        QCOMPARE(facts->type, QByteArray(id % 2 ? "string" : "list"));
        if (id % 2)
            QVERIFY(facts->endMs > now + 900'000 && facts->endMs <= now + 1'000'000);
        else
            QCOMPARE(facts->endMs, MetaColumns::Facts::never);
    }
    QVERIFY(m_columns->isGone(3000));
}

void TestMetaColumns::countsItsLookups()
{
    VERIFY_OK(wait(m_session->call({"SET", "a", "v"})));
    scan({"a", "b"});
    const qint64 before = m_session->ownLookups();
    const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(m_session.get(), m_store, m_order, m_columns, {.gentle = true}));
    QVERIFY(finishes(*pass));
    QCOMPARE(m_session->ownLookups() - before, 4);
    QCOMPARE(m_session->ownHits(), 2);
    QCOMPARE(m_session->ownMisses(), 2);
}

void TestMetaColumns::cancelKeepsWhatCame()
{
    QList<QByteArray> keys;
    for (int i = 0; i < 50'000; ++i)
        keys << QByteArray::number(i);
    scan(keys);
    const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(m_session.get(), m_store, m_order, m_columns, {.gentle = true}));
    QSignalSpy progressed(pass.get(), &Job::progressed);
    pass->start();
    QTRY_VERIFY(pass->done() > 0);
    pass->cancel();
    QVERIFY(pass->isFinished());
    VERIFY_FAILED(pass->outcome(), Code::Cancelled, Reason::None);
    QVERIFY(m_columns->isKnown((*m_order)[0]));
    VERIFY_OK(wait(m_session->call({"PING"}, redis::Session::Line::Bulk))); // the line is still good
}

void TestMetaColumns::aLostLineEndsIt()
{
    QList<QByteArray> keys;
    for (int i = 0; i < 200'000; ++i)
        keys << QByteArray::number(i);
    scan(keys);
    const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(m_session.get(), m_store, m_order, m_columns, {.gentle = true}));
    pass->start();
    QTRY_VERIFY(pass->done() > 0);
    m_server.kill();
    QTRY_VERIFY_WITH_TIMEOUT(pass->isFinished(), patienceMs);
    const Code code = pass->outcome().error().code;
    QVERIFY2(code == Code::Lost || code == Code::Connect, "in flight or about to be sent, whichever it was when the server died");
}

void TestMetaColumns::anotherDatabaseEndsIt()
{
    QList<QByteArray> keys;
    for (int i = 0; i < 200'000; ++i)
        keys << QByteArray::number(i);
    scan(keys);
    const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(m_session.get(), m_store, m_order, m_columns, {.gentle = true}));
    pass->start();
    QTRY_VERIFY(pass->done() > 0);
    VERIFY_OK(wait(m_session->select(1)));
    QTRY_VERIFY_WITH_TIMEOUT(pass->isFinished(), patienceMs);
    QCOMPARE(pass->outcome().error().code, Code::Cancelled);
}

void TestMetaColumns::missingPermissions()
{
    VERIFY_OK(wait(m_session->call({"SET", "a", "v"})));
    VERIFY_OK(wait(m_session->call({"ACL", "SETUSER", "nomemory", "on", ">p", "~*", "+@all", "-memory|usage"})));
    VERIFY_OK(wait(m_session->call({"ACL", "SETUSER", "nottl", "on", ">p", "~*", "+@all", "-pttl"})));
    scan({"a"});
    for (const QByteArray& user : QList<QByteArray> {"nomemory", "nottl"}) {
        Endpoint endpoint = m_server.endpoint();
        endpoint.user = user;
        endpoint.password = "p";
        redis::Session session(endpoint);
        VERIFY_OK(wait(session.open()));
        const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(&session, m_store, m_order, m_columns, {}));
        QVERIFY(finishes(*pass));
        if (user == "nottl") {
            VERIFY_FAILED(pass->outcome(), Code::Permission, Reason::NoPermission);
        } else {
            VERIFY_OK(pass->outcome());
            QCOMPARE(m_columns->facts(0)->memoryBytes, -1);
        }
    }
}

void TestMetaColumns::readOnlyIsEnough()
{
    m_session->setReadOnly(true);
    scan({"a"});
    const std::unique_ptr<redis::BulkPass> pass(makeMetaPass(m_session.get(), m_store, m_order, m_columns, {}));
    QVERIFY(finishes(*pass));
    VERIFY_OK(pass->outcome());
}

QTEST_GUILESS_MAIN(TestMetaColumns)
#include "tst_metacolumns.moc"
