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
    void asksForAsMuchAsFits_data();
    void asksForAsMuchAsFits();
    void leavesOutADumpThatIsTooLarge();
    void elementsThatAreLarge();
    void seesAValueThatMoves_data();
    void seesAValueThatMoves();
    void cancelLeavesNothing();
    void cancelWhileTheFileGetsItsName();
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
    std::unique_ptr<ExportSource> source(const QList<QByteArray>& keys, bool withDump) const;
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

std::unique_ptr<ExportSource> TestExport::source(const QList<QByteArray>& keys, bool withDump) const
{
    auto writer = std::make_unique<ArchiveWriter>(path());
    return writer->open({}) ? std::make_unique<ExportSource>(keys::KeyList(keys), std::move(writer), withDump) : nullptr;
}

namespace {
    Reply number(qint64 value) { return {Reply::Type::Integer, value, {}, {}}; }
    Reply text(const QByteArray& bytes) { return {Reply::Type::String, 0, bytes, {}}; }
    Reply list(const QList<Reply>& items) { return {Reply::Type::Array, 0, {}, items}; }
}

void TestExport::asksForAsMuchAsFits_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<qint64>("memoryBytes"); // -1: may not be asked
    QTest::addColumn<bool>("withDump");
    QTest::addColumn<int>("keys");
    const auto row = [](const char* type, qint64 memoryBytes, bool withDump, int keys) {
        QTest::addRow("%s of %lld, dump %d", type, static_cast<long long>(memoryBytes), int(withDump)) << QByteArray(type) << memoryBytes << withDump << keys;
    };
    row("string", 60, true, 500);
    row("string", 5'000'000, false, 4); // a mebibyte of each
    row("string", 5'000'000, true, 1);
    row("string", 100'000, true, 20);
    row("string", -1, true, 50);
    row("hash", 300'000, false, 13);
    row("hash", 5'000'000, false, 500); // their lengths first
    row("hash", 5'000'000, true, 1);
    row("ReJSON-RL", 1'000'000, true, 4);
}

void TestExport::asksForAsMuchAsFits()
{
    QFETCH(QByteArray, type);
    QFETCH(qint64, memoryBytes);
    QFETCH(bool, withDump);
    QFETCH(int, keys);
    QList<QByteArray> names;
    Replies types;
    for (int i = 0; i < 500; ++i) {
        names << QByteArray::number(i);
        types << text(type) << (memoryBytes < 0 ? Reply {Reply::Type::Error, 0, "NOPERM", {}} : number(memoryBytes));
    }
    const auto source = this->source(names, withDump);
    QVERIFY(source);
    QCOMPARE(source->next().size(), types.size());
    VERIFY_OK(source->answered(types));
    const PackedPipeline asked = source->next();
    const auto count = [&asked](const QByteArray& name) {
        int found = 0;
        for (qsizetype i = 0; i < asked.size(); ++i)
            found += asked.command(i).name() == name;
        return found;
    };
    QCOMPARE(count("PTTL"), keys);
    QCOMPARE(count("DUMP"), withDump ? keys : 0);
    // The clock and what is added to it with nothing large between.
    QCOMPARE(asked.command(0).name(), "TIME");
    for (int i = 1; i <= keys; ++i)
        QCOMPARE(asked.command(i).name(), "PTTL");
    source->abandon();
}

// The estimate said otherwise.
void TestExport::leavesOutADumpThatIsTooLarge()
{
    const auto source = this->source({"hash", "module"}, true);
    QVERIFY(source);
    source->next();
    VERIFY_OK(source->answered({text("hash"), number(100), text("ReJSON-RL"), number(100)}));
    const QByteArray dump(64 * 1024 * 1024 + 1, 'd');
    QCOMPARE(source->next().size(), 6);
    VERIFY_OK(source->answered({list({text("1700000000"), text("0")}), number(-1), number(5000), list({text("0"), list({text("f"), text("v")})}), text(dump), text(dump)}));
    QVERIFY(source->next().isEmpty());
    VERIFY_OK(source->finish());
    QCOMPARE(source->summary().keys, 1);
    QCOMPARE(source->summary().dumpsLeftOut, 1);
    QCOMPARE(source->summary().unsupported, 1);
    QCOMPARE(source->done(), 2);
    QVERIFY(contentOf(path()).contains(R"("value":["f","v"]})"));
}

void TestExport::elementsThatAreLarge()
{
    const QList<QByteArray> keys {"hash", "list", "set", "zset", "stream"};
    Pipeline make;
    for (int i = 0; i < 12; ++i) {
        const QByteArray large = QByteArray(300'000, 'x') + QByteArray::number(i), index = QByteArray::number(i);
        make << Command {"HSET", "hash", index, large} << Command {"RPUSH", "list", large} << Command {"SADD", "set", large}
             << Command {"ZADD", "zset", index, large} << Command {"XADD", "stream", "1-" + QByteArray::number(i + 1), "f", large};
    }
    QVERIFY(!answerOf(*m_one, make).isError());
    Exporter exporter(m_one.get(), keys::KeyList(keys), path(), {});
    QVERIFY(finishes(exporter));
    VERIFY_OK(exporter.outcome());
    QCOMPARE(exporter.summary().keys, keys.size());
    QCOMPARE(exporter.summary().changed, 0);
    const QByteArray content = contentOf(path());
    for (const QByteArray& line : content.split('\n'))
        QVERIFY2(line.size() < 3'000'000, line.left(80).constData());
    VERIFY_OK(import(*m_other, path()));
    QCOMPARE(firstDifference(*m_one, *m_other, keys), QByteArray());
}

void TestExport::seesAValueThatMoves_data()
{
    QTest::addColumn<Pipeline>("make");
    QTest::addColumn<Command>("move");
    QTest::addColumn<int>("changed");
    Command list {"RPUSH", "key"}, set {"SADD", "key"};
    for (int i = 0; i < 3000; ++i) {
        list << "element" + QByteArray::number(i);
        set << "member" + QByteArray::number(i);
    }
    const QByteArray large(3'000'000, 'a'), other(3'000'000, 'b');
    QTest::newRow("a string that stays") << Pipeline {{"SET", "key", large}} << Command {"PING"} << 0;
    QTest::newRow("a string of the same length") << Pipeline {{"SET", "key", large}} << Command {"SET", "key", other} << 1;
    QTest::newRow("a string of one page") << Pipeline {{"SET", "key", large.left(900'000)}} << Command {"SET", "key", other.left(900'000)} << 0;
    QTest::newRow("a list that stays") << Pipeline {list} << Command {"PING"} << 0;
    QTest::newRow("a queue of the same length") << Pipeline {list} << Command {"RPOPLPUSH", "key", "key"} << 1;
    QTest::newRow("a set that stays") << Pipeline {set} << Command {"PING"} << 0;
}

// After the first page, with one pipeline in flight.
void TestExport::seesAValueThatMoves()
{
    QFETCH(Pipeline, make);
    QFETCH(Command, move);
    QFETCH(int, changed);
    QVERIFY(!answerOf(*m_one, make).isError());
    const auto source = this->source({"key"}, false);
    QVERIFY(source);
    for (int step = 0;; ++step) {
        const PackedPipeline packed = source->next();
        if (packed.isEmpty())
            break;
        Pipeline asked;
        for (qsizetype i = 0; i < packed.size(); ++i)
            asked << packed.command(i);
        const auto replies = wait(m_one->send(asked));
        VERIFY_OK(replies);
        VERIFY_OK(source->answered(*replies));
        if (step == 1)
            QVERIFY(!ask(*m_one, move).isError());
    }
    VERIFY_OK(source->finish());
    QCOMPARE(source->summary().keys, 1);
    QCOMPARE(source->summary().changed, changed);
    if (changed > 0)
        return;
    VERIFY_OK(import(*m_other, path()));
    if (move.name() == "PING")
        QCOMPARE(firstDifference(*m_one, *m_other, {"key"}), QByteArray());
    else
        QCOMPARE(ask(*m_other, {"GET", "key"}).bytes, make.first().words().at(2));
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

// Cancelled is what left the file as it was.
void TestExport::cancelWhileTheFileGetsItsName()
{
    put(path(), "before");
    QVERIFY(!answerOf(*m_one, {{"SET", "string", QByteArray(20 * 1024 * 1024, 'x')}}).isError());
    Exporter exporter(m_one.get(), {"string"}, path(), {});
    exporter.start();
    BulkPass* pass = nullptr;
    QVERIFY(QTest::qWaitFor([&] { return (pass = exporter.findChild<BulkPass*>()) != nullptr; }, patienceMs));
    QVERIFY(!pass->isFinished());
    QObject::connect(pass, &Job::finished, &exporter, [&exporter] { exporter.cancel(); });
    QVERIFY(finishes(exporter));
    QVERIFY(exporter.wasCancelled());
    VERIFY_OK(exporter.outcome());
    QVERIFY(contentOf(path()).size() > 20 * 1024 * 1024);
    QCOMPARE(files(), QStringList {QStringLiteral("a.ndjson")});
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
