// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

#include <memory>

namespace test {

// A real HTTP cache on a free loopback port in front of an origin on another, with a configuration of its own in a private folder. It
// ends with this object, and also when this process is killed. For tests only: starting waits.
// The programs are Debian's, unpacked by ./dev test into build/layers and not installed, so that no service starts; else those of the system.
class CacheServer final {
public:
    enum class Kind {
        Nginx, // proxy_cache; X-Cache-Status by add_header; "nocache" in the query bypasses; stale on status 500
        Varnish, // 10 minutes of grace, none with "nograce" in the query; "nocache" passes; "vcl" makes an X-Cache
        Squid, // "nocache" is not looked up
        Apache, // mod_cache on disk; "nocache" sets its environment variable, "disabled" is outside; stale on error
    };

    CacheServer() = default;
    ~CacheServer();
    Q_DISABLE_COPY_MOVE(CacheServer)

    // Returns when it takes connections. The error's detail holds what the process wrote.
    core::Result<void> startAndWait(Kind kind, quint16 originPort, int timeoutMs = 20'000);
    // nginx with another configuration; FOLDER and PORT in it are replaced.
    core::Result<void> startNginxAndWait(const QByteArray& configuration, int timeoutMs = 20'000);
    // A file in its folder, for configurations that serve it.
    bool writeFile(const QString& path, const QByteArray& bytes) const;
    void stop();

    quint16 port() const { return m_port; }
    QString baseUrl() const; // "http://127.0.0.1:PORT"
    QByteArray output(); // what it wrote so far

private:
    core::Result<void> tryPorts(Kind kind, quint16 originPort, const QByteArray& configuration, int timeoutMs);
    core::Result<void> tryPort(Kind kind, quint16 originPort, const QByteArray& configuration, int timeoutMs);
    core::Result<void> launch(const QString& program, const QStringList& arguments, int timeoutMs);

    std::unique_ptr<QTemporaryDir> m_folder;
    QProcess m_process;
    QByteArray m_output;
    quint16 m_port = 0;
};

}
