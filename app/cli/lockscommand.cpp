// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/keyscollector.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/cache/locks.h"
#include "core/invalidate/loggedrelease.h"

#include <algorithm>

namespace cli {

namespace {
    using core::cache::LockInfo;
    using core::cache::Release;

    void writeLock(JsonWriter& json, const LockInfo& lock)
    {
        json.bytes("key", lock.key);
        json.bytes("inner", lock.inner);
        json.bytes("owner", lock.owner);
        json.ttl("ttl_ms", lock.ttlMs);
        json.field("age_ms", nullptr); // Redis does not tell when a key was made
        json.field("inner_exists", lock.innerExists);
        json.field("warnings", lock.warnings);
    }

    void printLocks(Context& context, const QList<LockInfo>& locks)
    {
        TextColumns text(
            {QStringLiteral("OWNER"), QStringLiteral("TTL"), QStringLiteral("WARNINGS"), QStringLiteral("KEY")});
        qint64 count = 0;
        for (const LockInfo& lock : locks) {
            if (lock.ttlMs == -2) // released since the scan
                continue;
            ++count;
            context.out().item([&](JsonWriter& json) { writeLock(json, lock); });
            text.add({shown(lock.owner), ttlText(lock.ttlMs), core::displayText(lock.warnings.join(QStringLiteral("; "))),
                shown(lock.key)});
        }
        text.print(context.out());
        context.out().summary([&](JsonWriter& json) {
            json.field("locks", count);
            context.writeOwnLookups(json);
        });
        context.console().say(counted(count, "lock", "locks"));
        context.finish();
    }

    void readLocks(Context& context, const KeysCollector& keys)
    {
        if (keys.failure()) {
            context.out().summary([&](JsonWriter& json) { context.writeOwnLookups(json); });
            return context.fail(*keys.failure());
        }
        QList<QByteArray> names;
        for (const core::keys::KeyId id : keys.picked())
            names << keys.key(id);
        context.await(core::cache::readLocks(context.session(), names),
            [&context](const QList<LockInfo>& locks) { printLocks(context, locks); });
    }

    void endRelease(Context& context, const QByteArray& key, const core::Result<core::invalidate::LoggedRelease>& result)
    {
        if (!result)
            return context.fail(result.error());
        const bool released = result->release == Release::Released;
        const QString name = core::cache::releaseName(result->release);
        context.out().line(QStringLiteral("%1: %2").arg(shown(key), name));
        context.out().field("result", name);
        context.out().summary([&](JsonWriter& json) { context.writeOwnLookups(json); });
        if (result->unlogged)
            return context.fail(*result->unlogged, released ? 5 : 6); // done, but not in the log
        context.finish(released ? 0 : 1);
    }

    void release(Context& context, const QByteArray& key, const QByteArray& owner)
    {
        const QString profile = context.profile() ? context.profile()->name : QString();
        core::onFinished(core::invalidate::releaseLogged(context.session(), core::invalidate::AuditLog(), profile, key, owner), &context,
            [&context, key](const core::Result<core::invalidate::LoggedRelease>& result) {
                if (!context.isEnded())
                    endRelease(context, key, result);
            });
    }
}

void runLocks(Context& context)
{
    context.openSession(false, [&context](core::redis::Session*) {
        core::redis::KeyScan::Options options;
        options.match = "lock:*";
        auto* keys = new KeysCollector(context, options, [](QByteArrayView key) { return key.startsWith("lock:"); });
        context.out().beginItems();
        keys->start(QStringLiteral("keys"), [&context, keys] { readLocks(context, *keys); });
    });
}

void runReleaseLock(Context& context)
{
    if (!context.line().has("--owner"))
        return context.fail(
            badOption(QStringLiteral("--owner"), QStringLiteral("it is missing: the owner as \"locks\" shows it")));
    const auto key = core::bytesFromArgument(context.line().positional.first());
    const auto owner = core::bytesFromArgument(context.line().value("--owner"));
    if (!key || !owner)
        return context.fail(!key ? key.error() : owner.error());
    context.openForWriting([&context, key = *key, owner = *owner](core::redis::Session*) {
        release(context, key, owner);
    });
}

}
