// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/loggedrelease.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"

#include <QCoreApplication>
#include <QPointer>
#include <QUuid>
#include <QtConcurrentRun>

namespace core::invalidate {

namespace {
    using cache::Release;

    // Deletes itself when it has answered. No child of the session: its end is written also when that one closes.
    class Releasing final : public QObject {
        Q_DISABLE_COPY_MOVE(Releasing)
    public:
        Releasing(redis::Session* session, const AuditLog& log, QByteArray key, QByteArray owner)
            : QObject(QCoreApplication::instance())
            , m_session(session)
            , m_log(log)
            , m_key(std::move(key))
            , m_owner(std::move(owner))
        {
        }
        QFuture<Result<LoggedRelease>> start(const QString& profile);

    private:
        void write(const QString& outcome, std::function<void(const Result<bool>&)> then);
        void release(const Result<bool>& written);
        void onReleased(const Result<Release>& released);
        void end(Result<LoggedRelease> result);

        QPointer<redis::Session> m_session;
        AuditLog m_log;
        AuditEntry m_entry;
        QByteArray m_key, m_owner;
        std::shared_ptr<void> m_held;
        QPromise<Result<LoggedRelease>> m_promise;
    };

    AuditEntry entryOf(const redis::Session& session, const QString& profile, const QByteArray& key)
    {
        AuditEntry entry;
        entry.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        entry.act = QStringLiteral("release-lock");
        entry.server = endpointLabel(session.endpoint());
        entry.runId = session.facts().runId;
        entry.profile = profile;
        entry.user = session.facts().aclUser;
        entry.database = session.endpoint().database;
        entry.selectors = QStringList {QString(QStringLiteral("key=") + argumentFromBytes(key))};
        return entry;
    }

    QFuture<Result<LoggedRelease>> Releasing::start(const QString& profile)
    {
        m_promise.start();
        const QFuture<Result<LoggedRelease>> future = m_promise.future();
        const auto hold = m_session->holdDatabase();
        if (!hold) {
            end(fail(hold.error()));
            return future;
        }
        m_held = *hold; // the lock was seen in this one
        m_entry = entryOf(*m_session, profile, m_key);
        write(QStringLiteral("started"), [this](const Result<bool>& written) { release(written); });
        return future;
    }

    // A line is synced to the disk, which may take its time.
    void Releasing::write(const QString& outcome, std::function<void(const Result<bool>&)> then)
    {
        m_entry.at = QDateTime::currentDateTimeUtc();
        m_entry.outcome = outcome;
        const auto append = [log = m_log, entry = m_entry] { return log.append(entry).map([] { return true; }); };
        onFinished(QtConcurrent::run(append), this, std::move(then));
    }

    void Releasing::release(const Result<bool>& written)
    {
        if (!written)
            return end(fail(written.error()));
        if (!m_session)
            return onReleased(fail(Code::Cancelled));
        onFinished(cache::releaseLock(m_session, m_key, m_owner), this, [this](const Result<Release>& released) { onReleased(released); });
    }

    void Releasing::onReleased(const Result<Release>& released)
    {
        const bool done = released && *released == Release::Released;
        m_entry.counts = QJsonObject {{QStringLiteral("deleted"), done ? 1 : 0}};
        const QString outcome = !released ? QString(QStringLiteral("failed: ") + oneLine(released.error()))
            : done                        ? QStringLiteral("done")
                                          : cache::releaseName(*released);
        write(outcome, [this, released](const Result<bool>& written) {
            // What was done to Redis matters more than the log of it.
            if (!released)
                return end(fail(released.error()));
            end(LoggedRelease {*released, written ? std::nullopt : std::optional(written.error())});
        });
    }

    void Releasing::end(Result<LoggedRelease> result)
    {
        m_held.reset();
        m_promise.addResult(std::move(result));
        m_promise.finish();
        deleteLater();
    }
}

QFuture<Result<LoggedRelease>> releaseLogged(
    redis::Session* session, const AuditLog& log, const QString& profile, const QByteArray& key, const QByteArray& owner)
{
    if (session->isReadOnly())
        return readyFuture(Result<LoggedRelease>(fail(Code::ReadOnly, Reason::ProfileReadOnly, QStringLiteral("release-lock"))));
    return (new Releasing(session, log, key, owner))->start(profile);
}

}
