// SPDX-License-Identifier: GPL-3.0-or-later
#include "scriptedserver.h"

#include <QTcpSocket>
#include <QTimer>

#include <sys/socket.h>

ScriptedServer::ScriptedServer(Script script)
    : m_script(std::move(script))
{
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("no loopback port");
    connect(&m_server, &QTcpServer::newConnection, this, [this] { serve(m_server.nextPendingConnection()); });
}

QString ScriptedServer::url() const
{
    return QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort());
}

void ScriptedServer::serve(QTcpSocket* socket)
{
    ++m_connections;
    connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
        ++m_disconnections;
        socket->deleteLater();
    });
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
        m_received += socket->readAll();
        if (m_received.contains("\r\n\r\n"))
            QTimer::singleShot(m_script.delayMs, socket, [this, socket] { answer(socket); });
    });
}

void ScriptedServer::answer(QTcpSocket* socket)
{
    socket->write(m_script.answer);
    if (m_script.endless) {
        connect(socket, &QTcpSocket::bytesWritten, this, [this, socket] { sendMore(socket); });
        sendMore(socket);
    } else if (m_script.reset) {
        socket->flush();
        const linger none {1, 0}; // with data unsent or none, the peer gets RST
        ::setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &none, sizeof none);
        socket->abort();
    } else if (m_script.closeAfter) {
        socket->disconnectFromHost();
    }
}

void ScriptedServer::sendMore(QTcpSocket* socket)
{
    if (socket->bytesToWrite() < 64 * 1024)
        m_sent += socket->write(m_script.more);
}
