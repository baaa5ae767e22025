// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QtGlobal>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace demo {

// A few requests a second to the demo's API, from a thread of its own, so that every chart moves: mostly repeated reads, now
// and then something new, the expensive report, and a POST that purges.
class Traffic final {
public:
    Traffic() = default;
    ~Traffic(); // stops
    Q_DISABLE_COPY_MOVE(Traffic)

    void start(quint16 port);
    void stop();

private:
    void run(quint16 port);
    bool pause(int ms); // false: stop

    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stopping = false;
    std::thread m_thread;
};

}
