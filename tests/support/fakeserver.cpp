// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakeserver.h"

#include <QTcpSocket>

namespace {
// One command at the start of `bytes`, taken off; empty while it is not complete. Only arrays, as our client sends.
FakeServer::Words takeCommand(QByteArray& bytes)
{
    qsizetype at = 0;
    const auto number = [&](char type) -> qint64 {
        const qsizetype end = bytes.indexOf("\r\n", at);
        if (end < 0 || bytes.at(at) != type)
            return -1;
        const qint64 value = bytes.mid(at + 1, end - at - 1).toLongLong();
        at = end + 2;
        return value;
    };
    FakeServer::Words words;
    const qint64 count = bytes.isEmpty() ? -1 : number('*');
    for (qint64 i = 0; i < count; ++i) {
        const qint64 size = at < bytes.size() ? number('$') : -1;
        if (size < 0 || at + size + 2 > bytes.size())
            return {};
        words << bytes.mid(at, size);
        at += size + 2;
    }
    bytes.remove(0, at);
    return words;
}

QByteArray bulk(const QByteArray& text)
{
    return '$' + QByteArray::number(text.size()) + "\r\n" + text + "\r\n";
}
}

FakeServer::FakeServer(QObject* parent)
    : QObject(parent)
{
    connect(&m_server, &QTcpServer::newConnection, this, &FakeServer::onConnected);
    m_server.listen(QHostAddress::LocalHost);
}

FakeServer::~FakeServer()
{
    m_server.close();
    closeClients();
}

core::Endpoint FakeServer::endpoint() const
{
    core::Endpoint endpoint;
    endpoint.host = QStringLiteral("127.0.0.1");
    endpoint.port = m_server.serverPort();
    return endpoint;
}

QByteArray FakeServer::likeRedis(const Words& command)
{
    const QByteArray name = command.first().toUpper();
    if (name == "INFO")
        return bulk("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:fake\r\n# Replication\r\nrole:master\r\n");
    if (name == "CONFIG")
        return "*2\r\n$9\r\ndatabases\r\n$2\r\n16\r\n";
    if (name == "ACL")
        return bulk("default");
    return name == "PING" ? QByteArray("+PONG\r\n") : QByteArray("+OK\r\n");
}

void FakeServer::closeClients()
{
    for (QTcpSocket* client : std::exchange(m_clients, {})) {
        client->disconnect(this);
        client->abort();
        client->deleteLater();
    }
    m_unread.clear();
}

void FakeServer::onConnected()
{
    while (QTcpSocket* client = m_server.nextPendingConnection()) {
        m_clients << client;
        connect(client, &QTcpSocket::readyRead, this, [this, client] { onBytes(client); });
        connect(client, &QTcpSocket::disconnected, this, [this, client] {
            m_clients.removeOne(client);
            m_unread.remove(client);
            client->deleteLater();
        });
        send(client, greeting);
        if (greetOnly)
            client->disconnectFromHost();
    }
}

void FakeServer::onBytes(QTcpSocket* client)
{
    QByteArray& unread = m_unread[client];
    unread += client->readAll();
    if (!rawAnswer.isEmpty()) {
        unread.clear();
        return send(client, std::exchange(rawAnswer, {}));
    }
    for (Words command = takeCommand(unread); !command.isEmpty(); command = takeCommand(unread)) {
        received << command;
        const QByteArray reply = answer(command);
        if (!m_clients.contains(client))
            return; // the answer closed it
        send(client, reply);
    }
}

void FakeServer::send(QTcpSocket* client, const QByteArray& bytes)
{
    if (!byteByByte) {
        client->write(bytes);
        return;
    }
    for (const char byte : bytes) {
        client->write(&byte, 1);
        client->flush();
    }
}
