// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QToolButton>

namespace ui {

class Workspace;

// Switches whether the list of keys follows what others write (core::keys::KeyTracking), and says whether it does. Hidden while
// nothing is connected.
class LiveButton final : public QToolButton {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LiveButton)
public:
    explicit LiveButton(Workspace* workspace, QWidget* parent = nullptr);

    // What is shown is what the server has.
    bool isLive() const;
    // It was, or should be and more has changed than could be followed: keys are missing from what is shown, or gone.
    bool isBehind() const;

signals:
    void liveChanged();

private:
    void follow();
    void showState();
    QString explanation() const;

    Workspace* m_workspace;
    QDateTime m_followed; // start of the scan whose keys were live
};

}
