// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <curl/curl.h>

#include <memory>

namespace core::http {

// libcurl's own reading of a URL: what is checked is then what is connected to.
class UrlParts final {
public:
    explicit UrlParts(const QByteArray& text);

    bool isValid() const { return m_valid; }
    QByteArray part(CURLUPart part, unsigned flags = 0) const;
    QByteArray origin() const; // "scheme://host:port", the port always said; empty when not http or https
    bool hasCredentials() const;
    // Resolves a relative reference (RFC 3986, 5.2), dot segments removed.
    bool follow(const QByteArray& reference);

private:
    std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> m_url;
    bool m_valid;
};

}
