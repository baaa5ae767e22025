// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "clirun.h"

#include <QTest>

// "keys --query": the language of the search field on the command line, with the terms that need the server asked about each key.
class TestCliSearch final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    Cli m_cli;
    QString m_url;

    void redis(const QStringList& words) const
    {
        QProcess process;
        process.start(QStringLiteral("redis-cli"), QStringList {QStringLiteral("-s"), m_redis.socketPath()} + words);
        QVERIFY(process.waitForFinished());
        QVERIFY(!process.readAllStandardOutput().startsWith("ERR"));
    }
    void lua(const char* script) const { redis({QStringLiteral("EVAL"), QString::fromUtf8(script), QStringLiteral("0")}); }
    CliRun keys(const QStringList& words) const
    {
        return m_cli.run(QStringList {QStringLiteral("keys"), QStringLiteral("--url"), m_url} + words);
    }
    CliRun query(const QString& text, const QStringList& words = {QStringLiteral("--json")}) const
    {
        return keys(QStringList {QStringLiteral("--query"), text} + words);
    }
    static QStringList keysOf(const CliRun& run)
    {
        QStringList all;
        for (const QJsonValue& item : run.items())
            all << item.toObject().value(QStringLiteral("key")).toString();
        return all;
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_redis.startAndWait({}));
        m_url = core::endpointUrl(m_redis.endpoint());
    }
    void init()
    {
        redis({QStringLiteral("FLUSHALL")});
        lua("local set = function(k, v, ex) redis.call('SET', k, v) if ex then redis.call('EXPIRE', k, ex) end end "
            "set('lightapi:Book:/books:page=1', '[]', 30) set('lightapi:Book:/books:page=2', string.rep('x', 20000), 3000) "
            "set('lightapi:Author:/authors:', '[]') set('lock:lightapi:Book:/books:page=1', 'me', 10) set('tag:books', '[]', 90) "
            "set('a b', '1') set('class:', '1') set('bad\\255', '1')");
    }

    void theAdviceFitsEveryMistake()
    {
        for (const char* text : {"re:(", "ttl<60x"}) {
            const CliRun wrong = query(QString::fromUtf8(text), {});
            QCOMPARE(wrong.exit, 2);
            QVERIFY2(wrong.err.contains("\"cachelight help keys\" says how to search"), wrong.all().constData());
        }
    }

    void finds_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("found"); // separated by |
        const auto row = [](const char* text, const char* found) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(found); };
        row("class:Book", "lightapi:Book:/books:page=1|lightapi:Book:/books:page=2");
        row("class:Book -query:page=2", "lightapi:Book:/books:page=1");
        row("kind:lock,tag", "lock:lightapi:Book:/books:page=1|tag:books");
        row("path:/a*", "lightapi:Author:/authors:");
        row("\"a b\"", "a b");
        row("\"class:\"", "class:");
        row("glob:*page=?", "lightapi:Book:/books:page=1|lightapi:Book:/books:page=2|lock:lightapi:Book:/books:page=1");
        row("re:^l.*[12]$", "lightapi:Book:/books:page=1|lightapi:Book:/books:page=2|lock:lightapi:Book:/books:page=1");
        row("ttl<1m", "lightapi:Book:/books:page=1|lock:lightapi:Book:/books:page=1");
        row("ttl>1m ttl<1h", "lightapi:Book:/books:page=2|tag:books");
        row("ttl=none light", "lightapi:Author:/authors:");
        row("size>10k", "lightapi:Book:/books:page=2");
        row("-size>10k class:Book", "lightapi:Book:/books:page=1");
        row("BOOKS: none-of-them", "");
    }
    void finds()
    {
        QFETCH(QString, text);
        QFETCH(QString, found);
        const QStringList expected = found.isEmpty() ? QStringList() : found.split(u'|');
        const CliRun run = query(text);
        QVERIFY2(run.exit == 0, run.all().constData());
        QCOMPARE(keysOf(run), expected);
        QCOMPARE(run.summary().value(QStringLiteral("matched")).toInt(), expected.size());
        QCOMPARE(run.summary().value(QStringLiteral("complete")).toBool(), true);
        const CliRun count = query(text, {QStringLiteral("--count-only"), QStringLiteral("-q")});
        QCOMPARE(count.out.trimmed(), QByteArray::number(expected.size()));
        QCOMPARE(query(text, {QStringLiteral("--expect-some")}).exit, expected.isEmpty() ? 1 : 0);
    }

    void exactBytes()
    {
        const CliRun run = query(QStringLiteral("b64:/w=="), {QStringLiteral("-0"), QStringLiteral("-q")});
        QCOMPARE(run.out, QByteArray("bad\xff\0", 5));
        QCOMPARE(query(QStringLiteral("re:\\xff$"), {QStringLiteral("-0"), QStringLiteral("-q")}).out, QByteArray("bad\xff\0", 5));
    }

    void intersectsWithOtherFilters()
    {
        QCOMPARE(keysOf(query(QStringLiteral("page"), {QStringLiteral("--json"), QStringLiteral("--kind"), QStringLiteral("lock"), QStringLiteral("--kind"), QStringLiteral("tag")})),
            QStringList {QStringLiteral("lock:lightapi:Book:/books:page=1")});
        QCOMPARE(keysOf(query(QStringLiteral("BOOK page=2"), {QStringLiteral("--json"), QStringLiteral("--ignore-case")})), QStringList {QStringLiteral("lightapi:Book:/books:page=2")});
        QCOMPARE(keysOf(keys({QStringLiteral("--path-prefix"), QStringLiteral("/b"), QStringLiteral("--path-prefix"), QStringLiteral("/auth"), QStringLiteral("--contains"), QStringLiteral("s:"), QStringLiteral("--contains"), QStringLiteral("=1"), QStringLiteral("--match"), QStringLiteral("*1"), QStringLiteral("--match"), QStringLiteral("*Author*"), QStringLiteral("--json")})),
            (QStringList {QStringLiteral("lightapi:Author:/authors:"), QStringLiteral("lightapi:Book:/books:page=1")}));
    }

    void sortedAndLimited()
    {
        const CliRun sorted = query(QStringLiteral("ttl>1"), {QStringLiteral("--json"), QStringLiteral("--sort"), QStringLiteral("ttl"), QStringLiteral("--limit"), QStringLiteral("2")});
        QCOMPARE(keysOf(sorted), (QStringList {QStringLiteral("lock:lightapi:Book:/books:page=1"), QStringLiteral("lightapi:Book:/books:page=1")}));
        QCOMPARE(sorted.summary().value(QStringLiteral("matched")).toInt(), 4);
        const CliRun limited = query(QStringLiteral("ttl>1"), {QStringLiteral("--ndjson"), QStringLiteral("--limit"), QStringLiteral("1")});
        QCOMPARE(limited.lines().size(), 2);
        QCOMPARE(limited.lines().last().value(QStringLiteral("summary")).toObject().value(QStringLiteral("matched")).toInt(), 4);
        // The figures that were asked for anyway are told.
        QVERIFY(limited.lines().first().value(QStringLiteral("ttl_ms")).toInt() > 1000);
    }

    // More keys than two batches hold, in their order, each once.
    void manyBatches()
    {
        lua("for n = 1, 3300 do redis.call('SET', 'many:' .. string.format('%05d', n), 'v', 'EX', 1000 + n) end");
        QStringList expected;
        for (int n = 1; n <= 3300; ++n)
            expected << QStringLiteral("many:%1").arg(n, 5, 10, QLatin1Char('0'));
        const CliRun run = query(QStringLiteral("many: ttl>100"));
        QCOMPARE(keysOf(run), expected);
        QCOMPARE(run.summary().value(QStringLiteral("own_lookups")).toInt(), 6600); // PTTL and TYPE of each
        const CliRun with = keys({QStringLiteral("--prefix"), QStringLiteral("many:"), QStringLiteral("--with"), QStringLiteral("ttl"), QStringLiteral("--limit"), QStringLiteral("1200"), QStringLiteral("--json")});
        QCOMPARE(keysOf(with), expected.first(1200));
        QCOMPARE(with.summary().value(QStringLiteral("matched")).toInt(), 3300);
        QCOMPARE(with.summary().value(QStringLiteral("own_lookups")).toInt(), 2400);
    }

    void mistakes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("class") << QStringLiteral("a class:") << QStringLiteral("Character 3:");
        QTest::newRow("kind") << QStringLiteral("kind:foo") << QStringLiteral("\"foo\"");
        QTest::newRow("regex") << QStringLiteral("re:(") << QStringLiteral("parenthes");
        QTest::newRow("ttl") << QStringLiteral("ttl<soon") << QStringLiteral("\"soon\"");
    }
    void mistakes()
    {
        QFETCH(QString, text);
        QFETCH(QString, said);
        const CliRun run = query(text);
        QCOMPARE(run.exit, 2);
        QCOMPARE(run.error().value(QStringLiteral("code")).toString(), QStringLiteral("input"));
        QVERIFY2(run.error().value(QStringLiteral("message")).toString().contains(said), run.all().constData());
        QCOMPARE(keys({QStringLiteral("--query"), text, QStringLiteral("--query"), text}).exit, 2);
    }

    void catastrophicExpressionIsAnError()
    {
        redis({QStringLiteral("SET"), QString(80, u'q') + u'y', QStringLiteral("1")});
        const CliRun run = query(QStringLiteral("re:(q|qq)+$"));
        QCOMPARE(run.exit, 2);
        QVERIFY2(run.error().value(QStringLiteral("message")).toString().contains(QStringLiteral("too many steps")), run.all().constData());
        QCOMPARE(run.summary().value(QStringLiteral("complete")).toBool(true), false);
    }

    // A key of which the server does not tell the TTL is neither a match nor none.
    void permissionThatIsMissing()
    {
        redis({QStringLiteral("ACL"), QStringLiteral("SETUSER"), QStringLiteral("blind"), QStringLiteral("on"), QStringLiteral(">p"), QStringLiteral("~*"), QStringLiteral("+@all"), QStringLiteral("-pttl")});
        core::Endpoint endpoint = m_redis.endpoint();
        endpoint.user = "blind";
        Cli cli;
        cli.setEnvironment(QStringLiteral("REDISCLI_AUTH"), QStringLiteral("p"));
        const QStringList base {QStringLiteral("keys"), QStringLiteral("--url"), core::endpointUrl(endpoint), QStringLiteral("--json"), QStringLiteral("--query")};
        const CliRun refused = cli.run(base + QStringList {QStringLiteral("ttl<60")});
        QVERIFY2(refused.exit == 4, refused.all().constData());
        QCOMPARE(refused.error().value(QStringLiteral("code")).toString(), QStringLiteral("permission"));
        const CliRun sizes = cli.run(base + QStringList {QStringLiteral("size>10k")});
        QVERIFY2(sizes.exit == 0, sizes.all().constData());
        QCOMPARE(sizes.items().size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestCliSearch)
#include "tst_clisearch.moc"
