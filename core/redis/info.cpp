// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/info.h"

namespace core::redis {

namespace {
    // "keys=12,expires=3,avg_ttl=0" of a "db0" field.
    qint64 keysOf(const QByteArray& value)
    {
        for (const QByteArray& part : value.split(',')) {
            if (part.startsWith("keys="))
                return part.mid(5).toLongLong();
        }
        return 0;
    }
}

QHash<QByteArray, QByteArray> parseInfo(const QByteArray& text)
{
    QHash<QByteArray, QByteArray> fields;
    for (const QByteArray& raw : text.split('\n')) {
        const QByteArray line = raw.endsWith('\r') ? raw.chopped(1) : raw;
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && !line.startsWith('#'))
            fields.insert(line.first(colon), line.sliced(colon + 1));
    }
    return fields;
}

QHash<int, qint64> keysPerDatabase(const QHash<QByteArray, QByteArray>& info)
{
    QHash<int, qint64> keys;
    for (auto field = info.cbegin(); field != info.cend(); ++field) {
        if (!field.key().startsWith("db"))
            continue;
        bool isNumber = false;
        const int database = field.key().mid(2).toInt(&isNumber);
        if (isNumber && database >= 0)
            keys.insert(database, keysOf(field.value()));
    }
    return keys;
}

ServerFacts factsFromInfo(QHash<QByteArray, QByteArray> info, ServerFacts before)
{
    ServerFacts facts = std::move(before);
    const auto text = [&](const char* name, const QString& old) {
        const auto at = info.constFind(name);
        return at == info.constEnd() ? old : QString::fromUtf8(*at);
    };
    facts.version = text("redis_version", facts.version);
    facts.runId = text("run_id", facts.runId);
    facts.role = text("role", facts.role);
    facts.mode = text("redis_mode", facts.mode);
    facts.maxmemoryPolicy = text("maxmemory_policy", facts.maxmemoryPolicy);
    if (info.contains("uptime_in_seconds"))
        facts.uptimeS = info.value("uptime_in_seconds").toLongLong();
    if (info.contains("tcp_port"))
        facts.tcpPort = info.value("tcp_port").toInt();
    facts.keysPerDatabase = keysPerDatabase(info);
    facts.info = std::move(info);
    return facts;
}

bool isClusterNode(const ServerFacts& facts)
{
    return facts.mode == u"cluster" || facts.info.value("cluster_enabled") == "1";
}

}
