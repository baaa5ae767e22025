// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QTcpServer>

// A server that answers every connection with given bytes, whatever is asked: for answers that no HTTP library would send.
class ScriptedServer final : public QObject {
    Q_OBJECT
public:
    struct Script {
        QByteArray answer; // sent once a request's head is there
        bool closeAfter = true;
        int delayMs = 0; // before the answer
        bool endless = false; // go on sending kilobytes until the peer leaves
        QByteArray more = QByteArray(16 * 1024, 'x'); // what endless sends, again and again
        bool reset = false; // in place of an orderly end
    };
    explicit ScriptedServer(Script script);

    QString url() const;
    const QByteArray& received() const { return m_received; }
    int connections() const { return m_connections; }
    int disconnections() const { return m_disconnections; }
    qint64 sent() const { return m_sent; }

private:
    void serve(QTcpSocket* socket);
    void answer(QTcpSocket* socket);
    void sendMore(QTcpSocket* socket);

    Script m_script;
    QTcpServer m_server;
    QByteArray m_received;
    int m_connections = 0;
    int m_disconnections = 0;
    qint64 m_sent = 0;
};
