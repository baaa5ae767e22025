// SPDX-License-Identifier: GPL-3.0-or-later
#include "archivetest.h"

using namespace core;
using namespace core::archive;
using namespace core::redis;
using namespace archivetest;
using namespace redistest;

class TestImport final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void saysWhatItWouldDo();
    void conflicts_data();
    void conflicts();
    void aKeyThatAppearsMeanwhile();
    void leavesOutWhatHasEnded();
    void aDumpOfANewerServer();
    void aLargeValueWhoseDumpIsRefused();
    void passesOverLargeValues();
    void refusesReadOnly();
    void nothingBeginsWhileADatabaseIsSelected();
    void refusesAnotherServer();
    void writesNothingOfADamagedFile();
    void aLostLineSendsNothingTwice();
    void cancelInTheMiddle();
    void aFullServer();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("a.ndjson")); }
    bool exportAll(const QList<QByteArray>& keys, bool withDump = false);
    bool writeLines(const QByteArray& lines, qint64 keys);
    std::unique_ptr<QTemporaryDir> m_folder;
    demo::RedisProcess m_server;
    std::unique_ptr<Session> m_session;
};

void TestImport::initTestCase()
{
    VERIFY_OK(m_server.startAndWait({}));
}

void TestImport::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_session = std::make_unique<Session>(m_server.endpoint());
    VERIFY_OK(wait(m_session->open()));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
}

bool TestImport::exportAll(const QList<QByteArray>& keys, bool withDump)
{
    Exporter exporter(m_session.get(), keys::KeyList(keys), path(), {.withDump = withDump});
    return finishes(exporter) && exporter.outcome();
}

bool TestImport::writeLines(const QByteArray& lines, qint64 keys)
{
    ArchiveWriter writer(path());
    return writer.open({}) && writer.write(lines) && writer.finish(keys);
}

void TestImport::saysWhatItWouldDo()
{
    const QList<QByteArray> keys = fill(*m_session);
    QVERIFY(exportAll(keys));
    QVERIFY(!answerOf(*m_session, {{"DEL", "plain", "large-hash"}}).isError());
    ImportCheck check(m_session.get(), path(), {});
    QVERIFY(finishes(check));
    VERIFY_OK(check.outcome());
    const ImportPreview& preview = check.archive()->preview;
    QCOMPARE(preview.keys, keys.size());
    QCOMPARE(preview.existing, keys.size() - 2);
    QCOMPARE(preview.byValue, keys.size());
    QCOMPARE(preview.byRestore, 0);
    QCOMPARE(preview.newByValue(), 2);
    QCOMPARE(preview.newByRestore(), 0);
    QCOMPARE(preview.types.value("stream"), 3);
    QCOMPARE(preview.header.runId, m_session->facts().runId);
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, keys.size() - 2);
}

void TestImport::conflicts_data()
{
    QTest::addColumn<bool>("withDump");
    QTest::addColumn<bool>("replace");
    for (const bool withDump : {false, true}) {
        QTest::addRow("skip %d", int(withDump)) << withDump << false;
        QTest::addRow("replace %d", int(withDump)) << withDump << true;
    }
}

void TestImport::conflicts()
{
    QFETCH(bool, withDump);
    QFETCH(bool, replace);
    const QList<QByteArray> keys = fill(*m_session);
    QVERIFY(exportAll(keys, withDump));
    QVERIFY(!answerOf(*m_session, {{"FLUSHALL"}, {"SET", "plain", "mine"}, {"SET", "large-list", "mine"}, {"SADD", "hash", "mine"},
        {"RPUSH", "large-string", "mine"}}).isError());
    const auto imported = import(*m_session, path(), {replace ? Conflict::Replace : Conflict::Skip, {}});
    VERIFY_OK(imported);
    QCOMPARE(imported->existing, replace ? 0 : 4);
    QCOMPARE(imported->written, keys.size() - (replace ? 0 : 4));
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, keys.size());
    QCOMPARE(ask(*m_session, {"TYPE", "hash"}).bytes, replace ? "hash" : "set");
    QCOMPARE(ask(*m_session, {"TYPE", "large-list"}).bytes, replace ? "list" : "string");
    QCOMPARE(ask(*m_session, {"TYPE", "large-string"}).bytes, replace ? "string" : "list");
    QCOMPARE(ask(*m_session, {"GET", "plain"}).bytes == "mine", !replace);
    if (replace)
        QCOMPARE(ask(*m_session, {"LLEN", "large-list"}).integer, 5000);
}

// Between the look and the write.
void TestImport::aKeyThatAppearsMeanwhile()
{
    const QList<QByteArray> keys = fill(*m_session);
    QVERIFY(exportAll(keys));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
    ImportCheck check(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(check));
    QCOMPARE(check.archive()->preview.existing, 0);
    QVERIFY(!answerOf(*m_session, {{"SET", "plain", "mine"}, {"SET", "set", "mine"}, {"SET", "large-zset", "mine"}}).isError());
    Importer importer(m_session.get(), check.archive(), {});
    QVERIFY(finishes(importer));
    VERIFY_OK(importer.outcome());
    QCOMPARE(importer.summary().existing, 3);
    for (const char* key : {"plain", "set", "large-zset"})
        QCOMPARE(ask(*m_session, {"GET", key}).bytes, "mine");
}

void TestImport::leavesOutWhatHasEnded()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    QVERIFY(writeLines(recordLine({.key = "ended", .type = "string", .endMs = now - 1000, .hasValue = true, .members = {"1"}})
            + recordLine({.key = "lives", .type = "string", .endMs = now + 60'000, .hasValue = true, .members = {"1"}})
            + recordLine({.key = "ended too", .type = "list", .endMs = 1, .hasValue = true, .members = {"1"}, .more = true})
            + partLine({.type = "list", .hasValue = true, .members = {"2"}}),
        3));
    QVERIFY(!answerOf(*m_session, {{"SET", "ended", "stays"}}).isError());
    const auto imported = import(*m_session, path(), {Conflict::Replace, {}});
    VERIFY_OK(imported);
    QCOMPARE(imported->expired, 2);
    QCOMPARE(imported->written, 1);
    QCOMPARE(ask(*m_session, {"GET", "ended"}).bytes, "stays");
    QVERIFY(qAbs(ask(*m_session, {"PTTL", "lives"}).integer - 60'000) < 5000);
}

void TestImport::aDumpOfANewerServer()
{
    QVERIFY(!answerOf(*m_session, {{"SET", "a", "1"}}).isError());
    const QByteArray dump = ask(*m_session, {"DUMP", "a"}).bytes;
    QByteArray newer = dump, broken = dump;
    newer[newer.size() - 10] = '\x63';
    broken[0] = char(broken[0] ^ 8);
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
    QVERIFY(writeLines(recordLine({.key = "known", .type = "string", .hasValue = true, .members = {"1"}, .dump = dump})
            + recordLine({.key = "newer", .type = "string", .hasValue = true, .members = {"2"}, .dump = newer})
            + recordLine({.key = "broken", .type = "string", .hasValue = true, .members = {"3"}, .dump = broken})
            + recordLine({.key = "module", .type = "ReJSON-RL", .dump = newer}),
        4));
    ImportCheck check(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(check));
    VERIFY_OK(check.outcome());
    QCOMPARE(check.archive()->preview.byRestore, 2);
    QCOMPARE(check.archive()->preview.byValue, 1);
    QCOMPARE(check.archive()->preview.unusable, 1);
    QVERIFY(!answerOf(*m_session, {{"SET", "known", "mine"}, {"SET", "newer", "mine"}}).isError());
    ImportCheck second(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(second));
    QCOMPARE(second.archive()->preview.existing, 2);
    QCOMPARE(second.archive()->preview.newByRestore(), 1);
    QCOMPARE(second.archive()->preview.newByValue(), 0);
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
    Importer importer(m_session.get(), check.archive(), {});
    QVERIFY(finishes(importer));
    QCOMPARE(importer.outcome().error().code, Code::Unsupported);
    QCOMPARE(importer.summary().written, 3);
    QCOMPARE(importer.summary().byRestore, 1);
    QCOMPARE(importer.summary().failed, 1);
    QCOMPARE(importer.failures().first().key, "module");
    QCOMPARE(ask(*m_session, {"GET", "newer"}).bytes, "2");
    QCOMPARE(ask(*m_session, {"GET", "broken"}).bytes, "3");
}

// Its parts have been passed over by the time the server says so.
void TestImport::aLargeValueWhoseDumpIsRefused()
{
    QVERIFY(!answerOf(*m_session, {{"SET", "a", "1"}, {"SET", "b", "2"}}).isError());
    const QByteArray dump = ask(*m_session, {"DUMP", "a"}).bytes;
    QByteArray broken = dump;
    broken[0] = char(broken[0] ^ 8);
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
    const qint64 endMs = QDateTime::currentMSecsSinceEpoch() + 600'000;
    QByteArray lines, parts;
    for (int i = 0; i < 20; ++i)
        parts += partLine({.type = "string", .hasValue = true, .members = {QByteArray(100'000, char('a' + i))}, .more = i < 19});
    for (const char* key : {"first", "second"})
        lines += recordLine({.key = key, .type = "string", .endMs = endMs, .hasValue = true, .members = {"begin"}, .dump = broken, .more = true}) + parts
            + recordLine({.key = QByteArray("behind the ") + key, .type = "string", .hasValue = true, .members = {"x"}, .dump = dump});
    lines += recordLine({.key = "there", .type = "list", .hasValue = true, .members = {"1"}, .dump = broken, .more = true})
        + partLine({.type = "list", .hasValue = true, .members = {"2"}});
    QVERIFY(writeLines(lines, 5));
    QVERIFY(!answerOf(*m_session, {{"SET", "there", "stays"}}).isError());
    const auto imported = import(*m_session, path());
    VERIFY_OK(imported);
    QCOMPARE(imported->written, 4);
    QCOMPARE(imported->byRestore, 2);
    QCOMPARE(imported->existing, 1);
    QCOMPARE(imported->notReached, 0);
    for (const char* key : {"first", "second"}) {
        const QByteArray value = ask(*m_session, {"GET", key}).bytes;
        QCOMPARE(value.size(), 2'000'005);
        QVERIFY(value.startsWith("beginaaa") && value.endsWith("ttt"));
        QVERIFY(ask(*m_session, {"PTTL", key}).integer > 500'000);
    }
    QCOMPARE(ask(*m_session, {"GET", "there"}).bytes, "stays");
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, 5);
}

// Ended, and vanished while it was read: what stands behind them is written all the same.
void TestImport::passesOverLargeValues()
{
    QByteArray parts;
    for (int i = 0; i < 20; ++i)
        parts += partLine({.type = "string", .hasValue = true, .members = {QByteArray(300'000, 'x')}, .more = true});
    QVERIFY(writeLines(recordLine({.key = "ended", .type = "string", .endMs = 1, .hasValue = true, .members = {""}, .more = true}) + parts
            + partLine({.type = "string", .hasValue = true, .members = {""}})
            + recordLine({.key = "vanished", .type = "string", .hasValue = true, .members = {""}, .more = true}) + parts
            + partLine({.type = "string", .gone = true})
            + recordLine({.key = "lives", .type = "string", .hasValue = true, .members = {"1"}}),
        3));
    const auto imported = import(*m_session, path());
    VERIFY_OK(imported);
    QCOMPARE(imported->written, 1);
    QCOMPARE(imported->expired, 1);
    QCOMPARE(imported->incomplete, 1);
    QCOMPARE(imported->notReached, 0);
    QCOMPARE(ask(*m_session, {"GET", "lives"}).bytes, "1");
}

void TestImport::refusesReadOnly()
{
    QVERIFY(writeLines(recordLine({.key = "a", .type = "string", .hasValue = true, .members = {"1"}}), 1));
    m_session->setReadOnly(true);
    const auto refused = import(*m_session, path());
    VERIFY_FAILED(refused, Code::ReadOnly, Reason::ProfileReadOnly);
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, 0);
    VERIFY_OK(import(*m_session, path(), {Conflict::Skip, Session::permitWrites()}));
    QCOMPARE(ask(*m_session, {"GET", "a"}).bytes, "1");
}

void TestImport::nothingBeginsWhileADatabaseIsSelected()
{
    QVERIFY(writeLines(recordLine({.key = "a", .type = "string", .hasValue = true, .members = {"1"}}), 1));
    ImportCheck check(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(check));
    VERIFY_OK(check.outcome());
    m_server.pause();
    const auto selected = m_session->select(3);
    Importer importer(m_session.get(), check.archive(), {});
    ImportCheck second(m_session.get(), path(), {true, {}});
    Exporter exporter(m_session.get(), keys::KeyList {"a"}, m_folder->filePath(QStringLiteral("b.ndjson")), {});
    for (Job* job : QList<Job*> {&importer, &second, &exporter})
        job->start();
    m_server.resume();
    for (Job* job : QList<Job*> {&importer, &second, &exporter}) {
        QVERIFY(finishes(*job));
        VERIFY_FAILED(job->outcome(), Code::Guard, Reason::DatabaseChanging);
    }
    VERIFY_OK(wait(selected));
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, 0);
    VERIFY_OK(wait(m_session->select(0)));
}

void TestImport::refusesAnotherServer()
{
    QVERIFY(writeLines(recordLine({.key = "a", .type = "string", .hasValue = true, .members = {"1"}}), 1));
    ImportCheck check(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(check));
    VERIFY_OK(wait(m_session->select(3)));
    Importer importer(m_session.get(), check.archive(), {});
    QVERIFY(finishes(importer));
    VERIFY_FAILED(importer.outcome(), Code::Guard, Reason::PlanOtherServer);
}

void TestImport::writesNothingOfADamagedFile()
{
    const QList<QByteArray> keys = fill(*m_session);
    QVERIFY(exportAll(keys, true));
    const QByteArray whole = contentOf(path());
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
    for (int part = 0; part < 20; ++part) {
        put(path(), whole.left(whole.size() * part / 20));
        VERIFY_FAILED(import(*m_session, path()), Code::File, Reason::FileDamaged);
    }
    QByteArray altered = whole;
    altered.replace("element77\"", "element78\"");
    QVERIFY(altered != whole);
    put(path(), altered);
    VERIFY_FAILED(import(*m_session, path()), Code::File, Reason::FileDamaged);
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, 0);
    // Changed between the look and the write.
    put(path(), whole);
    ImportCheck check(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(check));
    VERIFY_OK(check.outcome());
    put(path(), altered);
    Importer importer(m_session.get(), check.archive(), {});
    QVERIFY(finishes(importer));
    VERIFY_FAILED(importer.outcome(), Code::File, Reason::FileDamaged);
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, 0);
}

void TestImport::aLostLineSendsNothingTwice()
{
    constexpr int count = 50'000;
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += recordLine({.key = "list" + QByteArray::number(i), .type = "list", .hasValue = true, .members = {"one"}});
    QVERIFY(writeLines(lines, count));
    Session watcher(m_server.endpoint());
    VERIFY_OK(wait(watcher.open()));
    ImportCheck check(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(check));
    Importer importer(m_session.get(), check.archive(), {});
    importer.start();
    QVERIFY(QTest::qWaitFor([&] { return importer.done() > 0; }));
    QVERIFY(!answerOf(watcher, {{"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}}).isError());
    QVERIFY(finishes(importer));
    VERIFY_FAILED(importer.outcome(), Code::Lost, Reason::LineDropped);
    const ImportSummary summary = importer.summary();
    QCOMPARE(summary.written + summary.unknown + summary.notReached, count);
    QVERIFY(summary.notReached > 0 && summary.unknown > 0);
    const qint64 there = ask(watcher, {"DBSIZE"}).integer;
    QVERIFY(there >= summary.written && there <= summary.written + summary.unknown);
    QCOMPARE(ask(watcher, {"LLEN", "list0"}).integer, 1);
}

void TestImport::cancelInTheMiddle()
{
    constexpr int count = 200'000; // reports come ten times a second: long enough for one also where all is optimised
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += recordLine({.key = "key" + QByteArray::number(i), .type = "string", .hasValue = true, .members = {"one"}});
    QVERIFY(writeLines(lines, count));
    QCOMPARE(ask(*m_session, {"FLUSHALL"}).bytes, "OK");
    ImportCheck check(m_session.get(), path(), {true, {}});
    QVERIFY(finishes(check));
    Importer importer(m_session.get(), check.archive(), {});
    QObject::connect(&importer, &Job::progressed, &importer, [&importer](qint64 done) {
        if (done > 0)
            importer.cancel();
    });
    QVERIFY(finishes(importer));
    QCOMPARE(importer.outcome().error().code, Code::Cancelled);
    const ImportSummary summary = importer.summary();
    QCOMPARE(summary.unknown, 0);
    QVERIFY(summary.notReached > 0);
    QCOMPARE(summary.written + summary.notReached, count);
    QCOMPARE(ask(*m_session, {"DBSIZE"}).integer, summary.written);
}

void TestImport::aFullServer()
{
    const QList<QByteArray> keys = fill(*m_session);
    QVERIFY(exportAll(keys));
    QVERIFY(!answerOf(*m_session, {{"FLUSHALL"}, {"CONFIG", "SET", "maxmemory", "3500000"}}).isError());
    const auto refused = import(*m_session, path());
    const qint64 there = ask(*m_session, {"DBSIZE"}).integer;
    QVERIFY(!answerOf(*m_session, {{"CONFIG", "SET", "maxmemory", "0"}}).isError());
    VERIFY_FAILED(refused, Code::Reply, Reason::OutOfMemory);
    QVERIFY(there < keys.size());
    for (const redis::Reply& key : ask(*m_session, {"KEYS", "*"}).items)
        QVERIFY(!key.bytes.contains(":cachelight-import:"));
}

QTEST_GUILESS_MAIN(TestImport)
#include "tst_import.moc"
