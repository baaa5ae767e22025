// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"
#include "clirun.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"

#include <QScopeGuard>
#include <QTest>

using core::redis::Command;
using core::redis::Pipeline;

// "tree" against a private redis-server.
class TestCliTree final : public QObject {
    Q_OBJECT
private:
    demo::RedisProcess m_redis;
    Cli m_cli;
    QString m_url;

    void send(const Pipeline& pipeline)
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        const auto replies = redistest::wait(admin.send(pipeline));
        VERIFY_OK(replies);
        for (const core::redis::Reply& reply : *replies)
            QVERIFY(!reply.isError());
    }
    CliRun run(const QString& words) const { return m_cli.run(Cli::words(words) << QStringLiteral("--url") << m_url); }

    static QString word(const QJsonValue& value) { return value.isNull() ? QStringLiteral("-") : value.toString(); }
    // "level class path keys", a point for each level above
    static QStringList lines(const QJsonArray& items)
    {
        QStringList all;
        for (const QJsonValue& value : items) {
            const QJsonObject item = value.toObject();
            all << QString(item.value(QStringLiteral("depth")).toInt() - 1, u'.') + word(item.value(QStringLiteral("level"))) + u' '
                    + word(item.value(QStringLiteral("class"))) + u' ' + word(item.value(QStringLiteral("path"))) + u' '
                    + QString::number(item.value(QStringLiteral("keys")).toInteger());
        }
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
        Pipeline pipeline {{"FLUSHALL"}};
        for (const char* key : {"lightapi:i:/x:", "lightapi:i:/x:q=1", "lightapi:i:/x/7:", "lightapi:Book:/books:page=1", "tag:a", "tag:b:1", "tag:b:2", "plain", "other"})
            pipeline << Command {"SET", key, QByteArray(100, 'v')};
        send(pipeline);
    }

    void levels_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("depth 1") << "--depth 1"
                                 << QStringList {QStringLiteral("class i - 3"), QStringLiteral("part - tag: 3"), QStringLiteral("class Book - 1"), QStringLiteral("keys - - 2")};
        QTest::newRow("default") << ""
                                 << QStringList {QStringLiteral("class i - 3"), QStringLiteral(".path i /x 2"), QStringLiteral(".path i /x/7 1"),
                                        QStringLiteral("part - tag: 3"), QStringLiteral(".part - tag:b: 2"), QStringLiteral(".keys - tag: 1"),
                                        QStringLiteral("class Book - 1"), QStringLiteral(".path Book /books 1"), QStringLiteral("keys - - 2")};
        QTest::newRow("filter") << "--class Book" << QStringList {QStringLiteral("class Book - 1"), QStringLiteral(".path Book /books 1")};
        QTest::newRow("filters intersect") << "--prefix tag: --contains b" << QStringList {QStringLiteral("part - tag: 2"), QStringLiteral(".part - tag:b: 2")};
        QTest::newRow("query of the server") << "--query ttl<60" << QStringList {};
        QTest::newRow("query of both") << "--query ttl=none --prefix tag:a" << QStringList {QStringLiteral("part - tag: 1")};
        QTest::newRow("delimiter") << "--prefix tag --delimiter g:" << QStringList {QStringLiteral("part - tag: 3")};
        QTest::newRow("nothing") << "--prefix nothing" << QStringList {};
    }
    void levels()
    {
        QFETCH(QString, options);
        QFETCH(QStringList, expected);
        const QString space = options.isEmpty() ? QString() : QStringLiteral(" ");
        const CliRun listed = run(QStringLiteral("tree --json") + space + options);
        QVERIFY2(listed.exit == 0, listed.all().constData());
        QCOMPARE(lines(listed.items()), expected);
        QCOMPARE(listed.json().value(QStringLiteral("schema")).toInt(), 1);
        QCOMPARE(listed.summary().value(QStringLiteral("complete")).toBool(), true);
        qint64 sum = 0;
        for (const QJsonValue& item : listed.items())
            sum += item[QStringLiteral("depth")].toInt() == 1 ? item[QStringLiteral("keys")].toInteger() : 0;
        QCOMPARE(listed.summary().value(QStringLiteral("matched")).toInteger(), sum);
        const CliRun stream = run(QStringLiteral("tree --ndjson") + space + options);
        QCOMPARE(stream.exit, 0);
        QCOMPARE(stream.lines().size(), expected.size() + 1);
        QCOMPARE(stream.lines().last().value(QStringLiteral("type")).toString(), QStringLiteral("summary"));
    }

    void memoryIsSampled()
    {
        Pipeline pipeline;
        for (int i = 0; i < 500; ++i)
            pipeline << Command {"SET", "many:" + QByteArray::number(i), QByteArray(i % 2 ? 100 : 400, 'v')};
        send(pipeline);
        const CliRun listed = run(QStringLiteral("tree --json --prefix many:"));
        const QJsonObject many = listed.items().first().toObject();
        QCOMPARE(many.value(QStringLiteral("keys")).toInt(), 500);
        QCOMPARE(many.value(QStringLiteral("sampled")).toInt(), 64);
        const double bytes = many.value(QStringLiteral("memory_estimate_bytes")).toDouble();
        QVERIFY2(bytes > 500 * 200 && bytes < 500 * 500, qPrintable(QString::number(bytes)));
        QVERIFY(many.value(QStringLiteral("memory_error_bytes")).toDouble() > 0);
        QCOMPARE(listed.summary().value(QStringLiteral("own_lookups")).toInt(), 0);
        const CliRun few = run(QStringLiteral("tree --json --prefix plain"));
        QCOMPARE(few.items().first()[QStringLiteral("sampled")].toInt(), 1);
        QCOMPARE(few.items().first()[QStringLiteral("memory_error_bytes")].toInt(-1), 0);
    }

    void memoryThatIsNotPermitted()
    {
        send({{"ACL", "SETUSER", "blind", "on", ">pw", "~*", "+@all", "-memory|usage"}});
        m_cli.setEnvironment(QStringLiteral("REDISCLI_AUTH"), QStringLiteral("pw"));
        const auto restore = qScopeGuard([this] { m_cli.unsetEnvironment(QStringLiteral("REDISCLI_AUTH")); });
        core::Endpoint endpoint = m_redis.endpoint();
        endpoint.user = "blind";
        const CliRun listed = m_cli.run({QStringLiteral("tree"), QStringLiteral("--json"), QStringLiteral("--url"), core::endpointUrl(endpoint)});
        QVERIFY2(listed.exit == 0, listed.all().constData());
        QVERIFY(listed.items().first()[QStringLiteral("memory_estimate_bytes")].isNull());
        QCOMPARE(listed.items().first()[QStringLiteral("sampled")].toInt(), 0);
        QVERIFY2(listed.err.contains("memory|usage"), listed.err.constData());
    }

    void textForPeople()
    {
        const CliRun shown = run(QStringLiteral("tree"));
        QCOMPARE(shown.exit, 0);
        QVERIFY2(shown.out.startsWith("KEYS"), shown.out.constData());
        QVERIFY2(shown.out.contains("  /x\n") && shown.out.contains("(other keys)"), shown.out.constData());
    }

    void oddKeys()
    {
        send({{"FLUSHALL"}, {"SET", QByteArray("a\0\xff:\n1", 6), "v"}, {"SET", QByteArray("a\0\xff:2", 5), "v"}, {"SET", "", "v"}});
        const CliRun listed = run(QStringLiteral("tree --json"));
        const QJsonObject part = listed.items().first().toObject();
        QVERIFY(part.value(QStringLiteral("path")).isNull());
        QCOMPARE(QByteArray::fromBase64(part.value(QStringLiteral("path_b64")).toString().toLatin1()), QByteArray("a\0\xff:", 4));
        QCOMPARE(listed.items().size(), 2);
        QVERIFY(run(QStringLiteral("tree")).out.contains("a\\x00"));
    }

    void refused_data()
    {
        QTest::addColumn<QString>("line");
        for (const char* line : {"tree --depth 0", "tree --depth x", "tree --delimiter=", "tree word", "tree --kind nonsense"})
            QTest::newRow(line) << QString::fromLatin1(line);
    }
    void refused()
    {
        QFETCH(QString, line);
        QCOMPARE(run(line).exit, 2);
    }
};

QTEST_GUILESS_MAIN(TestCliTree)
#include "tst_clitree.moc"
