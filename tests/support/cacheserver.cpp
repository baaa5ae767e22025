// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cacheserver.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcessEnvironment>
#include <QStandardPaths>

#include <csignal>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace test {

namespace {
    constexpr int pollMs = 20;
    constexpr int portTries = 5;

    core::Error startError(const QString& detail)
    {
        return {core::Code::Internal, core::Reason::None, QStringLiteral("cache"), detail};
    }

    QString root()
    {
        return qEnvironmentVariable("CACHELIGHT_LAYERS", QStringLiteral(LAYERS_ROOT));
    }

    QString programPath(const QString& name)
    {
        const QString unpacked = root() + QStringLiteral("/usr/sbin/") + name;
        if (QFileInfo(unpacked).isExecutable())
            return unpacked;
        return QStandardPaths::findExecutable(name, {QStringLiteral("/usr/sbin"), QStringLiteral("/usr/bin")});
    }

    // A file of the packages, unpacked or installed.
    QString dataPath(const QString& path)
    {
        const QString unpacked = root() + path;
        return QFileInfo::exists(unpacked) ? unpacked : path;
    }

    int connectTo(quint16 port)
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        const int outcome = fd < 0 ? -1 : ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
        if (fd >= 0)
            ::close(fd);
        return outcome;
    }

    // None of the four takes a listening socket; another program may take the port before it does, which ends it, and then it is tried again.
    quint16 freePort()
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        const bool bound = fd >= 0 && ::bind(fd, generic, size) == 0 && ::getsockname(fd, generic, &size) == 0;
        if (fd >= 0)
            ::close(fd);
        return bound ? ntohs(address.sin_port) : 0;
    }

    const char* nginxConf = R"(daemon off;
master_process off;
pid FOLDER/nginx.pid;
error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/temp;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  proxy_cache_path FOLDER/cache keys_zone=answers:1m;
  server {
    listen 127.0.0.1:PORT;
    location / {
      proxy_pass http://127.0.0.1:ORIGIN;
      proxy_cache answers;
      proxy_cache_bypass $arg_nocache;
      proxy_cache_revalidate on;
      proxy_cache_use_stale http_500;
      add_header X-Cache-Status $upstream_cache_status always;
    }
  }
}
)";

    const char* varnishConf = R"(vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "ORIGIN"; }
sub vcl_recv {
  if (req.url ~ "nocache") {
    set req.http.X-Passed = "yes";
    return (pass);
  }
}
sub vcl_backend_response {
  set beresp.grace = 10m;
  if (bereq.url ~ "nograce") {
    set beresp.grace = 0s;
  }
}
sub vcl_deliver {
  if (req.url ~ "vcl") {
    if (req.http.X-Passed) {
      set resp.http.X-Cache = "PASS";
    } else if (obj.hits > 0) {
      set resp.http.X-Cache = "HIT";
    } else {
      set resp.http.X-Cache = "MISS";
    }
    set resp.http.X-Cache-Hits = obj.hits;
  }
}
)";

    const char* squidConf = R"(http_port 127.0.0.1:PORT accel defaultsite=origin.example no-vhost
cache_peer 127.0.0.1 parent ORIGIN 0 no-query no-digest originserver name=origin
visible_hostname squid.example
acl nocache urlpath_regex nocache
cache deny nocache
http_access allow all
never_direct allow all
cache_mem 8 MB
memory_cache_shared off
minimum_expiry_time 0 seconds
refresh_pattern . 0 20% 60
pid_filename none
cache_log FOLDER/log/cache.log
access_log none
cache_store_log none
coredump_dir none
pinger_enable off
mime_table MIME
unlinkd_program UNLINKD
icon_directory ICONS
error_directory FOLDER/errors
shutdown_lifetime 0 seconds
)";

    const char* apacheConf = R"(ServerRoot FOLDER
ServerName apache.example
Listen 127.0.0.1:PORT
PidFile FOLDER/apache.pid
ErrorLog "|/bin/cat >&2"
LogLevel warn
DefaultRuntimeDir FOLDER/run
Mutex file:FOLDER/run default
User #65534
Group #65534
LoadModule mpm_prefork_module MODULES/mod_mpm_prefork.so
LoadModule authz_core_module MODULES/mod_authz_core.so
LoadModule setenvif_module MODULES/mod_setenvif.so
LoadModule proxy_module MODULES/mod_proxy.so
LoadModule proxy_http_module MODULES/mod_proxy_http.so
LoadModule cache_module MODULES/mod_cache.so
LoadModule cache_disk_module MODULES/mod_cache_disk.so
ProxyPass / http://127.0.0.1:ORIGIN/
ProxyVia On
CacheRoot FOLDER/cache
CacheEnable disk /
CacheDisable /disabled
CacheHeader on
CacheDetailHeader on
CacheStaleOnError on
SetEnvIf Request_URI nocache no-cache
)";
}

CacheServer::~CacheServer()
{
    stop();
}

core::Result<void> CacheServer::startAndWait(Kind kind, quint16 originPort, int timeoutMs)
{
    return tryPorts(kind, originPort, {}, timeoutMs);
}

core::Result<void> CacheServer::startNginxAndWait(const QByteArray& configuration, int timeoutMs)
{
    return tryPorts(Kind::Nginx, 0, configuration, timeoutMs);
}

core::Result<void> CacheServer::tryPorts(Kind kind, quint16 originPort, const QByteArray& configuration, int timeoutMs)
{
    core::Result<void> started;
    for (int i = 0; i < portTries; ++i) {
        started = tryPort(kind, originPort, configuration, timeoutMs);
        if (started || !started.error().detail.contains(QStringLiteral("in use"), Qt::CaseInsensitive))
            break;
    }
    return started;
}

core::Result<void> CacheServer::tryPort(Kind kind, quint16 originPort, const QByteArray& configuration, int timeoutMs)
{
    stop();
    m_folder = std::make_unique<QTemporaryDir>();
    m_port = freePort();
    const QString folder = m_folder->path();
    // Squid and Apache give up root where they have it, and must then reach what is theirs.
    const auto open = QFile::Permissions(0x7777);
    QFile::setPermissions(folder, ::getuid() == 0 ? open : QFile::Permissions(0x7700));
    for (const char* part : {"cache", "run", "log", "errors"}) {
        QDir(folder).mkdir(QLatin1String(part));
        QFile::setPermissions(folder + u'/' + QLatin1String(part), open);
    }
    const auto write = [&](const QByteArray& text) {
        QByteArray conf = configuration.isEmpty() ? text : configuration;
        const std::pair<const char*, QByteArray> words[] {{"FOLDER", folder.toLocal8Bit()}, {"PORT", QByteArray::number(m_port)},
            {"ORIGIN", QByteArray::number(originPort)}, {"MODULES", dataPath(QStringLiteral("/usr/lib/apache2/modules")).toLocal8Bit()},
            {"UNLINKD", dataPath(QStringLiteral("/usr/lib/squid/unlinkd")).toLocal8Bit()}, {"MIME", dataPath(QStringLiteral("/usr/share/squid/mime.conf")).toLocal8Bit()},
            {"ICONS", dataPath(QStringLiteral("/usr/share/squid/icons")).toLocal8Bit()}};
        for (const auto& [word, value] : words)
            conf.replace(word, value);
        QFile file(folder + QStringLiteral("/server.conf"));
        if (file.open(QIODevice::WriteOnly))
            file.write(conf);
        return file.fileName();
    };
    switch (kind) {
    case Kind::Nginx:
        return launch(QStringLiteral("nginx"), {QStringLiteral("-p"), folder, QStringLiteral("-e"), QStringLiteral("stderr"), QStringLiteral("-c"), write(nginxConf)}, timeoutMs);
    case Kind::Varnish:
        return launch(QStringLiteral("varnishd"),
            {QStringLiteral("-F"), QStringLiteral("-j"), QStringLiteral("none"), QStringLiteral("-n"), folder + QStringLiteral("/run"), QStringLiteral("-a"),
                QStringLiteral("127.0.0.1:%1").arg(m_port), QStringLiteral("-s"), QStringLiteral("malloc,16m"), QStringLiteral("-p"),
                QStringLiteral("thread_pools=1"), QStringLiteral("-p"), QStringLiteral("thread_pool_min=10"), QStringLiteral("-f"), write(varnishConf)},
            timeoutMs);
    case Kind::Squid: return launch(QStringLiteral("squid"), {QStringLiteral("-N"), QStringLiteral("-d1"), QStringLiteral("-f"), write(squidConf)}, timeoutMs);
    case Kind::Apache: return launch(QStringLiteral("apache2"), {QStringLiteral("-X"), QStringLiteral("-f"), write(apacheConf)}, timeoutMs);
    }
    return core::fail(startError(QStringLiteral("no such cache")));
}

namespace {
    // Squid needs shared memory after it has given up root; a system in a folder may have no place for it that others can write to. Then it
    // gets one that nobody else sees. In the child between fork and exec: system calls alone.
    void makeSharedMemory()
    {
        struct stat there {};
        const bool isOpen = ::stat("/dev/shm", &there) == 0 && (there.st_mode & S_IWOTH) != 0;
        if (isOpen || ::getuid() != 0 || ::unshare(CLONE_NEWNS) != 0)
            return;
        if (::mount(nullptr, "/dev", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) // else the mount would show outside
            ::mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777");
    }
}

core::Result<void> CacheServer::launch(const QString& program, const QStringList& arguments, int timeoutMs)
{
    const QString path = programPath(program);
    if (path.isEmpty())
        return core::fail(startError(program + QStringLiteral(" is missing: ./dev test sets it up")));
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LD_LIBRARY_PATH"), root() + QStringLiteral("/usr/lib/" LAYERS_LIBRARIES));
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setChildProcessModifier([parent = ::getpid(), wantsSharedMemory = program == u"squid"] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(1);
        if (wantsSharedMemory)
            makeSharedMemory();
    });
    m_process.start(path, arguments, QIODevice::ReadOnly);
    if (!m_process.waitForStarted(timeoutMs))
        return core::fail(startError(m_process.errorString()));
    QElapsedTimer clock;
    clock.start();
    while (connectTo(m_port) != 0) {
        if (clock.elapsed() > timeoutMs || m_process.state() == QProcess::NotRunning) {
            const QString written = QString::fromUtf8(output()).right(4000);
            stop();
            return core::fail(startError(program + u": " + written));
        }
        m_process.waitForFinished(pollMs); // returns early only when it died
    }
    return {};
}

bool CacheServer::writeFile(const QString& path, const QByteArray& bytes) const
{
    QFile file(m_folder ? m_folder->filePath(path) : path);
    return m_folder && file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

// Varnish's manager ends its worker when told to; killed, the worker would end a moment later by itself.
void CacheServer::stop()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.terminate();
        if (!m_process.waitForFinished(3000)) {
            m_process.kill();
            m_process.waitForFinished(3000);
        }
    }
    m_output.clear();
    m_port = 0;
}

QByteArray CacheServer::output()
{
    m_output += m_process.readAll();
    return m_output;
}

QString CacheServer::baseUrl() const
{
    return QStringLiteral("http://127.0.0.1:%1").arg(m_port);
}

}
