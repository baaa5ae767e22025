// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/archive/importcheck.h"
#include "core/invalidate/guard.h"

#include <QDialog>
#include <QPointer>

class QLineEdit;
class QPushButton;

namespace ui {

class Label;
class MessageStrip;
class ProgressBar;
class SegmentedControl;
class Workspace;

// Chooses an archive, has it checked, shows what its import would do, and begins an ImportRun once that is confirmed (on production by
// the name of its profile). Deletes itself when it closes, also with the connection.
class ImportDialog final : public QDialog {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ImportDialog)
public:
    ImportDialog(Workspace* workspace, QWidget* parent);

    void check(const QString& file);
    void accept() override;

private:
    void setupRows();
    QWidget* makeFileRow();
    QWidget* makeButtons();
    void showIntroduction();
    void choose();
    void forget();
    void onChecked();
    void showPreview();
    void judge();
    core::Result<void> allowed() const;
    core::redis::WritePermit permit() const;

    Workspace* m_workspace;
    core::invalidate::GuardInput m_guard;
    QLineEdit* m_file;
    QString m_checked; // the file; empty while none was begun with
    ProgressBar* m_progress;
    Label* m_text;
    MessageStrip* m_problem;
    SegmentedControl* m_conflict;
    QLineEdit* m_name;
    QPushButton* m_run;
    QPointer<core::archive::ImportCheck> m_check;
    std::shared_ptr<core::archive::CheckedArchive> m_archive;
};

}
