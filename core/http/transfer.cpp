// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/transfer.h"

#include "core/http/curlerror.h"

#include <algorithm>

namespace core::http {

namespace {
    // Of all heads together: 1xx answers without end are an attack too.
    constexpr qint64 maxHeadBytes = 256 * 1024;

    QByteArrayView trimmedLine(QByteArrayView line)
    {
        while (line.endsWith('\n') || line.endsWith('\r'))
            line.chop(1);
        return line;
    }

    double milliseconds(CURL* handle, CURLINFO what)
    {
        curl_off_t us = 0;
        curl_easy_getinfo(handle, what, &us);
        return static_cast<double>(us) / 1000.0;
    }

    template <typename Value>
    bool set(CURL* handle, CURLoption option, Value value)
    {
        return curl_easy_setopt(handle, option, value) == CURLE_OK;
    }
}

Transfer::Transfer(Request request, const Client::Options& options)
    : m_request(std::move(request))
    , m_options(options)
    , m_url(options.baseUrl.toUtf8())
    , m_caFile(options.caFile.toLocal8Bit())
{
    m_promise.start();
}

Transfer::~Transfer() = default;

bool Transfer::prepare()
{
    m_handle.reset(curl_easy_init());
    if (m_handle && setOrigin() && setRequest() && setHeaders() && setLimits())
        return true;
    m_promise.addResult(fail(Code::Internal, Reason::None, m_options.baseUrl, QStringLiteral("libcurl took an option not")));
    m_promise.finish();
    return false;
}

bool Transfer::setOrigin()
{
    CURL* h = m_handle.get();
    // libcurl honours file:// and http_proxy by default (specification C11.47).
    bool ok = set(h, CURLOPT_URL, m_url.constData()) && set(h, CURLOPT_PROTOCOLS_STR, "http,https")
        && set(h, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") && set(h, CURLOPT_FOLLOWLOCATION, 0L) && set(h, CURLOPT_PROXY, "")
        && set(h, CURLOPT_NOPROXY, "*") && set(h, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1))
        && set(h, CURLOPT_HTTP09_ALLOWED, 0L) && set(h, CURLOPT_SSL_VERIFYPEER, 1L) && set(h, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!m_caFile.isEmpty())
        ok = ok && set(h, CURLOPT_CAINFO, m_caFile.constData()) && set(h, CURLOPT_CAPATH, static_cast<char*>(nullptr));
    return ok;
}

bool Transfer::setRequest()
{
    CURL* h = m_handle.get();
    bool ok = set(h, CURLOPT_REQUEST_TARGET, m_request.target.constData()) && set(h, CURLOPT_PATH_AS_IS, 1L);
    if (m_request.method == "GET" && m_request.body.isEmpty())
        return ok && set(h, CURLOPT_HTTPGET, 1L);
    // On a connection that was used before, libcurl would send the request again when it breaks.
    ok = ok && set(h, CURLOPT_FRESH_CONNECT, 1L) && set(h, CURLOPT_FORBID_REUSE, 1L);
    const bool wantsLength = m_request.method == "POST" || m_request.method == "PUT" || m_request.method == "PATCH";
    if (wantsLength || !m_request.body.isEmpty()) {
        ok = ok && set(h, CURLOPT_POST, 1L) && set(h, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(m_request.body.size()))
            && set(h, CURLOPT_POSTFIELDS, m_request.body.constData());
    }
    return ok && set(h, CURLOPT_CUSTOMREQUEST, m_request.method.constData());
}

bool Transfer::hasHeader(QByteArrayView name) const
{
    return std::ranges::any_of(m_request.headers, [name](const auto& field) { return name.compare(field.first, Qt::CaseInsensitive) == 0; });
}

bool Transfer::appendHeader(const QByteArray& line)
{
    curl_slist* longer = curl_slist_append(m_headerList.get(), line.constData());
    if (!longer)
        return false;
    m_headerList.release();
    m_headerList.reset(longer);
    return true;
}

bool Transfer::setHeaders()
{
    bool ok = true;
    for (const auto& [name, value] : m_request.headers) // "Name;" is libcurl's way to send an empty value
        ok = ok && appendHeader(value.isEmpty() ? QByteArray(name + ';') : QByteArray(name + ": " + value));
    if (!hasHeader("Expect"))
        ok = ok && appendHeader("Expect:"); // else a second's wait for servers that do not answer 100
    if (!hasHeader("Content-Type"))
        ok = ok && appendHeader(m_request.body.isEmpty() ? "Content-Type:" : "Content-Type: application/json");
    return ok && set(m_handle.get(), CURLOPT_HTTPHEADER, m_headerList.get())
        && set(m_handle.get(), CURLOPT_USERAGENT, "cachelight/" CACHELIGHT_VERSION);
}

bool Transfer::setLimits()
{
    CURL* h = m_handle.get();
    // QUICK_EXIT: a name that is still being looked up does not hold up the end of the client.
    return set(h, CURLOPT_NOSIGNAL, 1L) && set(h, CURLOPT_QUICK_EXIT, 1L) && set(h, CURLOPT_TIMEOUT_MS, long(m_request.timeoutMs))
        && set(h, CURLOPT_CONNECTTIMEOUT_MS, long(m_options.connectTimeoutMs))
        && set(h, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(m_request.maxBodyBytes)) && set(h, CURLOPT_ERRORBUFFER, m_errorText.data())
        && set(h, CURLOPT_HEADERFUNCTION, &Transfer::onHead) && set(h, CURLOPT_HEADERDATA, static_cast<void*>(this))
        && set(h, CURLOPT_WRITEFUNCTION, &Transfer::onBody) && set(h, CURLOPT_WRITEDATA, static_cast<void*>(this))
        && set(h, CURLOPT_PRIVATE, static_cast<void*>(this));
}

std::size_t Transfer::onHead(char* bytes, std::size_t size, std::size_t count, void* self)
{
    const QByteArrayView line(bytes, qsizetype(size * count));
    return static_cast<Transfer*>(self)->takeHeadLine(line) ? size * count : 0;
}

bool Transfer::takeHeadLine(QByteArrayView line)
{
    m_headBytes += line.size();
    m_headTooLarge = m_headBytes > maxHeadBytes;
    if (m_headTooLarge)
        return false;
    const bool startsHead = line.startsWith("HTTP/") && (m_headEnded || m_response.rawHead.isEmpty());
    if (startsHead) { // of 1xx heads and the answer's, the last counts
        m_response.rawHead.clear();
        m_response.headers.clear();
        m_headEnded = false;
    }
    if (m_headEnded) // trailer fields after a chunked body say nothing of caches
        return true;
    m_response.rawHead.append(line);
    const QByteArrayView text = trimmedLine(line);
    if (startsHead) {
        const qsizetype phrase = text.indexOf(' ', text.indexOf(' ') + 1);
        m_response.reasonPhrase = phrase < 0 ? QByteArray() : text.sliced(phrase + 1).toByteArray();
    } else if (text.isEmpty()) {
        m_headEnded = true;
    } else {
        takeField(text);
    }
    return true;
}

void Transfer::takeField(QByteArrayView line)
{
    const bool folded = line.startsWith(' ') || line.startsWith('\t');
    if (folded && !m_response.headers.isEmpty()) {
        m_response.headers.last().second += ' ' + line.trimmed().toByteArray();
        return;
    }
    const qsizetype colon = line.indexOf(':');
    if (colon > 0)
        m_response.headers.emplace_back(line.first(colon).toByteArray(), line.sliced(colon + 1).trimmed().toByteArray());
}

std::size_t Transfer::onBody(char* bytes, std::size_t size, std::size_t count, void* self)
{
    auto* transfer = static_cast<Transfer*>(self);
    const auto length = qsizetype(size * count);
    transfer->m_bodyTooLarge = transfer->m_response.body.size() + length > transfer->m_request.maxBodyBytes;
    if (transfer->m_bodyTooLarge || transfer->isCancelled())
        return CURL_WRITEFUNC_ERROR;
    transfer->m_response.body.append(bytes, length);
    return size * count;
}

Timing Transfer::timing() const
{
    CURL* h = m_handle.get();
    const double lookup = milliseconds(h, CURLINFO_NAMELOOKUP_TIME_T);
    const double connected = milliseconds(h, CURLINFO_CONNECT_TIME_T);
    const double secured = milliseconds(h, CURLINFO_APPCONNECT_TIME_T);
    const double sent = milliseconds(h, CURLINFO_PRETRANSFER_TIME_T);
    const double firstByte = milliseconds(h, CURLINFO_STARTTRANSFER_TIME_T);
    // libcurl counts each from the start; on a connection used before the early ones are 0.
    return {lookup, std::max(0.0, connected - lookup), secured > 0 ? std::max(0.0, secured - connected) : 0.0,
        std::max(0.0, firstByte - sent), milliseconds(h, CURLINFO_TOTAL_TIME_T)};
}

Error Transfer::errorOf(CURLcode code) const
{
    if (m_bodyTooLarge)
        return {Code::Api, Reason::ApiTooLarge, m_options.baseUrl, QStringLiteral("The limit is %1 bytes").arg(m_request.maxBodyBytes)};
    if (m_headTooLarge)
        return {Code::Api, Reason::ApiProtocol, m_options.baseUrl, QStringLiteral("The head is longer than %1 bytes").arg(maxHeadBytes)};
    const char* text = m_errorText[0] ? m_errorText.data() : curl_easy_strerror(code);
    return errorFromCurl(code, m_options.baseUrl, QString::fromUtf8(text));
}

void Transfer::finish(CURLcode code)
{
    if (code == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(m_handle.get(), CURLINFO_RESPONSE_CODE, &status);
        m_response.status = int(status);
        m_response.timing = timing();
        m_promise.addResult(Result<Response>(std::move(m_response)));
    } else {
        m_promise.addResult(Result<Response>(fail(errorOf(code))));
    }
    m_promise.finish();
}

}
