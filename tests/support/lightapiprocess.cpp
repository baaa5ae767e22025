// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/lightapiprocess.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcessEnvironment>

#include <csignal>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace test {

namespace {
    constexpr int pollMs = 20;

    core::Error startError(const QString& detail)
    {
        return {core::Code::Internal, core::Reason::None, QStringLiteral("LightAPI"), detail};
    }

    QString pythonOf(const QString& release)
    {
        const QString folder = qEnvironmentVariable("CACHELIGHT_LIGHTAPI", QStringLiteral(LIGHTAPI_ENVIRONMENTS));
        return folder + u'/' + release + QStringLiteral("/bin/python");
    }
}

LightApiProcess::~LightApiProcess()
{
    stop();
}

// The socket is bound here and inherited, so that no other program can take the port in between.
core::Result<int> LightApiProcess::listenSocket()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || ::bind(fd, generic, size) != 0 || ::listen(fd, 128) != 0 || ::getsockname(fd, generic, &size) != 0) {
        if (fd >= 0)
            ::close(fd);
        return core::fail(startError(QStringLiteral("no loopback port")));
    }
    m_port = ntohs(address.sin_port);
    return fd;
}

core::Result<void> LightApiProcess::startAndWait(const QString& release, const QByteArray& redisUrl, int timeoutMs, Kind kind)
{
    stop();
    const QString python = pythonOf(release);
    if (!QFileInfo::exists(python))
        return core::fail(startError(python + QStringLiteral(" is missing: ./dev test sets it up")));
    const auto fd = listenSocket();
    if (!fd)
        return core::fail(fd.error());
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LIGHTAPI_REDIS_URL"), QString::fromUtf8(redisUrl));
    environment.insert(QStringLiteral("PYTHONDONTWRITEBYTECODE"), QStringLiteral("1"));
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setChildProcessModifier([parent = ::getpid(), fd = *fd] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::fcntl(fd, F_SETFD, 0);
        if (::getppid() != parent)
            ::_exit(1);
    });
    m_process.start(python, {QStringLiteral(LIGHTAPI_APP), QString::number(*fd), kind == Kind::Async ? QStringLiteral("async") : QStringLiteral("sync")}, QIODevice::ReadOnly);
    const bool started = m_process.waitForStarted(timeoutMs);
    ::close(*fd);
    if (!started)
        return core::fail(startError(m_process.errorString()));
    QElapsedTimer clock;
    clock.start();
    while (!answers()) {
        if (clock.elapsed() > timeoutMs || m_process.state() == QProcess::NotRunning) {
            const QString written = QString::fromUtf8(output()).right(4000);
            stop();
            return core::fail(startError(written));
        }
        m_process.waitForFinished(pollMs); // returns early only when it died
    }
    return {};
}

// The kernel accepts connections before the app is ready, so an answer is awaited, not a connection.
bool LightApiProcess::answers() const
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(m_port);
    static constexpr char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char head[16] = {};
    bool up = false;
    if (fd >= 0 && ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0
        && ::send(fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0) {
        pollfd waiter {fd, POLLIN, 0};
        up = ::poll(&waiter, 1, 500) == 1 && ::recv(fd, head, sizeof head - 1, 0) > 0
            && QByteArray(head).startsWith("HTTP/1.1 200");
    }
    if (fd >= 0)
        ::close(fd);
    return up;
}

void LightApiProcess::stop()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(5000);
    }
    m_output.clear();
    m_port = 0;
}

QByteArray LightApiProcess::output()
{
    m_output += m_process.readAll();
    return m_output;
}

QString LightApiProcess::baseUrl() const
{
    return QStringLiteral("http://127.0.0.1:%1").arg(m_port);
}

}
