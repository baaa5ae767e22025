// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keyindex.h"
#include "tests/support/fakeserver.h"
#include "tests/support/redistest.h"

#include <QDeadlineTimer>

#include <algorithm>
#include <functional>

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

// MSET or UNLINK of keys that are there only for a while.
bool passing(Session& session, const char* name, int count)
{
    constexpr int perCommand = 500;
    const QByteArray value(name == QByteArray("MSET") ? "v" : "");
    Pipeline pipeline;
    for (int i = 0; i < count;) {
        Command command {name};
        for (const int end = i + perCommand; i < end; ++i) {
            command << "passing:" + QByteArray::number(i);
            if (!value.isEmpty())
                command << value;
        }
        pipeline << command;
    }
    const auto replies = wait(session.send(pipeline));
    return replies && std::none_of(replies->begin(), replies->end(), [](const Reply& reply) { return reply.isError(); });
}

// Places in the server's table of keys; of the larger one while it is rehashed.
int tableSize(Session& session)
{
    int size = 0;
    for (const QByteArray& line : ask(session, {"DEBUG", "HTSTATS", "0"}).bytes.split('\n')) {
        if (line.startsWith(" table size: "))
            size = std::max(size, line.mid(13).toInt());
    }
    return size;
}

// A reply to SCAN.
QByteArray scanReply(const QByteArray& cursor, const QList<QByteArray>& keys)
{
    const auto bulk = [](const QByteArray& bytes) { return QByteArray('$' + QByteArray::number(bytes.size()) + "\r\n" + bytes + "\r\n"); };
    QByteArray reply = "*2\r\n" + bulk(cursor) + '*' + QByteArray::number(keys.size()) + "\r\n";
    for (const QByteArray& key : keys)
        reply += bulk(key);
    return reply;
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

    // The server's table grows tenfold and shrinks again, twice between the calls of a scan and then during them.
    void completeWhileTheServerRehashes()
    {
        constexpr int lasting = 20'000;
        constexpr int passers = 200'000;
        populate(lasting);
        Session writer(m_server->endpoint());
        VERIFY_OK(wait(writer.open()));
        m_index->start(true); // a hundred keys a call
        QVERIFY(step());
        for (int round = 0; round < 2; ++round) {
            QVERIFY(passing(writer, "MSET", passers));
            QVERIFY(tableSize(writer) > passers);
            QVERIFY(step());
            QVERIFY(passing(writer, "UNLINK", passers));
            QVERIFY(step());
            QTRY_VERIFY(tableSize(writer) <= passers / 3);
            QVERIFY(step()); // false when all was not in the middle of it
        }
        m_index->setPaused(false);
        while (m_index->isScanning())
            QVERIFY(passing(writer, "MSET", passers / 4) && passing(writer, "UNLINK", passers / 4));
        QCOMPARE(m_index->state(), KeyIndex::State::Complete);

        const QList<QByteArray> keys = shown(*m_index);
        QVERIFY(std::adjacent_find(keys.begin(), keys.end(), std::greater_equal()) == keys.end()); // in order, each once
        for (int i = 0; i < lasting; ++i)
            QVERIFY2(std::binary_search(keys.begin(), keys.end(), "key:" + QByteArray::number(i)), qPrintable(QString::number(i)));
        QCOMPARE(std::count_if(keys.begin(), keys.end(), [](const QByteArray& key) { return !key.startsWith("passing:"); }), lasting);
    }

    // As SCAN may return them: in one reply, in the next, and after the keys so far were sorted.
    void repeatsAppearOnce()
    {
        FakeServer server;
        Session session(server.endpoint());
        QList<QList<QByteArray>> replies(4);
        for (int i = 0; i < 4; ++i) {
            for (int key = i * 400; key < i * 400 + 800; ++key)
                replies[i] << "key:" + QByteArray::number(key * 7919 % 100'003);
            replies[i] += replies[i].mid(100, 50);
            replies[i] += replies[0].first(10);
        }
        KeyIndex index(&session);
        int scans = 0;
        server.answer = [&](const FakeServer::Words& command) {
            if (command.first() != "SCAN")
                return FakeServer::likeRedis(command);
            index.setPaused(scans % 2 == 1); // two replies, then a rest
            ++scans;
            return scanReply(scans == 4 ? "0" : QByteArray::number(scans), replies.at(scans - 1));
        };
        VERIFY_OK(wait(session.open()));
        index.start();
        QTRY_COMPARE(scans, 2);
        QTRY_COMPARE(shownCount(index), 1200);
        index.setPaused(false);
        QTRY_COMPARE_WITH_TIMEOUT(index.state(), KeyIndex::State::Complete, patience);
        QCOMPARE(index.seen(), 4 * 860);
        QList<QByteArray> keys;
        for (const QList<QByteArray>& reply : std::as_const(replies))
            keys += reply;
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        QCOMPARE(keys.size(), 2000);
        QCOMPARE(shown(index), keys);
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

    // Each costs a new order of all keys: a server whose keys expire has them all the time.
    void whatOthersDeletedLeavesInItsTime()
    {
        constexpr int rounds = 5;
        for (int i = 0; i < rounds + 1; ++i)
            QVERIFY(!ask(*m_session, {"SET", QByteArray::number(i), "1"}).isError());
        QVERIFY(scan());
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < rounds; ++i) {
            QSignalSpy changed(m_index.get(), &KeyIndex::orderChanged);
            m_index->markGone({QByteArray::number(i)});
            QVERIFY(changed.wait(patience));
            QCOMPARE(shownCount(*m_index), rounds - i);
        }
        QVERIFY2(clock.elapsed() > rounds * 50, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(shown(*m_index), QList<QByteArray> {QByteArray::number(rounds)});
    }

    // A cache stores again and again what has expired.
    void keysThatComeAndGoTakeNoMoreRoom()
    {
        QVERIFY(!ask(*m_session, {"SET", "m", "1"}).isError());
        QVERIFY(scan());
        const auto before = m_index->snapshot();
        QList<QByteArray> some;
        for (int i = 0; i < 200'000; ++i)
            some << (i % 2 ? "a" : "z") + QByteArray::number(i);
        const KeyList keys(some);
        for (int round = 0; round < 6; ++round) {
            m_index->add(keys);
            m_index->markGone(keys);
        }
        QSignalSpy changed(m_index.get(), &KeyIndex::orderChanged);
        QVERIFY(changed.wait(patience));
        QCOMPARE(shown(*m_index), QList<QByteArray> {"m"});
        const auto now = m_index->snapshot();
        QVERIFY(now.store != before.store);
        QCOMPARE(now.store->size(), KeyId(1));
        QVERIFY(now.complete);
        QCOMPARE(now.scannedAt, before.scannedAt);
        QCOMPARE(before.store->at((*before.order)[0]), "m"); // readers of the old one are safe
        m_index->add({"l", "m", "n"});
        m_index->markDeleted({"m"}); // at once, with what waits
        QTRY_COMPARE_WITH_TIMEOUT(shown(*m_index), (QList<QByteArray> {"l", "n"}), patience);
    }

    void whatWaitsWhenARescanBeginsIsListed()
    {
        populate(20'000);
        QVERIFY(scan());
        m_index->add({"meanwhile"});
        m_index->markGone({"key:1"});
        m_index->start(true);
        m_index->cancel();
        QTRY_COMPARE_WITH_TIMEOUT(m_index->state(), KeyIndex::State::Cancelled, patience);
        QTRY_VERIFY_WITH_TIMEOUT(isShown("meanwhile") && !isShown("key:1"), patience);
        m_index->add({"before a long one"});
        m_index->start(true);
        m_index->setPaused(true);
        QTRY_VERIFY_WITH_TIMEOUT(isShown("before a long one"), patience);
        QCOMPARE(m_index->state(), KeyIndex::State::Paused);
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
    // Lets the scan go on until another reply has come; false when it is over.
    bool step()
    {
        const auto store = m_index->snapshot().store;
        const KeyId before = store->size();
        m_index->setPaused(false);
        const QDeadlineTimer end(patience);
        while (store->size() == before && !end.hasExpired()) // not every some milliseconds: that is half a scan
            QCoreApplication::processEvents();
        m_index->setPaused(true);
        return store->size() > before && m_index->state() == KeyIndex::State::Paused;
    }
    void populate(int keys)
    {
        QCOMPARE(ask(*m_session, {"DEBUG", "POPULATE", QByteArray::number(keys)}).bytes, QByteArray("OK"));
    }
    bool isShown(const QByteArray& key) const
    {
        const auto now = m_index->snapshot();
        return findKey(*now.store, *now.order, key) >= 0;
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
