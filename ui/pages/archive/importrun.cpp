// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/archive/importrun.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/counted.h"

#include <QFileInfo>
#include <QUuid>
#include <QtConcurrentRun>

namespace ui {

using core::archive::Conflict;
using core::archive::Importer;
using core::archive::ImportSummary;

namespace {
    QJsonObject countsOf(const ImportSummary& summary)
    {
        return {{QStringLiteral("written"), summary.written}, {QStringLiteral("existing"), summary.existing},
            {QStringLiteral("failed"), summary.failed}, {QStringLiteral("unknown"), summary.unknown}};
    }

    QString outcomeOf(const Importer& importer)
    {
        if (importer.outcome())
            return QStringLiteral("done");
        if (importer.wasCancelled())
            return QStringLiteral("cancelled");
        return QStringLiteral("failed: ") + core::oneLine(importer.outcome().error());
    }

    QString countText(const ImportSummary& summary)
    {
        const std::pair<QString, qint64> more[] {{ImportRun::tr("existed and were left as they are"), summary.existing},
            {ImportRun::tr("ended before they could be written"), summary.expired}, {ImportRun::tr("refused by the server"), summary.failed},
            {ImportRun::tr("sent, but whether they were written is unknown"), summary.unknown},
            {ImportRun::tr("not reached"), summary.notReached}};
        QStringList words;
        for (const auto& [name, count] : more) {
            if (count > 0)
                words << core::formatCount(count) + u' ' + name;
        }
        return words.isEmpty() ? QString() : words.join(QStringLiteral("; ")) + u'.';
    }

    QString writtenText(const ImportSummary& summary)
    {
        return ImportRun::tr("%1 imported.").arg(counted(summary.written, ImportRun::tr("key"), ImportRun::tr("keys")));
    }
}

ImportRun::ImportRun(Workspace* workspace, std::shared_ptr<core::archive::CheckedArchive> archive, const Options& options)
    : QObject(workspace)
    , m_workspace(workspace)
    , m_options(options)
    , m_importer(new Importer(workspace->session(), std::move(archive), {options.conflict, options.permit}, this))
    , m_log(workspace->audit())
{
    const core::redis::Session* session = workspace->session();
    m_entry.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    m_entry.act = QStringLiteral("import");
    m_entry.server = core::endpointLabel(session->endpoint());
    m_entry.runId = session->facts().runId;
    m_entry.user = session->facts().aclUser;
    m_entry.profile = workspace->profile().name;
    m_entry.database = session->endpoint().database;
    const QString conflict = options.conflict == Conflict::Skip ? QStringLiteral("skip") : QStringLiteral("replace");
    m_entry.selectors = {QStringLiteral("file=") + options.file, QStringLiteral("on-conflict=") + conflict};
    connect(m_importer, &core::Job::finished, this, &ImportRun::onFinished);
    connect(workspace, &Workspace::disconnected, this, &ImportRun::onDisconnected);
    const QString name = QFileInfo(options.file).fileName();
    workspace->jobs()->track(m_importer, {tr("Importing"), name, tr("keys"), QStringLiteral("upload"), true});
    writeAudit(QStringLiteral("started"), m_importer->summary(), [this](const core::Result<bool>& logged) { begin(logged); });
}

void ImportRun::writeAudit(const QString& outcome, const ImportSummary& summary, std::function<void(const core::Result<bool>&)> then)
{
    m_entry.at = QDateTime::currentDateTimeUtc();
    m_entry.outcome = outcome;
    m_entry.counts = countsOf(summary);
    const auto append = [log = m_log, entry = m_entry] { return log.append(entry).map([] { return true; }); };
    core::onFinished(QtConcurrent::run(append), this, std::move(then));
}

void ImportRun::begin(const core::Result<bool>& logged)
{
    if (logged && m_importer)
        return m_importer->start();
    if (!logged)
        m_workspace->jobs()->report(stripForError(logged.error()));
    deleteLater();
}

void ImportRun::onFinished()
{
    writeAudit(outcomeOf(*m_importer), m_importer->summary(), [this](const core::Result<bool>& logged) { report(logged); });
}

// The session dies behind it: what was sent and not answered is unknown, and the log says so.
void ImportRun::onDisconnected()
{
    if (!m_importer || m_importer->isFinished()) // its last line is being written
        return;
    disconnect(m_importer, nullptr, this, nullptr);
    m_importer->cancel();
    const ImportSummary summary = m_importer->summary(); // once: answers may still be counted in the thread that reads them
    m_workspace->jobs()->report({Tone::Warn, tr("The import ended with the connection."), QStringList {writtenText(summary), countText(summary)}.join(u' ').trimmed()});
    writeAudit(QStringLiteral("failed: disconnected"), summary, [this](const core::Result<bool>&) { deleteLater(); });
    delete std::exchange(m_importer, nullptr);
}

void ImportRun::report(const core::Result<bool>& logged)
{
    const ImportSummary summary = m_importer->summary();
    const QString written = writtenText(summary);
    StripText strip {summary.failed + summary.unknown > 0 ? Tone::Warn : Tone::Ok, written, countText(summary)};
    if (!m_importer->outcome()) {
        const StripText failure = stripForError(m_importer->outcome().error());
        strip.tone = failure.tone;
        strip.what = failure.what;
        strip.why = QStringList {failure.why, written, countText(summary)}.join(u' ').simplified();
    }
    m_workspace->jobs()->report(strip);
    if (!logged)
        m_workspace->jobs()->report(stripForError(logged.error()));
    deleteLater();
}

}
