// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/keychanges.h"
#include "tests/support/redistest.h"

#include <QCryptographicHash>

using namespace core;
using namespace core::redis;
using namespace core::values;
using namespace redistest;

using Answer = Verdict::Answer;

class TestStoreString final : public QObject {
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

    void writesOverWhatWasExpected_data();
    void writesOverWhatWasExpected();
    void keepsOrSetsTheTimeToLive();
    void neverRevivesAKey();
    void undoPutsBackValueAndTime();
    void refusesAnotherType();
    void refusesWhereReadOnly();
    void twoWritersLoseNothing();

private:
    std::unique_ptr<GuardedWriter> run(const StringEdit& edit) { return run(storeString(edit)); }
    std::unique_ptr<GuardedWriter> run(const Change& change)
    {
        auto writer = std::make_unique<GuardedWriter>(m_session.get(), change);
        QSignalSpy finished(writer.get(), &Job::finished);
        writer->start();
        if (!writer->isFinished())
            finished.wait(patienceMs);
        return writer;
    }
    static StringEdit edit(const QByteArray& value, std::optional<QByteArray> expected = {})
    {
        StringEdit made;
        made.key = "k";
        made.value = value;
        made.expected = std::move(expected);
        return made;
    }
    QByteArray stored() { return ask(*m_session, {"GET", "k"}).bytes; }

    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestStoreString::writesOverWhatWasExpected_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<StringEdit>("edit");
    QTest::addColumn<int>("answer");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char* name, const QByteArray& before, const StringEdit& made, Answer answer, const QByteArray& after) {
        QTest::newRow(name) << before << made << static_cast<int>(answer) << after;
    };
    const QByteArray odd("a\0\xFF", 3);
    StringEdit byHash = edit("new");
    byHash.expectedSha256 = QCryptographicHash::hash(odd, QCryptographicHash::Sha256);
    row("as expected", odd, edit("new", odd), Answer::Written, "new");
    row("by its hash", odd, byHash, Answer::Written, "new");
    row("another value", "other", edit("new", odd), Answer::Changed, "other");
    row("another hash", "other", byHash, Answer::Changed, "other");
    row("nothing there", {}, edit("new", odd), Answer::Gone, {});
    row("nothing expected", "other", edit("new"), Answer::Written, "new");
    row("a new key", {}, edit("new"), Answer::Written, "new");
}

void TestStoreString::writesOverWhatWasExpected()
{
    QFETCH(QByteArray, before);
    QFETCH(StringEdit, edit);
    QFETCH(int, answer);
    if (!before.isEmpty())
        ask(*m_session, {"SET", "k", before});
    const auto writer = run(edit);
    VERIFY_OK(writer->outcome());
    QCOMPARE(static_cast<int>(writer->answer()), answer);
    QCOMPARE(writer->verdict().current.value_or(QByteArray()), before);
    QTEST(stored(), "after");
}

void TestStoreString::keepsOrSetsTheTimeToLive()
{
    ask(*m_session, {"SET", "k", "old", "PX", "500000"});
    QCOMPARE(run(edit("new", "old"))->answer(), Answer::Written);
    const qint64 kept = ask(*m_session, {"PTTL", "k"}).integer;
    QVERIFY2(kept > 400'000 && kept <= 500'000, qPrintable(QString::number(kept)));
    StringEdit longer = edit("newer", "new");
    longer.lifetime = StringEdit::Lifetime::Set;
    longer.ttlMs = 900'000;
    QCOMPARE(run(longer)->answer(), Answer::Written);
    QVERIFY(ask(*m_session, {"PTTL", "k"}).integer > 800'000);
    StringEdit unending = edit("newest", "newer");
    unending.lifetime = StringEdit::Lifetime::Forever;
    QCOMPARE(run(unending)->answer(), Answer::Written);
    QCOMPARE(ask(*m_session, {"PTTL", "k"}).integer, -1);
}

void TestStoreString::neverRevivesAKey()
{
    ask(*m_session, {"SET", "k", "old", "PX", "1"});
    QTRY_COMPARE(ask(*m_session, {"EXISTS", "k"}).integer, 0);
    QCOMPARE(run(edit("new", "old"))->answer(), Answer::Gone);
    QCOMPARE(ask(*m_session, {"EXISTS", "k"}).integer, 0);
}

void TestStoreString::undoPutsBackValueAndTime()
{
    ask(*m_session, {"SET", "k", "old", "PX", "500000"});
    StringEdit unending = edit("new", "old");
    unending.lifetime = StringEdit::Lifetime::Forever;
    const auto undo = run(unending)->verdict().undo;
    QVERIFY(undo);
    QCOMPARE(run(*undo)->answer(), Answer::Written);
    QCOMPARE(stored(), QByteArray("old"));
    QVERIFY(ask(*m_session, {"PTTL", "k"}).integer > 400'000);
    ask(*m_session, {"SET", "k", "somebody's"});
    const auto late = run(*undo);
    QCOMPARE(late->answer(), Answer::Changed);
    QCOMPARE(stored(), QByteArray("somebody's"));
    QVERIFY(!late->verdict().undo);
    ask(*m_session, {"DEL", "k"});
    QVERIFY(!run(edit("new"))->verdict().undo);
}

void TestStoreString::refusesAnotherType()
{
    ask(*m_session, {"RPUSH", "k", "a"});
    const auto writer = run(edit("new"));
    VERIFY_OK(writer->outcome());
    QCOMPARE(writer->answer(), Answer::Changed);
    QVERIFY(!writer->verdict().current);
    QCOMPARE(ask(*m_session, {"TYPE", "k"}).bytes, QByteArray("list"));
}

void TestStoreString::refusesWhereReadOnly()
{
    ask(*m_session, {"SET", "k", "old"});
    m_session->setReadOnly(true);
    const auto writer = run(edit("new", "old"));
    m_session->setReadOnly(false);
    QVERIFY(!writer->outcome());
    QCOMPARE(writer->outcome().error().reason, Reason::ProfileReadOnly);
    QCOMPARE(stored(), QByteArray("old"));
}

// A thousand edits by two writers, each adding one to what it read: every one that was written is in the sum.
void TestStoreString::twoWritersLoseNothing()
{
    static constexpr int edits = 1000;
    ask(*m_session, {"SET", "k", "0"});
    int started = 0, written = 0, refused = 0, failed = 0, running = 0;
    std::function<void(const QByteArray&)> next = [&](const QByteArray& seen) {
        if (started == edits)
            return;
        ++started;
        ++running;
        auto* writer = new GuardedWriter(m_session.get(), storeString(edit(QByteArray::number(seen.toInt() + 1), seen)), {}, this);
        connect(writer, &Job::finished, this, [&, writer] {
            --running;
            writer->deleteLater();
            if (!writer->outcome())
                ++failed;
            else
                ++(writer->answer() == Answer::Written ? written : refused);
            const bool isWritten = writer->answer() == Answer::Written;
            next(isWritten ? QByteArray::number(writer->verdict().current->toInt() + 1) : writer->verdict().current.value_or(seen));
        });
        writer->start();
    };
    next("0");
    next("0");
    QTRY_VERIFY_WITH_TIMEOUT(started == edits && running == 0, patienceMs);
    QCOMPARE(failed, 0);
    QCOMPARE(written + refused, edits);
    QVERIFY(refused > 0); // they did race
    QCOMPARE(stored().toInt(), written);
}

QTEST_GUILESS_MAIN(TestStoreString)
#include "tst_storestring.moc"
