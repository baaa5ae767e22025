// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/urlparts.h"

#include <algorithm>

namespace core::http {

namespace {
    bool isClean(const QByteArray& text)
    {
        return !text.isEmpty() && std::ranges::none_of(text, [](char c) { return uchar(c) <= 0x20 || c == 0x7F; });
    }
}

UrlParts::UrlParts(const QByteArray& text)
    : m_url(curl_url(), &curl_url_cleanup)
    , m_valid(isClean(text) && curl_url_set(m_url.get(), CURLUPART_URL, text.constData(), 0) == CURLUE_OK)
{
}

QByteArray UrlParts::part(CURLUPart part, unsigned flags) const
{
    char* text = nullptr;
    if (curl_url_get(m_url.get(), part, &text, flags) != CURLUE_OK)
        return {};
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return QByteArray(text);
}

QByteArray UrlParts::origin() const
{
    const QByteArray scheme = part(CURLUPART_SCHEME).toLower();
    if (scheme != "http" && scheme != "https")
        return {};
    return scheme + "://" + part(CURLUPART_HOST).toLower() + ':' + part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

bool UrlParts::hasCredentials() const
{
    return !part(CURLUPART_USER).isEmpty() || !part(CURLUPART_PASSWORD).isEmpty();
}

bool UrlParts::follow(const QByteArray& reference)
{
    return isClean(reference) && curl_url_set(m_url.get(), CURLUPART_URL, reference.constData(), 0) == CURLUE_OK;
}

}
