// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"

#include <QPromise>

#include <curl/curl.h>

#include <array>
#include <memory>

namespace core::http {

// One request on its way: an easy handle with everything that must outlive it. Made in the caller's thread, then used in the
// client's thread only. The promise is answered by finish() or, when dropped, cancelled.
class Transfer final {
    Q_DISABLE_COPY_MOVE(Transfer)
public:
    Transfer(Request request, const Client::Options& options);
    ~Transfer();

    QFuture<Result<Response>> future() const { return m_promise.future(); }
    bool isCancelled() const { return m_promise.isCanceled(); }
    CURL* handle() const { return m_handle.get(); }
    // False when libcurl took an option of ours not: the promise then has its error.
    bool prepare();
    void finish(CURLcode code);

private:
    struct EasyDeleter {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };
    struct ListDeleter {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    static std::size_t onHead(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self);
    bool takeHeadLine(QByteArrayView line);
    void takeField(QByteArrayView line);
    bool setOrigin();
    bool setRequest();
    bool setLimits();
    bool appendHeader(const QByteArray& line);
    bool setHeaders();
    bool hasHeader(QByteArrayView name) const;
    Timing timing() const;
    Error errorOf(CURLcode code) const;

    Request m_request;
    Client::Options m_options;
    QByteArray m_url, m_caFile;
    QPromise<Result<Response>> m_promise;
    std::unique_ptr<CURL, EasyDeleter> m_handle;
    std::unique_ptr<curl_slist, ListDeleter> m_headerList;
    std::array<char, CURL_ERROR_SIZE> m_errorText {};
    Response m_response;
    qint64 m_headBytes = 0;
    bool m_headEnded = false;
    bool m_bodyTooLarge = false;
    bool m_headTooLarge = false;
};

}
