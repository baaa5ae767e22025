// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/clients.h"

#include "app/gui/tour/hand.h"

#include <QProcess>
#include <QTcpSocket>
#include <QUrl>

namespace tour {

namespace {
    constexpr int answerMs = 5000;
}

RedisCli::RedisCli(QString socketPath)
    : m_socket(std::move(socketPath))
{
}

QByteArray RedisCli::run(const QStringList& arguments) const
{
    QProcess process;
    process.start(QStringLiteral("redis-cli"), QStringList {QStringLiteral("-s"), m_socket, QStringLiteral("-e")} + arguments);
    waitFor([&] { return process.state() == QProcess::NotRunning; }, QStringLiteral("redis-cli to end"), answerMs);
    const QByteArray output = process.readAllStandardOutput();
    need(process.error() == QProcess::UnknownError && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
        QStringLiteral("redis-cli %1 failed: %2").arg(arguments.join(u' '), QString::fromUtf8(output + process.readAllStandardError())));
    return output.endsWith('\n') ? output.chopped(1) : output;
}

qint64 RedisCli::number(const QStringList& arguments) const
{
    bool good = false;
    const QByteArray text = run(arguments);
    const qint64 value = text.toLongLong(&good);
    need(good, QStringLiteral("redis-cli %1 answered no number: %2").arg(arguments.join(u' '), QString::fromUtf8(text)));
    return value;
}

QByteArrayList RedisCli::keys(const QString& pattern) const
{
    const QByteArray text = run({QStringLiteral("--scan"), QStringLiteral("--pattern"), pattern});
    return text.isEmpty() ? QByteArrayList() : text.split('\n');
}

QByteArray httpGet(const QString& baseUrl, const QByteArray& target)
{
    const QUrl url(baseUrl);
    QTcpSocket socket;
    socket.connectToHost(url.host(), static_cast<quint16>(url.port(80)));
    waitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }, QStringLiteral("the API to accept"), answerMs);
    socket.write("GET " + target + " HTTP/1.0\r\nHost: " + url.host().toLatin1() + "\r\n\r\n");
    waitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, QStringLiteral("the API to answer"), answerMs);
    const QByteArray answer = socket.readAll();
    need(answer.startsWith("HTTP/1."), QStringLiteral("the API gave no HTTP answer"));
    return answer;
}

}
