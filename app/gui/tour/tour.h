// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/composition.h"
#include "app/gui/tour/clients.h"
#include "app/gui/tour/hand.h"
#include "app/gui/tour/report.h"

#include <memory>

namespace tour {

// What every act works with: the window, the independent clients, the pictures.
class Tour final {
    Q_DISABLE_COPY_MOVE(Tour)
public:
    Tour(gui::Composition* composition, Report* report);

    gui::Composition* composition() const { return m_composition; }
    ui::Workspace* workspace() const { return m_composition->workspace(); }
    ui::MainWindow* window() const { return m_composition->window(); }
    // The shown page.
    Place page() const { return Place(window()->currentPage()); }
    Place whole() const { return Place(window()); }
    // By its key, Ctrl+1 … Ctrl+0.
    void open(ui::PageId id);
    const RedisCli& redis() const { return *m_redis; }
    QString api() const { return workspace()->profile().apiUrl; }
    // Once the demo is connected.
    void meetServer(const QString& socketPath);

    void step(const QString& name, const std::function<QString()>& act) { m_report->step(name, act); }
    // name-light.png, name-dark.png and what must hold of every view, as one step.
    void show(const QString& name);
    // name.png alone: views that are about their words, not their colours.
    void showOnce(const QString& name);
    // name-2x.png: as on a screen with twice the pixels.
    void showFine(const QString& name);

private:
    QImage picture(double ratio) const;
    QString save(const QString& file, double ratio = 1);
    QString checked() const;

    gui::Composition* m_composition;
    Report* m_report;
    std::unique_ptr<RedisCli> m_redis;
};

}
