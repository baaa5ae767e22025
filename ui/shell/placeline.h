// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;

namespace ui {

class Badge;
class ElidedLabel;
class Workspace;

// Where an edit goes: "PRODUCTION  cache-1:6379/0", so that nobody types into the wrong server. Follows the workspace.
class PlaceLine final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PlaceLine)
public:
    explicit PlaceLine(Workspace* workspace, QWidget* parent = nullptr);

private:
    void showPlace();

    Workspace* m_workspace;
    QHBoxLayout* m_row;
    ElidedLabel* m_server;
    Badge* m_badge = nullptr;
};

}
