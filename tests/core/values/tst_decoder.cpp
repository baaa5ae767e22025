// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/decoder.h"
#include "core/values/parsed.h"

#include <QFutureWatcher>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <zlib.h>
#include <zstd.h>

using namespace core;
using namespace core::values;

namespace {
    QByteArray deflated(const QByteArray& bytes, int windowBits)
    {
        z_stream stream {};
        deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
        QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(bytes.size()))) + 64, '\0');
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream.avail_in = static_cast<uInt>(bytes.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        deflate(&stream, Z_FINISH);
        out.truncate(static_cast<qsizetype>(stream.total_out));
        deflateEnd(&stream);
        return out;
    }
    QByteArray gzipped(const QByteArray& bytes) { return deflated(bytes, MAX_WBITS + 16); }
    QByteArray zlibbed(const QByteArray& bytes) { return deflated(bytes, MAX_WBITS); }
    QByteArray zstded(const QByteArray& bytes)
    {
        QByteArray out(static_cast<qsizetype>(ZSTD_compressBound(static_cast<size_t>(bytes.size()))), '\0');
        out.truncate(static_cast<qsizetype>(ZSTD_compress(out.data(), static_cast<size_t>(out.size()), bytes.data(), static_cast<size_t>(bytes.size()), 3)));
        return out;
    }
    const QByteArray json("{\"n\":1.10,\"n\":123456789012345678901234567890,\"t\":\"a\\u00e9\"}");
}

class TestDecoder final : public QObject {
    Q_OBJECT
private slots:
    void choosesByContent_data();
    void choosesByContent();
    void doesAsToldOrSaysWhyNot_data();
    void doesAsToldOrSaysWhyNot();
    void keepsTokensAsWritten();
    void jsonMayNestDeeply();
    void readsMsgpack_data();
    void readsMsgpack();
    void stopsAtTheLimit_data();
    void stopsAtTheLimit();
    void unpacksNoBomb();
    void unpacksNoEndlessChain();
    void saysWhereItBreaks_data();
    void saysWhereItBreaks();
    void aBeginningIsNoDamage();
    void takesAnyInput();
    void decodesInAThread();
    void canBeCancelled();
};

void TestDecoder::choosesByContent_data()
{
    QTest::addColumn<QByteArray>("stored");
    QTest::addColumn<QString>("chain");
    const auto row = [](const char* name, const QByteArray& stored, const char* chain) { QTest::newRow(name) << stored << QString::fromLatin1(chain); };
    row("JSON", json, "JSON");
    row("number", "12", "JSON");
    row("envelope", R"({"data":[1],"status_code":200})", "LightAPI envelope");
    row("gzip of JSON", gzipped(json), "gzip -> JSON");
    row("zlib of JSON", zlibbed(json), "zlib -> JSON");
    row("zstd of JSON", zstded(json), "zstd -> JSON");
    row("two members", gzipped("{\"a\":") + gzipped("1}"), "gzip -> JSON");
    row("zstd of gzip of envelope", zstded(gzipped(R"({"status_code":200,"data":1})")), "zstd -> gzip -> LightAPI envelope");
    row("gzip of nothing", gzipped({}), "gzip -> UTF-8");
    row("text like zlib", "x^2 + y^2 = z^2", "UTF-8");
    row("text", "hello", "UTF-8");
    row("empty", {}, "UTF-8");
    row("ends like a pickle", "(I see.", "UTF-8");
    row("UTF-16", QByteArray("\xFF\xFEh\0i\0", 6), "UTF-16");
    row("msgpack", QByteArray::fromHex("82a161 01 a162 920203"), "MessagePack");
    row("gzip of msgpack", gzipped(QByteArray::fromHex("82a161 01 a162 920203")), "gzip -> MessagePack");
    row("pickle", QByteArray::fromHex("80047d948c016194 4b01732e"), "Python pickle");
    row("PNG", QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), "PNG");
    row("JPEG", QByteArray("\xFF\xD8\xFF\xE0\0\x10JFIF", 10), "JPEG");
    row("GIF", "GIF89a\x01", "GIF");
    row("WebP", QByteArray("RIFF\x10\0\0\0WEBPVP8 ", 16), "WEBP");
    row("bytes", QByteArray("\x80\0\x01", 3), "bytes");
    row("cut UTF-8", "abc\xC3", "bytes");
    row("control", QByteArray("a\0b", 3), "bytes");
    row("word that begins like a bitmap", "BMW", "UTF-8");
}

void TestDecoder::choosesByContent()
{
    QFETCH(QByteArray, stored);
    const Decoded decoded = decode(stored);
    QTEST(chainText(decoded), "chain");
    QVERIFY(!decoded.problem);
    QVERIFY(!decoded.isStopped);
}

void TestDecoder::doesAsToldOrSaysWhyNot_data()
{
    QTest::addColumn<QByteArray>("stored");
    QTest::addColumn<Decoder>("forced");
    QTest::addColumn<QString>("chain"); // of what was done
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("refused");
    const auto row = [](const char* name, const QByteArray& stored, Decoder forced, const char* chain, const QByteArray& text, bool refused = false) {
        QTest::newRow(name) << stored << forced << QString::fromLatin1(chain) << text << refused;
    };
    row("JSON as text", "[1]", Decoder::Utf8, "UTF-8", "[1]");
    row("text as JSON", "[1", Decoder::Json, "bytes", {}, true);
    row("JSON as envelope", "[1]", Decoder::Envelope, "JSON", "[\n  1\n]", true);
    row("Latin-1", "caf\xE9", Decoder::Latin1, "Latin-1", "caf\xC3\xA9");
    row("UTF-16 without a mark", QByteArray("h\0i\0", 4), Decoder::Utf16, "UTF-16", "hi");
    row("gzip as Latin-1", gzipped("caf\xE9"), Decoder::Latin1, "gzip -> Latin-1", "caf\xC3\xA9");
    row("gzip as hex", gzipped("a"), Decoder::Hex, "hex", {});
    row("text as gzip", "hello", Decoder::Gzip, "UTF-8", "hello", true);
    row("text as msgpack", "hello", Decoder::Msgpack, "MessagePack", "104", true); // 'h' is the number 104
    row("text as image", "hello", Decoder::Image, "bytes", {}, true);
    row("envelope as JSON", R"({"data":1,"status_code":200})", Decoder::Json, "JSON", "{\n  \"data\": 1,\n  \"status_code\": 200\n}");
}

void TestDecoder::doesAsToldOrSaysWhyNot()
{
    QFETCH(QByteArray, stored);
    QFETCH(Decoder, forced);
    QFETCH(bool, refused);
    DecodeOptions options;
    options.forced = forced;
    const Decoded decoded = decode(stored, options);
    QTEST(chainText(decoded), "chain");
    QTEST(decoded.text, "text");
    QCOMPARE(decoded.problem.has_value(), refused);
}

void TestDecoder::keepsTokensAsWritten()
{
    const Decoded decoded = decode(json);
    QCOMPARE(decoded.text, QByteArray("{\n  \"n\": 1.10,\n  \"n\": 123456789012345678901234567890,\n  \"t\": \"a\\u00e9\"\n}"));
    const Structure& tree = decoded.structure;
    QCOMPARE(tree.size(), 4);
    QCOMPARE(tree.node(0).children, 3U);
    QCOMPARE(tree.name(1).toByteArray(), QByteArray("n"));
    QCOMPARE(tree.value(1).toByteArray(), QByteArray("1.10"));
    QCOMPARE(tree.name(2).toByteArray(), QByteArray("n"));
    QCOMPARE(tree.value(2).toByteArray(), QByteArray("123456789012345678901234567890"));
    QCOMPARE(tree.value(3).toByteArray(), QByteArray("\"a\\u00e9\""));
}

void TestDecoder::jsonMayNestDeeply()
{
    const Decoded decoded = decode(QByteArray(100'000, '[') + QByteArray(100'000, ']'));
    QCOMPARE(decoded.steps, QList<Decoder> {Decoder::Json});
    QCOMPARE(decoded.structure.size(), 100'000);
    QVERIFY(decoded.isTextCut); // its indentation alone would take 20 GB
    QVERIFY(decoded.text.size() <= 16 * 1024 * 1024);
}

void TestDecoder::readsMsgpack_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("numbers") << QByteArray("97 00 7f ff cf ffffffffffffffff d3 8000000000000000 cb 3ff8000000000000 ca 3fc00000")
                             << QByteArray("[\n  0,\n  127,\n  -1,\n  18446744073709551615,\n  -9223372036854775808,\n  1.5,\n  1.5\n]");
    QTest::newRow("words") << QByteArray("93 c0 c2 c3") << QByteArray("[\n  nil,\n  false,\n  true\n]");
    QTest::newRow("empty") << QByteArray("92 90 80") << QByteArray("[\n  [],\n  {}\n]");
    QTest::newRow("strings") << QByteArray("92 a3 612262 c4 02 00ff") << QByteArray("[\n  \"a\\\"b\",\n  bytes 00 ff\n]");
    QTest::newRow("a name twice") << QByteArray("82 a161 01 a161 02") << QByteArray("{\n  \"a\": 1,\n  \"a\": 2\n}");
    QTest::newRow("keys of any type") << QByteArray("82 07 01 92 01 a178 02") << QByteArray("{\n  \"7\": 1,\n  \"[1, x]\": 2\n}");
    QTest::newRow("timestamp") << QByteArray("91 d6 ff 65000000") << QByteArray("[\n  timestamp 1694498816\n]");
    QTest::newRow("extension") << QByteArray("91 d5 05 0102") << QByteArray("[\n  extension 5, 2 bytes: 01 02\n]");
}

void TestDecoder::readsMsgpack()
{
    QFETCH(QByteArray, hex);
    const QByteArray bytes = QByteArray::fromHex(hex);
    const Decoded decoded = decode(bytes);
    QCOMPARE(decoded.steps, QList<Decoder> {Decoder::Msgpack});
    QTEST(decoded.text, "text");
    for (qsizetype size = 0; size < bytes.size(); ++size) { // cut short at each byte
        const Parsed parsed = parseMsgpack(bytes.left(size), {});
        QVERIFY(parsed.endedEarly);
        QCOMPARE(parsed.brokenAt, size);
    }
}

void TestDecoder::stopsAtTheLimit_data()
{
    QTest::addColumn<QByteArray>("packed");
    const QByteArray text(1'000'000, 'a');
    QTest::newRow("gzip") << gzipped(text);
    QTest::newRow("zlib") << zlibbed(text);
    QTest::newRow("zstd") << zstded(text);
}

void TestDecoder::stopsAtTheLimit()
{
    QFETCH(QByteArray, packed);
    DecodeOptions options;
    options.maxOutput = 999'999;
    Decoded decoded = decode(packed, options);
    QVERIFY(decoded.isStopped);
    QCOMPARE(decoded.bytes.size(), 999'999);
    QVERIFY(decoded.has(Decoder::Utf8)); // what came before is still shown
    QVERIFY(!decoded.problem);
    options.maxOutput = 1'000'000;
    decoded = decode(packed, options);
    QVERIFY(!decoded.isStopped);
    QCOMPARE(decoded.bytes.size(), 1'000'000);
}

// 10 GB of zeros: a gzip member of 10 MB, a thousand times.
void TestDecoder::unpacksNoBomb()
{
    const QByteArray bomb = gzipped(QByteArray(10'000'000, '\0')).repeated(1000);
    QVERIFY(bomb.size() < 11'000'000);
    DecodeOptions options;
    options.maxOutput = 8 * 1024 * 1024;
    const Decoded decoded = decode(bomb, options);
    QVERIFY(decoded.isStopped);
    QCOMPARE(decoded.bytes.size(), 8 * 1024 * 1024);
    QVERIFY(decoded.bytes.capacity() <= 4 * options.maxOutput);
}

void TestDecoder::unpacksNoEndlessChain()
{
    QByteArray bytes("text");
    for (int i = 0; i < 10; ++i)
        bytes = gzipped(bytes);
    const Decoded decoded = decode(bytes);
    QCOMPARE(decoded.steps, QList<Decoder>(4, Decoder::Gzip));
}

void TestDecoder::saysWhereItBreaks_data()
{
    QTest::addColumn<QByteArray>("packed");
    QTest::addColumn<QString>("how");
    QByteArray text;
    QRandomGenerator random(7);
    for (int i = 0; i < 20'000; ++i)
        text += static_cast<char>('a' + random.bounded(26));
    QByteArray gzip = gzipped(text);
    const auto how = [](const char* words) { return QString::fromLatin1(words); };
    QTest::newRow("gzip cut short") << gzip.left(gzip.size() / 2) << how("it ends in the middle");
    QTest::newRow("gzip with more behind") << gzip + "tail" << how("more bytes follow its end");
    QTest::newRow("gzip, wrong checksum") << gzip.chopped(8) + QByteArray(4, 'x') + gzip.right(4) << how("incorrect data check");
    QTest::newRow("gzip, its head alone") << gzip.left(5) << how("it ends in the middle");
    QByteArray zstd = zstded(text);
    QTest::newRow("zstd cut short") << zstd.left(zstd.size() / 2) << how("it ends in the middle");
    QTest::newRow("zstd damaged") << zstd.left(10) + QByteArray(200, '\xFF') << QString();
    const QByteArray zlib = zlibbed(text);
    QTest::newRow("zlib cut short") << zlib.left(zlib.size() / 2) << how("it ends in the middle");
}

void TestDecoder::saysWhereItBreaks()
{
    QFETCH(QByteArray, packed);
    QFETCH(QString, how);
    const Decoded decoded = decode(packed);
    QVERIFY(decoded.problem);
    QCOMPARE(decoded.problem->reason, Reason::ValueDamaged);
    QVERIFY2(decoded.problem->detail.startsWith(QStringLiteral("At byte ")), qPrintable(decoded.problem->detail));
    QVERIFY2(decoded.problem->detail.contains(how), qPrintable(decoded.problem->detail));
    QVERIFY(!decoded.steps.isEmpty());
}

void TestDecoder::aBeginningIsNoDamage()
{
    QByteArray text;
    for (int i = 0; i < 20'000; ++i)
        text += QByteArray::number(i * 7919LL) + "\xC3\xA9";
    const QByteArray packed = gzipped(text);
    DecodeOptions options;
    options.isBeginning = true;
    const Decoded decoded = decode(packed.left(packed.size() / 2), options);
    QVERIFY(!decoded.problem);
    QCOMPARE(decoded.steps, (QList<Decoder> {Decoder::Gzip, Decoder::Utf8}));
    QVERIFY(text.startsWith(decoded.text) && decoded.text.size() > 10'000);
    QCOMPARE(decode("abc\xC3", options).text, QByteArray("abc"));
}

void TestDecoder::takesAnyInput()
{
    QRandomGenerator random(20240102);
    const QList<QByteArray> seeds {json, gzipped(json), zlibbed(json), zstded(json), QByteArray::fromHex("82a161 01 a162 92 02 c403000102"), QByteArray::fromHex("80047d948c016194 4b01732e"),
        QByteArray("\xFF\xFEh\0i\0", 6), QByteArray("\x89PNG\r\n\x1a\n")};
    for (int round = 0; round < 4000; ++round) {
        QByteArray bytes = seeds.at(round % seeds.size());
        const int changes = static_cast<int>(random.bounded(4));
        for (int i = 0; i < changes; ++i)
            bytes[random.bounded(bytes.size())] = static_cast<char>(random.bounded(256));
        bytes.truncate(random.bounded(bytes.size() + 1));
        DecodeOptions options;
        options.maxOutput = 100'000;
        options.isBeginning = random.bounded(2) == 0;
        if (random.bounded(2) == 0)
            options.forced = allDecoders().at(random.bounded(allDecoders().size()));
        const Decoded decoded = decode(bytes, options);
        QVERIFY(decoded.bytes.size() <= std::max<qint64>(options.maxOutput, bytes.size()));
        QVERIFY(options.forced || !decoded.problem || decoded.problem->reason == Reason::ValueDamaged);
    }
}

void TestDecoder::decodesInAThread()
{
    QFutureWatcher<Result<Decoded>> watcher;
    QSignalSpy finished(&watcher, &QFutureWatcherBase::finished);
    watcher.setFuture(decodeAsync(gzipped(json)));
    QVERIFY(watcher.isFinished() || finished.wait(30'000));
    QCOMPARE(chainText(*watcher.result()), QStringLiteral("gzip -> JSON"));
}

void TestDecoder::canBeCancelled()
{
    int asked = 0;
    DecodeOptions options;
    options.maxOutput = 4'000'000'000;
    options.isCancelled = [&asked] { return ++asked > 10; };
    const Decoded decoded = decode(gzipped(QByteArray(50'000'000, '\0')), options);
    QVERIFY(decoded.bytes.size() < 2'000'000);
}

QTEST_GUILESS_MAIN(TestDecoder)
#include "tst_decoder.moc"
