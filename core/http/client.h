// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QFuture>
#include <QList>
#include <QObject>
#include <QString>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace core::http {

using Headers = QList<std::pair<QByteArray, QByteArray>>; // order and case as received

enum class HttpVersion {
    Auto, // HTTP/2 where the TLS handshake agrees on it (ALPN), else 1.1
    Http1,
    Http2, // without TLS by prior knowledge: a server that does not speak it gives no usable answer
};

// How a request travels; what is asked for stays the same.
struct Sending {
    HttpVersion version = HttpVersion::Auto;
    bool ownConnection = false; // opened for this request and closed after it
    int maxRedirects = 0; // of a GET, followed to the same origin only; 0: none
    QByteArray acceptEncoding {}; // "gzip, deflate": sent, and these two are undone; empty: not sent
};

struct Request {
    QByteArray method = QByteArrayLiteral("GET");
    QByteArray target {}; // raw, sent as typed
    Headers headers {};
    QByteArray body {};
    int timeoutMs = 30'000; // the whole request
    qint64 maxBodyBytes = 64LL * 1024 * 1024; // decoded; more: Reason::ApiTooLarge, the transfer is ended
    Sending sending {};
};

struct Timing { // milliseconds, each a phase of its own but total; of all requests where redirects were followed
    double dns = 0, connect = 0, tls = 0, ttfb = 0, total = 0;
};

struct Redirect {
    int status = 0;
    QByteArray location; // as received
};
enum class RedirectStop { None, NotAsked, OtherOrigin, OtherScheme, TooMany, Unreadable };
// "a redirect to http://… (another origin), not followed"; empty where the answer is none. The location's bytes are escaped.
struct Response;
QString redirectSentence(const Response& response);

struct Response {
    int status = 0;
    QByteArray reasonPhrase;
    Headers headers;
    QByteArray rawHead; // status line and fields as received
    QByteArray body;
    Timing timing;
    QByteArray httpVersion; // really used: "1.0", "1.1", "2"
    bool reusedConnection = false;
    bool decoded = false; // Content-Encoding was undone: `body` is not what travelled. Else it stays as it came
    qint64 encodedBytes = 0; // of the body as it travelled
    QList<Redirect> redirects; // followed, in order; the rest of this is the answer after them
    std::optional<QByteArray> redirectsTo; // the Location of an answer that is itself a redirect
    RedirectStop redirectStop = RedirectStop::None; // why that was not followed
    QByteArray header(QByteArrayView name) const; // first value, name without regard to case
};

// Requests to one origin by libcurl multi in a thread of its own. http and https only, no proxy from the environment; redirects are
// answers, followed only where asked for and never to another origin or scheme; TLS verified. Methods, targets and headers with CR, LF or NUL are refused before sending.
// HEAD is refused always: in every LightAPI from 0.1.13 on it purges the class.
// Every failure is Code::Api with an Api… reason; Code::Usage or Code::Input: refused before sending; Code::Internal: the system gave no descriptor.
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
        std::optional<int> timeoutMs {}; // of every request, in place of Request::timeoutMs
        QString proxy {}; // "http://host:port", asked for a tunnel always, so that targets pass as typed; empty: none
    };
    static Result<void> checkBaseUrl(const QString& baseUrl);

    explicit Client(Options options, QObject* parent = nullptr);
    ~Client() override; // ends what runs
    const Options& options() const;
    QByteArray scheme() const; // of the base URL: "http"
    QByteArray hostField() const; // Host, where a request gives none: "127.0.0.1:8000"

    // Cancelling the future ends the transfer.
    QFuture<Result<Response>> send(Request request);

    using Then = std::function<void(Result<Response>)>;
    class Ticket final {
    public:
        void cancel(); // ends the transfer; `then` is not called

    private:
        friend class Client;
        std::shared_ptr<std::atomic_bool> m_cancelled;
    };
    // The same for runs of many: answers that come together are one event to the receiver, where each future is several. `then` is called
    // once, in the client's thread, unless cancelled or `context` died before. A client that dies answers with Code::Cancelled. Sent with the
    // next turn of the event loop, with all that was asked for until then.
    Ticket send(Request request, QObject* context, Then then);

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
