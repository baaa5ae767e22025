// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/transfer.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/http/curlerror.h"
#include "core/http/redirect.h"

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

    void readField(Headers& headers, QByteArrayView line)
    {
        const bool folded = line.startsWith(' ') || line.startsWith('\t');
        if (folded && !headers.isEmpty()) {
            headers.last().second += ' ' + line.trimmed().toByteArray();
            return;
        }
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            headers.emplace_back(line.first(colon).toByteArray(), line.sliced(colon + 1).trimmed().toByteArray());
    }

    // What rawHead says, as fields.
    void readHead(Response& response)
    {
        const QByteArrayView head(response.rawHead);
        response.headers.clear();
        for (qsizetype at = 0; at < head.size();) {
            const qsizetype end = head.indexOf('\n', at);
            const QByteArrayView line = trimmedLine(head.sliced(at, (end < 0 ? head.size() : end) - at));
            if (at == 0) {
                const qsizetype phrase = line.indexOf(' ', line.indexOf(' ') + 1);
                response.reasonPhrase = phrase < 0 ? QByteArray() : line.sliced(phrase + 1).toByteArray();
            } else {
                readField(response.headers, line);
            }
            at = end < 0 ? head.size() : end + 1;
        }
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

Origin::Origin(const Client::Options& options)
    : name(options.baseUrl)
    , url(options.baseUrl.toUtf8())
    , caFile(options.caFile.toLocal8Bit())
    , proxy(options.proxy.toUtf8())
    , connectTimeoutMs(options.connectTimeoutMs)
{
}

EasyHandle Origin::newHandle() const
{
    EasyHandle handle(curl_easy_init());
    CURL* h = handle.get();
    // libcurl honours file:// and http_proxy by default (specification C11.47).
    bool ok = h && set(h, CURLOPT_URL, url.constData()) && set(h, CURLOPT_PROTOCOLS_STR, "http,https")
        && set(h, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") && set(h, CURLOPT_FOLLOWLOCATION, 0L) && set(h, CURLOPT_PROXY, proxy.constData())
        && set(h, CURLOPT_NOPROXY, proxy.isEmpty() ? "*" : "") && set(h, CURLOPT_HTTP09_ALLOWED, 0L) && set(h, CURLOPT_SSL_VERIFYPEER, 1L)
        && set(h, CURLOPT_SSL_VERIFYHOST, 2L) && set(h, CURLOPT_PATH_AS_IS, 1L) && set(h, CURLOPT_USERAGENT, "cachelight/" CACHELIGHT_VERSION)
        && set(h, CURLOPT_HEADERFUNCTION, &Transfer::onHead) && set(h, CURLOPT_WRITEFUNCTION, &Transfer::onBody);
    // QUICK_EXIT: a name that is still being looked up does not hold up the end of the client.
    ok = ok && set(h, CURLOPT_NOSIGNAL, 1L) && set(h, CURLOPT_QUICK_EXIT, 1L) && set(h, CURLOPT_CONNECTTIMEOUT_MS, long(connectTimeoutMs));
    if (!caFile.isEmpty())
        ok = ok && set(h, CURLOPT_CAINFO, caFile.constData()) && set(h, CURLOPT_CAPATH, static_cast<char*>(nullptr));
    if (!proxy.isEmpty()) // without a tunnel it would be asked for the target as typed, which says no host
        ok = ok && set(h, CURLOPT_HTTPPROXYTUNNEL, 1L) && set(h, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    return ok ? std::move(handle) : EasyHandle();
}

Transfer::Transfer(Request request, const Origin& origin, std::unique_ptr<Receiver> receiver)
    : m_request(std::move(request))
    , m_origin(origin)
    , m_receiver(std::move(receiver))
{
    // Here: what the other thread took would be given back in this one, which is slow.
    m_response.rawHead.reserve(512);
    m_response.body.reserve(1024);
}

Transfer::~Transfer() = default;

bool Transfer::prepare(EasyHandle handle)
{
    m_handle = std::move(handle);
    return m_handle && setRequest() && setConnection() && setHeaders() && setLimits();
}

EasyHandle Transfer::takeHandle()
{
    if (!isPlainGet())
        return {};
    // Both die with this.
    set(m_handle.get(), CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
    set(m_handle.get(), CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    return std::move(m_handle);
}

bool Transfer::setRequest()
{
    CURL* h = m_handle.get();
    const bool ok = set(h, CURLOPT_REQUEST_TARGET, m_request.target.constData());
    if (isPlainGet())
        return ok && set(h, CURLOPT_HTTPGET, 1L);
    const bool wantsLength = m_request.method == "POST" || m_request.method == "PUT" || m_request.method == "PATCH";
    if ((wantsLength || !m_request.body.isEmpty())
        && !(set(h, CURLOPT_POST, 1L) && set(h, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(m_request.body.size()))
            && set(h, CURLOPT_POSTFIELDS, m_request.body.constData())))
        return false;
    return ok && set(h, CURLOPT_CUSTOMREQUEST, m_request.method.constData());
}

bool Transfer::setConnection()
{
    CURL* h = m_handle.get();
    // On a connection that was used before, libcurl would send the request again when it breaks.
    const long alone = m_request.sending.ownConnection || !isPlainGet() ? 1 : 0;
    long version = CURL_HTTP_VERSION_2TLS;
    if (m_request.sending.version == HttpVersion::Http1)
        version = CURL_HTTP_VERSION_1_1;
    else if (m_request.sending.version == HttpVersion::Http2)
        version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    return set(h, CURLOPT_HTTP_VERSION, version) && set(h, CURLOPT_FRESH_CONNECT, alone) && set(h, CURLOPT_FORBID_REUSE, alone);
}

QByteArray Transfer::headerGiven(QByteArrayView name) const
{
    const auto at = std::ranges::find_if(m_request.headers, [name](const auto& field) { return name.compare(field.first, Qt::CaseInsensitive) == 0; });
    return at == m_request.headers.end() ? QByteArray() : at->second;
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
    if (!isPlainGet() && headerGiven("Expect").isNull())
        ok = ok && appendHeader("Expect:"); // else a second's wait for servers that do not answer 100
    if (!isPlainGet() && headerGiven("Content-Type").isNull())
        ok = ok && appendHeader(m_request.body.isEmpty() ? "Content-Type:" : "Content-Type: application/json");
    const bool isGiven = !headerGiven("Accept-Encoding").isNull();
    m_asksForCoding = isGiven || !m_request.sending.acceptEncoding.isEmpty();
    if (m_asksForCoding && !isGiven)
        ok = ok && appendHeader("Accept-Encoding: " + m_request.sending.acceptEncoding);
    return ok && set(m_handle.get(), CURLOPT_HTTPHEADER, m_headerList.get());
}

bool Transfer::setLimits()
{
    CURL* h = m_handle.get();
    return set(h, CURLOPT_TIMEOUT_MS, long(m_request.timeoutMs)) && set(h, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(m_request.maxBodyBytes))
        && set(h, CURLOPT_ERRORBUFFER, m_errorText.data()) && set(h, CURLOPT_HEADERDATA, static_cast<void*>(this))
        && set(h, CURLOPT_WRITEDATA, static_cast<void*>(this)) && set(h, CURLOPT_PRIVATE, static_cast<void*>(this));
}

std::size_t Transfer::onHead(char* bytes, std::size_t size, std::size_t count, void* self)
{
    const QByteArrayView line(bytes, qsizetype(size * count));
    return static_cast<Transfer*>(self)->takeHeadLine(line) ? size * count : 0;
}

// By another head: a 1xx, and the 417 after which libcurl asks again without "Expect". Behind any other a line that looks like a head is one
// of the server's trailer fields.
bool Transfer::mayBeFollowed() const
{
    const QByteArrayView line(m_response.rawHead);
    const QByteArrayView status = line.sliced(line.indexOf(' ') + 1);
    return status.startsWith('1') || (status.startsWith("417") && !headerGiven("Expect").isNull());
}

bool Transfer::takeHeadLine(QByteArrayView line)
{
    m_headBytes += line.size();
    m_headTooLarge = m_headBytes > maxHeadBytes;
    if (m_headTooLarge)
        return false;
    const bool startsHead = line.startsWith("HTTP/") && (m_response.rawHead.isEmpty() || (m_headEnded && mayBeFollowed()));
    if (startsHead) { // of 1xx heads and the answer's, the last counts
        m_response.rawHead.resize(0);
        m_headEnded = false;
    }
    if (m_headEnded) // trailer fields after a chunked body say nothing of caches
        return true;
    m_response.rawHead.append(line);
    m_headEnded = !startsHead && trimmedLine(line).isEmpty();
    if (m_headEnded && m_asksForCoding) {
        readHead(m_response);
        m_decoder = ContentDecoder::forCoding(m_response.header("Content-Encoding"));
    }
    return true;
}

std::size_t Transfer::onBody(char* bytes, std::size_t size, std::size_t count, void* self)
{
    const QByteArrayView piece(bytes, qsizetype(size * count));
    return static_cast<Transfer*>(self)->takeBody(piece) ? size * count : CURL_WRITEFUNC_ERROR;
}

bool Transfer::takeBody(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return true;
    QByteArray& body = m_response.body;
    m_response.encodedBytes += bytes.size();
    if (m_decoder) {
        const auto outcome = m_decoder->take(bytes, body, m_request.maxBodyBytes);
        m_bodyTooLarge = outcome == ContentDecoder::Outcome::TooLarge;
        m_notDecodable = outcome == ContentDecoder::Outcome::Damaged;
        return outcome == ContentDecoder::Outcome::Ok && !isCancelled();
    }
    m_bodyTooLarge = body.size() + bytes.size() > m_request.maxBodyBytes;
    if (m_bodyTooLarge || isCancelled())
        return false;
    body.append(bytes);
    return true;
}

void Transfer::addTiming()
{
    CURL* h = m_handle.get();
    const double lookup = milliseconds(h, CURLINFO_NAMELOOKUP_TIME_T);
    const double connected = milliseconds(h, CURLINFO_CONNECT_TIME_T);
    const double secured = milliseconds(h, CURLINFO_APPCONNECT_TIME_T);
    const double firstByte = milliseconds(h, CURLINFO_STARTTRANSFER_TIME_T);
    // libcurl counts each from the start; on a connection used before the early ones are 0.
    m_response.timing.dns += lookup;
    m_response.timing.connect += std::max(0.0, connected - lookup);
    m_response.timing.tls += secured > 0 ? std::max(0.0, secured - connected) : 0.0;
    // From the connection on: the time that libcurl calls that of sending is noted after it, when a near server may have answered already.
    m_response.timing.ttfb += std::max(0.0, firstByte - std::max(connected, secured));
    m_response.timing.total += milliseconds(h, CURLINFO_TOTAL_TIME_T);
}

void Transfer::readConnection()
{
    CURL* h = m_handle.get();
    long status = 0, version = 0, opened = 0;
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(h, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(h, CURLINFO_NUM_CONNECTS, &opened);
    m_response.status = int(status);
    m_response.httpVersion = version == CURL_HTTP_VERSION_1_0 ? QByteArrayLiteral("1.0")
        : version == CURL_HTTP_VERSION_2_0                                      ? QByteArrayLiteral("2")
                                                                                : QByteArrayLiteral("1.1");
    m_response.reusedConnection = opened == 0;
    m_response.decoded = m_decoder != nullptr;
    m_notDecodable = m_decoder && !m_decoder->isComplete();
}

bool Transfer::goesOn(CURLcode code)
{
    addTiming();
    if (code != CURLE_OK)
        return false;
    readConnection();
    if (!isRedirect(m_response.status))
        return false;
    readHead(m_response);
    const QByteArray location = m_response.header("Location");
    if (location.isNull())
        return false;
    const RedirectGoal goal = redirectGoal(m_origin.url, m_request.target, location);
    m_response.redirectsTo = location;
    m_response.redirectStop = goal.stop;
    const int limit = isPlainGet() ? m_request.sending.maxRedirects : 0;
    if (goal.stop != RedirectStop::None)
        return false;
    if (m_response.redirects.size() >= limit) {
        m_response.redirectStop = limit > 0 ? RedirectStop::TooMany : RedirectStop::NotAsked;
        return false;
    }
    return follow(goal.target);
}

bool Transfer::follow(const QByteArray& target)
{
    Response next;
    next.timing = m_response.timing;
    next.redirects = m_response.redirects;
    next.redirects << Redirect {m_response.status, *m_response.redirectsTo};
    const int leftMs = m_request.timeoutMs - int(next.timing.total);
    m_outOfTime = leftMs <= 0;
    if (m_outOfTime)
        return false;
    m_request.target = target;
    m_response = std::move(next);
    m_decoder.reset();
    m_headBytes = 0;
    m_headEnded = false;
    return set(m_handle.get(), CURLOPT_REQUEST_TARGET, m_request.target.constData()) && set(m_handle.get(), CURLOPT_TIMEOUT_MS, long(leftMs));
}

// Of an answer that stopped in the middle; bytes as they came over the wire.
QString Transfer::partText() const
{
    Response seen = m_response;
    readHead(seen);
    bool isAnnounced = false;
    const qint64 announced = seen.header("Content-Length").trimmed().toLongLong(&isAnnounced);
    const QString got = formatCount(seen.encodedBytes);
    const QString bytes = isAnnounced && announced >= 0 ? QStringLiteral("%1 of the %2 bytes of its body").arg(got, formatCount(announced))
                                                        : QStringLiteral("%1 bytes of its body").arg(got);
    return QStringLiteral("A part of the answer came, and then no end: its head and %1").arg(bytes);
}

Error Transfer::errorOf(CURLcode code) const
{
    if (m_bodyTooLarge)
        return {Code::Api, Reason::ApiTooLarge, m_origin.name, QStringLiteral("The limit is %1 bytes").arg(m_request.maxBodyBytes)};
    if (m_headTooLarge)
        return {Code::Api, Reason::ApiHeadTooLarge, m_origin.name, QStringLiteral("The limit is %1 bytes").arg(maxHeadBytes)};
    if (m_notDecodable)
        return {Code::Api, Reason::ApiNotDecodable, m_origin.name, displayText(m_response.header("Content-Encoding"))};
    // libcurl 7.88 has no other word for a header line beyond its 100 kB.
    if (code == CURLE_OUT_OF_MEMORY && !m_headEnded)
        return {Code::Api, Reason::ApiHeadTooLarge, m_origin.name, QStringLiteral("A header line is longer than 100 kB")};
    if (code == CURLE_OPERATION_TIMEDOUT && m_headEnded)
        return {Code::Api, Reason::ApiTimeout, m_origin.name, partText()};
    const char* text = m_errorText[0] ? m_errorText.data() : curl_easy_strerror(code);
    return errorFromCurl(code, m_origin.name, QString::fromUtf8(text));
}

Result<Response> Transfer::outcome(CURLcode code)
{
    if (m_outOfTime)
        return fail(errorFromCurl(CURLE_OPERATION_TIMEDOUT, m_origin.name, QStringLiteral("Spent on redirects")));
    if (code == CURLE_OK && !m_notDecodable) {
        readHead(m_response);
        return std::move(m_response);
    }
    return fail(errorOf(code));
}

}
