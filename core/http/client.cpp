// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/client.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/log.h"
#include "core/http/transfer.h"

#include <QThread>

#include <algorithm>
#include <csignal>
#include <deque>
#include <mutex>
#include <vector>

namespace core::http {

namespace {
    // A cancelled future wakes nobody; while something runs it is looked at this often.
    constexpr int cancelPollMs = 50;
    constexpr int idlePollMs = 60'000;

    using UrlPart = std::unique_ptr<char, decltype(&curl_free)>;

    QByteArray urlPart(CURLU* url, CURLUPart part)
    {
        char* text = nullptr;
        if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
            return {};
        const UrlPart owner(text, &curl_free);
        return QByteArray(text);
    }

    bool isOrigin(CURLU* url)
    {
        const QByteArray scheme = urlPart(url, CURLUPART_SCHEME);
        const QByteArray path = urlPart(url, CURLUPART_PATH);
        const bool bare = urlPart(url, CURLUPART_USER).isEmpty() && urlPart(url, CURLUPART_PASSWORD).isEmpty()
            && urlPart(url, CURLUPART_QUERY).isEmpty() && urlPart(url, CURLUPART_FRAGMENT).isEmpty();
        return (scheme == "http" || scheme == "https") && (path.isEmpty() || path == "/") && bare
            && !urlPart(url, CURLUPART_HOST).isEmpty();
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

    void initialiseCurl()
    {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
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
    explicit Private(Options given)
        : options(std::move(given))
        , multi(curl_multi_init(), &curl_multi_cleanup)
        , thread(QThread::create([this] { run(); }))
    {
        thread->setObjectName(QStringLiteral("cachelight-http"));
        thread->start();
    }
    ~Private()
    {
        {
            const std::scoped_lock lock(mutex);
            stopping = true;
        }
        curl_multi_wakeup(multi.get());
        thread->wait();
    }

    void enqueue(std::unique_ptr<Transfer> transfer)
    {
        {
            const std::scoped_lock lock(mutex);
            waiting.push_back(std::move(transfer));
        }
        curl_multi_wakeup(multi.get());
    }

    const Options options;

private:
    void run();
    bool takeWaiting();
    void dropCancelled();
    bool readEnds();
    std::unique_ptr<Transfer> release(const Transfer* transfer);

    std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi;
    std::mutex mutex; // guards waiting and stopping
    std::deque<std::unique_ptr<Transfer>> waiting;
    bool stopping = false;
    std::vector<std::unique_ptr<Transfer>> running; // used in the thread only
    std::unique_ptr<QThread> thread;
};

void Client::Private::run()
{
    maskSignals();
    while (takeWaiting()) {
        int active = 0;
        curl_multi_perform(multi.get(), &active);
        const bool freed = readEnds();
        dropCancelled();
        if (!freed) // else the next one that waits takes the place at once
            curl_multi_poll(multi.get(), nullptr, 0, running.empty() ? idlePollMs : cancelPollMs, nullptr);
    }
    while (!running.empty())
        release(running.back().get()); // the dropped promise cancels its future
    const std::scoped_lock lock(mutex);
    waiting.clear();
}

// False when the client ends.
bool Client::Private::takeWaiting()
{
    std::vector<std::unique_ptr<Transfer>> cancelled; // ended without the lock
    const std::scoped_lock lock(mutex);
    while (!waiting.empty() && int(running.size()) < options.maxConnections) {
        std::unique_ptr<Transfer> next = std::move(waiting.front());
        waiting.pop_front();
        if (next->isCancelled()) {
            cancelled.push_back(std::move(next));
        } else if (next->prepare()) {
            curl_multi_add_handle(multi.get(), next->handle());
            running.push_back(std::move(next));
        }
    }
    return !stopping;
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

bool Client::Private::readEnds()
{
    int left = 0;
    bool any = false;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        const CURLcode code = message->data.result; // the message dies with the handle's removal
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        release(transfer)->finish(code);
        any = true;
    }
    return any;
}

std::unique_ptr<Transfer> Client::Private::release(const Transfer* transfer)
{
    const auto at = std::ranges::find(running, transfer, &std::unique_ptr<Transfer>::get);
    Q_ASSERT(at != running.end());
    std::unique_ptr<Transfer> out = std::move(*at);
    running.erase(at);
    curl_multi_remove_handle(multi.get(), out->handle());
    return out;
}

Client::Client(Options options, QObject* parent)
    : QObject(parent)
{
    initialiseCurl();
    d = std::make_unique<Private>(std::move(options));
}

Client::~Client() = default;

const Client::Options& Client::options() const
{
    return d->options;
}

Result<void> Client::checkBaseUrl(const QString& baseUrl)
{
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
    const QByteArray text = baseUrl.toUtf8();
    const bool clean = !text.isEmpty() && std::ranges::none_of(text, [](char c) { return uchar(c) <= 0x20 || c == 0x7F; });
    if (!clean || curl_url_set(url.get(), CURLUPART_URL, text.constData(), 0) != CURLUE_OK || !isOrigin(url.get()))
        return fail(Code::Input, Reason::BadApiUrl, withoutCredentials(baseUrl));
    return {};
}

namespace {
    Result<void> checkRequest(const Client::Options& options, const Request& request)
    {
        if (options.baseUrl.isEmpty())
            return fail(Code::Usage, Reason::ApiNotSet, displayText(request.target));
        if (auto ok = Client::checkBaseUrl(options.baseUrl); !ok)
            return ok;
        if (auto ok = checkMethod(request.method); !ok)
            return ok;
        if (auto ok = checkRequestTarget(request.target); !ok)
            return ok;
        for (const auto& [name, value] : request.headers) {
            if (auto ok = checkHeader(name, value); !ok)
                return ok;
        }
        return {};
    }
}

QFuture<Result<Response>> Client::send(Request request)
{
    if (const auto ok = checkRequest(d->options, request); !ok)
        return readyFuture(Result<Response>(fail(ok.error())));
    qCDebug(logHttp) << request.method << displayText(request.target);
    auto transfer = std::make_unique<Transfer>(std::move(request), d->options);
    auto future = transfer->future();
    d->enqueue(std::move(transfer));
    return future;
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
