// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keylist.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;

namespace ui {

class MessageStrip;
class Workspace;

// Asks where keys are to be written as an archive (docs/archive.md) and begins an ExportRun. A file that exists is replaced only
// after a word. Deletes itself when it closes, also with the connection or its database.
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
    QString file() const;
    void run();

    Workspace* m_workspace;
    core::keys::KeyList m_keys;
    QLineEdit* m_file;
    QCheckBox* m_dump;
    MessageStrip* m_exists;
    QString m_chosen; // by the file chooser, which has asked
};

}
