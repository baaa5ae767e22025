// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/archive/exportrun.h"

#include "core/base/format.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/counted.h"

#include <QDir>
#include <QFileInfo>

namespace ui {

ExportRun::ExportRun(Workspace* workspace, const core::keys::KeyList& keys, const QString& file, bool withDump)
    : QObject(workspace)
    , m_workspace(workspace)
    , m_file(file)
    , m_exporter(new core::archive::Exporter(workspace->session(), keys, file, {withDump, workspace->isProduction()}, this))
{
    connect(m_exporter, &core::Job::finished, this, &ExportRun::onFinished);
    connect(workspace, &Workspace::disconnected, this, &ExportRun::onDisconnected);
    workspace->jobs()->track(m_exporter, {tr("Exporting"), QFileInfo(file).fileName(), tr("keys"), QStringLiteral("download")});
    m_exporter->start();
}

void ExportRun::onFinished()
{
    if (m_exporter->outcome()) // also where it was too late to end it
        m_workspace->jobs()->report(told());
    else if (m_isLost)
        m_workspace->jobs()->report({Tone::Warn, tr("The export ended with the connection."), tr("%1 was not written.").arg(QDir::toNativeSeparators(m_file))});
    else
        m_workspace->jobs()->report(stripForError(m_exporter->outcome().error()));
    deleteLater();
}

// The session dies behind it; the unfinished file is taken away on the pool.
void ExportRun::onDisconnected()
{
    m_isLost = true;
    m_exporter->cancel();
}

StripText ExportRun::told() const
{
    const core::archive::ExportSummary summary = m_exporter->summary();
    const std::pair<QString, qint64> more[] {{tr("gone meanwhile"), summary.vanished}, {tr("changed while they were read"), summary.changed},
        {tr("of a type without a logical value or too long for a line, left out"), summary.unsupported}, {tr("too large for a DUMP"), summary.dumpsLeftOut}};
    QStringList words {tr("%1 in %2").arg(core::formatBytes(summary.bytes), QDir::toNativeSeparators(m_file))};
    for (const auto& [name, count] : more) {
        if (count > 0)
            words << core::formatCount(count) + u' ' + name;
    }
    return {summary.unsupported > 0 ? Tone::Warn : Tone::Ok, tr("Exported %1.").arg(counted(summary.keys, tr("key"), tr("keys"))),
        words.join(QStringLiteral("; ")) + u'.'};
}

}
