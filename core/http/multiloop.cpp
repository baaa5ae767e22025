// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/multiloop.h"

#include "core/base/monotonic.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace core::http {

namespace {
    constexpr int eventsAtOnce = 64;
    constexpr qint64 shortUs = 1000;

    qint64 monotonicUs()
    {
        return monotonicNs() / 1000;
    }
}

void MultiLoop::Descriptor::take(int number)
{
    if (const int old = std::exchange(fd, number); old >= 0)
        ::close(old);
}

MultiLoop::MultiLoop(int maxConnections)
    : m_maxConnections(maxConnections)
{
}

bool MultiLoop::open()
{
    m_epoll.take(::epoll_create1(EPOLL_CLOEXEC));
    if (m_epoll.fd < 0)
        return false;
    m_wake.take(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (m_wake.fd < 0)
        return false;
    epoll_event event {.events = EPOLLIN, .data = {.fd = m_wake.fd}};
    if (::epoll_ctl(m_epoll.fd, EPOLL_CTL_ADD, m_wake.fd, &event) != 0)
        return false;
    m_multi.reset(curl_multi_init());
    if (!m_multi) {
        errno = ENOMEM; // libcurl does not say
        return false;
    }
    curl_multi_setopt(multi(), CURLMOPT_SOCKETFUNCTION, &MultiLoop::onSocket);
    curl_multi_setopt(multi(), CURLMOPT_SOCKETDATA, static_cast<void*>(this));
    curl_multi_setopt(multi(), CURLMOPT_TIMERFUNCTION, &MultiLoop::onTimer);
    curl_multi_setopt(multi(), CURLMOPT_TIMERDATA, static_cast<void*>(this));
    // Else libcurl keeps four for each transfer of the moment, and closes the rest when few are left.
    curl_multi_setopt(multi(), CURLMOPT_MAXCONNECTS, long(m_maxConnections));
    return true;
}

MultiLoop::~MultiLoop() = default;

bool MultiLoop::followConnections(CURL* handle)
{
    return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, &MultiLoop::onOpened) == CURLE_OK
        && curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, static_cast<void*>(this)) == CURLE_OK
        && curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &MultiLoop::onClose) == CURLE_OK
        && curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this)) == CURLE_OK;
}

int MultiLoop::onOpened(void* self, curl_socket_t socket, curlsocktype)
{
    static_cast<MultiLoop*>(self)->watched(socket) = {.isConnection = true};
    ::fcntl(socket, F_SETFD, FD_CLOEXEC); // libcurl 7.88 opens without: a program started meanwhile would hold the connection open
    return CURL_SOCKOPT_OK;
}

int MultiLoop::onClose(void* self, curl_socket_t socket)
{
    auto* const loop = static_cast<MultiLoop*>(self);
    if (loop->watched(socket).registered)
        loop->unregister(socket);
    loop->watched(socket) = {};
    return ::close(socket);
}

int MultiLoop::onSocket(CURL*, curl_socket_t socket, int what, void* self, void*)
{
    const std::uint32_t in = what == CURL_POLL_IN || what == CURL_POLL_INOUT ? std::uint32_t(EPOLLIN) : 0U;
    const std::uint32_t out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? std::uint32_t(EPOLLOUT) : 0U;
    static_cast<MultiLoop*>(self)->want(socket, in | out);
    return 0;
}

MultiLoop::Watched& MultiLoop::watched(curl_socket_t socket)
{
    if (std::size_t(socket) >= m_watched.size())
        m_watched.resize(std::size_t(socket) + 1);
    return m_watched[std::size_t(socket)];
}

// After each answer libcurl wants nothing of its connection, and with the next request the same as before: a connection stays registered
// in between, which saves two system calls a request. What is no connection (the resolver's) is closed without a word, and so is one that
// was still being opened, for which libcurl waits to write (libcurl 7.88 cf-socket.c).
void MultiLoop::want(curl_socket_t socket, std::uint32_t events)
{
    Watched& entry = watched(socket);
    entry.wanted = events;
    if (events && (!entry.isConnection || entry.registered != events))
        registerEvents(socket, events);
    if (!events && (!entry.isConnection || entry.registered != EPOLLIN)) {
        unregister(socket);
        entry.isConnection = false;
    }
}

void MultiLoop::registerEvents(curl_socket_t socket, std::uint32_t events)
{
    Watched& entry = watched(socket);
    epoll_event event {.events = events, .data = {.fd = socket}};
    const bool isKnown = entry.registered != 0;
    if (::epoll_ctl(m_epoll.fd, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0) // closed and opened again meanwhile
        ::epoll_ctl(m_epoll.fd, isKnown ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    entry.registered = events;
}

void MultiLoop::unregister(curl_socket_t socket)
{
    ::epoll_ctl(m_epoll.fd, EPOLL_CTL_DEL, socket, nullptr);
    watched(socket).registered = 0;
}

int MultiLoop::onTimer(CURLM*, long timeoutMs, void* self)
{
    static_cast<MultiLoop*>(self)->m_dueUs = timeoutMs < 0 ? -1 : monotonicUs() + timeoutMs * 1000;
    return 0;
}

// epoll_wait() counts in milliseconds; a descriptor of epoll can itself be polled in shorter times.
int MultiLoop::waitForEvents(epoll_event* events, qint64 maxWaitUs) const
{
    const qint64 us = m_dueUs < 0 ? maxWaitUs : std::clamp<qint64>(m_dueUs - monotonicUs(), 0, maxWaitUs);
    if (us > 0 && us < shortUs) {
        pollfd epoll {.fd = m_epoll.fd, .events = POLLIN, .revents = 0};
        const timespec time {.tv_sec = 0, .tv_nsec = us * 1000};
        if (::ppoll(&epoll, 1, &time, nullptr) <= 0)
            return 0;
        return ::epoll_wait(m_epoll.fd, events, eventsAtOnce, 0);
    }
    return ::epoll_wait(m_epoll.fd, events, eventsAtOnce, int((us + 999) / 1000));
}

void MultiLoop::act(curl_socket_t socket, int mask)
{
    int active = 0;
    curl_multi_socket_action(multi(), socket, mask, &active);
}

void MultiLoop::takeEvent(const epoll_event& event)
{
    const int socket = event.data.fd;
    if (socket == m_wake.fd) {
        eventfd_t ignored = 0;
        ::eventfd_read(m_wake.fd, &ignored);
        return;
    }
    if (!watched(socket).wanted) // an idle connection that the server closes would be told at each turn; libcurl looks before it uses it
        return unregister(socket);
    const int in = event.events & EPOLLIN ? CURL_CSELECT_IN : 0;
    const int out = event.events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
    const int error = event.events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0;
    act(socket, in | out | error);
}

bool MultiLoop::run(qint64 maxWaitUs)
{
    std::array<epoll_event, eventsAtOnce> events;
    const int count = waitForEvents(events.data(), maxWaitUs);
    for (int i = 0; i < count; ++i)
        takeEvent(events[std::size_t(i)]);
    const bool isDue = m_dueUs >= 0 && m_dueUs <= monotonicUs();
    if (isDue) {
        m_dueUs = -1;
        act(CURL_SOCKET_TIMEOUT, 0);
    }
    return count > 0 || isDue;
}

void MultiLoop::wake()
{
    ::eventfd_write(m_wake.fd, 1);
}

}
