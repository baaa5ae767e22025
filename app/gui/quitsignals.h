// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QSocketNotifier;

namespace gui {

// SIGINT, SIGTERM and SIGHUP ask the window to close as a click would: choices are saved, the demo is taken down, the stall report
// is written. One a process.
class QuitSignals final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QuitSignals)
public:
    explicit QuitSignals(QObject* parent = nullptr);
    ~QuitSignals() override;

signals:
    void quitAsked();

private:
    QSocketNotifier* m_notifier = nullptr;
};

}
