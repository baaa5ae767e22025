// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/redistap.h"

RedisTap::RedisTap(const QString& socketPath)
    : m_socketPath(socketPath)
{
    connect(&m_server, &QTcpServer::newConnection, this, &RedisTap::onConnected);
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("no loopback port");
}

RedisTap::~RedisTap()
{
    dropAll();
}

core::Endpoint RedisTap::endpoint() const
{
    core::Endpoint endpoint;
    endpoint.host = QStringLiteral("127.0.0.1");
    endpoint.port = m_server.serverPort();
    return endpoint;
}

void RedisTap::onConnected()
{
    QTcpSocket* client = m_server.nextPendingConnection();
    auto* const server = new QLocalSocket(client);
    m_clients << client;
    connect(client, &QTcpSocket::readyRead, server, [this, client, server] {
        const QByteArray bytes = client->readAll();
        if (onCommands && !onCommands(bytes))
            return dropAll();
        server->write(bytes);
    });
    connect(server, &QLocalSocket::readyRead, client, [client, server] { client->write(server->readAll()); });
    connect(server, &QLocalSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
    server->connectToServer(m_socketPath);
}

void RedisTap::dropAll()
{
    for (QTcpSocket* client : std::exchange(m_clients, {})) {
        client->abort();
        client->deleteLater();
    }
}
