// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/monotonic.h"
#include "core/replay/writewitness.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::replay;
using namespace redistest;

namespace {
using Written = std::optional<QSet<QByteArray>>;
const QByteArray book = "lightapi:Book:/books:";
}

class TestWriteWitness final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_server;
    std::unique_ptr<redis::Session> m_session;

    redis::Reply command(const redis::Command& words) { return ask(*m_session, words); }

    static bool begun(WriteWitness& witness)
    {
        bool done = false;
        witness.whenBegun(&witness, [&done] { done = true; });
        return QTest::qWaitFor([&done] { return done; }, patienceMs);
    }
    // What was told of the writes that `act` makes.
    static Written writtenBy(WriteWitness& witness, const QList<QByteArray>& keys, const std::function<void()>& act)
    {
        return writtenBy(witness.watch(keys), act);
    }
    static Written writtenBy(const std::unique_ptr<KeyWatch>& watch, const std::function<void()>& act)
    {
        QObject context;
        bool began = false, ended = false;
        Written written;
        watch->begin(&context, [&began] { began = true; });
        if (!QTest::qWaitFor([&began] { return began; }, patienceMs))
            return {};
        act();
        watch->end(&context, [&](const Written& told) {
            written = told;
            ended = true;
        });
        return QTest::qWaitFor([&ended] { return ended; }, patienceMs) ? written : Written();
    }

private slots:
    void initTestCase() { VERIFY_OK(m_server.startAndWait({})); }
    void init()
    {
        m_session = std::make_unique<redis::Session>(m_server.endpoint());
        VERIFY_OK(wait(m_session->open()));
        QCOMPARE(command({"FLUSHALL"}).bytes, "OK");
        QCOMPARE(command({"SET", book, "12345", "EX", "60"}).bytes, "OK");
    }
    void cleanup() { m_session.reset(); }

    void tellsWhichWasWritten_data()
    {
        QTest::addColumn<QList<QByteArray>>("act");
        QTest::addColumn<bool>("writes");
        QTest::newRow("same size, same time to live") << QList<QByteArray> {"SET", book, "54321", "KEEPTTL"} << true;
        QTest::newRow("the same value") << QList<QByteArray> {"SET", book, "12345", "KEEPTTL"} << true;
        QTest::newRow("deleted") << QList<QByteArray> {"UNLINK", book} << true;
        QTest::newRow("its expiry") << QList<QByteArray> {"EXPIRE", book, "50"} << true;
        QTest::newRow("ran out") << QList<QByteArray> {"PEXPIREAT", book, "1"} << true;
        QTest::newRow("flushed") << QList<QByteArray> {"FLUSHDB"} << true;
        QTest::newRow("read") << QList<QByteArray> {"GET", book} << false;
        QTest::newRow("asked about") << QList<QByteArray> {"PTTL", book} << false;
        QTest::newRow("another of its class") << QList<QByteArray> {"SET", book + "page=2", "1"} << false;
        QTest::newRow("another class") << QList<QByteArray> {"SET", "lightapi:Item:/items:", "1"} << false;
    }
    void tellsWhichWasWritten()
    {
        QFETCH(QList<QByteArray>, act);
        WriteWitness witness(m_session.get(), {"lightapi:Book", "lightapi:Book:/books", "lightapi:BookStore"});
        QVERIFY(begun(witness));
        QVERIFY(!witness.refusal());
        const Written written = writtenBy(witness, {book, "lightapi:Book:/books/1:"}, [&] { command(redis::Command(act)); });
        QVERIFY(written);
        QTEST(written->contains(book), "writes");
        QCOMPARE(written->contains("lightapi:Book:/books/1:"), act.first() == "FLUSHDB");
    }

    void whatWasBeforeDoesNotCount()
    {
        WriteWitness witness(m_session.get(), {"lightapi:"});
        QVERIFY(begun(witness));
        const auto held = witness.watch({book}); // its notes are kept between two watches
        QCOMPARE(command({"SET", book, "1"}).bytes, "OK");
        QCOMPARE(writtenBy(witness, {book}, [] {}), Written(QSet<QByteArray>()));
    }

    // Which other keys matter shows only later.
    void tellsOfOthersToo()
    {
        WriteWitness witness(m_session.get(), {book});
        QVERIFY(begun(witness));
        const auto watch = witness.watch({book});
        QCOMPARE(command({"SET", book + "page=1", "1"}).bytes, "OK");
        const Written written = writtenBy(watch, [this] { command({"SET", book + "page=2", "1"}); });
        QCOMPARE(written, Written(QSet<QByteArray>()));
        QCOMPARE(watch->wroteOther(book + "page=1"), std::optional(false));
        QCOMPARE(watch->wroteOther(book + "page=2"), std::optional(true));
    }

    void tooManyOthersAreNotKnown()
    {
        WriteWitness witness(m_session.get(), {book});
        QVERIFY(begun(witness));
        const auto watch = witness.watch({book});
        const Written written = writtenBy(watch, [this] {
            redis::Pipeline pipeline;
            for (int i = 0; i <= 10'000; ++i)
                pipeline << redis::Command {"SET", book + QByteArray::number(i), "1"};
            QVERIFY(wait(m_session->send(pipeline)).has_value());
        });
        QCOMPARE(written, Written(QSet<QByteArray>()));
        QCOMPARE(watch->wroteOther(book + "0"), std::optional<bool>());
        // Those of the next watch are few again.
        const auto next = witness.watch({book});
        QCOMPARE(writtenBy(next, [this] { command({"SET", book + "page=2", "1"}); }), Written(QSet<QByteArray>()));
        QCOMPARE(next->wroteOther(book + "page=2"), std::optional(true));
        QCOMPARE(next->wroteOther(book + "page=1"), std::optional(false));
    }

    void followsBeyondTheWatch()
    {
        WriteWitness witness(m_session.get(), {"lightapi:"});
        QVERIFY(begun(witness));
        auto watch = witness.watch({book});
        QCOMPARE(writtenBy(watch, [] {}), Written(QSet<QByteArray>()));
        QCOMPARE(watch->told(book), quint64(0));
        const qint64 start = monotonicMs();
        watch->follow(book, {.endMs = start + 60'000, .slackMs = 50});
        watch.reset();
        QVERIFY(witness.followed(book));
        QVERIFY(!witness.followed(book)->changedMs);
        writtenBy(witness, {book}, [this] { command({"UNLINK", book}); });
        const auto changed = witness.followed(book)->changedMs;
        QVERIFY(changed && *changed >= start && *changed <= monotonicMs());
        writtenBy(witness, {book}, [this] { command({"SET", book, "1"}); });
        QCOMPARE(witness.followed(book)->changedMs, changed); // the first counts
        witness.watch({book})->unfollow(book);
        QVERIFY(!witness.followed(book));
    }

    // A change between end() and follow() would be forgotten.
    void doesNotFollowWhatChangedSince()
    {
        WriteWitness witness(m_session.get(), {"lightapi:"});
        QVERIFY(begun(witness));
        const auto watch = witness.watch({book});
        QCOMPARE(writtenBy(watch, [this] { command({"SET", book, "1"}); }), Written(QSet<QByteArray> {book}));
        QCOMPARE(watch->told(book), quint64(1));
        writtenBy(witness, {book}, [this] { command({"UNLINK", book}); });
        watch->follow(book, {.endMs = 1, .slackMs = 1});
        QVERIFY(!witness.followed(book));
    }

    void everyKeyWhereThereAreManyPrefixes()
    {
        QList<QByteArray> prefixes;
        for (int i = 100; i < 200; ++i)
            prefixes << QByteArray::number(i);
        WriteWitness witness(m_session.get(), prefixes);
        QVERIFY(begun(witness));
        QCOMPARE(writtenBy(witness, {book}, [this] { command({"SET", book, "1"}); }), Written(QSet<QByteArray> {book}));
    }

    void knowsNothingWithoutTheLine()
    {
        WriteWitness witness(m_session.get(), {"lightapi:"});
        QVERIFY(begun(witness));
        const Written written = writtenBy(witness, {book}, [this] { QCOMPARE(command({"CLIENT", "KILL", "TYPE", "pubsub"}).integer, 1); });
        QVERIFY(!written);
    }

    void saysWhyItIsRefused()
    {
        QCOMPARE(command({"ACL", "SETUSER", "deaf", "on", ">x", "~*", "resetchannels", "+@all"}).bytes, "OK");
        Endpoint endpoint = m_server.endpoint();
        endpoint.user = "deaf";
        endpoint.password = "x";
        redis::Session session(endpoint);
        VERIFY_OK(wait(session.open()));
        WriteWitness witness(&session, {"lightapi:"});
        QVERIFY(begun(witness));
        QVERIFY(witness.refusal());
        QCOMPARE(witness.refusal()->reason, Reason::NoPermission);
    }

    void prefixesAreThoseOfTheClasses()
    {
        cache::RouteTable routes;
        routes.add({.className = "Book", .route = "/books", .cached = cache::Cached::Yes});
        routes.add({.className = "Plain", .route = "/plain", .cached = cache::Cached::No});
        QCOMPARE(witnessPrefixes({"/books?page=1", "/books/7", "/plain", "/nowhere"}, routes), (QList<QByteArray> {"lightapi:Book", "lightapi:Book"}));
        QCOMPARE(witnessPrefixes({"/plain", "bad target"}, routes), QList<QByteArray>());
        QCOMPARE(witnessPrefixes(QList<QByteArray>(1001, "/books"), routes), QList<QByteArray> {QByteArray()});
    }
};

QTEST_GUILESS_MAIN(TestWriteWitness)
#include "tst_writewitness.moc"
