// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"

#include <QLocalSocket>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>

// Between a session and its Redis: sees what is asked before Redis does, so that a test can act at that very moment, and can lose lines.
class RedisTap final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RedisTap)
public:
    explicit RedisTap(const QString& socketPath);
    ~RedisTap() override;

    core::Endpoint endpoint() const;
    // Before these bytes are handed on; false: they are not, and every line is dropped.
    std::function<bool(const QByteArray& bytes)> onCommands;
    void setSocketPath(const QString& socketPath) { m_socketPath = socketPath; } // of lines from now on
    void dropAll();

private:
    void onConnected();

    QTcpServer m_server;
    QString m_socketPath;
    QList<QTcpSocket*> m_clients;
};
