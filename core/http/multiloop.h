// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <vector>

struct epoll_event;

namespace core::http {

// libcurl's multi handle on an epoll of our own: curl_multi_perform() asks the system about every connection at each pass, this about
// none but those that have something to say. Used in one thread but for wake().
class MultiLoop final {
    Q_DISABLE_COPY_MOVE(MultiLoop)
public:
    explicit MultiLoop(int maxConnections);
    ~MultiLoop(); // after all handles were removed

    // Once, before anything else is called. False: errno says why, and it may be tried again.
    bool open();

    CURLM* multi() const { return m_multi.get(); }
    // Of a new handle, before its first transfer: its connections are followed from their opening to their end. False: libcurl took it not.
    bool followConnections(CURL* handle);
    // Waits for sockets, libcurl's own clock, wake() or so long, then lets libcurl work. 0: works on what there is. False when it waited
    // for nothing.
    bool run(qint64 maxWaitUs);
    // Any thread: ends the wait, also the next one.
    void wake();

private:
    class Descriptor final {
        Q_DISABLE_COPY_MOVE(Descriptor)
    public:
        Descriptor() = default;
        ~Descriptor() { take(-1); }
        void take(int number); // and closes the one before
        int fd = -1;
    };
    struct Watched {
        bool isConnection = false; // libcurl tells when it is closed, once it was connected
        std::uint32_t wanted = 0, registered = 0; // events of epoll
    };
    static int onSocket(CURL* handle, curl_socket_t socket, int what, void* self, void* socketMark);
    static int onTimer(CURLM* multi, long timeoutMs, void* self);
    static int onOpened(void* self, curl_socket_t socket, curlsocktype type);
    static int onClose(void* self, curl_socket_t socket);
    Watched& watched(curl_socket_t socket);
    void want(curl_socket_t socket, std::uint32_t events);
    void registerEvents(curl_socket_t socket, std::uint32_t events);
    void unregister(curl_socket_t socket);
    void takeEvent(const epoll_event& event);
    int waitForEvents(epoll_event* events, qint64 maxWaitUs) const;
    void act(curl_socket_t socket, int mask);

    const int m_maxConnections;
    Descriptor m_epoll, m_wake;
    std::vector<Watched> m_watched; // by the descriptor's number
    qint64 m_dueUs = -1; // monotonic; -1: libcurl waits for nothing
    std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> m_multi {nullptr, &curl_multi_cleanup};
};

}
