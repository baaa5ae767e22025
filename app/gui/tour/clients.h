// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QStringList>

// What the window did is read back by programs that share no code with it.
namespace tour {

// redis-cli on the demo's socket. Each call is a process of its own; fails the step when it cannot run or answers with an error.
class RedisCli final {
public:
    explicit RedisCli(QString socketPath);
    // Output without its last line break.
    QByteArray run(const QStringList& arguments) const;
    qint64 number(const QStringList& arguments) const;
    // SCAN's keys that match `pattern`.
    QByteArrayList keys(const QString& pattern) const;

private:
    QString m_socket;
};

// One GET by a plain socket, HTTP/1.0: status line, headers and body as they came.
QByteArray httpGet(const QString& baseUrl, const QByteArray& target);

}
