// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QElapsedTimer>

// Of one request: wall time and CPU of this process (its servers are children and not in it).
struct Figures {
    double seconds = 0, cpuSeconds = 0;
};

class Stopwatch final {
public:
    Stopwatch();
    Figures figures(int count) const;

private:
    QElapsedTimer m_wall;
    double m_cpu;
};

// libcurl multi by itself, in this thread: so many handles, each used again at once; headers and bodies are thrown away.
Figures bareHttp(const QByteArray& url, int connections, int count);
