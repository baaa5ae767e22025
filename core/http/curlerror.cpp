// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/curlerror.h"

#include <curl/curl.h>

#include <array>

namespace core::http {

namespace {
    struct Row {
        int curlCode;
        Reason reason;
    };
    constexpr std::array rows {
        Row {CURLE_COULDNT_RESOLVE_HOST, Reason::ApiUnreachable}, Row {CURLE_COULDNT_CONNECT, Reason::ApiUnreachable},
        Row {CURLE_INTERFACE_FAILED, Reason::ApiUnreachable}, Row {CURLE_OPERATION_TIMEDOUT, Reason::ApiTimeout},
        Row {CURLE_FILESIZE_EXCEEDED, Reason::ApiTooLarge}, Row {CURLE_UNSUPPORTED_PROTOCOL, Reason::ApiProtocol},
        Row {CURLE_WEIRD_SERVER_REPLY, Reason::ApiProtocol}, Row {CURLE_BAD_CONTENT_ENCODING, Reason::ApiNotDecodable},
        Row {CURLE_HTTP2, Reason::ApiProtocol}, Row {CURLE_WRITE_ERROR, Reason::ApiProtocol},
        Row {CURLE_GOT_NOTHING, Reason::ApiClosed}, Row {CURLE_RECV_ERROR, Reason::ApiClosed},
        Row {CURLE_SEND_ERROR, Reason::ApiClosed}, Row {CURLE_PARTIAL_FILE, Reason::ApiTruncated},
        Row {CURLE_PEER_FAILED_VERIFICATION, Reason::ApiTls}, Row {CURLE_SSL_ISSUER_ERROR, Reason::ApiTls},
        Row {CURLE_SSL_INVALIDCERTSTATUS, Reason::ApiTls}, Row {CURLE_SSL_CONNECT_ERROR, Reason::TlsFailed},
        Row {CURLE_SSL_CACERT_BADFILE, Reason::TlsCaFile}, Row {CURLE_URL_MALFORMAT, Reason::BadApiUrl},
        Row {CURLE_HTTP2_STREAM, Reason::ApiProtocol},
    };
}

Error errorFromCurl(int curlCode, const QString& subject, const QString& curlText)
{
    // libcurl 7.88 calls broken chunks a failure to receive.
    if (curlCode == CURLE_RECV_ERROR && curlText.contains(QStringLiteral("chunked-encoding")))
        return {Code::Api, Reason::ApiProtocol, subject, curlText};
    for (const Row& row : rows) {
        if (row.curlCode == curlCode)
            return {Code::Api, row.reason, subject, curlText};
    }
    return {Code::Api, Reason::None, subject, curlText};
}

}
