// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <QHash>
#include <QMainWindow>

#include <functional>

class QAction;
class QStackedWidget;
class QTimer;

namespace ui {

class ConnectionBar;
class JobStrip;
class NavRail;
class UnlockBar;

// The frame round the pages: rail, connection bar, strips, job strip; keyboard; what is remembered between runs.
class MainWindow final : public QMainWindow {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MainWindow)
public:
    explicit MainWindow(Workspace* workspace, QWidget* parent = nullptr);

    // Takes ownership. In the order of PageId.
    void addPage(Page* page);
    Page* page(PageId id) const { return m_pages.value(id); }
    Page* currentPage() const;
    void showPage(PageId id);
    // In the menu, above About. `act` is called in the GUI thread while a server is connected; greyed else.
    void addMenuAct(const QString& text, const QString& icon, std::function<void()> act);
    // Window size, page and theme of the last run; after the pages were added.
    void restore();
    // Strips above the pages, on every page.
    StripStack* strips() const { return m_strips; }
    // Closes without a question: what deletes is cancelled, and the window goes when its end is on record.
    void closeSettled();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void setupLayout();
    void setupKeys();
    void setupMenu();
    void setWriteMode(bool readOnly);
    void showConnection();
    void showStale();
    void escape();
    void saveChoice(const QString& name, const QString& value);
    void showAbout();
    // Whether the window may close now; tells the user what is in the way.
    bool mayClose();
    bool askUnsaved();

    Workspace* m_workspace;
    NavRail* m_rail;
    ConnectionBar* m_bar;
    UnlockBar* m_unlock;
    StripStack* m_strips;
    QStackedWidget* m_stack;
    JobStrip* m_jobs;
    QTimer* m_staleTimer;
    bool m_closing = false;
    bool m_closesAfterEdit = false;
    QAction* m_menuEnd = nullptr; // acts of others come before it
    bool m_letsGo = false; // of what was typed
    QHash<PageId, Page*> m_pages;
};

}
