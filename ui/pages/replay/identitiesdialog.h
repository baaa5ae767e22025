// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/rowmodel.h"
#include "ui/shell/identities.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

class QPushButton;

namespace ui {

class IdentityForm;
class IdentitySave;
class StripStack;
class TableView;
class Workspace;

// The identities of the connection: names and methods, and the secret of each, which it writes and never shows. Asks before it drops what
// was typed. Deletes itself when it closes.
class IdentitiesDialog final : public QDialog {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IdentitiesDialog)
public:
    // While the workspace has an API.
    explicit IdentitiesDialog(Workspace* workspace, QWidget* parent = nullptr);

    // The one of this name in the form; empty: the first, else a new one.
    void show(const QString& name);
    using QWidget::show;
    // A new one that wants only its name: found in a request that was pasted.
    void offer(const core::replay::Identity& found);

    void reject() override;

signals:
    // A new one was saved.
    void added(const QString& name);

private:
    QWidget* makeList();
    QWidget* makeEditor();
    void reload();
    void select(const QString& name);
    void edit(const QString& name);
    void startNew();
    void save(std::optional<bool> lasts = {});
    void showWaiting();
    bool cancelSave();
    void onSaved();
    void showSaveFailure(const core::Error& error);
    void askRemove();
    void remove(const QString& name);
    void updateActs();
    void leave();

    Workspace* m_workspace;
    Identities* m_identities;
    Identities::Place m_place; // stays: the dialog closes with its connection
    RowModel<Identities::Saved>* m_rows;
    TableView* m_table = nullptr;
    IdentityForm* m_form;
    StripStack* m_strips;
    QPushButton* m_new;
    QPushButton* m_remove;
    QPushButton* m_discard;
    QPushButton* m_save;
    QString m_edited; // the saved one in the form; empty: a new one
    QPointer<IdentitySave> m_running;
    QTimer m_patience;
};

}
