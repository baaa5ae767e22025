// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace core {

// Where a Redis server is and how to log in. Plain data: settings makes it from URLs and profiles, redis connects to it.
struct Endpoint {
    enum class Transport { Tcp, Tls, Unix };

    Transport transport = Transport::Tcp;
    QString host = QStringLiteral("localhost"); // IPv6 without brackets
    quint16 port = 6379;
    QString path; // absolute, Transport::Unix only
    int database = 0;
    QByteArray user; // empty: AUTH with the password alone
    QByteArray password; // in memory only; never written, logged or put into an error

    QString tlsCaFile; // PEM; empty: the system's store
    QString tlsCertFile;
    QString tlsKeyFile;
    QString tlsServerName; // empty: host

    int connectTimeoutMs = 5000;
    // A server that stopped is to be called so within 5 s: up to a second passes until something is asked, then this.
    int replyTimeoutMs = 3500;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// "host:port/db" or "path/db": how a server is called in plans and confirmations (CLI.md, plan.confirm).
QString endpointLabel(const Endpoint& endpoint);
// The URL without its password, user kept: for display and for profiles.
QString endpointUrl(const Endpoint& endpoint);

}
