// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/quitsignals.h"

#include <QSocketNotifier>

#include <array>
#include <csignal>
#include <utility>
#include <fcntl.h>
#include <unistd.h>

namespace gui {

namespace {
    // A handler may do almost nothing: it writes one byte, and the event loop reads it.
    std::array<int, 2> pipeEnds {-1, -1};
    constexpr std::array handled {SIGINT, SIGTERM, SIGHUP};

    void handler(int)
    {
        const char byte = 0;
        [[maybe_unused]] const ssize_t written = ::write(pipeEnds[1], &byte, 1);
    }
}

QuitSignals::QuitSignals(QObject* parent)
    : QObject(parent)
{
    if (::pipe2(pipeEnds.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return; // the signals then end the program as ever
    m_notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        while (::read(pipeEnds[0], &byte, 1) > 0) { }
        emit quitAsked();
    });
    for (const int number : handled)
        std::signal(number, handler);
}

QuitSignals::~QuitSignals()
{
    if (!m_notifier)
        return;
    for (const int number : handled)
        std::signal(number, SIG_DFL);
    delete m_notifier;
    for (int& end : pipeEnds)
        ::close(std::exchange(end, -1));
}

}
