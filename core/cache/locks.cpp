// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/locks.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/cache/lockrelease.h"

#include <QPromise>
#include <QUuid>

#include <algorithm>
#include <memory>

namespace core::cache {

namespace {
    constexpr QByteArrayView lockPrefix = "lock:";
    constexpr qint64 exampleTtlMs = 30'000; // SET … NX EX 30 in LightAPI's caching example
    constexpr qsizetype lockBatch = 200;
    constexpr int answersPerLock = 3;

    struct Reading {
        redis::Session* session = nullptr;
        QList<QByteArray> keys;
        QList<LockInfo> locks;
        QPromise<Result<QList<LockInfo>>> promise;

        void end(Result<QList<LockInfo>> result)
        {
            promise.addResult(std::move(result));
            promise.finish();
        }
    };

    QByteArray innerOf(const QByteArray& key)
    {
        return key.startsWith(lockPrefix) ? key.sliced(lockPrefix.size()) : QByteArray();
    }

    bool isUuid(const QByteArray& owner)
    {
        return owner.size() == 36 && !QUuid::fromString(QString::fromLatin1(owner)).isNull();
    }

    void addWarnings(LockInfo& lock)
    {
        if (lock.ttlMs == -1)
            lock.warnings << QStringLiteral("no expiry");
        if (!isUuid(lock.owner))
            lock.warnings << QStringLiteral("owner is not a UUID");
        if (lock.innerExists)
            lock.warnings << QStringLiteral("the entry is there already");
    }

    // GET and PTTL of the lock, PTTL of the inner key: it leaves the idle time alone, its reply tells hit from miss, so that it is taken
    // out of the hit rate exactly, and it sees that an entry has run out. MEMORY USAGE would find one until Redis removes it.
    Result<LockInfo> lockFrom(const QByteArray& key, const redis::Reply& owner, const redis::Reply& ttl, const redis::Reply& inner)
    {
        LockInfo lock;
        lock.key = key;
        lock.inner = innerOf(key);
        if (ttl.isError())
            return fail(redis::toError(ttl, QStringLiteral("PTTL")));
        lock.ttlMs = ttl.integer;
        lock.innerExists = inner.type == redis::Reply::Type::Integer && inner.integer != -2;
        if (owner.isError()) {
            const Error error = redis::toError(owner, QStringLiteral("GET"));
            if (error.reason != Reason::WrongType)
                return fail(error);
            lock.warnings << QStringLiteral("not a lock: the key holds another type than a string");
            return lock;
        }
        if (owner.isNil() || lock.ttlMs == -2) {
            lock.ttlMs = -2;
            return lock;
        }
        lock.owner = owner.bytes;
        if (lock.ttlMs >= 0 && lock.ttlMs <= exampleTtlMs)
            lock.ageIfExampleMs = exampleTtlMs - lock.ttlMs;
        addWarnings(lock);
        if (inner.isError())
            lock.warnings << QStringLiteral("whether the entry is there is not known: this user may not ask for it");
        return lock;
    }

    void readNext(const std::shared_ptr<Reading>& reading);

    void onBatch(const std::shared_ptr<Reading>& reading, const Result<redis::Replies>& replies)
    {
        if (!replies)
            return reading->end(fail(replies.error()));
        for (qsizetype i = 0; i + answersPerLock <= replies->size(); i += answersPerLock) {
            const QByteArray key = reading->keys.at(reading->locks.size());
            auto lock = lockFrom(key, replies->at(i), replies->at(i + 1), replies->at(i + 2));
            if (!lock)
                return reading->end(fail(lock.error()));
            reading->locks << std::move(*lock);
        }
        readNext(reading);
    }

    void readNext(const std::shared_ptr<Reading>& reading)
    {
        const qsizetype from = reading->locks.size();
        if (from >= reading->keys.size())
            return reading->end(std::move(reading->locks));
        redis::Pipeline batch;
        const qsizetype end = std::min(from + lockBatch, reading->keys.size());
        for (qsizetype i = from; i < end; ++i) {
            const QByteArray& key = reading->keys.at(i);
            batch << redis::Command {"GET", key} << redis::Command {"PTTL", key}
                  << redis::Command {"PTTL", innerOf(key)};
        }
        onFinished(reading->session->send(batch), reading->session,
            [reading](const Result<redis::Replies>& replies) { onBatch(reading, replies); });
    }
}

QFuture<Result<QList<LockInfo>>> readLocks(redis::Session* session, QList<QByteArray> keys)
{
    auto reading = std::make_shared<Reading>();
    reading->session = session;
    reading->keys = std::move(keys);
    reading->promise.start();
    auto future = reading->promise.future();
    readNext(reading);
    return future;
}

QString releaseName(Release release)
{
    switch (release) {
    case Release::Released: return QStringLiteral("released");
    case Release::OwnerChanged: return QStringLiteral("owner-changed");
    case Release::Gone: break;
    }
    return QStringLiteral("gone");
}

QFuture<Result<Release>> releaseLock(redis::Session* session, QByteArray key, QByteArray owner)
{
    // Owned by the session: a release under way ends with it, as a cancelled future.
    auto* release = new LockRelease(session, std::move(key), std::move(owner));
    return release->start();
}

}
