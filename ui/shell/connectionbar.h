// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QMenu;
class QPushButton;
class QToolButton;

namespace ui {

class Badge;
class ElidedLabel;
class Workspace;

// 48 px at the top: profile, environment, write mode, server, state with round trip, age of the data, database, theme, menu. Shows
// what is so; what is asked goes out as signals or to the workspace.
class ConnectionBar final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConnectionBar)
public:
    explicit ConnectionBar(Workspace* workspace, QWidget* parent = nullptr);
    // Opened by the button at the end; the window fills it.
    QMenu* menu() const { return m_menu; }
    void openMenu();
    void setNarrow(bool narrow);

signals:
    // The switch was pressed; the window asks before it unlocks production.
    void writeModeRequested(bool readOnly);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void setupStart(QHBoxLayout* row);
    void setupEnd(QHBoxLayout* row);
    void setupThemeMenu();
    void showAll();
    void showProfile();
    void showServer();
    void showState();
    void showAge(qint64 ageMs);
    void showDatabases();

    Workspace* m_workspace;
    QPushButton* m_profile;
    Badge* m_environment;
    QPushButton* m_writes;
    ElidedLabel* m_server;
    Badge* m_state;
    ElidedLabel* m_age;
    QComboBox* m_database;
    QToolButton* m_theme;
    QToolButton* m_menuButton;
    QMenu* m_menu;
    bool m_narrow = false;
};

}
