// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <functional>
#include <memory>
#include <utility>

// A web server on loopback that answers what a test says and remembers what it was asked. In threads of its own.
class ListServer final {
public:
    struct Answer {
        QByteArray body;
        int status = 200;
        QList<std::pair<QByteArray, QByteArray>> headers {};
        const char* type = "application/octet-stream";
    };
    using Handler = std::function<Answer(const QByteArray& target)>; // called in the server's threads
    struct Asked {
        QByteArray method, target, authorization;
    };

    explicit ListServer(Handler handler);
    ~ListServer();
    QString url() const; // http://127.0.0.1:PORT
    QList<Asked> asked() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};
