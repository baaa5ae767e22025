// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QTcpServer>

#include <functional>

class QTcpSocket;

// A server on a loopback port that answers as the test says: for faults that a real Redis does not produce.
class FakeServer final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FakeServer)
public:
    using Words = QList<QByteArray>;
    // The bytes to answer one command with; empty: none.
    using Answer = std::function<QByteArray(const Words& command)>;

    explicit FakeServer(QObject* parent = nullptr);
    ~FakeServer() override;

    core::Endpoint endpoint() const;
    // What a Redis 7 answers to our handshake, "+OK" to everything else.
    static QByteArray likeRedis(const Words& command);

    Answer answer = likeRedis;
    QByteArray greeting; // sent as soon as a client has connected
    bool greetOnly = false; // closes after the greeting
    QByteArray rawAnswer; // instead of `answer`, once, to the first bytes whatever they are
    bool byteByByte = false; // answers in pieces of one byte
    QList<Words> received;

    void closeClients();

private:
    void onConnected();
    void onBytes(QTcpSocket* client);
    void send(QTcpSocket* client, const QByteArray& bytes);

    QTcpServer m_server;
    QList<QTcpSocket*> m_clients;
    QHash<QTcpSocket*, QByteArray> m_unread;
};
