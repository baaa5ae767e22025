// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "clirun.h"

#include <QDir>
#include <QFile>
#include <QTest>

// "export" and "import" between two servers, as scripts run them.
class TestCliArchive final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis, m_other;
    Cli m_cli;
    QString m_url, m_otherUrl;

    static QString text(const char* words) { return QString::fromUtf8(words); }
    QByteArray redis(const demo::RedisProcess& server, const QStringList& words) const
    {
        QProcess process;
        process.start(QStringLiteral("redis-cli"), QStringList {QStringLiteral("-s"), server.socketPath()} + words);
        process.waitForFinished();
        return process.readAllStandardOutput().trimmed();
    }
    CliRun run(const char* words, const QString& url, const QByteArray& input = {}) const
    {
        return m_cli.run(Cli::words(text(words)) << QStringLiteral("--url") << url, input);
    }
    QByteArray content(const char* name) const
    {
        QFile file(m_cli.file(text(name)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_redis.startAndWait({}));
        QVERIFY(m_other.startAndWait({}));
        m_url = core::endpointUrl(m_redis.endpoint());
        m_otherUrl = core::endpointUrl(m_other.endpoint());
    }
    void init()
    {
        redis(m_other, {text("FLUSHALL")});
        redis(m_redis, {text("FLUSHALL")});
        redis(m_redis, {text("EVAL"),
            text("redis.call('SET', 'lightapi:Book:/books:page=1', '[]', 'EX', 1000) redis.call('SET', 'bad\\255', 'a\\0b') "
                 "redis.call('SET', 'other', string.rep('x', 20000)) redis.call('HSET', 'hash', 'f', 'v') redis.call('RPUSH', 'list', 1, 2)"),
            text("0")});
    }

    void goesAndComes()
    {
        const CliRun out = run("export --file a --dump --json", m_url);
        QVERIFY2(out.exit == 0, out.all().constData());
        QCOMPARE(out.json().value(text("schema")).toInt(), 1);
        QCOMPARE(out.summary().value(text("exported")).toInt(), 5);
        QCOMPARE(out.summary().value(text("own_lookups")).toInt(), 5 * 4); // TYPE, PTTL, value, DUMP
        QCOMPARE(out.summary().value(text("file_bytes")).toInteger(), content("a").size());
        const CliRun dry = run("import --file a --dry-run --json", m_otherUrl);
        QVERIFY2(dry.exit == 0, dry.all().constData());
        const QJsonObject preview = dry.json().value(text("preview")).toObject();
        QCOMPARE(preview.value(text("keys")).toInt(), 5);
        QCOMPARE(preview.value(text("by_restore")).toInt(), 5);
        QCOMPARE(preview.value(text("types")).toObject().value(text("hash")).toInt(), 1);
        QCOMPARE(redis(m_other, {text("DBSIZE")}), QByteArray("0"));
        const CliRun unconfirmed = run("import --file a --json", m_otherUrl);
        QCOMPARE(unconfirmed.exit, 4);
        QCOMPARE(unconfirmed.error().value(text("code")).toString(), text("unconfirmed"));
        QCOMPARE(redis(m_other, {text("DBSIZE")}), QByteArray("0"));
        const CliRun in = run("import --file a --yes --json", m_otherUrl);
        QVERIFY2(in.exit == 0, in.all().constData());
        QCOMPARE(in.summary().value(text("written")).toInt(), 5);
        QVERIFY(!in.json().value(text("audit")).toString().isEmpty());
        QCOMPARE(redis(m_other, {text("LRANGE"), text("list"), text("0"), text("-1")}), QByteArray("1\n2"));
        QVERIFY(redis(m_other, {text("TTL"), text("lightapi:Book:/books:page=1")}).toInt() > 900);
        const CliRun again = run("import --file a --yes --ndjson", m_otherUrl);
        QCOMPARE(again.exit, 0);
        QCOMPARE(again.lines().last().value(text("summary")).toObject().value(text("existing")).toInt(), 5);
        QVERIFY(m_cli.run({text("audit"), text("--json")}).out.contains(in.json().value(text("audit")).toString().toUtf8()));
    }

    void filters_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("exported");
        QTest::newRow("class") << text("--class Book") << 1;
        QTest::newRow("ttl") << text("--query ttl<1h") << 1;
        QTest::newRow("size") << text("--query size>10k") << 1;
        QTest::newRow("nothing") << text("--prefix nothing") << 0;
    }
    void filters()
    {
        QFETCH(QString, words);
        const CliRun out = m_cli.run(Cli::words(text("export --file b --json ") + words) << text("--url") << m_url);
        QVERIFY2(out.exit == 0, out.all().constData());
        QTEST(out.summary().value(text("exported")).toInt(), "exported");
    }

    void pipes()
    {
        const CliRun out = run("export --file -", m_url);
        QCOMPARE(out.exit, 0);
        QVERIFY(out.out.startsWith("{\"type\":\"header\""));
        const CliRun in = run("import --file - --yes --json", m_otherUrl, out.out);
        QVERIFY2(in.exit == 0, in.all().constData());
        QCOMPARE(in.summary().value(text("written")).toInt(), 5);
        const CliRun keys = run("invalidate --keys-from - --dry-run --json", m_otherUrl, "other\n");
        QCOMPARE(keys.exit, 0);
    }

    void badFiles()
    {
        QCOMPARE(run("export --file c", m_url).exit, 0);
        const QByteArray whole = content("c");
        const CliRun cut = run("import --file - --yes --json", m_otherUrl, whole.left(whole.size() / 2));
        QCOMPARE(cut.exit, 6);
        QCOMPARE(cut.error().value(text("code")).toString(), text("file"));
        QByteArray newer = whole;
        const CliRun refused = run("import --file - --yes --json", m_otherUrl, newer.replace("\"version\":1", "\"version\":9"));
        QCOMPARE(refused.exit, 2);
        QCOMPARE(refused.error().value(text("code")).toString(), text("unsupported"));
        QCOMPARE(redis(m_other, {text("DBSIZE")}), QByteArray("0"));
        const CliRun full = m_cli.runInto(text("/dev/full"), Cli::words(text("export --file - --url ") + m_url));
        QCOMPARE(full.exit, 6);
        QVERIFY2(full.err.contains("no room"), full.err.constData());
    }

    void previewCountsWhatWillBeWritten()
    {
        QCOMPARE(run("export --file e", m_url).exit, 0);
        redis(m_other, {text("SET"), text("other"), text("mine")});
        const CliRun skip = run("import --file e --dry-run", m_otherUrl);
        QVERIFY2(skip.out.contains("To write: 0 by RESTORE, 4 by value; 1 more exist and are left as they are."), skip.all().constData());
        const CliRun replace = run("import --file e --dry-run --on-conflict replace", m_otherUrl);
        QVERIFY2(replace.out.contains("To write: 0 by RESTORE, 5 by value; 1 of them exist and are replaced."), replace.all().constData());
    }

    void aFullServerIsSaidInFewLines()
    {
        redis(m_redis, {text("EVAL"), text("for i = 1, 60 do redis.call('SET', 'key' .. i, 'v') end"), text("0")});
        QCOMPARE(run("export --file f", m_url).exit, 0);
        redis(m_other, {text("CONFIG"), text("SET"), text("maxmemory"), text("1")});
        const CliRun full = run("import --file f --yes", m_otherUrl);
        redis(m_other, {text("CONFIG"), text("SET"), text("maxmemory"), text("0")});
        QVERIFY(full.exit != 0);
        QCOMPARE(full.out.count("failed: "), 21);
        QVERIFY2(full.out.contains("failed: and 45 more"), full.all().constData());
    }

    void aMissingFolderIsNamed()
    {
        const CliRun missing = run("export --file none/x", m_url);
        QCOMPARE(missing.exit, 6);
        QVERIFY2(missing.err.contains("/none.") && missing.err.contains("That folder is missing"), missing.all().constData());
    }

    void productionWantsItsName()
    {
        QCOMPARE(run("export --file d", m_url).exit, 0);
        const CliRun added = m_cli.run({text("profiles"), text("add"), text("shop"), text("--url"), m_otherUrl, text("--environment"), text("production")});
        QVERIFY2(added.exit == 0, added.all().constData());
        const auto import = [this](const QStringList& more) {
            return m_cli.run(QStringList {text("import"), text("--file"), text("d"), text("--profile"), text("shop"), text("--json")} + more);
        };
        QCOMPARE(import({text("--yes")}).exit, 4);
        QCOMPARE(import({text("--confirm"), text("ship")}).exit, 4);
        QCOMPARE(redis(m_other, {text("DBSIZE")}), QByteArray("0"));
        const CliRun in = import({text("--confirm"), text("shop")});
        QVERIFY2(in.exit == 0, in.all().constData());
        QCOMPARE(in.summary().value(text("written")).toInt(), 5);
    }
};

QTEST_GUILESS_MAIN(TestCliArchive)
#include "tst_cliarchive.moc"
