// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/result.h"

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QStringList>

namespace demo {

// A private redis-server child without persistence: in a folder of its own (0700), on a Unix socket and, if wanted, a loopback
// port chosen by the system. It ends with this object, and also when this process is killed (PDEATHSIG). The thread that calls
// start() must live as long as the child: the kernel sends the signal when that thread ends.
class RedisProcess final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RedisProcess)
public:
    struct Options {
        bool tcp = false; // also listen on 127.0.0.1, on a free port
        QStringList arguments; // further redis-server arguments ("--maxmemory", "10mb")
        QString folder; // where the private folder is made; empty: XDG_RUNTIME_DIR, else the temp folder
    };

    explicit RedisProcess(QObject* parent = nullptr);
    ~RedisProcess() override; // kills and reaps

    // Starts without blocking: ready() when it answers on its socket, failed() with the reason. Once per object, or after stop().
    void start(const Options& options);
    // For tests and command lines without an event loop running yet: start and wait at most `timeoutMs`.
    core::Result<void> startAndWait(const Options& options, int timeoutMs = 10'000);
    // SIGKILL and reap; the folder stays for restart() until the object dies.
    void kill();
    // Same socket, port and arguments, empty data. Waits until it answers.
    core::Result<void> restartAndWait(int timeoutMs = 10'000);
    void pause(); // SIGSTOP
    void resume(); // SIGCONT

    bool isRunning() const;
    qint64 pid() const;
    QString folder() const { return m_folder; }
    QString socketPath() const; // at most 107 bytes: sun_path's limit on Linux
    quint16 port() const { return m_port; } // 0 without tcp
    core::Endpoint endpoint(int database = 0) const; // by the socket
    core::Endpoint tcpEndpoint(int database = 0) const;

    // redis-server itself, or redis-check-rdb of Debian's redis-tools, which is the same program under another name.
    static QString findServerProgram();

signals:
    void ready();
    void failed(const core::Error& error);
    void ended(); // the child died by itself

private:
    core::Result<void> prepare();
    void launch();
    void poll();
    void onFinished();
    bool answers() const;

    Options m_options;
    QString m_folder;
    quint16 m_port = 0;
    QProcess m_process;
    qint64 m_startedMs = 0;
    QString m_lastWords; // of the server that ended last
    bool m_announced = false;
    bool m_stopping = false;
};

}
