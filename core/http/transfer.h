// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"
#include "core/http/contentcoding.h"

#include <QPointer>
#include <QPromise>

#include <curl/curl.h>

#include <array>
#include <memory>

namespace core::http {

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;

// What all requests of a client share, as libcurl wants it.
struct Origin {
    explicit Origin(const Client::Options& options);
    // A handle with everything set that no request changes; null when libcurl took an option not.
    EasyHandle newHandle() const;

    QString name; // for errors
    QByteArray url, caFile, proxy;
    int connectTimeoutMs;
};

// Who waits for an answer. Either a promise, which cancels its future when it is dropped unanswered, or a function.
struct Receiver {
    std::optional<QPromise<Result<Response>>> promise;
    std::shared_ptr<std::atomic_bool> cancelled; // of a ticket
    QPointer<QObject> context;
    Client::Then then;
    bool isCancelled() const { return promise ? promise->isCanceled() : cancelled->load(std::memory_order_relaxed); }
};

// One request on its way, with everything that must outlive it. Made in the caller's thread, then used in the client's thread only.
class Transfer final {
    Q_DISABLE_COPY_MOVE(Transfer)
public:
    Transfer(Request request, const Origin& origin, std::unique_ptr<Receiver> receiver); // the origin must outlive it
    ~Transfer();

    bool isCancelled() const { return m_receiver->isCancelled(); }
    Receiver& receiver() { return *m_receiver; }
    CURL* handle() const { return m_handle.get(); }
    // Takes a handle of the origin, new or from a transfer before. False when libcurl took an option of ours not.
    bool prepare(EasyHandle handle);
    // After the end: true when a redirect is to be followed, for which the handle is then ready again.
    bool goesOn(CURLcode code);
    // Once, after the end, in the thread that gets the answer: fields made in one thread and freed in another cost more than the rest.
    Result<Response> outcome(CURLcode code);
    // For the next transfer; null where options were set that a next one does not set back.
    EasyHandle takeHandle();

    // Given to libcurl with a transfer as their last argument.
    static std::size_t onHead(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self);

private:
    struct ListDeleter {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    bool mayBeFollowed() const;
    bool takeHeadLine(QByteArrayView line);
    bool takeBody(QByteArrayView bytes);
    bool isPlainGet() const { return m_request.method == "GET" && m_request.body.isEmpty(); }
    bool setRequest();
    bool setConnection();
    bool setLimits();
    bool appendHeader(const QByteArray& line);
    bool setHeaders();
    QByteArray headerGiven(QByteArrayView name) const;
    void addTiming();
    void readConnection();
    bool follow(const QByteArray& target);
    QString partText() const;
    Error errorOf(CURLcode code) const;

    Request m_request;
    const Origin& m_origin;
    std::unique_ptr<Receiver> m_receiver;
    EasyHandle m_handle;
    std::unique_ptr<curl_slist, ListDeleter> m_headerList;
    std::array<char, CURL_ERROR_SIZE> m_errorText {};
    Response m_response;
    qint64 m_headBytes = 0;
    bool m_headEnded = false;
    std::unique_ptr<ContentDecoder> m_decoder;
    bool m_asksForCoding = false;
    bool m_notDecodable = false;
    bool m_bodyTooLarge = false;
    bool m_headTooLarge = false;
    bool m_outOfTime = false;
};

}
