// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QFuture>
#include <QList>
#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <utility>

namespace core::http {

using Headers = QList<std::pair<QByteArray, QByteArray>>; // order and case as received

struct Request {
    QByteArray method = "GET";
    QByteArray target {}; // raw, sent as typed
    Headers headers {};
    QByteArray body {};
    int timeoutMs = 30'000; // the whole request
    qint64 maxBodyBytes = 64LL * 1024 * 1024; // more: Reason::ApiTooLarge, the transfer is ended
};

struct Timing { // milliseconds, each a phase of its own but total
    double dns = 0, connect = 0, tls = 0, ttfb = 0, total = 0;
};

struct Response {
    int status = 0;
    QByteArray reasonPhrase;
    Headers headers;
    QByteArray rawHead; // status line and fields as received
    QByteArray body;
    Timing timing;
    QByteArray header(QByteArrayView name) const; // first value, name without regard to case
};

// Requests to one origin by libcurl multi in a thread of its own. http and https only, no proxy from the environment, redirects
// are answers and not followed; TLS verified. Methods, targets and headers with CR, LF or NUL are refused before sending.
// HEAD is refused always: in every LightAPI from 0.1.13 on it purges the class.
// Every failure is Code::Api (Code::Usage or Code::Input for what is refused before sending) with an Api… reason.
// Use from one thread; a request other than GET is never sent twice.
class Client final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Client)
public:
    struct Options {
        QString baseUrl {}; // "http://host:port"; a path, a query or credentials in it are refused
        QString caFile {}; // PEM; empty: the system's store
        int maxConnections = 16; // requests beyond it wait; their time-out starts when they are sent
        int connectTimeoutMs = 5'000;
    };
    static Result<void> checkBaseUrl(const QString& baseUrl);

    explicit Client(Options options, QObject* parent = nullptr);
    ~Client() override; // ends what runs
    const Options& options() const;

    // Cancelling the future ends the transfer.
    QFuture<Result<Response>> send(Request request);

private:
    class Private;
    std::unique_ptr<Private> d;
};

// Methods, targets and headers that send() takes; also for input fields.
Result<void> checkMethod(QByteArrayView method);
Result<void> checkRequestTarget(QByteArrayView target);
Result<void> checkHeader(QByteArrayView name, QByteArrayView value);
Result<std::pair<QByteArray, QByteArray>> headerFromArgument(const QString& line); // "Name: value"

}
