// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/error.h"

#include <QObject>

class QAbstractSocket;
class QIODevice;
class QLocalSocket;
class QSslSocket;

namespace core::redis {

// One attempt at a byte stream to the server over TCP, TLS or a Unix socket; never reused. Lives in the I/O thread.
class Transport final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Transport)
public:
    explicit Transport(Endpoint endpoint, QObject* parent = nullptr);

    void open();
    void abort(); // no signal follows
    // Hands the bytes to the kernel now, as far as it takes them: the next SCAN must leave before the keys of this one are parsed.
    void write(const QByteArray& bytes);
    // The network connection stands; for TLS that is before opened().
    bool isConnected() const;
    QIODevice* device() const { return m_device; }

signals:
    void opened(); // TLS: encrypted and verified
    void readyRead();
    void bytesWritten(qint64 count);
    // Once: could not be opened, or ended after that.
    void ended(const core::Error& why);

private:
    void openTcp();
    void openTls();
    void openUnix();
    void watch(QAbstractSocket* socket);
    void watchDevice(QIODevice* device);
    void markOpened();
    void end(Error why);
    void onSocketError(QAbstractSocket* socket);
    void onLocalError(QLocalSocket* socket);
    Error error(Code code, Reason reason, const QString& detail) const;

    Endpoint m_endpoint;
    QString m_label;
    QIODevice* m_device = nullptr;
    bool m_opened = false;
    bool m_ended = false;
};

}
