// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyindex.h"
#include "tests/support/redistest.h"

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
    QList<QByteArray> keys;
    for (const KeyId id : *snapshot.order)
        keys << snapshot.store->at(id).toByteArray();
    return keys;
}

qsizetype shownCount(const KeyIndex& index)
{
    return qsizetype(index.snapshot().order->size());
}

}

class TestKeyIndex final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_server = std::make_unique<demo::RedisProcess>();
        VERIFY_OK(m_server->startAndWait({.tcp = false, .arguments = {QStringLiteral("--enable-debug-command"), QStringLiteral("local")}, .folder = {}}));
    }
    void init()
    {
        m_session = std::make_unique<Session>(m_server->endpoint());
        VERIFY_OK(wait(m_session->open()));
        QTRY_COMPARE(m_session->state(), Session::State::Connected);
        QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, QByteArray("OK"));
        m_index = std::make_unique<KeyIndex>(m_session.get());
    }
    void cleanup()
    {
        m_index.reset();
        m_session.reset();
    }

    void nothingWithoutStart()
    {
        QCOMPARE(m_index->state(), KeyIndex::State::Empty);
        QCOMPARE(m_index->ageMs(), -1);
        QVERIFY(m_index->snapshot().order->empty());
        QCOMPARE(m_index->snapshot().store->size(), KeyId(0));
        m_index->cancel();
        m_index->setPaused(true);
        m_index->markDeleted({"a"});
        QCOMPARE(m_index->state(), KeyIndex::State::Empty);
    }

    void listsExactlyWhatIsThere()
    {
        QList<QByteArray> keys {"", QByteArray("n\0\n", 3), "\xff\xfe", "<img src=x>", "glob*[a]?", "lightapi:Book:/books:", QByteArray(1'40'000, 'm')};
        for (const QByteArray& key : std::as_const(keys))
            QVERIFY(!ask(*m_session, {"SET", key, "1"}).isError());
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        m_index->start();
        QCOMPARE(m_index->state(), KeyIndex::State::Scanning);
        QVERIFY(m_index->job());
        QVERIFY(finished.wait(patience));
        std::sort(keys.begin(), keys.end());
        QCOMPARE(shown(*m_index), keys);
        QCOMPARE(m_index->state(), KeyIndex::State::Complete);
        QVERIFY(m_index->snapshot().complete);
        QVERIFY(!m_index->job());
        QCOMPARE(m_index->dbsize(), keys.size());
        QVERIFY(m_index->seen() >= keys.size());
        QVERIFY(m_index->ageMs() >= 0);
        QVERIFY(!m_index->lineWasLost());
        QCOMPARE(finished.size(), 1);
    }

    void emptyDatabase()
    {
        QVERIFY(scan());
        QCOMPARE(m_index->state(), KeyIndex::State::Complete);
        QCOMPARE(shownCount(*m_index), 0);
        QVERIFY(m_index->snapshot().complete);
    }

    void keysShowWhileTheyCome()
    {
        populate(40'000);
        QList<qsizetype> counts;
        bool allScanning = true;
        connect(m_index.get(), &KeyIndex::orderChanged, this, [&] {
            counts << shownCount(*m_index);
            allScanning = allScanning && (m_index->isScanning() || counts.last() == 40'000);
        });
        QVERIFY(scan(true));
        QVERIFY(counts.size() >= 2);
        QVERIFY(counts.first() > 0 && counts.first() < 40'000);
        QVERIFY(std::is_sorted(counts.begin(), counts.end()));
        QVERIFY(allScanning);
        QCOMPARE(counts.last(), 40'000);
        const QList<QByteArray> keys = shown(*m_index);
        QVERIFY(std::is_sorted(keys.begin(), keys.end()));
    }

    void pausesAndGoesOn()
    {
        populate(30'000);
        m_index->start(true);
        QTRY_VERIFY(m_index->seen() > 0);
        m_index->setPaused(true);
        QCOMPARE(m_index->state(), KeyIndex::State::Paused);
        QVERIFY(m_index->isScanning());
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        QVERIFY(!finished.wait(300));
        m_index->setPaused(false);
        QCOMPARE(m_index->state(), KeyIndex::State::Scanning);
        QVERIFY(finished.wait(patience));
        QCOMPARE(shownCount(*m_index), 30'000);
    }

    void cancelKeepsWhatCame()
    {
        populate(30'000);
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        m_index->start(true);
        QTRY_VERIFY(m_index->seen() > 0);
        m_index->cancel();
        m_index->cancel();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, patience);
        QCOMPARE(m_index->state(), KeyIndex::State::Cancelled);
        QVERIFY(!m_index->snapshot().complete);
        QVERIFY(shownCount(*m_index) > 0);
        QVERIFY(shownCount(*m_index) < 30'000);
        QVERIFY(!m_index->lastError());
    }

    void rescanKeepsTheOldKeysShown()
    {
        populate(30'000);
        QVERIFY(scan());
        const auto old = m_index->snapshot();
        QVERIFY(!ask(*m_session, {"DEL", "key:1"}).isError());
        QVERIFY(!ask(*m_session, {"SET", "new", "1"}).isError());
        m_index->start(true);
        QTRY_VERIFY(m_index->seen() > 1000);
        QVERIFY(m_index->snapshot().order == old.order);
        QVERIFY(m_index->snapshot().complete);
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        QVERIFY(finished.wait(patience));
        const auto now = m_index->snapshot();
        QVERIFY(now.store != old.store);
        QCOMPARE(now.order->size(), std::size_t(30'000));
        QVERIFY(findKey(*now.store, *now.order, "new") >= 0);
        QCOMPARE(findKey(*now.store, *now.order, "key:1"), -1);
        QVERIFY(findKey(*old.store, *old.order, "key:1") >= 0); // readers of the old one are safe
    }

    void cancelledRescanLeavesTheOldKeys()
    {
        populate(20'000);
        QVERIFY(scan());
        const auto old = m_index->snapshot();
        m_index->start(true);
        QTRY_VERIFY(m_index->seen() > 0);
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        m_index->cancel();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, patience);
        QCOMPARE(m_index->state(), KeyIndex::State::Cancelled);
        QVERIFY(m_index->snapshot().order == old.order);
        QVERIFY(m_index->snapshot().complete);
    }

    void deletedKeysLeave()
    {
        for (const char* key : {"a", "b", "c", "d"})
            QVERIFY(!ask(*m_session, {"SET", key, "1"}).isError());
        QVERIFY(scan());
        QSignalSpy changed(m_index.get(), &KeyIndex::orderChanged);
        m_index->markDeleted({"b", "not there"});
        m_index->markDeleted({"d"});
        QTRY_COMPARE(shown(*m_index), (QList<QByteArray> {"a", "c"}));
        QVERIFY(!changed.isEmpty());
        QVERIFY(scan());
        QCOMPARE(shown(*m_index), (QList<QByteArray> {"a", "b", "c", "d"}));
    }

    // Deleted while the scan has them already: they do not come back with the next order.
    void deletedWhileScanning()
    {
        populate(30'000);
        m_index->start(true);
        QTRY_VERIFY_WITH_TIMEOUT(shownCount(*m_index) > 0, patience);
        m_index->setPaused(true);
        const QList<QByteArray> some = shown(*m_index).mid(0, 100);
        for (const QByteArray& key : some)
            ask(*m_session, {"DEL", key});
        m_index->markDeleted(KeyList(some));
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        m_index->setPaused(false);
        QVERIFY(finished.wait(patience));
        const auto now = m_index->snapshot();
        for (const QByteArray& key : some)
            QCOMPARE(findKey(*now.store, *now.order, key), -1);
        QCOMPARE(shownCount(*m_index), 30'000 - some.size());
    }

    void anotherDatabaseIsAnotherSet()
    {
        QVERIFY(!ask(*m_session, {"SET", "zero", "1"}).isError());
        QVERIFY(scan());
        QCOMPARE(shownCount(*m_index), 1);
        QVERIFY(wait(m_session->select(4)));
        QTRY_COMPARE(m_index->state(), KeyIndex::State::Empty);
        QCOMPARE(shownCount(*m_index), 0);
        QVERIFY(!ask(*m_session, {"SET", "four", "1"}).isError());
        QVERIFY(scan());
        QCOMPARE(shown(*m_index), QList<QByteArray> {"four"});
        QCOMPARE(m_index->snapshot().database, 4);
    }

    void lostLineInterrupts()
    {
        populate(30'000);
        m_index->start(true);
        QTRY_VERIFY_WITH_TIMEOUT(shownCount(*m_index) > 0, patience);
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        m_server->kill();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, patience);
        QCOMPARE(m_index->state(), KeyIndex::State::Interrupted);
        QVERIFY(m_index->lastError());
        QVERIFY(shownCount(*m_index) > 0);
        QVERIFY(!m_index->snapshot().complete);
        QTRY_VERIFY(m_index->lineWasLost());
        VERIFY_OK(m_server->restartAndWait());
        QTRY_COMPARE_WITH_TIMEOUT(m_session->state(), Session::State::Connected, patience);
        QVERIFY(!ask(*m_session, {"SET", "fresh", "1"}).isError());
        QVERIFY(scan());
        QCOMPARE(shown(*m_index), QList<QByteArray> {"fresh"});
        QVERIFY(!m_index->lineWasLost());
        QVERIFY(!m_index->lastError());
    }

    void closedSession()
    {
        Session closed(m_server->endpoint());
        KeyIndex index(&closed);
        QSignalSpy finished(&index, &KeyIndex::finished);
        index.start();
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(index.state(), KeyIndex::State::Interrupted);
        QCOMPARE(index.lastError()->reason, Reason::NotConnected);
    }

    void clearedFromItsOwnSignal()
    {
        populate(30'000);
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        connect(m_index.get(), &KeyIndex::progressed, this, [this] { m_index->clear(); }, Qt::SingleShotConnection);
        m_index->start(true);
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, patience);
        QCOMPARE(m_index->state(), KeyIndex::State::Empty);
        QVERIFY(scan());
        QCOMPARE(shownCount(*m_index), 30'000);
    }

    void diesWhileScanning()
    {
        populate(20'000);
        m_index->start();
        QTRY_VERIFY(m_index->seen() > 0 || !m_index->isScanning());
        const auto kept = m_index->snapshot();
        m_index.reset();
        QVERIFY(kept.store->size() >= KeyId(kept.order->size()));
    }

private:
    void populate(int keys)
    {
        QCOMPARE(ask(*m_session, {"DEBUG", "POPULATE", QByteArray::number(keys)}).bytes, QByteArray("OK"));
    }
    bool scan(bool gentle = false)
    {
        QSignalSpy finished(m_index.get(), &KeyIndex::finished);
        m_index->start(gentle);
        return finished.size() == 1 || finished.wait(patience);
    }

    std::unique_ptr<demo::RedisProcess> m_server;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<KeyIndex> m_index;
};

QTEST_GUILESS_MAIN(TestKeyIndex)
#include "tst_keyindex.moc"
