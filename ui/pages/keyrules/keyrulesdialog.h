// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "ui/models/rowmodel.h"

#include <QDialog>
#include <QVersionNumber>

class QComboBox;
class QPushButton;

namespace ui {

class Label;
class StripStack;
class TemplatePanel;
class Workspace;

// How keys are made: LightAPI's release, the templates of an app's own keys, and the routes that are known, configured or learned.
// Deletes itself when it closes.
class KeyRulesDialog final : public QDialog {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyRulesDialog)
public:
    explicit KeyRulesDialog(Workspace* workspace, QWidget* parent = nullptr);
    // Esc, Cancel, the window's cross and a connection that goes: asks where something was edited.
    void reject() override;

private:
    QStringList typed() const;
    QVersionNumber release() const;
    QWidget* makeRelease();
    QWidget* makeRoutes();
    QWidget* makeButtons();
    void showRelease();
    void showRoutes();
    void judge();
    void save();

    Workspace* m_workspace;
    QComboBox* m_release;
    Label* m_releaseText;
    TemplatePanel* m_templates;
    RowModel<core::cache::Route>* m_routes;
    StripStack* m_strips;
    QPushButton* m_save;
    QStringList m_before; // as typed() was
};

}
