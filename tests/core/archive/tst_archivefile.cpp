// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/archive/archivereader.h"
#include "core/archive/archivewriter.h"
#include "archivetest.h"

#include <clocale>
#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

using namespace core;
using namespace core::archive;
using namespace archivetest;

// The container by itself: what is written is read, and nothing else is.
class TestArchiveFile final : public QObject {
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void readsWhatItWrote();
    void refusesEveryCut();
    void refusesEveryFlippedByte();
    void refuses_data();
    void refuses();
    void readsScoresWhereNumbersHaveAComma();
    void splitsALongValue_data();
    void splitsALongValue();
    void writesNoLineThatIsRefused();
    void leavesNothingUnfinished();
    void keepsWhatWasThereWhenTheDiskIsFull();
    void keepsADevice();
    void isItsOwnersAlone();

private:
    QString path(const QString& name = QStringLiteral("a.ndjson")) const { return m_folder->filePath(name); }
    Result<QList<Record>> readAll() const;
    QByteArray write(const QByteArray& lines, qint64 keys) const;
    QByteArray sample() const;
    std::unique_ptr<QTemporaryDir> m_folder;
};

Result<QList<Record>> TestArchiveFile::readAll() const
{
    ArchiveReader reader(path());
    if (const auto header = reader.open(); !header)
        return fail(header.error());
    QList<Record> records;
    for (;;) {
        const auto line = reader.next();
        if (!line)
            return fail(line.error());
        if (!*line)
            return records;
        records << (*line)->record;
    }
}

QByteArray TestArchiveFile::write(const QByteArray& lines, qint64 keys) const
{
    ArchiveWriter writer(path());
    Header header;
    header.madeAtMs = 1'700'000'000'000;
    if (!writer.open(header) || !writer.write(lines) || !writer.finish(keys))
        return {};
    return contentOf(path());
}

QByteArray TestArchiveFile::sample() const
{
    QByteArray lines;
    const QList<QByteArray> odd = oddKeys().mid(0, 9);
    for (const QByteArray& key : odd)
        lines += recordLine({.key = key, .type = "string", .endMs = 5, .hasValue = true, .members = {key}});
    lines += recordLine({.key = "h", .type = "hash", .hasValue = true, .members = odd.mid(0, 8), .dump = QByteArray("\0\xff", 2), .more = true});
    lines += partLine({.type = "hash", .hasValue = true, .members = {"f", "bad\xff"}, .changed = true});
    lines += recordLine({.key = "s", .type = "stream", .hasValue = true, .entries = {{"1-1", "a", "b"}, {"1-2", "a", "\xff", "c", "d"}}});
    return write(lines, odd.size() + 2);
}

void TestArchiveFile::readsWhatItWrote()
{
    QVERIFY(!sample().isEmpty());
    const auto records = readAll();
    VERIFY_OK(records);
    const QList<QByteArray> odd = oddKeys().mid(0, 9);
    for (int i = 0; i < odd.size(); ++i) {
        QCOMPARE(records->at(i).key, odd.at(i));
        QCOMPARE(records->at(i).members, QList<QByteArray> {odd.at(i)});
        QCOMPARE(records->at(i).endMs, 5);
    }
    QCOMPARE(records->at(9).members, odd.mid(0, 8));
    QCOMPARE(records->at(9).dump, QByteArray("\0\xff", 2));
    QCOMPARE(records->at(9).endMs, -1);
    QVERIFY(records->at(9).more);
    QCOMPARE(records->at(10).members, (QList<QByteArray> {"f", "bad\xff"}));
    QVERIFY(records->at(10).changed);
    QCOMPARE(records->at(11).entries, (QList<QList<QByteArray>> {{"1-1", "a", "b"}, {"1-2", "a", "\xff", "c", "d"}}));
}

void TestArchiveFile::refusesEveryCut()
{
    const QByteArray whole = sample();
    for (int part = 0; part < 20; ++part) {
        put(path(), whole.left(whole.size() * part / 20));
        VERIFY_FAILED(readAll(), Code::File, Reason::FileDamaged);
    }
    for (qsizetype cut = whole.size() - 120; cut < whole.size(); ++cut) { // in and around the last line
        put(path(), whole.left(cut));
        VERIFY_FAILED(readAll(), Code::File, Reason::FileDamaged);
    }
}

void TestArchiveFile::refusesEveryFlippedByte()
{
    const QByteArray whole = sample();
    for (qsizetype at = 0; at < whole.size(); ++at) {
        QByteArray other = whole;
        other[at] = char(other[at] ^ 1);
        put(path(), other);
        const auto read = readAll();
        const QByteArray where = QByteArray::number(at) + " " + whole.mid(std::max<qsizetype>(0, at - 20), 40);
        QVERIFY2(!read, where.constData());
    }
}

void TestArchiveFile::refuses_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<qint64>("keys");
    const auto row = [](const char* name, const QByteArray& lines, qint64 keys = 1) { QTest::newRow(name) << lines << keys; };
    const QByteArray start = R"({"type":"key","key":"k","end_ms":null,)";
    row("another count", start + R"("key_type":"string","value":""})" "\n", 2);
    row("no key", R"({"type":"key","key":null,"end_ms":null,"key_type":"string","value":""})" "\n");
    row("no value", start + R"("key_type":"string"})" "\n");
    row("a list for a string", start + R"("key_type":"string","value":[]})" "\n");
    row("a string for a list", start + R"("key_type":"list","value":"a"})" "\n");
    row("half a pair", start + R"("key_type":"hash","value":["a"]})" "\n");
    row("a score that is none", start + R"("key_type":"zset","value":["a","one"]})" "\n");
    row("a score that is nan", start + R"("key_type":"zset","value":["a","nan"]})" "\n");
    row("a stream out of order", start + R"("key_type":"stream","value":[["2-1","a","b"],["1-1","a","b"]]})" "\n");
    row("a stream entry without fields", start + R"("key_type":"stream","value":[["2-1"]]})" "\n");
    row("not base64", start + R"("key_type":"string","value":{"b64":"=="}})" "\n");
    row("a value of a module's type", start + R"("key_type":"ReJSON-RL","value":["a"]})" "\n");
    row("a part alone", R"({"type":"part","value":""})" "\n", 0);
    row("no last part", start + R"("key_type":"string","value":"","more":true})" "\n");
    row("a key inside another", start + R"("key_type":"string","value":"","more":true})" "\n" + start + R"("key_type":"string","value":""})" "\n", 2);
    row("another line", R"({"type":"note"})" "\n", 0);
    row("no JSON", "key\n", 0);
    row("an empty line", "\n", 0);
    row("nested deep", QByteArray(100'000, '[') + "\n", 0);
    row("a number as big as that", R"({"type":"key","key":"k","end_ms":1e99,"key_type":"string","value":""})" "\n");
    row("an end below nothing", R"({"type":"key","key":"k","end_ms":-5,"key_type":"string","value":""})" "\n");
    row("bad UTF-8", start + "\"key_type\":\"string\",\"value\":\"\xff\"}\n");
}

// With a right checksum: made so, not broken on the way.
void TestArchiveFile::refuses()
{
    QFETCH(QByteArray, lines);
    QFETCH(qint64, keys);
    QVERIFY(!write(lines, keys).isEmpty());
    VERIFY_FAILED(readAll(), Code::File, Reason::FileDamaged);
    put(path(), "hello\n");
    VERIFY_FAILED(readAll(), Code::File, Reason::FileDamaged);
    put(path(), sample() + "more\n");
    VERIFY_FAILED(readAll(), Code::File, Reason::FileDamaged);
    put(path(), sample().replace("\"version\":1", "\"version\":2"));
    VERIFY_FAILED(readAll(), Code::Unsupported, Reason::ArchiveNewer);
    QVERIFY(QFile::remove(path()));
    VERIFY_FAILED(readAll(), Code::File, Reason::FileMissing);
}

// As de_DE and many others, made here as no machine needs to have one: the category of numbers alone, as localedef writes it (six fields,
// their places, then ",", "", an end of the grouping, both signs as wide characters, the character set).
void TestArchiveFile::readsScoresWhereNumbersHaveAComma()
{
    const QByteArray numbers = QByteArray::fromHex("14110320060000002000000022000000230000002400000028000000" "2c000000"
                                                   "2c0000002c00000000000000" "414e53495f58332e342d3139363800");
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("comma")));
    put(path(QStringLiteral("comma/LC_NUMERIC")), numbers);
    qputenv("LOCPATH", m_folder->path().toLocal8Bit());
    const char* told = std::setlocale(LC_NUMERIC, "comma");
    const auto back = qScopeGuard([] {
        std::setlocale(LC_NUMERIC, "C");
        qunsetenv("LOCPATH");
    });
    QVERIFY(told != nullptr);
    QCOMPARE(std::localeconv()->decimal_point, ",");
    const QByteArray start = R"({"type":"key","key":"k","end_ms":null,"key_type":"zset","value":["a",)";
    for (const char* score : {"1.5", "-inf", "inf", "-0.10000000000000001", "1e+300", "17", "4.9406564584124654e-324"}) {
        QVERIFY(!write(start + '"' + score + "\"]}\n", 1).isEmpty());
        VERIFY_OK(readAll());
    }
    for (const char* score : {"1,5", "", " 1", "1 ", "1\\n", "one", "nan", "1e999"}) {
        QVERIFY(!write(start + '"' + score + "\"]}\n", 1).isEmpty());
        VERIFY_FAILED(readAll(), Code::File, Reason::FileDamaged);
    }
}

void TestArchiveFile::splitsALongValue_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("words"); // of 100 bytes
    QTest::addColumn<int>("lines");
    const auto row = [](const char* type, int words, int lines) { QTest::addRow("%s of %d", type, words) << QByteArray(type) << words << lines; };
    row("list", 0, 1);
    row("list", 10, 1);
    row("list", 25, 3);
    row("set", 21, 3);
    row("hash", 26, 3); // 13 pairs
    row("zset", 22, 2); // 11 pairs of a little more than 100
    row("stream", 11, 1); // an entry with its id
    row("stream", 66, 6);
    row("string", 1, 1);
}

void TestArchiveFile::splitsALongValue()
{
    QFETCH(QByteArray, type);
    QFETCH(int, words);
    QList<QByteArray> all;
    for (int i = 0; i < words; ++i)
        all << (type == "zset" && i % 2 ? QByteArray::number(i) : QByteArray::number(i).rightJustified(100));
    Record record {.key = "k", .type = type, .endMs = 7, .hasValue = true, .dump = "dump"};
    if (type != "stream")
        record.members = all;
    for (int i = 0; type == "stream" && i < words; i += 11)
        record.entries << (QList<QByteArray> {"1-" + QByteArray::number(i + 1)} + all.mid(i, 10));
    const auto lines = linesOf(record, false, 1000);
    QVERIFY(lines);
    QTEST(int(lines->count('\n')), "lines");
    QVERIFY(!write(*lines, 1).isEmpty());
    const auto records = readAll();
    VERIFY_OK(records);
    QList<QByteArray> members;
    QList<QList<QByteArray>> entries;
    for (const Record& read : *records) {
        members += read.members;
        entries += read.entries;
    }
    QCOMPARE(members, record.members);
    QCOMPARE(entries, record.entries);
    QCOMPARE(records->first().dump, record.dump);
    QCOMPARE(records->first().endMs, 7);
}

void TestArchiveFile::writesNoLineThatIsRefused()
{
    const Record record {.key = "k", .type = "list", .hasValue = true, .members = {"short", QByteArray(300, 'x')}, .changed = true};
    QVERIFY(linesOf(record, false, 10, 1000));
    QVERIFY(!linesOf(record, false, 10, 300));
    QVERIFY(!linesOf(record, true, 10, 300));
    const QByteArray parts = linesOf(record, true, 1, 1000).value_or(QByteArray());
    QCOMPARE(parts.count("\"more\":true"), 1);
    QVERIFY(parts.endsWith(",\"changed\":true}\n"));
    QCOMPARE(parts.count("changed"), 1);
}

void TestArchiveFile::leavesNothingUnfinished()
{
    put(path(), "before");
    {
        ArchiveWriter writer(path());
        VERIFY_OK(writer.open({}));
        VERIFY_OK(writer.write(QByteArray(100'000, 'x')));
    }
    QCOMPARE(contentOf(path()), "before");
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

// A limit on the size of files stands for the disk: the write fails in its middle in the same way.
void TestArchiveFile::keepsWhatWasThereWhenTheDiskIsFull()
{
    put(path(), "before");
    rlimit before {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 50'000;
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    {
        ArchiveWriter writer(path());
        Result<void> written = writer.open({});
        for (int i = 0; i < 10 && written; ++i)
            written = writer.write(QByteArray(10'000, 'x'));
        ::setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        VERIFY_FAILED(written, Code::File, Reason::DiskFull);
    }
    QCOMPARE(contentOf(path()), "before");
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

// A device of the same kind as /dev/full, in a folder of ours.
void TestArchiveFile::keepsADevice()
{
    const QByteArray name = path(QStringLiteral("full")).toLocal8Bit();
    const bool isMade = ::mknod(name.constData(), S_IFCHR | 0600, makedev(1, 7)) == 0;
    ArchiveWriter writer(isMade ? path(QStringLiteral("full")) : QStringLiteral("/dev/null"));
    const Result<void> opened = writer.open({});
    if (isMade && !(opened.has_value() == false && opened.error().reason == Reason::FilePermission)) // a mount may forbid devices
        VERIFY_FAILED(opened, Code::File, Reason::DiskFull);
    struct stat now {};
    QCOMPARE(::stat(isMade ? name.constData() : "/dev/null", &now), 0);
    QVERIFY(S_ISCHR(now.st_mode));
}

void TestArchiveFile::isItsOwnersAlone()
{
    QVERIFY(!sample().isEmpty());
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QVERIFY(!(QFile::permissions(path()) & others));
}

QTEST_GUILESS_MAIN(TestArchiveFile)
#include "tst_archivefile.moc"
