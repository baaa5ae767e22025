// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sampler.h"

#include <numeric>

namespace core::metrics {

namespace {

using Info = QHash<QByteArray, QByteArray>;

qint64 number(const Info& info, const char* field)
{
    return info.value(field).toLongLong();
}

// "db0" -> 0; none for other fields.
std::optional<int> databaseOf(const QByteArray& field)
{
    bool isNumber = false;
    const int database = field.startsWith("db") ? field.sliced(2).toInt(&isNumber) : 0;
    return isNumber && database >= 0 ? std::optional(database) : std::nullopt;
}

// keys=12,expires=3,avg_ttl=0
qint64 keysOf(const QByteArray& value)
{
    for (const QByteArray& part : value.split(',')) {
        if (part.startsWith("keys="))
            return part.sliced(5).toLongLong();
    }
    return 0;
}

void readMemory(const Info& info, Sample& sample)
{
    sample.usedBytes = number(info, "used_memory");
    sample.peakBytes = number(info, "used_memory_peak");
    sample.maxBytes = number(info, "maxmemory");
    sample.rssBytes = number(info, "used_memory_rss");
    sample.fragmentation = info.value("mem_fragmentation_ratio").toDouble();
    sample.policy = QString::fromUtf8(info.value("maxmemory_policy"));
}

}

qint64 Sample::totalKeys() const
{
    return std::accumulate(keys.begin(), keys.end(), qint64(0));
}

std::optional<Sample> sampleFromInfo(const Info& info)
{
    if (!info.contains("keyspace_hits") || !info.contains("keyspace_misses"))
        return {};
    Sample sample;
    sample.runId = QString::fromLatin1(info.value("run_id"));
    sample.uptimeS = number(info, "uptime_in_seconds");
    sample.hits = number(info, "keyspace_hits");
    sample.misses = number(info, "keyspace_misses");
    sample.commands = number(info, "total_commands_processed");
    sample.connections = number(info, "total_connections_received");
    sample.expired = number(info, "expired_keys");
    sample.evicted = number(info, "evicted_keys");
    sample.clients = number(info, "connected_clients");
    sample.opsPerS = info.value("instantaneous_ops_per_sec").toDouble();
    readMemory(info, sample);
    for (auto field = info.begin(); field != info.end(); ++field) {
        if (const auto database = databaseOf(field.key()))
            sample.keys.insert(*database, keysOf(field.value()));
    }
    return sample;
}

}
