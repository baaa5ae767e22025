// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "clirun.h"
#include "core/base/bytes.h"

#include <QCryptographicHash>
#include <QTemporaryFile>
#include <QTest>

#include <csignal>

// The reading commands against a private redis-server.
class TestCliRedis final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void keysAreExact();
    void keysFilter_data();
    void keysFilter();
    void keysSortLimitWith();
    void keysForms();
    void get_data();
    void get();
    void getRaw();
    void getDecodes();
    void getStream();
    void putStoresOverWhatWasSeen();
    void expireSetsAndPersists();
    void getAbsent();
    void tags();
    void corruptTag();
    void locks();
    void stats();
    void statsWatch();
    void health();
    void healthOfNothing();
    void ownLookupsAreExact_data();
    void ownLookupsAreExact();
    void serverSources();
    void passwordFile();
    void permissionErrors();
    void deniedKeysAreNotGone();
    void verboseShowsTheCommands();
    void socketIsNamedByItsPath();
    void maxTime();
    void interrupted_data();
    void interrupted();
    void demoRuns();
    void fullDiskIsSaid_data();
    void fullDiskIsSaid();

private:
    QByteArray redis(const QList<QByteArray>& words) const;
    CliRun run(QStringList words, const QByteArray& input = {}) const;
    qint64 counted() const;

    demo::RedisProcess m_redis;
    Cli m_cli;
    QString m_url;
};

static QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

// redis-cli: an independent client.
QByteArray TestCliRedis::redis(const QList<QByteArray>& words) const
{
    QProcess process;
    QStringList arguments {text("-s"), m_redis.socketPath(), text("-x")};
    for (qsizetype at = 0; at + 1 < words.size(); ++at)
        arguments << QString::fromUtf8(words.at(at));
    process.start(text("redis-cli"), arguments);
    process.write(words.last()); // the last argument by stdin: exact bytes
    process.closeWriteChannel();
    process.waitForFinished();
    return process.readAllStandardOutput().trimmed();
}

CliRun TestCliRedis::run(QStringList words, const QByteArray& input) const
{
    return m_cli.run(words << text("--url") << m_url, input);
}

qint64 TestCliRedis::counted() const
{
    qint64 sum = 0;
    for (const QByteArray& line : redis({"INFO", "stats"}).split('\n')) {
        if (line.startsWith("keyspace_hits:") || line.startsWith("keyspace_misses:"))
            sum += line.mid(line.indexOf(':') + 1).trimmed().toLongLong();
    }
    return sum;
}

void TestCliRedis::initTestCase()
{
    QVERIFY(m_redis.startAndWait({}));
    m_url = core::endpointUrl(m_redis.endpoint());
}

void TestCliRedis::init()
{
    QCOMPARE(redis({"FLUSHALL", "SYNC"}), QByteArray("OK"));
}

static QByteArrayList keysOf(const QJsonArray& items)
{
    QByteArrayList keys;
    for (const QJsonValue& item : items) {
        const QJsonObject object = item.toObject();
        keys << (object.value(text("key")).isString()
                ? object.value(text("key")).toString().toUtf8()
                : QByteArray::fromBase64(object.value(text("key_b64")).toString().toLatin1()));
    }
    return keys;
}

void TestCliRedis::keysAreExact()
{
    // A key of odd bytes is set through its value: redis-cli -x hands the last argument over exactly.
    const QByteArrayList odd {QByteArray("nul\0key", 7), "line\nbreak", "bad\xff utf8", "<img src=x>", "gl*b[a]", "\xc3\xbc"};
    for (const QByteArray& key : odd)
        QCOMPARE(redis({"EVAL", "return redis.call('SET', ARGV[1], '1')", "0", key}), QByteArray("OK"));
    const CliRun listed = run({text("keys"), text("--json")});
    QVERIFY2(listed.exit == 0, listed.all().constData());
    QByteArrayList expected = odd;
    std::ranges::sort(expected);
    QCOMPARE(keysOf(listed.items()), expected);
    QCOMPARE(listed.summary().value(text("complete")).toBool(), true);
    QCOMPARE(listed.summary().value(text("matched")).toInt(), 6);
    // What "keys" prints, other commands take back: NUL-separated, lines and NDJSON.
    QByteArray joined;
    for (const QByteArray& key : expected)
        joined += key + '\0';
    QCOMPARE(run({text("keys"), text("-0")}).out, joined);
    for (const char* form : {"--ndjson", "-q"}) {
        const CliRun back = m_cli.run({text("parse"), text("--stdin"), text("--json")}, run({text("keys"), text(form)}).out);
        QCOMPARE(keysOf(back.items()), expected);
    }
    for (const QByteArray& key : odd) {
        const CliRun got = run({text("get"), core::argumentFromBytes(key), text("--json")});
        QCOMPARE(got.exit, 0);
        QCOMPARE(got.json().value(text("value")).toObject().value(text("text")).toString(), text("1"));
    }
}

void TestCliRedis::keysFilter_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("matched");
    QTest::newRow("all")
        << ""
        << "lightapi:Author:/authors: lightapi:Book:/books/1: lightapi:Book:/books: lock:lightapi:Book:/books: tag:books";
    QTest::newRow("prefix") << "--prefix lightapi:Book:"
                            << "lightapi:Book:/books/1: lightapi:Book:/books:";
    QTest::newRow("glob") << "--match lightapi:*:/books*"
                          << "lightapi:Book:/books/1: lightapi:Book:/books:";
    QTest::newRow("contains") << "--contains ooks/"
                              << "lightapi:Book:/books/1:";
    QTest::newRow("contains heeds case") << "--contains BOOKS"
                                         << "";
    QTest::newRow("ignore case") << "--contains BOOKS/ --ignore-case"
                                 << "lightapi:Book:/books/1:";
    QTest::newRow("class") << "--class Book --kind entry"
                           << "lightapi:Book:/books/1: lightapi:Book:/books:";
    QTest::newRow("path") << "--path /books --kind entry"
                          << "lightapi:Book:/books:";
    QTest::newRow("path prefix") << "--path-prefix /books --kind entry"
                                 << "lightapi:Book:/books/1: lightapi:Book:/books:";
    QTest::newRow("kinds unite") << "--kind lock --kind tag"
                                 << "lock:lightapi:Book:/books: tag:books";
    QTest::newRow("filters intersect") << "--class Book --contains /1"
                                       << "lightapi:Book:/books/1:";
    QTest::newRow("repeats unite") << "--class Book --class Author --contains /1 --contains authors"
                                   << "lightapi:Author:/authors: lightapi:Book:/books/1:";
    QTest::newRow("prefix and glob") << "--prefix lightapi --match *authors*"
                                     << "lightapi:Author:/authors:";
    QTest::newRow("scheme") << "--scheme lightapi-v2 --class Author"
                            << "lightapi:Author:/authors:";
}

void TestCliRedis::keysFilter()
{
    for (const char* key : {"lightapi:Book:/books:", "lightapi:Book:/books/1:", "lightapi:Author:/authors:",
             "lock:lightapi:Book:/books:", "tag:books"})
        redis({"SET", key, "[]"});
    QFETCH(QString, filter);
    const CliRun listed = run(QStringList {text("keys"), text("--json")} + Cli::words(filter));
    QVERIFY2(listed.exit == 0, listed.all().constData());
    QTEST(QString::fromUtf8(keysOf(listed.items()).join(' ')), "matched");
    const bool some = !listed.items().isEmpty();
    QCOMPARE(
        run(QStringList {text("keys"), text("--expect-some"), text("--count-only")} + Cli::words(filter)).exit, some ? 0 : 1);
}

void TestCliRedis::keysSortLimitWith()
{
    redis({"SET", "short", "EX", "50", "1"});
    redis({"SETEX", "a-long", "5000", QByteArray(5000, 'x')});
    redis({"SETEX", "b-short", "50", "1"});
    redis({"SET", "c-never", "1"});
    redis({"DEL", "short"});
    const CliRun byTtl = run({text("keys"), text("--sort"), text("ttl"), text("--json")});
    QCOMPARE(keysOf(byTtl.items()), (QByteArrayList {"b-short", "a-long", "c-never"}));
    QCOMPARE(byTtl.items().last().toObject().value(text("ttl_ms")).toInt(), -1);
    const CliRun byMemory = run({text("keys"), text("--sort"), text("memory"), text("--limit"), text("1"), text("--json")});
    QCOMPARE(keysOf(byMemory.items()), QByteArrayList {"a-long"});
    QVERIFY(byMemory.items().first().toObject().value(text("memory_bytes")).toInt() > 5000);
    QCOMPARE(byMemory.summary().value(text("matched")).toInt(), 3);
    const CliRun plain = run({text("keys"), text("--limit"), text("2"), text("--json")});
    QCOMPARE(plain.items().size(), 2);
    QVERIFY(plain.items().first().toObject().value(text("type")).isNull());
    QCOMPARE(plain.summary().value(text("own_lookups")).toInt(-1), 0);
    QVERIFY(run({text("keys"), text("--with"), text("ttl,type,memory")}).out.contains("string"));
}

void TestCliRedis::keysForms()
{
    redis({"EVAL", "for n = 1, 1200 do redis.call('SET', 'k' .. n, '1') end", "0", ""});
    const CliRun run1 = run({text("keys"), text("--ndjson"), text("--with"), text("ttl")});
    const QList<QJsonObject> lines = run1.lines();
    QCOMPARE(lines.size(), 1201);
    QCOMPARE(lines.first().value(text("type")).toString(), text("item"));
    QCOMPARE(lines.first().value(text("key_type")).toString(), text("string")); // the line's "type" is taken
    QCOMPARE(lines.last().value(text("type")).toString(), text("summary"));
    QCOMPARE(lines.last().value(text("schema")).toInt(), 1);
    QCOMPARE(lines.last().value(text("summary")).toObject().value(text("matched")).toInt(), 1200);
}

void TestCliRedis::get_data()
{
    QTest::addColumn<QByteArray>("stored");
    QTest::addColumn<QString>("form");
    QTest::newRow("JSON") << QByteArray("{\"n\":1.10,\"n\":2}") << "json";
    QTest::newRow("envelope") << QByteArray("{\"data\":[1],\"status_code\":201}") << "envelope";
    QTest::newRow("text") << QByteArray("hello") << "text";
    QTest::newRow("text with a byte order mark") << QByteArray("\xEF\xBB\xBFhello") << "text";
    QTest::newRow("binary") << QByteArray("\x80\0\x01", 3) << "binary";
}

void TestCliRedis::get()
{
    QFETCH(QByteArray, stored);
    redis({"SET", "k", stored});
    const CliRun got = run({text("get"), text("k"), text("--json")});
    QVERIFY2(got.exit == 0, got.all().constData());
    const QJsonObject value = got.json().value(text("value")).toObject();
    QTEST(value.value(text("form")).toString(), "form");
    for (const char* field : {"status_code", "data", "text", "b64", "truncated"})
        QVERIFY2(value.contains(text(field)), field);
    for (const char* field : {"key", "type", "ttl_ms", "memory_bytes", "encoding", "summary"})
        QVERIFY2(got.json().contains(text(field)), field);
    if (value.value(text("form")).toString() == text("json"))
        QVERIFY(got.out.contains("\"data\":{\"n\":1.10,\"n\":2}")); // token by token
    if (stored.startsWith("\xEF\xBB\xBF")) // many who read the text drop it
        QCOMPARE(QByteArray::fromBase64(value.value(text("b64")).toString().toLatin1()), stored);
    QCOMPARE(run({text("get"), text("k"), text("--raw")}).out, stored);
    redis({"EVAL", "return redis.call('SET', string.char(239, 187, 191) .. 'k', 'another')", "0"});
    QCOMPARE(run({text("get"), QString(QChar(QChar::ByteOrderMark)) + u'k', text("--raw")}).out, "another");
    QCOMPARE(run({text("get"), text("k")}).exit, 0);
}

void TestCliRedis::getRaw()
{
    const QByteArray large(9'000'000, 'x'); // more than one GETRANGE
    redis({"SET", "large", large});
    QCOMPARE(run({text("get"), text("large"), text("--raw")}).out, large);
    redis({"RPUSH", "list", "one"});
    redis({"RPUSH", "list", "two"});
    const CliRun list = run({text("get"), text("list"), text("--json")});
    QCOMPARE(list.json().value(text("type")).toString(), text("list"));
    QCOMPARE(list.json().value(text("value")).toObject().value(text("data")).toArray(), (QJsonArray {text("one"), text("two")}));
    const CliRun raw = run({text("get"), text("list"), text("--raw")});
    QVERIFY2(raw.exit == 2, raw.all().constData());
    QCOMPARE(raw.out, QByteArray());
    QVERIFY2(raw.err.contains("holds a list"), raw.err.constData());
}

void TestCliRedis::getDecodes()
{
    const QByteArray gzip = QByteArray::fromHex("1f8b0800000000000203ab56ca53b232d43334d0512a49ad2851b252ca48cdc9c9574022956a01ead5d21d25000000");
    const QByteArray packed = qCompress(QByteArray("{\"n\":1.10}")).mid(4); // zlib behind a length of Qt's own
    redis({"SET", "packed", packed});
    const CliRun got = run({text("get"), text("packed"), text("--json")});
    QVERIFY2(got.exit == 0, got.all().constData());
    const QJsonObject value = got.json().value(text("value")).toObject();
    QCOMPARE(value.value(text("form")).toString(), text("json"));
    QCOMPARE(value.value(text("chain")).toArray(), (QJsonArray {text("zlib"), text("json")}));
    QCOMPARE(QByteArray::fromBase64(value.value(text("b64")).toString().toLatin1()), packed);
    QVERIFY(got.out.contains("\"data\":{\"n\":1.10}"));
    QCOMPARE(run({text("get"), text("packed"), text("--raw")}).out, packed);
    redis({"SET", "escapes", R"({"q":"a\"b","n":"x\ny","u":"Zo\u00eb"})"});
    const CliRun escapes = run({text("get"), text("escapes")});
    QCOMPARE(QJsonDocument::fromJson(escapes.out).object(), (QJsonObject {{text("q"), text("a\"b")}, {text("n"), text("x\ny")}, {text("u"), text("Zoë")}}));
    const CliRun hex = run({text("get"), text("packed"), text("--as"), text("hex")});
    QVERIFY2(hex.out.startsWith("00000000  78 9c"), hex.out.constData());
    QCOMPARE(run({text("get"), text("packed"), text("--as"), text("pickle")}).exit, 6);
    QCOMPARE(run({text("get"), text("packed"), text("--as"), text("cobol")}).exit, 2);
    QCOMPARE(run({text("get"), text("packed"), text("--as"), text("hex"), text("--raw")}).exit, 2);
    redis({"SET", "broken", gzip.left(30)});
    const CliRun broken = run({text("get"), text("broken"), text("--json")});
    QVERIFY2(broken.exit == 0, broken.all().constData());
    QVERIFY2(broken.json().value(text("value")).toObject().value(text("problem")).toString().contains(text("ends in the middle")), broken.all().constData());
}

void TestCliRedis::getStream()
{
    redis({"XADD", "stream", "1-1", "f", "v", "g", "w"});
    const CliRun got = run({text("get"), text("stream"), text("--json")});
    QCOMPARE(got.json().value(text("value")).toObject().value(text("data")).toArray(), (QJsonArray {QJsonArray {text("1-1"), text("f"), text("v"), text("g"), text("w")}}));
}

void TestCliRedis::putStoresOverWhatWasSeen()
{
    redis({"SET", "k", "old", "EX", "500"});
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write(QByteArray("new\0\xFF", 5));
    file.close();
    const auto put = [&](const QStringList& more) { return run(QStringList {text("put"), text("k"), text("--file"), file.fileName(), text("--json")} + more); };
    const auto sha = [](const QByteArray& bytes) { return QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex()); };
    const CliRun other = put({text("--keep-ttl"), text("--if-sha256"), sha("another")});
    QVERIFY2(other.exit == 1, other.all().constData());
    QCOMPARE(other.json().value(text("result")).toString(), text("changed"));
    QCOMPARE(other.json().value(text("before_sha256")).toString(), sha("old"));
    QCOMPARE(redis({"GET", "k"}), QByteArray("old"));
    const CliRun written = put({text("--keep-ttl"), text("--if-sha256"), sha("old")});
    QVERIFY2(written.exit == 0, written.all().constData());
    QCOMPARE(redis({"GET", "k"}), QByteArray("new\0\xFF", 5));
    QVERIFY(redis({"TTL", "k"}).toInt() > 400);
    QCOMPARE(put({text("--ttl"), text("9")}).exit, 0);
    QVERIFY(redis({"TTL", "k"}).toInt() <= 9);
    QCOMPARE(put({}).exit, 2);
    QCOMPARE(put({text("--keep-ttl"), text("--ttl"), text("9")}).exit, 2);
    QCOMPARE(put({text("--keep-ttl"), text("--if-sha256"), text("12")}).exit, 2);
    QCOMPARE(put({text("--keep-ttl"), text("--read-only")}).exit, 4);
    QVERIFY(!put({text("--keep-ttl")}).err.contains("did not exist"));
    redis({"DEL", "k"});
    const CliRun fresh = put({text("--keep-ttl")});
    QCOMPARE(fresh.exit, 0);
    QVERIFY2(fresh.err.contains("k did not exist: stored without an expiry"), fresh.all().constData());
    redis({"DEL", "k"});
    QVERIFY(!put({text("--ttl"), text("9")}).err.contains("did not exist"));
    redis({"DEL", "k"});
    redis({"RPUSH", "k", "a"});
    const CliRun wrong = put({text("--keep-ttl")});
    QVERIFY2(wrong.exit != 0 && wrong.exit != 1, wrong.all().constData());
    QVERIFY2(wrong.all().contains("k holds a value of type list, and put stores strings"), wrong.all().constData());
    QCOMPARE(redis({"TYPE", "k"}), QByteArray("list"));
}

void TestCliRedis::expireSetsAndPersists()
{
    redis({"SET", "k", "v"});
    const auto expire = [&](const QStringList& more) { return run(QStringList {text("expire"), text("k"), text("--json")} + more); };
    const CliRun set = expire({text("500")});
    QVERIFY2(set.exit == 0, set.all().constData());
    QVERIFY(redis({"TTL", "k"}).toInt() > 400);
    for (const char* bad : {"0", "-1", "soon", "nan", "1e300"})
        QVERIFY2(expire({text("--"), text(bad)}).exit == 2, bad);
    QCOMPARE(expire({}).exit, 2);
    QCOMPARE(redis({"EXISTS", "k"}).toInt(), 1);
    QCOMPARE(expire({text("--persist")}).exit, 0);
    QCOMPARE(redis({"TTL", "k"}).toInt(), -1);
    redis({"DEL", "k"});
    QCOMPARE(expire({text("5")}).exit, 1);
}

void TestCliRedis::getAbsent()
{
    const CliRun got = run({text("get"), text("nothing"), text("--json")});
    QCOMPARE(got.exit, 1);
    QCOMPARE(got.json().value(text("type")).toString(), text("none"));
    QVERIFY(got.json().value(text("value")).isNull());
    QVERIFY(!got.json().contains(text("error")));
}

void TestCliRedis::tags()
{
    redis({"SETEX", "a", "100", "1"});
    redis({"SET", "b", "1"});
    redis({"SET", "tag:table:products", "[\"a\",\"b\",\"gone\"]"});
    redis({"SADD", "tag:set", "a"});
    const CliRun listed = run({text("tags"), text("--json")});
    QVERIFY2(listed.exit == 0, listed.all().constData());
    QCOMPARE(listed.items().size(), 2);
    const QJsonObject products = listed.items().last().toObject();
    QCOMPARE(products.value(text("tag")).toString(), text("table:products"));
    QCOMPARE(products.value(text("layout")).toString(), text("json-list"));
    QCOMPARE(products.value(text("members")).toInt(), 3);
    QCOMPARE(products.value(text("live")).toInt(), 2);
    QCOMPARE(products.value(text("dead")).toInt(), 1);
    const CliRun one = run({text("tag"), text("table:products"), text("--json")});
    QCOMPARE(one.exit, 0);
    QStringList states;
    for (const QJsonValue& item : one.items())
        states << item.toObject().value(text("state")).toString();
    QCOMPARE(states, (QStringList {text("live"), text("immortal"), text("dead")}));
    QCOMPARE(one.json().value(text("tag")).toObject().value(text("key")).toString(), text("tag:table:products"));
    QCOMPARE(run({text("tag"), text("nothing"), text("--json")}).exit, 1);
    redis({"SADD", "idx/x/members", "a"});
    const CliRun shaped = run({text("tags"), text("--tag-template"), text("idx/{tag}/members"), text("--json")});
    QCOMPARE(shaped.items().size(), 1);
    QCOMPARE(shaped.items().first().toObject().value(text("tag")).toString(), text("x"));
}

void TestCliRedis::corruptTag()
{
    redis({"SET", "tag:bad", "{not a list"});
    const CliRun one = run({text("tag"), text("bad"), text("--json")});
    QCOMPARE(one.exit, 6);
    QCOMPARE(one.error().value(text("code")).toString(), text("data"));
    QCOMPARE(one.json().value(text("tag")).toObject().value(text("warnings")).toArray().size(), 1);
    QVERIFY2(!one.err.contains("warning"), one.err.constData());
    QVERIFY2(!one.out.contains("was deleted"), one.out.constData()); // it was only looked at
    const CliRun people = run({text("tag"), text("bad")});
    QVERIFY2(people.err.contains("tag:bad cannot be read."), people.err.constData());
    QVERIFY2(!people.err.contains("warning"), people.err.constData());
    const CliRun listed = run({text("tags"), text("--json")});
    QCOMPARE(listed.exit, 0);
    QCOMPARE(listed.items().first().toObject().value(text("layout")).toString(), text("unreadable"));
    QCOMPARE(listed.items().first().toObject().value(text("warnings")).toArray().size(), 1);
}

void TestCliRedis::locks()
{
    redis({"SETEX", "lock:lightapi:Report:/report:", "30", "0b8e7c34-5df5-4f62-9a5e-3f0f1d7d5d11"});
    const CliRun listed = run({text("locks"), text("--json")});
    QVERIFY2(listed.exit == 0, listed.all().constData());
    QCOMPARE(listed.items().size(), 1);
    const QJsonObject lock = listed.items().first().toObject();
    QCOMPARE(lock.value(text("inner")).toString(), text("lightapi:Report:/report:"));
    QCOMPARE(lock.value(text("owner")).toString(), text("0b8e7c34-5df5-4f62-9a5e-3f0f1d7d5d11"));
    QVERIFY(lock.value(text("ttl_ms")).toInt() > 20'000);
    QVERIFY(lock.contains(text("warnings")));
    QVERIFY(lock.value(text("age_ms")).isNull()); // a TTL tells what is left, not what has passed
    QVERIFY(!run({text("locks")}).out.contains("AGE"));
}

void TestCliRedis::stats()
{
    redis({"SET", "k", "1"});
    const CliRun one = run({text("stats"), text("--samples"), text("2"), text("--interval"), text("0.2"), text("--json")});
    QVERIFY2(one.exit == 0, one.all().constData());
    const QJsonObject json = one.json();
    for (const char* field :
        {"at", "server", "lifetime", "windows", "memory", "ops_per_s", "clients", "evicted", "expired", "keys", "summary"})
        QVERIFY2(json.contains(text(field)), field);
    QCOMPARE(json.value(text("keys")).toObject().value(text("0")).toInt(), 1);
    QCOMPARE(json.value(text("server")).toObject().value(text("role")).toString(), text("master"));
    QVERIFY(json.value(text("memory")).toObject().value(text("used_bytes")).toInteger() > 0);
    QVERIFY(json.value(text("memory")).toObject().value(text("max_bytes")).isNull());
    const QJsonArray windows = json.value(text("windows")).toArray();
    QCOMPARE(windows.size(), 4);
    QCOMPARE(windows.first().toObject().value(text("seconds")).toInt(), 10);
    QCOMPARE(windows.first().toObject().value(text("complete")).toBool(true), false);
    QVERIFY(windows.first().toObject().value(text("hit_rate")).isNull());
    QCOMPARE(one.summary().value(text("samples")).toInt(), 2);
}

void TestCliRedis::statsWatch()
{
    const CliRun watched = run({text("stats"), text("--watch"), text("--samples"), text("3"), text("--interval"), text("0.1")});
    QCOMPARE(watched.exit, 0);
    const QList<QJsonObject> lines = watched.lines(); // NDJSON without asking for it
    QCOMPARE(lines.size(), 4);
    QCOMPARE(lines.first().value(text("type")).toString(), text("item"));
    QVERIFY(lines.first().contains(text("lifetime")));
    QCOMPARE(lines.last().value(text("type")).toString(), text("summary"));
}

void TestCliRedis::health()
{
    const CliRun healthy = run({text("health"), text("--json")});
    QVERIFY2(healthy.exit == 0, healthy.all().constData());
    QVERIFY(healthy.json().value(text("status")).toString() != text("fail"));
    QVERIFY(healthy.items().size() > 5);
    for (const char* field : {"id", "name", "status", "ms", "detail", "advice"})
        QVERIFY2(healthy.items().first().toObject().contains(text(field)), field);
    const CliRun readOnly = run({text("health"), text("--read-only"), text("--json")});
    QStringList skipped;
    for (const QJsonValue& item : readOnly.items()) {
        if (item.toObject().value(text("status")).toString() == text("skipped"))
            skipped << item.toObject().value(text("id")).toString();
    }
    QVERIFY2(skipped.contains(text("write")), qPrintable(skipped.join(u' ')));
    QCOMPARE(readOnly.summary().value(text("read_only")).toBool(), true);
}

void TestCliRedis::healthOfNothing()
{
    const CliRun nothing = m_cli.run({text("health"), text("--url"), text("redis://localhost:1"), text("--json")});
    QVERIFY2(nothing.exit == 1, nothing.all().constData());
    QCOMPARE(nothing.json().value(text("status")).toString(), text("fail"));
    QVERIFY(!nothing.json().contains(text("error")));
}

void TestCliRedis::ownLookupsAreExact_data()
{
    QTest::addColumn<QString>("line");
    for (const char* line : {"keys", "keys --with ttl,type,memory", "keys --sort ttl --limit 3", "get k1", "get nothing",
             "get list", "tags", "tag t", "tag bad", "tag nothing", "locks", "stats", "health", "release-lock lock:a --owner me",
             "release-lock lock:a --owner you", "invalidate --tag t --yes", "invalidate --prefix k --yes",
             "invalidate --class Book --dry-run", "invalidate --key k1 --key nothing --yes"})
        QTest::newRow(line) << text(line);
}

void TestCliRedis::ownLookupsAreExact()
{
    redis({"EVAL", "for n = 0, 19 do redis.call('SET', 'k' .. n, '[1]') end", "0", ""});
    redis({"SET", "lightapi:Book:/books:", "[1]"});
    redis({"RPUSH", "list", "1"});
    redis({"SET", "tag:t", "[\"k1\",\"k2\",\"gone\"]"});
    redis({"SET", "tag:bad", "x"});
    redis({"SET", "lock:a", "me"});
    QFETCH(QString, line);
    const qint64 before = counted();
    const CliRun act = run(Cli::words(line) << text("--json"));
    const qint64 after = counted();
    QVERIFY2(act.summary().contains(text("own_lookups")), act.all().constData());
    QCOMPARE(act.summary().value(text("own_lookups")).toInteger(), after - before);
    QCOMPARE(act.summary().value(text("own_lookups_unknown")).toInteger(-1), 0);
}

void TestCliRedis::serverSources()
{
    redis({"SET", "k", "1"});
    for (const char* name : {"CACHELIGHT_URL", "LIGHTAPI_REDIS_URL", "REDIS_URL"}) {
        Cli cli;
        cli.setEnvironment(text("REDIS_URL"), text("redis://localhost:1"));
        cli.setEnvironment(text(name), m_url);
        const CliRun listed = cli.run({text("keys"), text("--count-only")});
        QVERIFY2(listed.exit == 0, listed.err.constData());
        QVERIFY2(listed.err.contains(name), listed.err.constData());
        QCOMPARE(listed.out.trimmed(), QByteArray("1"));
    }
    Cli profiled;
    QCOMPARE(profiled.run({text("profiles"), text("add"), text("here"), text("--url"), m_url}).exit, 0);
    const CliRun listed = profiled.run({text("keys"), text("--profile"), text("here"), text("--json")});
    QCOMPARE(listed.items().size(), 1);
    QVERIFY(listed.err.contains("profile here"));
    const CliRun tested = profiled.run({text("profiles"), text("test"), text("here"), text("--json")});
    QCOMPARE(tested.exit, 0);
    QVERIFY(!tested.json().value(text("server")).toObject().value(text("version")).toString().isEmpty());
}

void TestCliRedis::passwordFile()
{
    demo::RedisProcess locked;
    demo::RedisProcess::Options options;
    options.arguments = QStringList {text("--requirepass"), text("s3cret")};
    QVERIFY(locked.startAndWait(options));
    const QString url = core::endpointUrl(locked.endpoint());
    const CliRun without = m_cli.run({text("keys"), text("--url"), url, text("--json")});
    QCOMPARE(without.exit, 4);
    QCOMPARE(without.error().value(text("code")).toString(), text("auth"));
    QCOMPARE(m_cli.run({text("keys"), text("--url"), url, text("--password-file"), text("-")}, "s3cret\n").exit, 0);
    QFile file(m_cli.file(text("password")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("wrong\n");
    file.close();
    const CliRun wrong = m_cli.run({text("keys"), text("--url"), url, text("--password-file"), file.fileName(), text("--json")});
    QCOMPARE(wrong.exit, 4);
    QVERIFY(!wrong.out.contains("wrong\n") && !wrong.err.contains("wrong\n"));
    Cli cli;
    cli.setEnvironment(text("REDISCLI_AUTH"), text("s3cret"));
    QCOMPARE(cli.run({text("keys"), text("--url"), url}).exit, 0);
}

void TestCliRedis::permissionErrors()
{
    redis({"SET", "k", "1"});
    QCOMPARE(redis({"ACL", "SETUSER", "blind", "on", ">pw", "~*", "+@all", "-scan"}), QByteArray("OK"));
    QString url = m_url;
    url.replace(text("unix://"), text("unix://blind:pw@"));
    const CliRun listed = m_cli.run({text("keys"), text("--url"), url, text("--json")});
    QVERIFY2(listed.exit == 4, listed.all().constData());
    QCOMPARE(listed.error().value(text("code")).toString(), text("permission"));
    QVERIFY(listed.error().value(text("message")).toString().contains(text("+scan")));
    QCOMPARE(listed.summary().value(text("complete")).toBool(true), false);
}

void TestCliRedis::deniedKeysAreNotGone()
{
    redis({"SETEX", "app:mine", "100", "1"});
    redis({"SETEX", "other", "100", "1"});
    QCOMPARE(redis({"ACL", "SETUSER", "half", "on", ">pw", "~app:*", "+@all"}), QByteArray("OK"));
    QString url = m_url;
    url.replace(text("unix://"), text("unix://half:pw@"));
    const QStringList words {text("keys"), text("--with"), text("ttl,type,memory"), text("--url"), url};
    const CliRun people = m_cli.run(words);
    QVERIFY2(people.exit == 0, people.all().constData());
    QVERIFY2(!people.out.contains("gone") && people.out.contains("not permitted"), people.out.constData());
    QVERIFY2(people.err.contains("not told of 1 key: "), people.err.constData());
    const CliRun listed = m_cli.run(QStringList(words) << text("--json") << text("--sort") << text("ttl"));
    QCOMPARE(keysOf(listed.items()), (QByteArrayList {"app:mine", "other"})); // what is not known comes last
    const QJsonObject denied = listed.items().last().toObject();
    for (const char* field : {"ttl_ms", "type", "memory_bytes"})
        QVERIFY2(denied.value(text(field)).isNull(), field);
}

void TestCliRedis::verboseShowsTheCommands()
{
    redis({"SET", "k", "1"});
    const CliRun got = run({text("get"), text("k"), text("-v")});
    QCOMPARE(got.exit, 0);
    QVERIFY2(got.err.contains("PTTL k"), got.err.constData());
    QVERIFY(!run({text("get"), text("k")}).err.contains("PTTL k"));
    const CliRun listed = run({text("keys"), text("--verbose"), text("--json")});
    QVERIFY2(listed.err.contains("SCAN"), listed.err.constData());
    QCOMPARE(listed.items().size(), 1);
}

void TestCliRedis::socketIsNamedByItsPath()
{
    const CliRun run = m_cli.run({text("keys"), text("--url"), text("unix:///nowhere/at/all.sock?db=3")});
    QCOMPARE(run.exit, 3);
    QVERIFY2(run.err.contains("no Redis socket at /nowhere/at/all.sock."), run.err.constData());
}

void TestCliRedis::maxTime()
{
    const CliRun stopped = run({text("stats"), text("--watch"), text("--max-time"), text("0.5")});
    QCOMPARE(stopped.exit, 3);
    QCOMPARE(stopped.lines().last().value(text("error")).toObject().value(text("code")).toString(), text("timeout"));
}

void TestCliRedis::interrupted_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("Ctrl-C") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void TestCliRedis::interrupted()
{
    QFETCH(int, number);
    QProcess process;
    m_cli.prepare(process, {text("stats"), text("--watch"), text("--interval"), text("0.1"), text("--url"), m_url});
    process.start();
    QVERIFY(process.waitForReadyRead(20'000));
    ::kill(static_cast<pid_t>(process.processId()), number);
    const CliRun run = Cli::ended(process);
    QCOMPARE(run.exit, -number); // 128 + number for a shell
    const QJsonObject last = run.lines().last();
    QCOMPARE(last.value(text("type")).toString(), text("error"));
    QCOMPARE(last.value(text("error")).toObject().value(text("code")).toString(), text("cancelled"));
    QVERIFY(last.value(text("summary")).toObject().contains(text("own_lookups")));
}

void TestCliRedis::demoRuns()
{
    QProcess process;
    m_cli.prepare(process, {text("demo"), text("--json")});
    process.start();
    QVERIFY(process.waitForReadyRead(20'000));
    const QJsonObject json = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    QCOMPARE(json.value(text("pid")).toInteger(), process.processId());
    const CliRun listed = m_cli.run({text("health"), text("--url"), json.value(text("redis_url")).toString(), text("--api"),
        json.value(text("api_url")).toString(), text("--json")});
    QVERIFY2(listed.exit == 0, listed.all().constData());
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    const CliRun run = Cli::ended(process);
    QCOMPARE(run.exit, -SIGINT);
    QVERIFY(!QFile::exists(QUrl(json.value(text("redis_url")).toString()).path()));
    QCOMPARE(m_cli.run({text("demo"), text("--seconds"), text("0.5"), text("--json")}).exit, 0);
}

void TestCliRedis::fullDiskIsSaid_data()
{
    QTest::addColumn<QString>("line");
    for (const char* line : {"keys", "keys --ndjson", "stats --json", "stats --watch", "get k --raw", "health"})
        QTest::newRow(line) << text(line);
}

void TestCliRedis::fullDiskIsSaid()
{
    redis({"SET", "k", "1"});
    QFETCH(QString, line);
    const CliRun run = m_cli.runInto(text("/dev/full"), Cli::words(line) << text("--url") << m_url);
    QVERIFY2(run.exit == 6, run.all().constData());
    QCOMPARE(run.err.count("There is no room to write stdout."), 1);
}

QTEST_GUILESS_MAIN(TestCliRedis)
#include "tst_cliredis.moc"
