// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/importer.h"
#include "core/invalidate/audit.h"

#include <QObject>

namespace ui {

class Workspace;

// An import under way: the audit log has its line before the first command and another at its end; in the job strip while it runs, told
// there what was written. Deletes itself. Ends with the connection, after what is in flight.
class ImportRun final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ImportRun)
public:
    struct Options {
        QString file; // for people and the log
        core::archive::Conflict conflict = core::archive::Conflict::Skip;
        core::redis::WritePermit permit;
    };
    ImportRun(Workspace* workspace, std::shared_ptr<core::archive::CheckedArchive> archive, const Options& options);

private:
    void writeAudit(const QString& outcome, const core::archive::ImportSummary& summary, std::function<void(const core::Result<bool>&)> then);
    void begin(const core::Result<bool>& logged);
    void onFinished();
    void onDisconnected();
    void report(const core::Result<bool>& logged);

    Workspace* m_workspace;
    Options m_options;
    core::archive::Importer* m_importer;
    core::invalidate::AuditLog m_log;
    core::invalidate::AuditEntry m_entry;
};

}
