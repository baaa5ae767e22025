// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/health/health.h"

namespace core::health {

namespace {
    using Status = Check::Status;
    using Info = QHash<QByteArray, QByteArray>;

    constexpr double nearlyFull = 0.9;
    constexpr double tooFragmented = 1.5;
    constexpr qint64 fragmentationMatters = 100'000'000; // below it the ratio is noise

    std::optional<qint64> number(const Info& info, const char* name)
    {
        bool ok = false;
        const qint64 value = info.value(name).toLongLong(&ok);
        return ok ? std::optional(value) : std::nullopt;
    }

    Check check(const char* id, const char* name, Status status, QString detail, QString advice = {})
    {
        return {QString::fromLatin1(id), QString::fromLatin1(name), status, -1, std::move(detail), std::move(advice), {}};
    }

    void addMemory(const Info& info, QList<Check>& out)
    {
        const auto used = number(info, "used_memory");
        const auto limit = number(info, "maxmemory");
        if (!used || !limit)
            return;
        const QString usedText = formatBytes(*used);
        if (*limit == 0) {
            out << check("memory", "Memory", Status::Warn, QStringLiteral("%1 used, no limit set").arg(usedText),
                QStringLiteral("Set maxmemory: without it Redis grows until the system runs out of memory and ends it."));
            return;
        }
        const double share = double(*used) / double(*limit);
        const QString detail = QStringLiteral("%1 of %2 used (%3)").arg(usedText, formatBytes(*limit), formatPercent(share));
        if (share >= 1 && info.value("maxmemory_policy") == "noeviction") {
            out << check("memory", "Memory", Status::Fail, detail,
                QStringLiteral("Redis is full and refuses writes; LightAPI hides this: its requests succeed uncached. Raise maxmemory or free keys."));
        } else if (share > nearlyFull) {
            out << check("memory", "Memory", Status::Warn, detail, QStringLiteral("Raise maxmemory, or expect entries to be evicted before their time."));
        } else {
            out << check("memory", "Memory", Status::Ok, detail);
        }
    }

    // Keys without expiry in all databases: "db0:keys=3,expires=1,avg_ttl=0".
    qint64 immortalKeys(const Info& info)
    {
        qint64 count = 0;
        for (auto it = info.begin(); it != info.end(); ++it) {
            if (!it.key().startsWith("db") || !it.value().startsWith("keys="))
                continue;
            for (const QByteArray& part : it.value().split(',')) {
                if (part.startsWith("keys="))
                    count += part.mid(5).toLongLong();
                else if (part.startsWith("expires="))
                    count -= part.mid(8).toLongLong();
            }
        }
        return count;
    }

    void addEviction(const Info& info, QList<Check>& out)
    {
        const QByteArray policy = info.value("maxmemory_policy");
        if (policy.isEmpty())
            return;
        const QString name = displayText(policy);
        const qint64 evicted = number(info, "evicted_keys").value_or(0);
        const QString detail = QStringLiteral("%1; %2 keys evicted since the start").arg(name, formatCount(evicted));
        if (number(info, "maxmemory").value_or(0) == 0)
            out << check("eviction", "Eviction", Status::Ok, QStringLiteral("%1, without effect while there is no limit").arg(name));
        else if (policy == "noeviction")
            out << check("eviction", "Eviction", Status::Warn, detail, QStringLiteral("When memory is full every write fails. For a cache choose allkeys-lru or volatile-lru."));
        else if (policy.startsWith("volatile-") && immortalKeys(info) > 0)
            out << check("eviction", "Eviction", Status::Warn, QStringLiteral("%1; %2 keys have no expiry").arg(detail, formatCount(immortalKeys(info))),
                QStringLiteral("Keys without expiry are never evicted and may fill the memory. Tag sets without expiry are kept, entries and JSON tag lists are not."));
        else if (policy.startsWith("allkeys-"))
            out << check("eviction", "Eviction", Status::Ok, detail, QStringLiteral("Good for entries; tags and locks may go too."));
        else
            out << check("eviction", "Eviction", Status::Ok, detail);
    }

    void addFragmentation(const Info& info, QList<Check>& out)
    {
        bool ok = false;
        const double ratio = info.value("mem_fragmentation_ratio").toDouble(&ok);
        const qint64 used = number(info, "used_memory").value_or(0);
        if (!ok || used < fragmentationMatters)
            return;
        const QString detail = QStringLiteral("%1 times what the keys need").arg(ratio, 0, 'f', 2);
        const bool high = ratio > tooFragmented;
        out << check("fragmentation", "Fragmentation", high ? Status::Warn : Status::Ok, detail,
            high ? QStringLiteral("Switch activedefrag on, or restart Redis at a quiet time.") : QString());
    }

    void addPersistence(const Info& info, QList<Check>& out)
    {
        if (number(info, "loading").value_or(0) > 0) {
            out << check("persistence", "Persistence", Status::Fail, QStringLiteral("Redis is still loading its data"),
                QStringLiteral("Wait; LightAPI serves requests uncached meanwhile."));
            return;
        }
        const bool saveFailed = info.value("rdb_last_bgsave_status", "ok") != "ok";
        const bool appendFailed = info.value("aof_last_write_status", "ok") != "ok";
        if (saveFailed || appendFailed) {
            out << check("persistence", "Persistence", Status::Warn,
                saveFailed ? QStringLiteral("The last save to disk failed") : QStringLiteral("The last write to the append-only file failed"),
                QStringLiteral("Redis may refuse writes because of it (MISCONF). Look at its log and disk."));
        } else if (info.contains("rdb_last_bgsave_status")) {
            out << check("persistence", "Persistence", Status::Ok, QStringLiteral("The last save succeeded, or none was needed"));
        }
    }

    void addReplication(const Info& info, QList<Check>& out)
    {
        const QByteArray role = info.value("role");
        if (role.isEmpty())
            return;
        if (role != "slave") {
            out << check("replication", "Replication", Status::Ok,
                QStringLiteral("Primary with %1 replicas").arg(number(info, "connected_slaves").value_or(0)));
            return;
        }
        const QString primary = QStringLiteral("%1:%2").arg(displayText(info.value("master_host")), displayText(info.value("master_port")));
        if (info.value("master_link_status") != "up") {
            out << check("replication", "Replication", Status::Fail, QStringLiteral("A replica that has lost its primary %1").arg(primary),
                QStringLiteral("Restore the link: what is read here may be old."));
        } else {
            out << check("replication", "Replication", Status::Warn, QStringLiteral("A replica of %1, in step").arg(primary),
                QStringLiteral("It refuses writes. LightAPI must use the primary; it hides refused writes and serves uncached."));
        }
    }

    void addClients(const Info& info, QList<Check>& out)
    {
        const auto connected = number(info, "connected_clients");
        const auto limit = number(info, "maxclients");
        if (!connected || !limit || *limit <= 0)
            return;
        const bool many = double(*connected) > nearlyFull * double(*limit);
        out << check("clients", "Clients", many ? Status::Warn : Status::Ok,
            QStringLiteral("%1 of at most %2 connected").arg(formatCount(*connected), formatCount(*limit)),
            many ? QStringLiteral("Close connections or raise maxclients: further ones will be refused.") : QString());
    }
}

QList<Check> adviceFromInfo(const QHash<QByteArray, QByteArray>& info)
{
    QList<Check> out;
    addReplication(info, out);
    addPersistence(info, out);
    addMemory(info, out);
    addEviction(info, out);
    addFragmentation(info, out);
    addClients(info, out);
    return out;
}

}
