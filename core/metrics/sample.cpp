// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sampler.h"

#include "core/redis/info.h"

#include <numeric>

namespace core::metrics {

namespace {

using Info = QHash<QByteArray, QByteArray>;

qint64 number(const Info& info, const char* field)
{
    return info.value(field).toLongLong();
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
    sample.keys = redis::keysPerDatabase(info);
    return sample;
}

}
