// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/loggededit.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/invalidate/audit.h"
#include "core/redis/session.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"

#include <QCoreApplication>
#include <QPointer>
#include <QUuid>
#include <QtConcurrentRun>

namespace ui {

namespace {
    using core::Error;
    using core::Job;
    using core::Result;

    // Ends when the end of the act is on record, then deletes itself. No child of the page that asked: it outlives that. The window
    // waits for it.
    class Running final : public Job {
        Q_DISABLE_COPY_MOVE(Running)
    public:
        Running(Workspace* workspace, LoggedEdit edit, QObject* context, EditDone done)
            : Job(QStringLiteral("edit"), core::displayText(edit.keys.value(0)), QCoreApplication::instance())
            , m_session(workspace->session())
            , m_log(workspace->audit())
            , m_edit(std::move(edit))
            , m_context(context)
            , m_done(std::move(done))
        {
            m_entry.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
            m_entry.act = m_edit.act;
            m_entry.server = core::endpointLabel(m_session->endpoint());
            m_entry.runId = m_session->facts().runId;
            m_entry.profile = workspace->profile().name;
            m_entry.user = m_session->facts().aclUser;
            m_entry.database = m_session->endpoint().database;
            for (const QByteArray& key : m_edit.keys)
                m_entry.selectors << QString(QStringLiteral("key=") + core::argumentFromBytes(key));
        }

    protected:
        void onStart() override
        {
            const auto hold = m_session->holdDatabase();
            if (!hold)
                return end(core::fail(hold.error()), {});
            m_held = *hold; // the act is meant for this one
            write(QStringLiteral("started"), [this](const Result<bool>& written) { begin(written); });
        }
        // What has been sent is waited for: nobody else could tell what became of it.
        void onCancel() override { }

    private:
        // A line is synced to the disk, which may take its time.
        void write(const QString& outcome, std::function<void(const Result<bool>&)> then)
        {
            m_entry.at = QDateTime::currentDateTimeUtc();
            m_entry.outcome = outcome;
            const auto append = [log = m_log, entry = m_entry] { return log.append(entry).map([] { return true; }); };
            core::onFinished(QtConcurrent::run(append), this, std::move(then));
        }
        void begin(const Result<bool>& written)
        {
            if (!written)
                return end(core::fail(written.error()), {});
            if (!m_session || wasCancelled())
                return writeEnd(core::fail(core::Code::Cancelled));
            m_job = m_edit.make(m_session);
            m_job->setParent(this);
            connect(m_job, &Job::finished, this, [this] {
                writeEnd(m_job->outcome() ? Result<Job*>(m_job) : core::fail(m_job->outcome().error()));
            });
            m_job->start();
        }
        void writeEnd(const Result<Job*>& result)
        {
            const QString outcome = result ? m_edit.outcome(**result) : QString(QStringLiteral("failed: ") + core::oneLine(result.error()));
            m_entry.counts = QJsonObject {{QStringLiteral("written"), outcome == QLatin1StringView("done") ? 1 : 0}};
            write(outcome, [this, result](const Result<bool>& written) {
                // What was done to Redis matters more than the log of it.
                end(result, written ? std::nullopt : std::optional(written.error()));
            });
        }
        void end(const Result<Job*>& result, const std::optional<Error>& unlogged)
        {
            m_held.reset();
            if (m_context)
                m_done(result, unlogged);
            finish(result ? Result<void>() : core::fail(result.error()));
            deleteLater();
        }

        QPointer<core::redis::Session> m_session;
        core::invalidate::AuditLog m_log;
        core::invalidate::AuditEntry m_entry;
        LoggedEdit m_edit;
        QPointer<QObject> m_context;
        EditDone m_done;
        std::shared_ptr<void> m_held;
        Job* m_job = nullptr;
    };
}

void runLogged(Workspace* workspace, LoggedEdit edit, QObject* context, EditDone done)
{
    if (workspace->isReadOnly())
        return done(core::fail(core::Code::ReadOnly, core::Reason::ProfileReadOnly, edit.act), {});
    auto* running = new Running(workspace, std::move(edit), context, std::move(done));
    workspace->jobs()->track(running, {QCoreApplication::translate("ui::LoggedEdit", "Writing"), running->subject(), QCoreApplication::translate("ui::LoggedEdit", "keys"), QStringLiteral("edit"), true});
    running->start();
}

}
