// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/client.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/log.h"
#include "core/base/monotonic.h"
#include "core/http/gathering.h"
#include "core/http/multiloop.h"
#include "core/http/transfer.h"
#include "core/http/urlparts.h"

#include <QPointer>
#include <QUrl>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <deque>
#include <iterator>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace core::http {

namespace {
    // A cancelled future wakes nobody; while something runs it is looked at this often.
    constexpr qint64 cancelPollUs = 50'000;
    constexpr qint64 idlePollUs = 60'000'000;

    // A scheme, a host and perhaps a port, and nothing else.
    bool isBareOrigin(const UrlParts& url)
    {
        const QByteArray path = url.part(CURLUPART_PATH);
        return !url.origin().isEmpty() && (path.isEmpty() || path == "/") && !url.hasCredentials() && url.part(CURLUPART_QUERY).isEmpty()
            && url.part(CURLUPART_FRAGMENT).isEmpty() && !url.part(CURLUPART_HOST).isEmpty();
    }

    // What a URL says without "user:password@", for error texts.
    QString withoutCredentials(const QString& url)
    {
        const qsizetype at = url.lastIndexOf(u'@');
        const qsizetype start = url.indexOf(QStringLiteral("://"));
        if (at < 0)
            return displayText(url);
        return displayText(QString(start < 0 ? QString() : url.left(start + 3)) + url.mid(at + 1));
    }

    Result<void> checkOptions(const Client::Options& options)
    {
        if (auto ok = Client::checkBaseUrl(options.baseUrl); !ok)
            return ok;
        return options.proxy.isEmpty() ? Result<void>() : Client::checkBaseUrl(options.proxy);
    }

    // As libcurl makes it, without the scheme's own port (http.c, Curl_http_host).
    QByteArray hostFieldOf(const QString& baseUrl)
    {
        QUrl url(baseUrl);
        if (url.port() == (url.scheme() == QStringLiteral("https") ? 443 : 80))
            url.setPort(-1);
        return url.authority(QUrl::FullyEncoded).toLatin1();
    }

    void initialiseCurl()
    {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    }

    qint64 monotonicUs()
    {
        return monotonicNs() / 1000;
    }

    // This machine's doing, not the server's.
    Error noResources(const QString& origin, const QString& why)
    {
        return {Code::Internal, Reason::None, origin, QStringLiteral("The request could not be sent: %1. Close what holds many files or connections, and repeat it.").arg(why)};
    }

    // SIGPIPE of a TLS write must not end the program, and handlers belong to the main thread.
    void maskSignals()
    {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
    }
}

class Client::Private final {
public:
    Private(Options given, Client* client)
        : q(client)
        , options(std::move(given))
        , usable(checkOptions(options))
        , scheme(QUrl(options.baseUrl).scheme().toLatin1())
        , hostField(hostFieldOf(options.baseUrl))
        , origin(options)
        , loop(options.maxConnections)
    {
        if (const auto started = start(); !started)
            qCWarning(logHttp) << started.error().detail; // said again by each request that comes while it stays so
    }
    ~Private()
    {
        {
            const std::scoped_lock lock(mutex);
            stopping = true;
        }
        if (thread.joinable()) {
            loop.wake();
            thread.join();
        }
        std::ranges::move(letters, std::back_inserter(ended));
        for (auto& transfer : held)
            ended.push_back({.transfer = std::move(transfer)});
        for (const Letter& letter : ended) {
            const Receiver& receiver = letter.transfer->receiver();
            if (!receiver.context || !receiver.then)
                continue;
            const auto tell = [cancelled = receiver.cancelled, then = receiver.then] {
                if (!*cancelled)
                    then(fail(Code::Cancelled));
            };
            QMetaObject::invokeMethod(receiver.context, tell, Qt::QueuedConnection);
        }
    }

    // In the client's thread.
    void sendSoon(std::unique_ptr<Transfer> transfer); // with all that this turn of the event loop asks for
    void sendNow(std::unique_ptr<Transfer> transfer);

    Result<void> check(const Request& request);
    void deliver();

    Client* const q;
    const Options options;
    const Result<void> usable;
    const QByteArray scheme, hostField;
    const Origin origin;

private:
    // Goes back as a whole, so that what the client's thread has made is freed there.
    struct Letter {
        std::unique_ptr<Transfer> transfer;
        std::optional<CURLcode> code {}; // none: it was not sent, or not to its end
        Error why {Code::Cancelled, Reason::None, {}, {}}; // then
        Result<Response> outcome() const { return code ? transfer->outcome(*code) : Result<Response>(fail(why)); }
    };
    Result<void> start();
    void sendHeld();
    void run();
    bool takeWaiting();
    void begin(std::unique_ptr<Transfer> transfer);
    void dropCancelled();
    void readEnds();
    void endOf(const Transfer* which, CURLcode code);
    void addToLoop(std::unique_ptr<Transfer> transfer);
    void addEnded(Letter letter);
    qint64 waitUs();
    void handOver();
    void wakeUp();
    std::unique_ptr<Transfer> release(const Transfer* transfer);

    MultiLoop loop;
    std::mutex mutex; // guards waiting, letters, sleeping and stopping
    std::deque<std::unique_ptr<Transfer>> waiting;
    std::vector<Letter> letters; // on their way to the client's thread
    bool sleeping = false; // and wants to be woken by what comes
    bool stopping = false;
    std::vector<std::unique_ptr<Transfer>> held; // used in the client's thread only
    std::vector<std::unique_ptr<Transfer>> running; // used in the thread only
    std::vector<EasyHandle> spare; // as well
    std::vector<Letter> ended; // as well
    Gathering gathering; // of `ended`
    // Not a QThread, whose event dispatcher ends the program where no descriptor is left for it.
    std::thread thread;
};

// What it takes from the system may not be there now and be there later.
Result<void> Client::Private::start()
{
    if (thread.joinable())
        return {};
    if (!loop.open())
        return fail(noResources(origin.name, qt_error_string(errno)));
    try {
        thread = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
        return fail(noResources(origin.name, QString::fromLocal8Bit(error.what())));
    }
    return {};
}

void Client::Private::sendSoon(std::unique_ptr<Transfer> transfer)
{
    const bool isAnnounced = !held.empty();
    held.push_back(std::move(transfer));
    if (!isAnnounced)
        QMetaObject::invokeMethod(q, [this] { sendHeld(); }, Qt::QueuedConnection);
}

void Client::Private::sendNow(std::unique_ptr<Transfer> transfer)
{
    held.push_back(std::move(transfer));
    sendHeld();
}

// One wake-up for all: it costs as much as half a request.
void Client::Private::sendHeld()
{
    if (held.empty())
        return;
    bool wake = false;
    {
        const std::scoped_lock lock(mutex);
        std::ranges::move(held, std::back_inserter(waiting));
        wake = std::exchange(sleeping, false);
    }
    held.clear();
    if (wake)
        loop.wake();
}

void Client::Private::run()
{
    pthread_setname_np(pthread_self(), "cachelight-http");
    maskSignals();
    while (takeWaiting()) {
        const bool waited = loop.run(waitUs());
        wakeUp();
        readEnds();
        dropCancelled();
        if (gathering.isDue(monotonicUs(), !waited, ended.size(), running.size()))
            handOver();
    }
    handOver();
    while (!running.empty())
        ended.push_back({.transfer = release(running.back().get())});
    {
        const std::scoped_lock lock(mutex);
        for (auto& transfer : waiting)
            ended.push_back({.transfer = std::move(transfer)});
        waiting.clear();
    }
    spare.clear();
}

// Until there is something to begin or to hand over.
qint64 Client::Private::waitUs()
{
    const std::scoped_lock lock(mutex);
    const bool hasRoom = int(running.size()) < options.maxConnections;
    if (stopping || (hasRoom && !waiting.empty()))
        return 0;
    sleeping = hasRoom;
    if (!ended.empty())
        return gathering.leftUs(monotonicUs());
    return running.empty() ? idlePollUs : cancelPollUs;
}

void Client::Private::wakeUp()
{
    const std::scoped_lock lock(mutex);
    sleeping = false;
}

// False when the client ends.
bool Client::Private::takeWaiting()
{
    std::vector<std::unique_ptr<Transfer>> taken; // begun and, when cancelled, ended without the lock
    {
        const std::scoped_lock lock(mutex);
        if (stopping)
            return false;
        while (!waiting.empty() && int(running.size() + taken.size()) < options.maxConnections) {
            taken.push_back(std::move(waiting.front()));
            waiting.pop_front();
        }
    }
    for (auto& transfer : taken) {
        if (!transfer->isCancelled())
            begin(std::move(transfer));
    }
    return true;
}

void Client::Private::begin(std::unique_ptr<Transfer> transfer)
{
    EasyHandle handle;
    if (spare.empty()) {
        handle = origin.newHandle();
        if (handle && !loop.followConnections(handle.get()))
            handle.reset();
    } else {
        handle = std::move(spare.back());
        spare.pop_back();
    }
    if (!transfer->prepare(std::move(handle))) {
        addEnded({.transfer = std::move(transfer), .code = CURLE_FAILED_INIT});
        return;
    }
    addToLoop(std::move(transfer));
}

// What libcurl does not take would never end.
void Client::Private::addToLoop(std::unique_ptr<Transfer> transfer)
{
    const CURLMcode added = curl_multi_add_handle(loop.multi(), transfer->handle());
    if (added == CURLM_OK)
        running.push_back(std::move(transfer));
    else
        addEnded({.transfer = std::move(transfer), .why = noResources(origin.name, QString::fromUtf8(curl_multi_strerror(added)))});
}

void Client::Private::addEnded(Letter letter)
{
    gathering.add(monotonicUs());
    ended.push_back(std::move(letter));
}

void Client::Private::dropCancelled()
{
    std::vector<const Transfer*> cancelled;
    for (const auto& transfer : running) {
        if (transfer->isCancelled())
            cancelled.push_back(transfer.get());
    }
    for (const Transfer* transfer : cancelled)
        release(transfer);
}

void Client::Private::readEnds()
{
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(loop.multi(), &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        const CURLcode code = message->data.result; // the message dies with the handle's removal
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        endOf(transfer, code);
    }
}

void Client::Private::endOf(const Transfer* which, CURLcode code)
{
    std::unique_ptr<Transfer> transfer = release(which);
    if (transfer->goesOn(code))
        return addToLoop(std::move(transfer));
    if (EasyHandle handle = transfer->takeHandle())
        spare.push_back(std::move(handle));
    addEnded({.transfer = std::move(transfer), .code = code});
}

// Futures are told one by one, all functions by one event.
void Client::Private::handOver()
{
    gathering.clear();
    std::vector<Letter> functions;
    for (Letter& letter : std::exchange(ended, {})) {
        auto& promise = letter.transfer->receiver().promise;
        if (promise) {
            promise->addResult(letter.outcome());
            promise->finish();
        } else {
            functions.push_back(std::move(letter));
        }
    }
    if (functions.empty())
        return;
    const std::scoped_lock lock(mutex);
    const bool isOnTheWay = !letters.empty();
    std::ranges::move(functions, std::back_inserter(letters));
    if (!isOnTheWay)
        QMetaObject::invokeMethod(q, [this] { deliver(); }, Qt::QueuedConnection);
}

void Client::Private::deliver()
{
    std::vector<Letter> arrived;
    {
        const std::scoped_lock lock(mutex);
        arrived = std::exchange(letters, {});
    }
    const QPointer<Client> client(q);
    for (const Letter& letter : arrived) { // a function may end the client
        const Receiver& receiver = letter.transfer->receiver();
        if (receiver.context && !receiver.isCancelled())
            receiver.then(client ? letter.outcome() : Result<Response>(fail(Code::Cancelled)));
    }
}

std::unique_ptr<Transfer> Client::Private::release(const Transfer* transfer)
{
    const auto at = std::ranges::find(running, transfer, &std::unique_ptr<Transfer>::get);
    Q_ASSERT(at != running.end());
    std::unique_ptr<Transfer> out = std::move(*at);
    running.erase(at);
    curl_multi_remove_handle(loop.multi(), out->handle());
    return out;
}

Client::Client(Options options, QObject* parent)
    : QObject(parent)
{
    initialiseCurl();
    d = std::make_unique<Private>(std::move(options), this);
}

Client::~Client() = default;

const Client::Options& Client::options() const
{
    return d->options;
}

QByteArray Client::scheme() const
{
    return d->scheme;
}

QByteArray Client::hostField() const
{
    return d->hostField;
}

Result<void> Client::checkBaseUrl(const QString& baseUrl)
{
    const UrlParts url(baseUrl.toUtf8());
    if (!url.isValid() || !isBareOrigin(url))
        return fail(Code::Input, Reason::BadApiUrl, withoutCredentials(baseUrl));
    return {};
}

namespace {
    Result<void> checkRequest(const Request& request)
    {
        if (auto ok = checkMethod(request.method); !ok)
            return ok;
        if (auto ok = checkRequestTarget(request.target); !ok)
            return ok;
        if (auto ok = checkHeader("Accept-Encoding", request.sending.acceptEncoding); !ok)
            return ok;
        for (const auto& [name, value] : request.headers) {
            if (auto ok = checkHeader(name, value); !ok)
                return ok;
        }
        return {};
    }
}

Result<void> Client::Private::check(const Request& request)
{
    if (options.baseUrl.isEmpty())
        return fail(Code::Usage, Reason::ApiNotSet, displayText(request.target));
    if (!usable)
        return usable;
    qCDebug(logHttp) << request.method << displayText(request.target);
    const auto good = checkRequest(request);
    return good ? start() : good;
}

QFuture<Result<Response>> Client::send(Request request)
{
    request.timeoutMs = d->options.timeoutMs.value_or(request.timeoutMs);
    if (const auto ok = d->check(request); !ok)
        return readyFuture(Result<Response>(fail(ok.error())));
    auto receiver = std::make_unique<Receiver>();
    receiver->promise.emplace();
    receiver->promise->start();
    auto future = receiver->promise->future();
    d->sendNow(std::make_unique<Transfer>(std::move(request), d->origin, std::move(receiver))); // who waits for a future may have no event loop
    return future;
}

void Client::Ticket::cancel()
{
    if (m_cancelled)
        *m_cancelled = true;
}

Client::Ticket Client::send(Request request, QObject* context, Then then)
{
    request.timeoutMs = d->options.timeoutMs.value_or(request.timeoutMs);
    Ticket ticket;
    ticket.m_cancelled = std::make_shared<std::atomic_bool>(false);
    if (const auto ok = d->check(request); !ok) {
        QMetaObject::invokeMethod(context, [cancelled = ticket.m_cancelled, error = ok.error(), then = std::move(then)] {
            if (!*cancelled)
                then(fail(error));
        }, Qt::QueuedConnection);
        return ticket;
    }
    auto receiver = std::make_unique<Receiver>();
    receiver->cancelled = ticket.m_cancelled;
    receiver->context = context;
    receiver->then = std::move(then);
    d->sendSoon(std::make_unique<Transfer>(std::move(request), d->origin, std::move(receiver)));
    return ticket;
}

QByteArray Response::header(QByteArrayView name) const
{
    for (const auto& [field, value] : headers) {
        if (name.compare(field, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

}
