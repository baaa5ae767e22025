// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QProcess>
#include <QString>

namespace test {

// A real LightAPI of one release, serving tests/integration/lightapi/app.py on a loopback port chosen by the system. It ends
// with this object, and also when this process is killed. For tests only: starting waits.
class LightApiProcess final {
public:
    LightApiProcess() = default;
    ~LightApiProcess();
    Q_DISABLE_COPY_MOVE(LightApiProcess)

    enum class Kind { Sync, Async }; // of its database engine, and so of the whole app

    // `release`: "0.4.0", "0.2.1" or "0.1.29"; `redisUrl` as LIGHTAPI_REDIS_URL takes it. Returns when /healthz answers. The error's
    // detail holds what the process wrote. The environments are made by ./dev test.
    core::Result<void> startAndWait(const QString& release, const QByteArray& redisUrl, int timeoutMs = 20'000, Kind kind = Kind::Sync);
    void stop();

    quint16 port() const { return m_port; }
    QString baseUrl() const; // "http://127.0.0.1:PORT"
    qint64 pid() const { return m_process.processId(); }
    // What it wrote so far: warnings and tracebacks.
    QByteArray output();

private:
    core::Result<int> listenSocket();
    bool answers() const;

    QProcess m_process;
    QByteArray m_output;
    quint16 m_port = 0;
};

}
