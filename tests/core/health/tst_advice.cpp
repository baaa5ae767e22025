// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/health.h"

#include <QTest>

using namespace core::health;

class TestAdvice final : public QObject {
    Q_OBJECT
private slots:
    void advice_data()
    {
        QTest::addColumn<QByteArray>("info"); // "name:value name:value"
        QTest::addColumn<QString>("expected"); // "id=status", in order
        const auto row = [](const char* name, const char* info, const char* expected) { QTest::newRow(name) << QByteArray(info) << QString::fromLatin1(expected); };
        row("nothing known", "", "");
        row("no limit", "used_memory:5 maxmemory:0 maxmemory_policy:noeviction", "memory=warn eviction=ok");
        row("room", "used_memory:50 maxmemory:100 maxmemory_policy:allkeys-lru", "memory=ok eviction=ok");
        row("nearly full", "used_memory:91 maxmemory:100 maxmemory_policy:allkeys-lru", "memory=warn eviction=ok");
        row("at 90 %", "used_memory:90 maxmemory:100 maxmemory_policy:allkeys-lru", "memory=ok eviction=ok");
        row("full, evicting", "used_memory:100 maxmemory:100 maxmemory_policy:volatile-ttl", "memory=warn eviction=ok");
        row("full, refusing", "used_memory:101 maxmemory:100 maxmemory_policy:noeviction", "memory=fail eviction=warn");
        row("volatile with immortal keys", "used_memory:5 maxmemory:100 maxmemory_policy:volatile-lru db0:keys=3,expires=3,avg_ttl=0 db7:keys=2,expires=1", "memory=ok eviction=warn");
        row("volatile, all expire", "used_memory:5 maxmemory:100 maxmemory_policy:volatile-lru db0:keys=3,expires=3,avg_ttl=0", "memory=ok eviction=ok");
        row("fragmented", "used_memory:200000000 mem_fragmentation_ratio:1.51", "fragmentation=warn");
        row("not fragmented", "used_memory:200000000 mem_fragmentation_ratio:1.50", "fragmentation=ok");
        row("fragmented but small", "used_memory:99999999 mem_fragmentation_ratio:9", "");
        row("saved", "rdb_last_bgsave_status:ok aof_last_write_status:ok loading:0", "persistence=ok");
        row("save failed", "rdb_last_bgsave_status:err aof_last_write_status:ok", "persistence=warn");
        row("append failed", "rdb_last_bgsave_status:ok aof_last_write_status:err", "persistence=warn");
        row("loading", "loading:1 rdb_last_bgsave_status:ok", "persistence=fail");
        row("primary", "role:master connected_slaves:2", "replication=ok");
        row("replica", "role:slave master_host:a master_port:1 master_link_status:up", "replication=warn");
        row("replica alone", "role:slave master_host:a master_port:1 master_link_status:down", "replication=fail");
        row("clients", "connected_clients:3 maxclients:10000", "clients=ok");
        row("too many clients", "connected_clients:95 maxclients:100", "clients=warn");
        row("nonsense", "used_memory:x maxmemory:-y mem_fragmentation_ratio:z connected_clients: maxclients:0", "");
    }
    void advice()
    {
        QFETCH(QByteArray, info);
        QHash<QByteArray, QByteArray> fields;
        for (const QByteArray& pair : info.split(' '))
            fields.insert(pair.left(pair.indexOf(':')), pair.mid(pair.indexOf(':') + 1));
        QStringList out;
        for (const Check& check : adviceFromInfo(fields)) {
            out << QString(check.id + u'=' + statusName(check.status));
            QVERIFY(!check.detail.isEmpty());
            QVERIFY(check.status == Check::Status::Ok || !check.advice.isEmpty());
        }
        QTEST(out.join(u' '), "expected");
    }
};

QTEST_GUILESS_MAIN(TestAdvice)
#include "tst_advice.moc"
