// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/lockrelease.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/redis/commandtable.h"

namespace core::cache {

namespace {
    constexpr int maxTries = 5; // an owner that renews its lock makes EXEC fail each time

    const QByteArray script = "local owner = redis.call('GET', KEYS[1])\n"
                              "if not owner then return 'gone' end\n"
                              "if owner ~= ARGV[1] then return 'owner-changed' end\n"
                              "redis.call('DEL', KEYS[1])\n"
                              "return 'released'\n";

    const bool registered = [] {
        redis::registerScript({script, 1, true});
        return true;
    }();

    Result<Release> releaseFrom(const QByteArray& word)
    {
        if (word == "released")
            return Release::Released;
        if (word == "owner-changed")
            return Release::OwnerChanged;
        if (word == "gone")
            return Release::Gone;
        return fail(Code::Protocol, Reason::None, QStringLiteral("EVAL"), displayText(word));
    }
}

LockRelease::LockRelease(redis::Session* session, QByteArray key, QByteArray owner)
    : QObject(session)
    , m_session(session)
    , m_key(std::move(key))
    , m_owner(std::move(owner))
{
    Q_ASSERT(registered);
}

QFuture<Result<Release>> LockRelease::start()
{
    m_promise.start();
    const redis::Pipeline call {{"EVAL", script, "1", m_key, m_owner}};
    onFinished(m_session->send(call), this, [this](const Result<redis::Replies>& replies) { onScript(replies); });
    return m_promise.future();
}

void LockRelease::onScript(const Result<redis::Replies>& replies)
{
    if (!replies)
        return end(fail(replies.error()));
    const redis::Reply& reply = replies->first();
    if (!reply.isError())
        return end(releaseFrom(reply.bytes));
    const Error error = redis::toError(reply, QStringLiteral("EVAL"));
    if (!isRefused(error))
        return end(fail(error));
    m_line = m_session->exclusiveLine(QStringLiteral("release-lock"));
    watch();
}

void LockRelease::watch()
{
    const redis::Pipeline look {{"WATCH", m_key}, {"GET", m_key}};
    onFinished(m_line->send(look), this, [this](const Result<redis::Replies>& replies) { onWatched(replies); });
}

void LockRelease::onWatched(const Result<redis::Replies>& replies)
{
    if (!replies)
        return end(fail(replies.error()));
    for (const redis::Reply& reply : *replies) {
        if (reply.isError())
            return end(fail(redis::toError(reply, QStringLiteral("WATCH"))));
    }
    const redis::Reply& owner = replies->at(1);
    if (owner.isNil())
        return end(Release::Gone);
    if (owner.bytes != m_owner)
        return end(Release::OwnerChanged);
    const redis::Pipeline act {{"MULTI"}, {"DEL", m_key}, {"EXEC"}};
    onFinished(m_line->send(act), this, [this](const Result<redis::Replies>& answers) { onExec(answers); });
}

void LockRelease::onExec(const Result<redis::Replies>& replies)
{
    if (!replies)
        return end(fail(replies.error()));
    for (const redis::Reply& reply : *replies) {
        if (reply.isError())
            return end(fail(redis::toError(reply, QStringLiteral("DEL"))));
    }
    const redis::Reply& exec = replies->last();
    if (exec.isArray())
        return end(exec.items.value(0).integer == 1 ? Release::Released : Release::Gone);
    // Somebody wrote the key in between; nothing was deleted, so looking again is safe.
    if (++m_tries < maxTries)
        return watch();
    end(fail(Code::Reply, Reason::OtherReply, QStringLiteral("EXEC"),
        QStringLiteral("the lock was renewed by its owner at every try")));
}

void LockRelease::end(Result<Release> result)
{
    m_promise.addResult(std::move(result));
    m_promise.finish();
    deleteLater();
}

}
