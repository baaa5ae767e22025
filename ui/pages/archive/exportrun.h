// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/exporter.h"
#include "ui/widgets/messagestrip.h"

#include <QObject>

namespace ui {

class Workspace;

// An export under way: in the job strip while it runs, told there what was written when it has ended. Deletes itself. Ends with the
// connection; no file is left then, and that is told.
class ExportRun final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ExportRun)
public:
    ExportRun(Workspace* workspace, const core::keys::KeyList& keys, const QString& file, bool withDump);

private:
    void onFinished();
    void onDisconnected();
    StripText told() const;

    Workspace* m_workspace;
    QString m_file;
    core::archive::Exporter* m_exporter;
    bool m_isLost = false; // the connection
};

}
