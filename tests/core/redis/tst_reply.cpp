// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/replyreader.h"
#include "core/redis/wire.h"

#include <QtTest>

#include <random>

using namespace core;
using namespace core::redis;

namespace {
// A reply as a line to compare and to read in a failure.
QByteArray told(const Reply& reply)
{
    switch (reply.type) {
    case Reply::Type::Nil: return "nil";
    case Reply::Type::Integer: return ':' + QByteArray::number(reply.integer);
    case Reply::Type::String: return '"' + reply.bytes + '"';
    case Reply::Type::Status: return '+' + reply.bytes;
    case Reply::Type::Error: return '-' + reply.bytes;
    case Reply::Type::Array: break;
    }
    QByteArrayList items;
    for (const Reply& item : reply.items)
        items << told(item);
    return '[' + items.join(',') + ']';
}

// All replies of the pieces, "broken" last where the parser gave up.
QByteArrayList parsed(const QByteArrayList& pieces)
{
    ReplyReader reader;
    QByteArrayList out;
    for (const QByteArray& piece : pieces) {
        reader.feed(piece.constData(), static_cast<std::size_t>(piece.size()));
        Reply reply;
        ReplyReader::Status status {};
        while ((status = reader.next(reply)) == ReplyReader::Status::Reply)
            out << told(reply);
        if (status == ReplyReader::Status::Broken) {
            Q_ASSERT(!reader.errorText().isEmpty());
            return out << "broken";
        }
    }
    return out;
}

QByteArray nested(int levels)
{
    return QByteArray("*1\r\n").repeated(levels) + ":1\r\n";
}

class Recorder final : public ReplySink {
public:
    void cursor(QByteArrayView cursor) override { events << "cursor " + cursor.toByteArray(); }
    void key(const char* bytes, std::size_t size) override { events << QByteArray(bytes, static_cast<qsizetype>(size)); }
    QByteArrayList events;
};
}

class TestReply final : public QObject {
    Q_OBJECT
private slots:
    void parses_data();
    void parses();
    void survivesEverySplit_data() { parses_data(); }
    void survivesEverySplit();
    void staysBroken();
    void endlessLineIsRefused();
    void hugeClaimsTakeNoMemory();
    void streamsAScan();
    void anErrorInPlaceOfAScanIsAValue();
    void survivesNoise();
    void encodesCommands();
};

void TestReply::parses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("expected");
    const auto row = [](const char* name, const QByteArray& bytes, const QByteArrayList& expected) {
        QTest::newRow(name) << bytes << expected;
    };
    row("status", "+OK\r\n", {"+OK"});
    row("empty status", "+\r\n", {"+"});
    row("error", "-ERR no\r\n", {"-ERR no"});
    row("integer", ":42\r\n", {":42"});
    row("negative integer", ":-2\r\n", {":-2"});
    row("largest integer", ":9223372036854775807\r\n", {":9223372036854775807"});
    row("smallest integer", ":-9223372036854775808\r\n", {":-9223372036854775808"});
    row("string", "$3\r\nabc\r\n", {"\"abc\""});
    row("empty string", "$0\r\n\r\n", {"\"\""});
    row("nil string", "$-1\r\n", {"nil"});
    row("bytes", QByteArray("$6\r\n\0\r\n\xff*$\r\n", 12), {QByteArray("\"\0\r\n\xff*$\"", 8)});
    row("looks like protocol", "$8\r\n*1\r\n:1\r\n\r\n", {"\"*1\r\n:1\r\n\""});
    row("empty array", "*0\r\n", {"[]"});
    row("nil array", "*-1\r\n", {"nil"});
    row("array", "*4\r\n:1\r\n$1\r\na\r\n$-1\r\n+OK\r\n", {"[:1,\"a\",nil,+OK]"});
    row("error inside an array", "*2\r\n-WRONGTYPE x\r\n:1\r\n", {"[-WRONGTYPE x,:1]"});
    row("arrays in arrays", "*3\r\n*2\r\n:1\r\n*0\r\n$1\r\nb\r\n*1\r\n*1\r\n:2\r\n", {"[[:1,[]],\"b\",[[:2]]]"});
    row("several", "+a\r\n:1\r\n*1\r\n$1\r\nx\r\n-e\r\n", {"+a", ":1", "[\"x\"]", "-e"});
    row("seven levels", nested(7), {"[[[[[[[:1]]]]]]]"});
    row("more levels than hiredis reads", nested(20), {"broken"});
    row("incomplete", "$5\r\nab", {});
    row("nothing", "", {});
    row("good, then bad", "+OK\r\n?\r\n", {"+OK", "broken"});
    row("http", "HTTP/1.1 400 Bad Request\r\n\r\n", {"broken"});
    row("tls alert", QByteArray("\x15\x03\x03\x00\x02\x02\x46", 7), {"broken"});
    row("length without digits", "$x\r\n", {"broken"});
    row("length below -1", "$-2\r\n", {"broken"});
    row("length beyond all", "$99999999999999999999\r\n", {"broken"});
    row("count below -1", "*-2\r\n", {"broken"});
    row("count beyond int", "*4294967297\r\n", {"broken"});
    row("integer without digits", ":\r\n", {"broken"});
    row("integer beyond 64 bits", ":9223372036854775808\r\n", {"broken"});
    row("integer with a tail", ":1x\r\n", {"broken"});
    row("bad element", "*2\r\n:1\r\n!\r\n", {"broken"});
}

void TestReply::parses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArrayList, expected);
    QCOMPARE(parsed({bytes}), expected);
}

void TestReply::survivesEverySplit()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArrayList, expected);
    for (qsizetype at = 0; at <= bytes.size(); ++at)
        QCOMPARE(parsed({bytes.first(at), bytes.sliced(at)}), expected);
    QByteArrayList single;
    for (const char byte : bytes)
        single << QByteArray(1, byte);
    QCOMPARE(parsed(single), expected);
}

void TestReply::staysBroken()
{
    ReplyReader reader;
    Reply reply;
    reader.feed("?", 1);
    QCOMPARE(reader.next(reply), ReplyReader::Status::Broken);
    reader.feed("+OK\r\n", 5);
    QCOMPARE(reader.next(reply), ReplyReader::Status::Broken);
}

void TestReply::endlessLineIsRefused()
{
    ReplyReader reader;
    Reply reply;
    const QByteArray piece(16 * 1024, 'a');
    reader.feed("+", 1);
    ReplyReader::Status status = reader.next(reply);
    for (int i = 0; i < 10 && status == ReplyReader::Status::More; ++i) {
        reader.feed(piece.constData(), static_cast<std::size_t>(piece.size()));
        status = reader.next(reply);
    }
    QCOMPARE(status, ReplyReader::Status::Broken);

    // A long value is no long line.
    QCOMPARE(parsed({"$200000\r\n", QByteArray(100'000, 'v'), QByteArray(100'000, 'v'), "\r\n"}).size(), 1);
}

void TestReply::hugeClaimsTakeNoMemory()
{
    // Two billion elements and half a gigabyte are announced; reserving either would fail the test's memory limits.
    QCOMPARE(parsed({"*2147483647\r\n:1\r\n"}), QByteArrayList());
    QCOMPARE(parsed({"$536870912\r\nabc"}), QByteArrayList());
}

void TestReply::streamsAScan()
{
    const QByteArray bytes("*2\r\n$2\r\n17\r\n*3\r\n$1\r\na\r\n$0\r\n\r\n$2\r\n\0\n\r\n+next\r\n", 44);
    const QByteArrayList expected {"cursor 17", "a", "", QByteArray("\0\n", 2)};
    for (qsizetype at = 0; at <= bytes.size(); ++at) {
        ReplyReader reader;
        Recorder sink;
        Reply reply;
        reader.feed(bytes.constData(), static_cast<std::size_t>(at));
        ReplyReader::Status status = reader.next(reply, &sink);
        reader.feed(bytes.constData() + at, static_cast<std::size_t>(bytes.size() - at));
        if (status == ReplyReader::Status::More)
            status = reader.next(reply, &sink);
        QCOMPARE(status, ReplyReader::Status::Reply);
        QCOMPARE(sink.events, expected);
        QCOMPARE(told(reply), "[]");
        QCOMPARE(reader.next(reply), ReplyReader::Status::Reply);
        QCOMPARE(told(reply), "+next");
    }
}

void TestReply::anErrorInPlaceOfAScanIsAValue()
{
    ReplyReader reader;
    Recorder sink;
    Reply reply;
    reader.feed("-NOPERM x\r\n", 11);
    QCOMPARE(reader.next(reply, &sink), ReplyReader::Status::Reply);
    QCOMPARE(told(reply), "-NOPERM x");
    QVERIFY(sink.events.isEmpty());
}

void TestReply::survivesNoise()
{
    // Replies with some bytes changed, in random pieces: whatever comes out, the parser neither crashes nor reads beyond (the
    // sanitizers look on). The seed is fixed, so a failure can be had again.
    const QByteArray good = "*3\r\n$5\r\nhello\r\n*2\r\n:12\r\n$-1\r\n+OK\r\n$0\r\n\r\n-ERR x\r\n:-1\r\n*0\r\n";
    std::mt19937 random(20261122);
    const auto below = [&](qsizetype limit) { return static_cast<qsizetype>(random() % static_cast<unsigned>(limit)); };
    const QByteArray alphabet("*$+-:\r\n0123456789\0\xff?", 20);
    int broken = 0;
    for (int round = 0; round < 20'000; ++round) {
        QByteArray bytes = good;
        for (qsizetype changes = 1 + below(4); changes > 0; --changes)
            bytes[below(bytes.size())] = alphabet.at(below(alphabet.size()));
        QByteArrayList pieces;
        while (!bytes.isEmpty()) {
            const qsizetype size = 1 + below(bytes.size());
            pieces << bytes.first(size);
            bytes.remove(0, size);
        }
        broken += parsed(pieces).contains("broken");
        Recorder sink;
        ReplyReader reader;
        Reply reply;
        reader.feed(pieces.first().constData(), static_cast<std::size_t>(pieces.first().size()));
        reader.next(reply, &sink);
    }
    QVERIFY(broken > 1000);
}

void TestReply::encodesCommands()
{
    QCOMPARE(encoded({{"GET", "a"}}), "*2\r\n$3\r\nGET\r\n$1\r\na\r\n");
    QCOMPARE(encoded({{"PING"}, {"SET", "", QByteArray("\0\r\n", 3)}}),
        QByteArray("*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\n\0\r\n\r\n", 42));
    QCOMPARE(encoded({}), "");
    Command numbers {"EXPIRE", "k"};
    numbers << qint64(-5);
    QCOMPARE(encoded({numbers}), "*3\r\n$6\r\nEXPIRE\r\n$1\r\nk\r\n$2\r\n-5\r\n");
}

QTEST_GUILESS_MAIN(TestReply)
#include "tst_reply.moc"
