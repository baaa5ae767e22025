// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/api.h"

#include <QString>

#include <atomic>
#include <memory>
#include <thread>

namespace httplib {
class Server;
}

namespace demo {

// Serves Api on a loopback port chosen by the system, in threads of its own. Connections are closed after each answer, so that
// idle ones never occupy its few workers.
class ApiServer final {
public:
    explicit ApiServer(QString redisSocket);
    ~ApiServer(); // stops
    Q_DISABLE_COPY_MOVE(ApiServer)

    // False: no loopback port. Does not wait.
    bool start();
    // Ends running requests; waits at most for one that is just being read (2 s).
    void stop();
    quint16 port() const { return m_port; }

private:
    void addRoutes();

    QString m_redisSocket;
    Api m_api;
    std::unique_ptr<httplib::Server> m_server;
    std::thread m_thread;
    std::atomic<bool> m_ended = false;
    quint16 m_port = 0;
};

}
