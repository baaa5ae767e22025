// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cachingapi.h"
#include "core/base/errortext.h"
#include "core/replay/warmrecord.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <numeric>

#include <sys/stat.h>

using namespace core;
using namespace core::replay;

class TestWarmRecord final : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_file;

    void writeFile(const QByteArray& bytes)
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }

private slots:
    void init()
    {
        m_file = m_folder.filePath(QStringLiteral("run"));
        QFile::remove(m_file);
    }

    void whatIsWrittenIsRead()
    {
        const WarmRecord record {QStringLiteral("http://api.example"), {"/a", "/b?\xff\"", ""}, {false, true, false}, headerNamesOf({{"Authorization", "Bearer x"}, {"X-A", "1"}, {"x-a", "2"}})};
        QVERIFY(writeWarmRecord(m_file, record));
        QVERIFY(appendToWarmRecord(m_file, {0}));
        const auto read = readWarmRecord(m_file);
        QVERIFY2(read, read ? "" : qPrintable(oneLine(read.error())));
        QCOMPARE(read->api, record.api);
        QCOMPARE(read->targets, record.targets);
        QCOMPARE(read->remaining(), QList<qsizetype> {2});
        QCOMPARE(read->headerNames, (QList<QByteArray> {"authorization", "x-a"}));
        QCOMPARE(read->missing({{"AUTHORIZATION", "Bearer y"}}), QList<QByteArray> {"x-a"});
        QCOMPARE(read->missing({}), read->headerNames);
        QVERIFY(read->missing({{"X-A", ""}, {"Authorization", "z"}, {"Accept", "*/*"}}).isEmpty());
        const auto device = readWarmRecord(QStringLiteral("/dev/zero")); // has no end
        QVERIFY(!device && device.error().reason == Reason::FileDamaged);
        const QString pipe = m_folder.filePath(QStringLiteral("pipe")); // that nobody writes to
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        const auto piped = readWarmRecord(pipe);
        QVERIFY(!piped && piped.error().reason == Reason::FileDamaged);
    }

    void aLineCutOffByACrash()
    {
        QVERIFY(writeWarmRecord(m_file, {QStringLiteral("http://a"), QList<QByteArray>(20, "/x"), QList<bool>(20, false)}));
        QVERIFY(appendToWarmRecord(m_file, {3, 12}));
        QFile file(m_file);
        QVERIFY(file.resize(file.size() - 2)); // "1" of "12"
        const auto read = readWarmRecord(m_file);
        QVERIFY(read);
        QCOMPARE(read->remaining().size(), 19);
        QVERIFY(read->done[3] && !read->done[1]);
    }

    void damagedFiles_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray head = "{\"schema\":1,\"type\":\"warm-run\",\"api\":\"http://a\",\"targets\":2}\n";
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("/a\n/b\n");
        QTest::newRow("other JSON") << QByteArray("{\"schema\":1,\"type\":\"plan\",\"targets\":0}\n");
        QTest::newRow("newer") << QByteArray("{\"schema\":2,\"type\":\"warm-run\",\"targets\":0}\n");
        QTest::newRow("negative") << QByteArray("{\"schema\":1,\"type\":\"warm-run\",\"targets\":-4}\n");
        QTest::newRow("huge count") << QByteArray("{\"schema\":1,\"type\":\"warm-run\",\"targets\":999999999999999}\n");
        QTest::newRow("more than there are") << QByteArray("{\"schema\":1,\"type\":\"warm-run\",\"targets\":1000000000}\n/a\n");
        QTest::newRow("targets cut off") << QByteArray(head + "/a\n/b");
        QTest::newRow("number too large") << QByteArray(head + "/a\n/b\n2\n");
        QTest::newRow("no number") << QByteArray(head + "/a\n/b\nx\n");
        QTest::newRow("negative number") << QByteArray(head + "/a\n/b\n-1\n");
    }
    void damagedFiles()
    {
        QFETCH(QByteArray, bytes);
        writeFile(bytes);
        const auto read = readWarmRecord(m_file);
        QVERIFY(!read);
        QCOMPARE(read.error().reason, Reason::FileDamaged);
        QCOMPARE(read.error().code, Code::Input);
    }

    void missingFiles()
    {
        QCOMPARE(readWarmRecord(m_file).error().reason, Reason::FileMissing);
        QCOMPARE(appendToWarmRecord(m_file, {1}).error().reason, Reason::FileMissing);
        QVERIFY(!QFile::exists(m_file));
    }

    void aStoppedRunGoesOn()
    {
        Stage stage;
        QVERIFY(stage.build());
        QList<QByteArray> targets;
        for (int i = 0; i < 40; ++i)
            targets << "/books/" + QByteArray::number(i);
        targets << "/fails";
        QVERIFY(writeWarmRecord(m_file, {stage.api->url(), targets, QList<bool>(targets.size(), false)}));
        QList<qsizetype> all(targets.size());
        std::iota(all.begin(), all.end(), 0);
        const auto run = [&](const QList<qsizetype>& numbers, int stopAfter) {
            QList<QByteArray> some;
            for (const qsizetype number : numbers)
                some << targets[number];
            Warm job(stage.session.get(), stage.client.get(), CachingApi::routes(), {.targets = some, .concurrency = 3});
            WarmKeeper keeper(m_file, &job, numbers);
            QSignalSpy kept(&keeper, &WarmKeeper::kept);
            connect(&job, &Warm::resultReady, &job, [&](int index) {
                if (index + 1 == stopAfter)
                    job.cancel();
            });
            job.start();
            if (!kept.wait() || kept.size() != 1 || !kept[0][1].toString().isEmpty())
                return qint64(-1);
            return kept[0][0].toLongLong();
        };
        QCOMPARE(run(all, 15), qint64(26));
        const auto left = readWarmRecord(m_file)->remaining();
        QCOMPARE(left.size(), 26);
        const int before = stage.api->requests();
        QCOMPARE(run(left, -1), qint64(1)); // the one that fails
        QVERIFY(stage.api->requests() - before <= 26);
        QCOMPARE(readWarmRecord(m_file)->remaining(), QList<qsizetype> {40});
        targets[40] = "/books/40"; // mended meanwhile
        QCOMPARE(run({40}, -1), qint64(0));
        QVERIFY(!QFile::exists(m_file));
    }

    // What was requested while Redis could not be asked is not proven: it is not done, and is asked for again once Redis is there.
    void withoutRedisNothingIsDone()
    {
        Stage stage;
        QVERIFY(stage.build());
        const QList<QByteArray> targets {"/books", "/books/1"};
        QVERIFY(writeWarmRecord(m_file, {stage.api->url(), targets, {false, false}}));
        const auto run = [&](redis::Session* session) {
            Warm job(session, stage.client.get(), CachingApi::routes(), {.targets = targets, .secondPass = true});
            WarmKeeper keeper(m_file, &job, {0, 1});
            QSignalSpy kept(&keeper, &WarmKeeper::kept);
            job.start();
            if (!kept.wait())
                return qint64(-1);
            for (const WarmResult& result : job.results())
                [&] { QCOMPARE(result.redisAsked, session != nullptr); }();
            return kept[0][0].toLongLong();
        };
        QCOMPARE(run(nullptr), qint64(2));
        QCOMPARE(readWarmRecord(m_file)->remaining().size(), 2);
        QCOMPARE(run(stage.session.get()), qint64(0));
        QVERIFY(!QFile::exists(m_file));
    }

    void aFileTakenAwayIsTold()
    {
        Stage stage;
        QVERIFY(stage.build());
        Warm job(stage.session.get(), stage.client.get(), CachingApi::routes(), {.targets = {"/books", "/fails"}});
        WarmKeeper keeper(m_file, &job, {0, 1});
        QSignalSpy kept(&keeper, &WarmKeeper::kept);
        job.start();
        QVERIFY(kept.wait());
        QVERIFY(!kept[0][1].toString().isEmpty());
        QVERIFY(!QFile::exists(m_file));
    }
};

QTEST_GUILESS_MAIN(TestWarmRecord)
#include "tst_warmrecord.moc"
