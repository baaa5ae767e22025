// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <httplib.h>

#include <thread>
#include <utility>

// A real HTTP server on a free port of loopback: httplib::Server, or httplib::SSLServer with its arguments. It answers in threads of its own
// from start() to stop(), which the destructor calls too; what its handlers use must live that long.
template <typename Server = httplib::Server>
class RunningServer final {
    Q_DISABLE_COPY_MOVE(RunningServer)
public:
    template <typename... Arguments>
    explicit RunningServer(Arguments&&... arguments)
        : server(std::forward<Arguments>(arguments)...)
    {
    }
    ~RunningServer() { stop(); }

    void start()
    {
        m_port = server.bind_to_any_port("127.0.0.1");
        m_thread = std::thread([this] { server.listen_after_bind(); });
        while (!server.is_running())
            std::this_thread::yield();
    }
    void stop()
    {
        server.stop();
        if (m_thread.joinable())
            m_thread.join();
    }
    int port() const { return m_port; }
    QString url(const char* scheme = "http", const char* host = "127.0.0.1") const
    {
        return QStringLiteral("%1://%2:%3").arg(QLatin1StringView(scheme), QLatin1StringView(host)).arg(m_port);
    }

    Server server; // its handlers are set before start()

private:
    int m_port = 0;
    std::thread m_thread;
};
