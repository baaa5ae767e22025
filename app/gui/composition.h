// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/demostarter.h"
#include "core/settings/profile.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/workspace.h"

#include <memory>

namespace core::settings {
class SecretStore;
}

namespace gui {

// The window with everything that belongs to it: the only place that knows every part. Made after QApplication; the theme is
// installed by it. Used by the program, the tests and the guided tour alike.
class Composition final {
    Q_DISABLE_COPY_MOVE(Composition)
public:
    // `settingsFile`: empty for the user's own. `keyStore` outlives this; null: secrets are kept for this session only, as the tour and
    // the tests want it.
    explicit Composition(const QString& settingsFile = {}, core::settings::SecretStore* keyStore = nullptr);
    ~Composition();

    ui::MainWindow* window() const { return m_window.get(); }
    ui::Workspace* workspace() const { return m_workspace.get(); }
    core::settings::Store* store() { return &m_store; }
    // Geometry, page and theme of the last run, the desktop's light or dark preference.
    void restore();

private:
    void addPages();
    QString commandText(const QString& command, const QList<QByteArray>& arguments) const;

    core::settings::Store m_store;
    DemoStarter m_demo;
    std::unique_ptr<ui::Workspace> m_workspace;
    std::unique_ptr<ui::MainWindow> m_window;
};

}
