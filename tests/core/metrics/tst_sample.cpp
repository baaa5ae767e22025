// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sampler.h"

#include <QTest>

using namespace core::metrics;

class TestSample final : public QObject {
    Q_OBJECT
private slots:
    void readsInfo()
    {
        const auto sample = sampleFromInfo({{"run_id", "abc"}, {"uptime_in_seconds", "77"}, {"keyspace_hits", "9000000000"}, {"keyspace_misses", "12"},
            {"total_commands_processed", "5"}, {"total_connections_received", "6"}, {"expired_keys", "7"}, {"evicted_keys", "8"}, {"used_memory", "1000"},
            {"used_memory_peak", "2000"}, {"maxmemory", "3000"}, {"used_memory_rss", "4000"}, {"mem_fragmentation_ratio", "1.25"},
            {"maxmemory_policy", "allkeys-lru"}, {"connected_clients", "3"}, {"instantaneous_ops_per_sec", "42"}, {"db0", "keys=10,expires=2,avg_ttl=0"},
            {"db15", "keys=5,expires=0,avg_ttl=0"}, {"dbx", "keys=99"}, {"db_size", "keys=99"}});
        QVERIFY(sample);
        QCOMPARE(sample->runId, QStringLiteral("abc"));
        QCOMPARE(sample->uptimeS, 77);
        QCOMPARE(sample->hits, 9'000'000'000);
        QCOMPARE(sample->misses, 12);
        QCOMPARE(sample->commands, 5);
        QCOMPARE(sample->connections, 6);
        QCOMPARE(sample->expired, 7);
        QCOMPARE(sample->evicted, 8);
        QCOMPARE(sample->usedBytes, 1000);
        QCOMPARE(sample->peakBytes, 2000);
        QCOMPARE(sample->maxBytes, 3000);
        QCOMPARE(sample->rssBytes, 4000);
        QCOMPARE(sample->fragmentation, 1.25);
        QCOMPARE(sample->policy, QStringLiteral("allkeys-lru"));
        QCOMPARE(sample->clients, 3);
        QCOMPARE(sample->opsPerS, 42.0);
        QCOMPARE(sample->keys, (QHash<int, qint64> {{0, 10}, {15, 5}}));
        QCOMPARE(sample->totalKeys(), 15);
    }

    void withoutCountersThereIsNoSample_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::newRow("hits") << QByteArray("keyspace_hits");
        QTest::newRow("misses") << QByteArray("keyspace_misses");
    }
    void withoutCountersThereIsNoSample()
    {
        QFETCH(QByteArray, field);
        QHash<QByteArray, QByteArray> info {{"keyspace_hits", "1"}, {"keyspace_misses", "1"}};
        QVERIFY(sampleFromInfo(info));
        info.remove(field);
        QVERIFY(!sampleFromInfo(info));
    }
};

QTEST_GUILESS_MAIN(TestSample)
#include "tst_sample.moc"
