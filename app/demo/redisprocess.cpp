// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/redisprocess.h"

#include "core/base/log.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTimer>

#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace demo {

namespace {
    constexpr int pollMs = 10;
    constexpr qint64 startTimeoutMs = 10'000;
    constexpr int maxSocketPath = 107; // sizeof(sockaddr_un::sun_path) - 1

    QString baseFolder(const QString& wished)
    {
        if (!wished.isEmpty())
            return wished;
        const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
        return !runtime.isEmpty() && QDir(runtime).exists() ? runtime : QDir::tempPath();
    }

    // A folder is named by the process that owns it: one whose owner is gone is left over from a kill.
    void sweepStale(const QDir& base)
    {
        const QStringList names = base.entryList({QStringLiteral("cachelight-redis-*")}, QDir::Dirs);
        for (const QString& name : names) {
            const qint64 owner = name.section(u'-', 2, 2).toLongLong();
            if (owner > 0 && ::kill(static_cast<pid_t>(owner), 0) != 0 && errno == ESRCH)
                QDir(base.filePath(name)).removeRecursively();
        }
    }

    quint16 freePort()
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        quint16 port = 0;
        if (fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0
            && ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0)
            port = ntohs(address.sin_port);
        if (fd >= 0)
            ::close(fd);
        return port;
    }

    core::Error startError(const QString& detail)
    {
        return {core::Code::Internal, core::Reason::None, QStringLiteral("redis-server"), detail};
    }
}

RedisProcess::RedisProcess(QObject* parent)
    : QObject(parent)
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    connect(&m_process, &QProcess::finished, this, &RedisProcess::onFinished);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            emit failed(startError(m_process.errorString()));
    });
}

RedisProcess::~RedisProcess()
{
    disconnect(&m_process, nullptr, this, nullptr);
    kill();
    if (!m_folder.isEmpty())
        QDir(m_folder).removeRecursively();
}

QString RedisProcess::findServerProgram()
{
    const QString named = qEnvironmentVariable("CACHELIGHT_REDIS_SERVER");
    if (!named.isEmpty())
        return named;
    const QString server = QStandardPaths::findExecutable(QStringLiteral("redis-server"));
    return server.isEmpty() ? QStandardPaths::findExecutable(QStringLiteral("redis-check-rdb")) : server;
}

core::Result<void> RedisProcess::prepare()
{
    const QString program = findServerProgram();
    if (program.isEmpty())
        return core::fail(startError(QStringLiteral("neither redis-server nor redis-check-rdb (package redis-tools) was found")));
    if (m_folder.isEmpty()) {
        const QDir base(baseFolder(m_options.folder));
        sweepStale(base);
        QByteArray pattern = QFile::encodeName(
            base.filePath(QStringLiteral("cachelight-redis-%1-XXXXXX").arg(QCoreApplication::applicationPid())));
        if (::mkdtemp(pattern.data()) == nullptr)
            return core::fail(core::Code::File, core::Reason::FilePermission, base.path());
        m_folder = QFile::decodeName(pattern);
    }
    if (QFile::encodeName(socketPath()).size() > maxSocketPath)
        return core::fail(startError(QStringLiteral("the socket path is longer than 107 bytes: ") + socketPath()));
    // The program decides by its own name what it is, so it gets the right one.
    const QString link = m_folder + QStringLiteral("/redis-server");
    if (!QFile::exists(link) && !QFile::link(program, link))
        return core::fail(core::Code::File, core::Reason::FilePermission, link);
    if (m_options.tcp && m_port == 0)
        m_port = freePort();
    return {};
}

void RedisProcess::launch()
{
    QStringList arguments {QStringLiteral("--port"), QString::number(m_port), QStringLiteral("--bind"), QStringLiteral("127.0.0.1"),
        QStringLiteral("--unixsocket"), socketPath(), QStringLiteral("--unixsocketperm"), QStringLiteral("700"),
        QStringLiteral("--save"), QString(), QStringLiteral("--appendonly"), QStringLiteral("no"), QStringLiteral("--dir"), m_folder,
        QStringLiteral("--daemonize"), QStringLiteral("no")};
    arguments += m_options.arguments;
    const pid_t parent = ::getpid();
    m_process.setChildProcessModifier([parent] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) // died between fork and prctl
            ::_exit(1);
    });
    m_stopping = false;
    m_announced = false;
    QFile::remove(socketPath());
    m_process.start(m_folder + QStringLiteral("/redis-server"), arguments, QIODevice::ReadOnly);
    m_startedMs = QDateTime::currentMSecsSinceEpoch();
}

void RedisProcess::start(const Options& options)
{
    m_options = options;
    if (const auto prepared = prepare(); !prepared) {
        QMetaObject::invokeMethod(this, [this, error = prepared.error()] { emit failed(error); }, Qt::QueuedConnection);
        return;
    }
    launch();
    QTimer::singleShot(pollMs, this, &RedisProcess::poll);
}

void RedisProcess::poll()
{
    if (m_announced || m_stopping || m_process.state() == QProcess::NotRunning)
        return;
    if (answers()) {
        m_announced = true;
        emit ready();
    } else if (QDateTime::currentMSecsSinceEpoch() - m_startedMs > startTimeoutMs) {
        kill();
        emit failed(startError(QStringLiteral("it did not answer on its socket in time")));
    } else {
        QTimer::singleShot(pollMs, this, &RedisProcess::poll);
    }
}

core::Result<void> RedisProcess::startAndWait(const Options& options, int timeoutMs)
{
    m_options = options;
    if (const auto prepared = prepare(); !prepared)
        return prepared;
    return restartAndWait(timeoutMs);
}

core::Result<void> RedisProcess::restartAndWait(int timeoutMs)
{
    kill();
    launch();
    QElapsedTimer clock;
    clock.start();
    while (!answers()) {
        if (clock.elapsed() > timeoutMs || (m_process.state() == QProcess::NotRunning && clock.elapsed() > 1000)) {
            kill();
            return core::fail(startError(m_lastWords));
        }
        m_process.waitForFinished(pollMs); // returns early only when it died
    }
    m_announced = true;
    return {};
}

// A PING on the socket by plain system calls, so that nothing else is needed to know that the server is up.
bool RedisProcess::answers() const
{
    const QByteArray path = QFile::encodeName(socketPath());
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    char answer = 0;
    bool up = false;
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && ::send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6) {
        pollfd waiter {fd, POLLIN, 0};
        // '+' is PONG, '-' a server that wants a password: both are up.
        up = ::poll(&waiter, 1, 50) == 1 && ::recv(fd, &answer, 1, 0) == 1 && (answer == '+' || answer == '-');
    }
    ::close(fd);
    return up;
}

void RedisProcess::kill()
{
    m_stopping = true;
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill(); // also ends a stopped child
    m_process.waitForFinished(2000);
}

void RedisProcess::pause()
{
    ::kill(static_cast<pid_t>(pid()), SIGSTOP);
}

void RedisProcess::resume()
{
    ::kill(static_cast<pid_t>(pid()), SIGCONT);
}

void RedisProcess::onFinished()
{
    m_lastWords = QString::fromUtf8(m_process.readAll()).right(2000);
    if (m_stopping)
        return;
    qCWarning(logDemo) << "redis-server ended by itself";
    if (m_announced)
        emit ended();
    else
        emit failed(startError(m_lastWords));
}

bool RedisProcess::isRunning() const
{
    return m_process.state() == QProcess::Running;
}

qint64 RedisProcess::pid() const
{
    return m_process.processId();
}

QString RedisProcess::socketPath() const
{
    return m_folder + QStringLiteral("/redis.sock");
}

core::Endpoint RedisProcess::endpoint(int database) const
{
    core::Endpoint endpoint;
    endpoint.transport = core::Endpoint::Transport::Unix;
    endpoint.path = socketPath();
    endpoint.database = database;
    return endpoint;
}

core::Endpoint RedisProcess::tcpEndpoint(int database) const
{
    core::Endpoint endpoint;
    endpoint.host = QStringLiteral("127.0.0.1");
    endpoint.port = m_port;
    endpoint.database = database;
    return endpoint;
}

}
