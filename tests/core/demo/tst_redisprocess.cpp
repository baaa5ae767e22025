// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"

#include <QDir>
#include <QSignalSpy>
#include <QTest>

class TestRedisProcess final : public QObject {
    Q_OBJECT
private slots:
    void startsAndEnds()
    {
        QString folder;
        {
            demo::RedisProcess redis;
            QSignalSpy ready(&redis, &demo::RedisProcess::ready);
            redis.start({.tcp = true});
            QVERIFY(ready.wait(10'000));
            folder = redis.folder();
            QVERIFY(redis.port() > 0);
            QVERIFY(QFile::encodeName(redis.socketPath()).size() <= 107);
            QCOMPARE(QFileInfo(folder).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        }
        QVERIFY(!QDir(folder).exists());
    }

    void restartsInPlace()
    {
        demo::RedisProcess redis;
        QVERIFY(redis.startAndWait({}).has_value());
        const qint64 first = redis.pid();
        const QString path = redis.socketPath();
        redis.kill();
        QVERIFY(!redis.isRunning());
        QVERIFY(redis.restartAndWait().has_value());
        QVERIFY(redis.pid() != first);
        QCOMPARE(redis.socketPath(), path);
    }

    void badArgumentsSayWhy()
    {
        demo::RedisProcess redis;
        QSignalSpy failed(&redis, &demo::RedisProcess::failed);
        redis.start({.arguments = {QStringLiteral("--no-such-option"), QStringLiteral("1")}});
        QVERIFY(failed.wait(10'000));
        QVERIFY(failed.first().first().value<core::Error>().detail.contains(QStringLiteral("no-such-option")));
    }

    void aFolderTooDeepIsRefused()
    {
        const QString deep = QDir::tempPath() + u'/' + QString(100, u'x');
        QVERIFY(QDir().mkpath(deep));
        demo::RedisProcess redis;
        const auto started = redis.startAndWait({.folder = deep});
        QVERIFY(!started.has_value());
        QVERIFY(started.error().detail.contains(QStringLiteral("107")));
        QDir(deep).removeRecursively();
    }
};

QTEST_GUILESS_MAIN(TestRedisProcess)
#include "tst_redisprocess.moc"
