// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/transport.h"

#include "core/base/bytes.h"
#include "core/redis/tlssetup.h"

#include <QDir>
#include <QLocalSocket>
#include <QNetworkProxy>
#include <QSslSocket>
#include <QTcpSocket>

namespace core::redis {

namespace {
    Reason tcpReason(QAbstractSocket::SocketError error)
    {
        switch (error) {
        case QAbstractSocket::HostNotFoundError: return Reason::HostNotFound;
        case QAbstractSocket::ConnectionRefusedError: return Reason::Refused;
        case QAbstractSocket::RemoteHostClosedError: return Reason::ClosedByServer;
        default: return Reason::Unreachable;
        }
    }

    Reason localReason(QLocalSocket::LocalSocketError error)
    {
        switch (error) {
        case QLocalSocket::ConnectionRefusedError: return Reason::Refused;
        case QLocalSocket::ServerNotFoundError: return Reason::NoSocket;
        case QLocalSocket::SocketAccessError: return Reason::SocketPermission;
        case QLocalSocket::PeerClosedError: return Reason::ClosedByServer;
        default: return Reason::Unreachable;
        }
    }
}

Transport::Transport(Endpoint endpoint, QObject* parent)
    : QObject(parent)
    , m_endpoint(std::move(endpoint))
    , m_label(endpointLabel(m_endpoint))
{
}

void Transport::open()
{
    switch (m_endpoint.transport) {
    case Endpoint::Transport::Tcp: return openTcp();
    case Endpoint::Transport::Tls: return openTls();
    case Endpoint::Transport::Unix: return openUnix();
    }
}

void Transport::abort()
{
    m_ended = true;
    if (auto* socket = qobject_cast<QAbstractSocket*>(m_device))
        socket->abort();
    else if (auto* local = qobject_cast<QLocalSocket*>(m_device))
        local->abort();
}

void Transport::write(const QByteArray& bytes)
{
    m_device->write(bytes);
    if (auto* socket = qobject_cast<QAbstractSocket*>(m_device))
        socket->flush();
    else if (auto* local = qobject_cast<QLocalSocket*>(m_device))
        local->flush();
}

bool Transport::isConnected() const
{
    const auto* socket = qobject_cast<QAbstractSocket*>(m_device);
    return socket ? socket->state() == QAbstractSocket::ConnectedState : m_opened;
}

void Transport::openTcp()
{
    auto* socket = new QTcpSocket(this);
    watch(socket);
    connect(socket, &QTcpSocket::connected, this, &Transport::markOpened);
    socket->connectToHost(m_endpoint.host, m_endpoint.port);
}

void Transport::openTls()
{
    auto* socket = new QSslSocket(this);
    watch(socket);
    const Result<QSslConfiguration> configuration = tlsConfiguration(m_endpoint);
    if (!configuration)
        return end(configuration.error());
    socket->setSslConfiguration(*configuration);
    const QString name = m_endpoint.tlsServerName.isEmpty() ? m_endpoint.host : m_endpoint.tlsServerName;
    socket->setPeerVerifyName(name);
    connect(socket, &QSslSocket::encrypted, this, &Transport::markOpened);
    // Never ignored: the socket gives up right after this signal.
    connect(socket, &QSslSocket::sslErrors, this, [this](const QList<QSslError>& errors) { end(tlsError(errors, m_label)); });
    socket->connectToHostEncrypted(m_endpoint.host, m_endpoint.port);
}

void Transport::openUnix()
{
    // QLocalSocket looks for a relative name in the folder for temporary files.
    if (!QDir::isAbsolutePath(m_endpoint.path))
        return end(error(Code::Connect, Reason::NoSocket, QStringLiteral("not an absolute path")));
    auto* socket = new QLocalSocket(this);
    watchDevice(socket);
    connect(socket, &QLocalSocket::connected, this, &Transport::markOpened);
    connect(socket, &QLocalSocket::errorOccurred, this, [this, socket] { onLocalError(socket); });
    connect(socket, &QLocalSocket::disconnected, this, [this] { end(error(Code::Connect, Reason::ClosedByServer, {})); });
    socket->connectToServer(m_endpoint.path);
}

void Transport::watch(QAbstractSocket* socket)
{
    watchDevice(socket);
    socket->setProxy(QNetworkProxy::NoProxy);
    connect(socket, &QAbstractSocket::errorOccurred, this, [this, socket] { onSocketError(socket); });
    connect(socket, &QAbstractSocket::disconnected, this, [this] { end(error(Code::Connect, Reason::ClosedByServer, {})); });
    connect(socket, &QAbstractSocket::connected, this, [socket] {
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    });
}

void Transport::watchDevice(QIODevice* device)
{
    m_device = device;
    connect(device, &QIODevice::readyRead, this, &Transport::readyRead);
    connect(device, &QIODevice::bytesWritten, this, &Transport::bytesWritten);
}

void Transport::markOpened()
{
    if (m_ended)
        return;
    m_opened = true;
    emit opened();
}

void Transport::end(Error why)
{
    if (m_ended)
        return;
    m_ended = true;
    emit ended(why);
}

void Transport::onSocketError(QAbstractSocket* socket)
{
    const QAbstractSocket::SocketError code = socket->error();
    const QString text = displayText(socket->errorString());
    const bool isTls = m_endpoint.transport == Endpoint::Transport::Tls;
    // A server that wants a client certificate says so (TLS 1.3) only after our side of the handshake is done.
    const bool tlsFault = code == QAbstractSocket::SslHandshakeFailedError || code == QAbstractSocket::SslInternalError
        || code == QAbstractSocket::SslInvalidUserDataError
        || (isTls && !m_opened && code == QAbstractSocket::RemoteHostClosedError);
    if (tlsFault)
        end(error(Code::Tls, Reason::TlsFailed, text));
    else if (code == QAbstractSocket::SocketTimeoutError)
        end(error(Code::Timeout, Reason::ConnectTimeout, text));
    else
        end(error(Code::Connect, tcpReason(code), text));
}

void Transport::onLocalError(QLocalSocket* socket)
{
    // Its own text names functions of Qt; it only helps where our sentence is vague.
    const Reason reason = localReason(socket->error());
    end(error(Code::Connect, reason, reason == Reason::Unreachable ? displayText(socket->errorString()) : QString()));
}

Error Transport::error(Code code, Reason reason, const QString& detail) const
{
    const bool ofFile = reason == Reason::NoSocket || reason == Reason::SocketPermission;
    return {code, reason, ofFile ? m_endpoint.path : m_label, detail};
}

}
