// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/signalwatch.h"

#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

#include <QSocketNotifier>

namespace cli {

namespace {
    constexpr int watched[] {SIGINT, SIGTERM, SIGHUP};
    int pipeEnds[2] {-1, -1};
    volatile std::sig_atomic_t firstSignal = 0;

    void onSignal(int number)
    {
        if (firstSignal != 0) {
            std::signal(number, SIG_DFL);
            ::raise(number); // delivered when this handler returns
            return;
        }
        firstSignal = number;
        const char byte = static_cast<char>(number);
        [[maybe_unused]] const ssize_t wrote = ::write(pipeEnds[1], &byte, 1);
    }
}

SignalWatch::SignalWatch(QObject* parent)
    : QObject(parent)
{
    if (::pipe2(pipeEnds, O_CLOEXEC | O_NONBLOCK) != 0)
        return; // the signals keep their default effect
    m_notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &SignalWatch::onReadable);
    struct sigaction action = {};
    action.sa_handler = onSignal; // no SA_RESTART: a blocked read of stdin must come back
    sigemptyset(&action.sa_mask);
    for (const int number : watched) {
        struct sigaction before = {};
        // What the parent told us to ignore (nohup) stays ignored.
        if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
            ::sigaction(number, &action, nullptr);
    }
}

SignalWatch::~SignalWatch()
{
    for (const int number : watched) {
        struct sigaction before = {};
        if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler == onSignal)
            std::signal(number, SIG_DFL);
    }
    for (int& end : pipeEnds) {
        if (end >= 0)
            ::close(end);
        end = -1;
    }
}

int SignalWatch::received()
{
    return firstSignal;
}

void SignalWatch::endBySignal(int number)
{
    std::signal(number, SIG_DFL);
    ::raise(number);
    std::_Exit(128 + number); // blocked by the parent
}

void SignalWatch::onReadable()
{
    char byte = 0;
    if (::read(pipeEnds[0], &byte, 1) == 1)
        emit interrupted(byte);
}

}
