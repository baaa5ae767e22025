// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/relay.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace {
constexpr int tickMs = 20;
constexpr int answerMs = 15'000;

bool isWhole(const QByteArray& request)
{
    const qsizetype end = request.indexOf("\r\n\r\n");
    const QByteArray name("\r\ncontent-length:");
    const QByteArray head = request.first(std::max<qsizetype>(end, 0)).toLower();
    const qsizetype at = head.indexOf(name);
    const qint64 length = at < 0 ? 0 : head.sliced(at + name.size()).split('\r').first().trimmed().toLongLong();
    return end >= 0 && request.size() >= end + 4 + length;
}

QByteArray readRequest(QTcpSocket& socket, const std::atomic<bool>& stop)
{
    QByteArray request;
    while (!stop && !isWhole(request)) {
        if (!socket.waitForReadyRead(tickMs) && socket.state() != QAbstractSocket::ConnectedState)
            return {};
        request += socket.readAll();
    }
    return request;
}

// Each side ends its connection after one answer, so that nothing is kept alive through a server that hangs.
QByteArray closing(QByteArray head)
{
    return head.insert(head.indexOf("\r\n") + 2, "Connection: close\r\n");
}
}

Relay::Relay(quint16 port)
    : m_target(port)
    , m_thread(QThread::create([this] { serve(); }))
{
    m_thread->start();
    while (m_port == 0)
        QThread::yieldCurrentThread();
}

Relay::~Relay()
{
    m_stop = true;
    m_thread->wait();
}

void Relay::doBeforeAsking(Act act)
{
    const std::scoped_lock lock(m_mutex);
    m_beforeAsking = std::move(act);
}

void Relay::doBeforeAnswering(Act act)
{
    const std::scoped_lock lock(m_mutex);
    m_beforeAnswering = std::move(act);
}

void Relay::run(Act& act)
{
    Act once;
    {
        const std::scoped_lock lock(m_mutex);
        once = std::exchange(act, {});
    }
    if (once)
        once();
}

QByteArray Relay::exchange(quint16 port, const QByteArray& request)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    if (!socket.waitForConnected(answerMs))
        return {};
    socket.write(closing(request));
    QByteArray answer;
    while (socket.state() == QAbstractSocket::ConnectedState && socket.waitForReadyRead(answerMs))
        answer += socket.readAll();
    return answer + socket.readAll();
}

void Relay::serve()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("no loopback port");
    m_port = server.serverPort();
    while (!m_stop) {
        if (!server.waitForNewConnection(tickMs))
            continue;
        const std::unique_ptr<QTcpSocket> client(server.nextPendingConnection());
        const QByteArray request = readRequest(*client, m_stop);
        if (request.isEmpty() || m_stop)
            continue;
        run(m_beforeAsking);
        const QByteArray answer = exchange(m_target, request);
        run(m_beforeAnswering);
        if (!answer.isEmpty())
            client->write(closing(answer));
        client->flush();
        client->disconnectFromHost();
        if (client->state() != QAbstractSocket::UnconnectedState)
            client->waitForDisconnected(answerMs);
    }
}
