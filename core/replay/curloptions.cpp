// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/curloptions.h"

#include <algorithm>
#include <iterator>

namespace core::replay {

namespace {
    using enum CurlAct;
    constexpr bool value = true;
    constexpr bool flag = false;

    constexpr const char* verified = "certificates are checked as the settings say";
    constexpr const char* noFile = "no file is read or written";
    constexpr const char* ownLine = "the connection is made as the settings say";
    constexpr const char* basicOnly = "only basic and bearer are sent";

    // The options of curl 8 (docs/cmdline-opts) that a request may come with. A value must be known as one: it would be taken for the
    // URL otherwise.
    const CurlOption options[] = {
        {0, "url", value, Url},
        {'X', "request", value, Method},
        {'H', "header", value, Header},
        {'d', "data", value, Data},
        {0, "data-ascii", value, Data},
        {0, "data-binary", value, Data},
        {0, "data-raw", value, RawData},
        {0, "data-urlencode", value, EncodedData},
        {0, "json", value, Json},
        {'G', "get", flag, AsQuery},
        {'I', "head", flag, Head},
        {'u', "user", value, User},
        {0, "oauth2-bearer", value, Bearer},
        {'b', "cookie", value, Cookie},
        {'A', "user-agent", value, Agent},
        {'e', "referer", value, Referer},
        {'r', "range", value, Range},
        {'m', "max-time", value, MaxTime},
        {'g', "globoff", flag, Globoff},
        {0, "path-as-is", flag, PathAsIs},
        {':', "next", flag, Next},

        {'F', "form", value, Refuse, "forms in several parts are not made here"},
        {0, "form-string", value, Refuse, "forms in several parts are not made here"},
        {'T', "upload-file", value, Refuse, "no file is read"},

        {'L', "location", flag, Warn, "a redirect is shown and not followed"},
        {0, "location-trusted", flag, Warn, "a redirect is shown and not followed"},
        {0, "max-redirs", value, Skip},
        {'k', "insecure", flag, Warn, verified},
        {0, "cacert", value, Warn, verified},
        {0, "capath", value, Warn, verified},
        {0, "pinnedpubkey", value, Warn, verified},
        {'E', "cert", value, Warn, "no certificate of a client is sent"},
        {0, "key", value, Warn, "no certificate of a client is sent"},
        {0, "cert-type", value, Skip},
        {0, "key-type", value, Skip},
        {0, "pass", value, Skip},
        {0, "ciphers", value, Warn, ownLine},
        {0, "tls13-ciphers", value, Warn, ownLine},
        {0, "tls-max", value, Warn, ownLine},
        {'x', "proxy", value, Warn, "no proxy is used"},
        {'U', "proxy-user", value, Warn, "no proxy is used"},
        {0, "preproxy", value, Warn, "no proxy is used"},
        {0, "socks4", value, Warn, "no proxy is used"},
        {0, "socks4a", value, Warn, "no proxy is used"},
        {0, "socks5", value, Warn, "no proxy is used"},
        {0, "socks5-hostname", value, Warn, "no proxy is used"},
        {0, "proxy-header", value, Warn, "no proxy is used"},
        {0, "noproxy", value, Skip},
        {0, "resolve", value, Warn, ownLine},
        {0, "connect-to", value, Warn, ownLine},
        {0, "unix-socket", value, Warn, ownLine},
        {0, "abstract-unix-socket", value, Warn, ownLine},
        {0, "interface", value, Warn, ownLine},
        {0, "local-port", value, Warn, ownLine},
        {0, "dns-servers", value, Warn, ownLine},
        {0, "doh-url", value, Warn, ownLine},
        {0, "digest", flag, Warn, basicOnly},
        {0, "ntlm", flag, Warn, basicOnly},
        {0, "negotiate", flag, Warn, basicOnly},
        {0, "anyauth", flag, Warn, basicOnly},
        {0, "aws-sigv4", value, Warn, basicOnly},
        {0, "basic", flag, Skip},
        {'n', "netrc", flag, Warn, noFile},
        {0, "netrc-optional", flag, Warn, noFile},
        {0, "netrc-file", value, Warn, noFile},
        {'K', "config", value, Warn, noFile},
        {'c', "cookie-jar", value, Warn, noFile},
        {'D', "dump-header", value, Skip},
        {'o', "output", value, Skip},
        {0, "output-dir", value, Skip},
        {0, "stderr", value, Skip},
        {0, "trace", value, Skip},
        {0, "trace-ascii", value, Skip},
        {0, "trace-config", value, Skip},
        {0, "hsts", value, Warn, noFile},
        {0, "alt-svc", value, Warn, noFile},
        {0, "etag-save", value, Warn, noFile},
        {0, "etag-compare", value, Warn, noFile},
        {0, "variable", value, Warn, "no variable is put in"},
        {0, "expand-url", value, Refuse, "no variable is put in"},
        {0, "url-query", value, Warn, "write it into the URL"},
        {'z', "time-cond", value, Warn, "it is left out"},
        {'C', "continue-at", value, Warn, "it is left out"},
        {'w', "write-out", value, Skip},
        {'y', "speed-time", value, Skip},
        {'Y', "speed-limit", value, Skip},
        {0, "connect-timeout", value, Skip},
        {0, "expect100-timeout", value, Skip},
        {0, "keepalive-time", value, Skip},
        {0, "limit-rate", value, Skip},
        {0, "rate", value, Skip},
        {0, "max-filesize", value, Skip},
        {0, "retry", value, Skip},
        {0, "retry-delay", value, Skip},
        {0, "retry-max-time", value, Skip},
        {0, "parallel-max", value, Skip},
        {0, "proto", value, Skip},
        {0, "proto-default", value, Skip},
        {0, "proto-redir", value, Skip},
        {0, "happy-eyeballs-timeout-ms", value, Skip},
        {'s', "silent", flag},
        {'S', "show-error", flag},
        {'v', "verbose", flag},
        {'i', "include", flag},
        {0, "show-headers", flag},
        {'f', "fail", flag},
        {0, "fail-with-body", flag},
        {0, "fail-early", flag},
        {'N', "no-buffer", flag},
        {'#', "progress-bar", flag},
        {0, "compressed", flag},
        {0, "tr-encoding", flag},
        {'0', "http1.0", flag},
        {0, "http1.1", flag},
        {0, "http2", flag},
        {0, "http2-prior-knowledge", flag},
        {0, "http3", flag},
        {0, "http3-only", flag},
        {'1', "tlsv1", flag},
        {0, "tlsv1.0", flag},
        {0, "tlsv1.1", flag},
        {0, "tlsv1.2", flag},
        {0, "tlsv1.3", flag},
        {'4', "ipv4", flag},
        {'6', "ipv6", flag},
        {'O', "remote-name", flag},
        {0, "remote-name-all", flag},
        {'J', "remote-header-name", flag},
        {'R', "remote-time", flag},
        {0, "create-dirs", flag},
        {'j', "junk-session-cookies", flag},
        {'q', "disable", flag},
        {'Z', "parallel", flag},
        {0, "raw", flag},
        {0, "no-progress-meter", flag},
        {0, "no-keepalive", flag},
        {0, "no-sessionid", flag},
        {0, "no-alpn", flag},
        {0, "tcp-nodelay", flag},
        {0, "tcp-fastopen", flag},
        {0, "ssl-no-revoke", flag},
        {0, "retry-all-errors", flag},
        {0, "retry-connrefused", flag},
        {0, "post301", flag},
        {0, "post302", flag},
        {0, "post303", flag},
        {0, "styled-output", flag},
    };
}

const CurlOption* curlOption(char letter)
{
    const auto found = std::ranges::find_if(options, [letter](const CurlOption& option) { return option.letter == letter && letter != 0; });
    return found == std::end(options) ? nullptr : &*found;
}

const CurlOption* curlOption(QByteArrayView name)
{
    const auto find = [](QByteArrayView wanted) {
        const auto found = std::ranges::find_if(options, [wanted](const CurlOption& option) { return wanted == QByteArrayView(option.name); });
        return found == std::end(options) ? nullptr : &*found;
    };
    static constexpr CurlOption off {0, "no-", false, Skip, nullptr};
    if (const CurlOption* known = find(name))
        return known;
    return name.startsWith("no-") && find(name.sliced(3)) ? &off : nullptr;
}

}
