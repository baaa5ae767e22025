// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keylist.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;

namespace ui {

class Workspace;

// Asks where keys are to be written as an archive (docs/archive.md) and begins an ExportRun. Deletes itself when it closes, also with
// the connection.
class ExportDialog final : public QDialog {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ExportDialog)
public:
    ExportDialog(Workspace* workspace, core::keys::KeyList keys, QWidget* parent);

    void accept() override;

private:
    QWidget* makeFileRow();
    QWidget* makeButtons();
    void choose();

    Workspace* m_workspace;
    core::keys::KeyList m_keys;
    QLineEdit* m_file;
    QCheckBox* m_dump;
};

}
