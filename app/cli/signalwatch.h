// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QSocketNotifier;

namespace cli {

// SIGINT, SIGTERM and SIGHUP as an event (self-pipe). The first asks for an orderly end, a second ends at once. One per process.
class SignalWatch final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SignalWatch)
public:
    explicit SignalWatch(QObject* parent = nullptr);
    ~SignalWatch() override;

    static int received(); // 0, or the first signal; for code that blocks (reading stdin)
    [[noreturn]] static void endBySignal(int number); // as if it had not been caught

signals:
    void interrupted(int number);

private:
    void onReadable();
    QSocketNotifier* m_notifier = nullptr;
};

}
