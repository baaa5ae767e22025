// SPDX-License-Identifier: GPL-3.0-or-later
#include "archivetest.h"

using namespace core;
using namespace core::archive;
using namespace core::redis;
using namespace archivetest;
using namespace redistest;

// From one server to another.
class TestExport final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void carriesEverything_data();
    void carriesEverything();
    void carriesFiveThousandOddKeys();
    void countsItsLookups();
    void keysThatVanish();
    void aValueThatChangesWhileItIsRead();
    void cancelLeavesNothing();
    void aLostLineLeavesNothing();
    void aFileThatCannotBe();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("a.ndjson")); }
    QStringList files() const { return QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden); }
    // In the middle of a large value: some of its parts have been answered.
    bool isAskingForParts() const
    {
        return QTest::qWaitFor([this, before = m_one->commandsSent()] { return m_one->commandsSent() > before + 15; }, patienceMs);
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    demo::RedisProcess m_here, m_there;
    std::unique_ptr<Session> m_one, m_other;
};

void TestExport::initTestCase()
{
    VERIFY_OK(m_here.startAndWait({}));
    VERIFY_OK(m_there.startAndWait({}));
}

void TestExport::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_one = std::make_unique<Session>(m_here.endpoint());
    m_other = std::make_unique<Session>(m_there.endpoint());
    VERIFY_OK(wait(m_one->open()));
    VERIFY_OK(wait(m_other->open()));
    QCOMPARE(ask(*m_one, {"FLUSHALL"}).bytes, "OK");
    QCOMPARE(ask(*m_other, {"FLUSHALL"}).bytes, "OK");
}

void TestExport::carriesEverything_data()
{
    QTest::addColumn<bool>("withDump");
    QTest::addRow("by value") << false;
    QTest::addRow("by DUMP") << true;
}

void TestExport::carriesEverything()
{
    QFETCH(bool, withDump);
    const QList<QByteArray> keys = fill(*m_one);
    Exporter exporter(m_one.get(), keys::KeyList(keys), path(), {.withDump = withDump});
    QVERIFY(finishes(exporter));
    VERIFY_OK(exporter.outcome());
    QCOMPARE(exporter.summary().keys, keys.size());
    QCOMPARE(exporter.summary().changed, 0);
    QCOMPARE(exporter.done(), keys.size());
    const auto imported = import(*m_other, path());
    VERIFY_OK(imported);
    QCOMPARE(imported->written, keys.size());
    QCOMPARE(imported->byRestore, withDump ? keys.size() : 0);
    QCOMPARE(firstDifference(*m_one, *m_other, keys), QByteArray());
    QCOMPARE(ask(*m_other, {"DBSIZE"}).integer, keys.size()); // nothing under another name is left
    QCOMPARE(ask(*m_other, {"XLEN", "empty-stream"}).integer, 0);
    QCOMPARE(ask(*m_other, {"TYPE", "empty-stream"}).bytes, "stream");
}

void TestExport::carriesFiveThousandOddKeys()
{
    QList<QByteArray> keys = oddKeys();
    quint32 seed = 1;
    const auto random = [&seed] { return (seed = seed * 1664525 + 1013904223) >> 8; };
    while (keys.size() < 5000) {
        QByteArray key(qsizetype(random() % 40), '\0');
        for (char& byte : key)
            byte = "\n\r\0\xff\xc3\xa9:*?[]\\\"ab"[random() % 16];
        keys << key + QByteArray::number(keys.size());
    }
    Pipeline make;
    for (const QByteArray& key : keys)
        make << (random() % 2 ? Command {"SET", key, key, "PX", QByteArray::number(100'000 + random() % 100'000)} : Command {"SET", key, key});
    QVERIFY(!answerOf(*m_one, make).isError());
    QCOMPARE(ask(*m_one, {"DBSIZE"}).integer, keys.size());
    Exporter exporter(m_one.get(), keys::KeyList(keys), path(), {});
    QVERIFY(finishes(exporter));
    VERIFY_OK(exporter.outcome());
    VERIFY_OK(import(*m_other, path()));
    QCOMPARE(ask(*m_other, {"DBSIZE"}).integer, keys.size());
    const auto all = [&keys](Session& session, const QByteArray& command) {
        Pipeline ask;
        for (const QByteArray& key : keys)
            ask << Command {command, key};
        return wait(session.send(ask));
    };
    const auto values = all(*m_one, "GET"), copies = all(*m_other, "GET"), ends = all(*m_one, "PTTL"), copied = all(*m_other, "PTTL");
    for (qsizetype i = 0; i < keys.size(); ++i) {
        QCOMPARE(copies->at(i).bytes, values->at(i).bytes);
        QVERIFY(ends->at(i).integer < 0 ? copied->at(i).integer == -1 : qAbs(ends->at(i).integer - copied->at(i).integer) < 1000);
    }
}

void TestExport::countsItsLookups()
{
    QList<QByteArray> keys = fill(*m_one);
    keys << "not there";
    for (const bool withDump : {false, true}) {
        const qint64 own = m_one->ownLookups(), server = serverLookups(*m_one);
        Exporter exporter(m_one.get(), keys::KeyList(keys), path(), {.withDump = withDump});
        QVERIFY(finishes(exporter));
        VERIFY_OK(exporter.outcome());
        QVERIFY(serverLookups(*m_one) - server > 3 * keys.size());
        QCOMPARE(m_one->ownLookups() - own, serverLookups(*m_one) - server);
    }
    const qint64 own = m_other->ownLookups(), server = serverLookups(*m_other);
    VERIFY_OK(import(*m_other, path()));
    QVERIFY(m_other->ownLookups() > own); // EXISTS
    QCOMPARE(m_other->ownLookups() - own, serverLookups(*m_other) - server);
}

void TestExport::keysThatVanish()
{
    QVERIFY(!answerOf(*m_one, {{"SET", "a", "1"}, {"SET", "short", "1", "PX", "1"}}).isError());
    QTRY_COMPARE(ask(*m_one, {"EXISTS", "short"}).integer, 0);
    Exporter exporter(m_one.get(), {"a", "gone", "short"}, path(), {});
    QVERIFY(finishes(exporter));
    VERIFY_OK(exporter.outcome());
    QCOMPARE(exporter.summary().keys, 1);
    QCOMPARE(exporter.summary().vanished, 2);
}

void TestExport::aValueThatChangesWhileItIsRead()
{
    QVERIFY(!answerOf(*m_one, {{"SET", "string", QByteArray(60 * 1024 * 1024, 'x')}}).isError());
    QVERIFY(!answerOf(*m_one, {{"SETRANGE", "vanishing", QByteArray::number(60 * 1024 * 1024), "x"}}).isError());
    Exporter exporter(m_one.get(), {"string", "vanishing"}, path(), {});
    exporter.start();
    QVERIFY(isAskingForParts());
    QVERIFY(!answerOf(*m_one, {{"APPEND", "string", "more"}, {"DEL", "vanishing"}}).isError());
    QVERIFY(finishes(exporter));
    VERIFY_OK(exporter.outcome());
    QVERIFY(exporter.summary().keys == 1 && exporter.summary().vanished == 1);
    const auto imported = import(*m_other, path());
    VERIFY_OK(imported);
    QCOMPARE(imported->written, 1); // the vanished one is left out
    QCOMPARE(ask(*m_other, {"DBSIZE"}).integer, 1);
}

void TestExport::cancelLeavesNothing()
{
    put(path(), "before");
    const QList<QByteArray> keys = fill(*m_one);
    Exporter exporter(m_one.get(), keys::KeyList(keys), path(), {});
    QObject::connect(&exporter, &Job::progressed, &exporter, [&exporter] { exporter.cancel(); });
    QVERIFY(finishes(exporter));
    QCOMPARE(exporter.outcome().error().code, Code::Cancelled);
    QTRY_COMPARE(files(), QStringList {QStringLiteral("a.ndjson")});
    QCOMPARE(contentOf(path()), "before");
}

void TestExport::aLostLineLeavesNothing()
{
    QVERIFY(!answerOf(*m_one, {{"SET", "string", QByteArray(60 * 1024 * 1024, 'x')}}).isError());
    Exporter exporter(m_one.get(), {"string"}, path(), {});
    exporter.start();
    QVERIFY(isAskingForParts());
    QVERIFY(!answerOf(*m_one, {{"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}}).isError());
    QVERIFY(finishes(exporter));
    QVERIFY(!exporter.outcome());
    QCOMPARE(files(), QStringList());
}

void TestExport::aFileThatCannotBe()
{
    Exporter exporter(m_one.get(), {"a"}, m_folder->filePath(QStringLiteral("no/such/folder")), {});
    QVERIFY(finishes(exporter));
    VERIFY_FAILED(exporter.outcome(), Code::File, Reason::FileMissing);
}

QTEST_GUILESS_MAIN(TestExport)
#include "tst_export.moc"
